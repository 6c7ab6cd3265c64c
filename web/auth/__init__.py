"""Logging in and out, one's own password, and the first start."""

from web.auth.views import bp, init_app

__all__ = ["bp", "init_app"]
