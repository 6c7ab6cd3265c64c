"""The factory of the Flask application."""

from __future__ import annotations

import os
import secrets
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, redirect, url_for
from flask.typing import ResponseReturnValue

from web import assets, errors, filters, headers, i18n, navigation, readable
from web.extensions import ENGINE_KEY, csrf, login_manager, set_engine
from web.patience import PatientFlask

if TYPE_CHECKING:
    from engine.bootstrap import Engine

FEATURES = (
    "web.auth",
    "web.inbox",
    "web.instances",
    "web.open_list",
    "web.batch",
    "web.register",
    "web.reports",
    "web.admin",
)
MAX_REQUEST = 64 * 1024 * 1024  # bytes: five files of 10 MB and the text around them
MAX_FORM_MEMORY = 2 * 1024 * 1024  # bytes of text fields
MAX_FORM_PARTS = 2000


def create_app(engine: Engine | None = None, **config: Any) -> Flask:
    """Build the application.

    Args:
        engine: the engine to serve; opened from the environment when it is not given.
        config: Flask settings that replace ours, for tests.
    """
    app = PatientFlask(__name__, static_folder="static", template_folder="templates")
    app.config.from_mapping(_settings())
    app.config.from_mapping(config)
    set_engine(app, engine or _open_engine())
    app.secret_key = app.config.get("SECRET_KEY") or _secret_key(app)
    readable.init_app(app)
    csrf.init_app(app)
    login_manager.init_app(app)
    i18n.init_app(app)
    filters.init_app(app)
    assets.init_app(app)
    headers.init_app(app)
    errors.init_app(app)
    navigation.init_app(app)
    for name in FEATURES:
        _register(app, name)
    app.add_url_rule("/", "home", _home)
    app.add_url_rule("/healthz", "healthz", _healthz)
    return app


def _settings() -> dict[str, Any]:
    return {
        "MAX_CONTENT_LENGTH": MAX_REQUEST,
        "MAX_FORM_MEMORY_SIZE": MAX_FORM_MEMORY,
        "MAX_FORM_PARTS": MAX_FORM_PARTS,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a motion may be written for hours
        "JSON_AS_ASCII": False,
    }


def _open_engine() -> Engine:
    """The engine of this installation, its database brought up to date."""
    from engine.bootstrap import open_engine
    from engine.installation.set_up import prepare

    engine = open_engine(runs_jobs_at_once=True)  # a person sees at once what his message did elsewhere
    prepare(engine)
    return engine


def _secret_key(app: Flask) -> bytes:
    """The key that signs cookies: kept beside the database, so that a restart logs nobody out."""
    path = Path(app.extensions[ENGINE_KEY].settings.data_dir) / "cookie.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
    except FileExistsError:
        pass
    return path.read_bytes()


def _register(app: Flask, name: str) -> None:
    module = import_module(name)
    app.register_blueprint(module.bp)
    prepare = getattr(module, "init_app", None)
    if prepare is not None:
        prepare(app)


def _home() -> ResponseReturnValue:
    """The inbox is where everybody starts."""
    return redirect(url_for("inbox.index"))


def _healthz() -> ResponseReturnValue:
    """Says that the process answers; asks nothing of the database."""
    return {"status": "ok"}
