"""The inbox, the task page and the notices."""

from web.inbox import views
from web.inbox.blueprint import bp

__all__ = ["bp", "views"]
