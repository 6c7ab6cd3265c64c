"""Security headers, the same on every answer."""

from __future__ import annotations

from flask import Flask, Response, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
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


def _protect(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
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
