"""Languages: Chinese is what the sources say (no catalogue needed), English is one click away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Flask, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

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
    return fill(translated(str(message.template)), said)


def _chosen() -> str:
    return LANGUAGES.get(request.cookies.get(COOKIE, "zh"), CHINESE)


def _switch(code: str) -> ResponseReturnValue:
    response = redirect(local_target(request.args.get("next")))
    if code in LANGUAGES:
        response.set_cookie(COOKIE, code, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return response
