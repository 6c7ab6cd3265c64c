"""Security headers. Two Content-Security-Policies: for everybody, and for the pages of the designers' editors."""

from __future__ import annotations

from flask import Flask, Response, g, request

_COMMON = (
    "default-src 'none'; script-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
USERS_POLICY = f"{_COMMON}; style-src 'self'"
DESIGNERS_POLICY = f"{_COMMON}; style-src 'self' 'unsafe-inline'"  # the editors' libraries set styles themselves

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
A_DAY, A_YEAR = 86_400, 31_536_000  # seconds


def init_app(app: Flask) -> None:
    """Put the headers on every answer."""
    app.after_request(_protect)


def use_designers_policy() -> None:
    """Answer this request with the policy of the editors' pages."""
    g.designers_policy = True


def _protect(response: Response) -> Response:
    policy = DESIGNERS_POLICY if g.get("designers_policy") else USERS_POLICY
    response.headers.setdefault("Content-Security-Policy", policy)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}")
    if request.endpoint == "static" and request.path.startswith("/static/dist/"):
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"  # the name holds the hash
    elif request.endpoint == "static" and response.status_code < 400:
        response.headers["Cache-Control"] = f"public, max-age={A_DAY}"  # the icon, of which every page asks
    else:
        response.headers.setdefault("Cache-Control", "no-store")  # shared computers keep no case
    return response
