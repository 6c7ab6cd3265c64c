"""Cases: starting one, its page, what is attached to it and said about it, its printed form."""

from web.instances import views
from web.instances.blueprint import bp

__all__ = ["bp", "views"]
