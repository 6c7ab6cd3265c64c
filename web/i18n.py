"""Languages: Chinese is what the sources say (no catalogue needed), English is one click away."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Flask, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, ngettext

from engine.definitions.locales import Counted
from engine.queries.locales import english_texts
from engine.sentences import Label, Message, fill
from web.extensions import babel, current_engine
from web.redirects import local_target

CHINESE = "zh_Hans_CN"
ENGLISH = "en"
LANGUAGES = {"zh": CHINESE, "en": ENGLISH}
COOKIE = "language"
A_YEAR = 31_536_000  # seconds


def init_app(app: Flask) -> None:
    """Choose the language of a request and offer the switch."""
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(Path(__file__).parent / "translations"))
    babel.init_app(
        app,
        default_locale=CHINESE,
        default_timezone="Asia/Shanghai",
        locale_selector=_chosen,
    )
    app.add_url_rule("/language/<code>", "language", _switch)
    app.jinja_env.globals["language"] = language
    app.jinja_env.globals["_n"] = counted
    app.jinja_env.globals["unit_of"] = unit_of
    app.jinja_env.filters["translated"] = translated


def language() -> str:
    """ "zh" or "en"."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


def translated(text: str | None) -> str:
    """What the engine or a process says, in the language of the page; as it is when nobody translated it.

    English is what the text itself knows (:class:`Label`), else the process folders', else our own catalogue's.
    """
    if not text or language() != "en":
        return str(text or "")
    if isinstance(text, Message):
        return _translated_message(text)
    if isinstance(text, Label) and text.english:
        return text.english
    return _process_texts().get(text) or gettext(text)


def counted(text: str, /, n: Any, **figures: object) -> str:
    """A sentence of ours with a number ``n`` in it, in the form that the language has for that number."""
    return ngettext(text, text, _one_or_many(n), n=n, **figures)


def unit_of(text: str, n: object) -> str:
    """What is counted, as one says it after that number: day, days."""
    english = _process_texts().get(text) if language() == "en" else None
    if english is None:
        return counted(text, n)
    return english.one if isinstance(english, Counted) and n == 1 else english


def _one_or_many(n: object) -> int:
    return 1 if n == 1 else 2


def _process_texts() -> Mapping[str, str]:
    """Read once for a page."""
    if "process_texts" not in g:
        with current_engine().reading() as uow:
            g.process_texts = english_texts(uow)
    found: Mapping[str, str] = g.process_texts
    return found


def _translated_message(message: Message) -> str:
    said = {
        name: _translated_message(value) if isinstance(value, Message) else value
        for name, value in message.figures.items()
    }
    counts = (value for value in message.figures.values() if isinstance(value, int | Decimal))
    template = str(message.template)
    own = ngettext(template, template, _one_or_many(next(counts, None)))  # itself when it has no form for one
    return fill(translated(template) if own == template else own, said)


def _chosen() -> str:
    return LANGUAGES.get(request.cookies.get(COOKIE, "zh"), CHINESE)


def _switch(code: str) -> ResponseReturnValue:
    response = redirect(local_target(request.args.get("next")))
    if code in LANGUAGES:
        response.set_cookie(COOKIE, code, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return response
