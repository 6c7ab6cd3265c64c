"""What every view uses: the engine, the person who is logged in, CSRF protection, languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app
from flask_babel import Babel
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect

if TYPE_CHECKING:
    from flask import Flask

    from engine.bootstrap import Engine

ENGINE_KEY = "banli"

csrf = CSRFProtect()
babel = Babel()
login_manager = LoginManager()


def current_engine() -> Engine:
    """The engine that this application serves."""
    return cast("Engine", current_app.extensions[ENGINE_KEY])


def set_engine(app: Flask, engine: Engine) -> None:
    """Give the application its engine."""
    app.extensions[ENGINE_KEY] = engine
