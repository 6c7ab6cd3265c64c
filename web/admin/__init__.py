"""The administrators' pages: people, units, roles, congress, settings, calendar, import, trail."""

from web.admin import calendar, congress, imports, index, people, roles, settings, trail, units, words
from web.admin.blueprint import bp

__all__ = ["bp", "calendar", "congress", "imports", "index", "people", "roles", "settings", "trail", "units", "words"]
