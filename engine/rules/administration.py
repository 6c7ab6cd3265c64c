"""What the three administrators may do (三员分立), as a pure table.

The system administrator keeps people, units, congress and calendar; the security administrator grants the
administrators' roles and locks accounts; the audit administrator reads the trail. In an institution that has not
appointed a security administrator (or an audit administrator) yet, the system administrator stands in: otherwise
nobody could appoint the first one.
"""

from enum import StrEnum


class Area(StrEnum):
    """Something an administrator does."""

    PEOPLE = "people"
    UNITS = "units"
    ROLES = "roles"
    ADMINISTRATORS = "administrators"
    CONGRESS = "congress"
    SETTINGS = "settings"
    CALENDAR = "calendar"
    LOCKS = "locks"
    TRAIL = "trail"
    CASES = "cases"


AREA_ROLES: dict[Area, frozenset[str]] = {
    Area.PEOPLE: frozenset({"admin"}),
    Area.UNITS: frozenset({"admin"}),
    Area.ROLES: frozenset({"admin"}),
    Area.CONGRESS: frozenset({"admin", "union_clerk"}),
    Area.SETTINGS: frozenset({"admin"}),
    Area.CALENDAR: frozenset({"admin", "union_clerk"}),
    Area.LOCKS: frozenset({"admin", "security_admin"}),
    Area.ADMINISTRATORS: frozenset({"security_admin"}),
    Area.TRAIL: frozenset({"audit_admin"}),
    Area.CASES: frozenset({"admin"}),
}

STAND_IN: dict[Area, str] = {Area.ADMINISTRATORS: "security_admin", Area.TRAIL: "audit_admin"}


def may_administer(area: Area, held: frozenset[str], appointed: frozenset[str]) -> bool:
    """Whether somebody with these roles may work in an area.

    Args:
        area: what is to be done.
        held: role ids the person holds today.
        appointed: administrator roles that anybody holds today.
    """
    if held & AREA_ROLES[area]:
        return True
    missing = STAND_IN.get(area)
    return missing is not None and missing not in appointed and "admin" in held
