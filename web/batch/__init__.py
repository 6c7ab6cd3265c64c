"""List pages: many work items of one flow node; the follower's page; each line is its own command."""

from flask import Flask

from web.batch.follow import bp as follow_bp
from web.batch.views import bp

__all__ = ["bp", "init_app"]


def init_app(app: Flask) -> None:
    """Add the follower's page, which has an entry of its own in the menu."""
    app.register_blueprint(follow_bp)
