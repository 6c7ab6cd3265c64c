"""The person behind a request: read from the log-in cookie, asked of the database each time."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Request, Response, current_app, request
from flask_login import UserMixin

from engine.commands.access.continue_log_in import LoggedIn, continue_log_in
from engine.rules.administration import Area
from web.extensions import current_engine

COOKIE = "banli_login"


@dataclass(frozen=True)
class Person(UserMixin):
    """What pages know about who is logged in; ``roles`` are role ids, wherever held."""

    id: str
    name: str
    unit_id: str | None
    roles: frozenset[str]
    areas: frozenset[Area]
    must_change_password: bool
    token: str

    def may(self, area: str) -> bool:
        """Whether this area of administration is open to the person."""
        return area in self.areas


def load_person(incoming: Request) -> Person | None:
    """Who sent the request; None when nobody is logged in, or not any more."""
    token = incoming.cookies.get(COOKIE)
    if not token or len(token) > 128:
        return None
    found = continue_log_in(current_engine(), token)
    return _person(found, token) if found else None


def remember(response: Response, token: str) -> Response:
    """Set the log-in cookie; it ends with the browser, the log-in behind it by the institution's rules."""
    secure = bool(current_app.config.get("SESSION_COOKIE_SECURE")) or request.is_secure
    response.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=secure, path="/")
    return response


def forget(response: Response) -> Response:
    """Remove the log-in cookie."""
    response.delete_cookie(COOKIE, path="/")
    return response


def _person(found: LoggedIn, token: str) -> Person:
    return Person(
        id=found.id,
        name=found.name,
        unit_id=found.unit_id,
        roles=found.role_ids,
        areas=found.areas,
        must_change_password=found.must_change_password,
        token=token,
    )
