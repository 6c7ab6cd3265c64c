"""The administrators' pages: incidents, people, units, roles, congress, settings, calendar, import, trail."""

from web.admin import (
    calendar,
    cases,
    congress,
    imports,
    incidents,
    index,
    people,
    roles,
    settings,
    trail,
    units,
    words,
)
from web.admin.blueprint import bp

__all__ = [
    "bp",
    "calendar",
    "cases",
    "congress",
    "imports",
    "incidents",
    "index",
    "people",
    "roles",
    "settings",
    "trail",
    "units",
    "words",
]
