"""Languages: Chinese is what the sources say (no catalogue needed), English is one click away."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from engine.sentences import Message, fill
from web.extensions import babel

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
    """A sentence from the engine in the language of the page; as it is when it is in no catalogue."""
    if isinstance(text, Message):
        return _translated_message(text)
    return gettext(text) if text else ""


def _translated_message(message: Message) -> str:
    said = {
        name: _translated_message(value) if isinstance(value, Message) else value
        for name, value in message.figures.items()
    }
    return fill(gettext(message.template), said)


def _chosen() -> str:
    return LANGUAGES.get(request.cookies.get(COOKIE, "zh"), CHINESE)


def _switch(code: str) -> ResponseReturnValue:
    response = redirect(_local(request.args.get("next")))
    if code in LANGUAGES:
        response.set_cookie(COOKIE, code, max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


def _local(target: str | None) -> str:
    """An address of our own, never another host's."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return url_for("home")
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else url_for("home")
