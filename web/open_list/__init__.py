"""The open list: motions that look for seconders."""

from web.open_list.views import bp

__all__ = ["bp"]
