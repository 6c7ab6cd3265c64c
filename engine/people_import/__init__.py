"""Import people from a spreadsheet: read, map columns, try out, apply all or nothing."""

from engine.people_import.apply import ImportResult, apply_people_import
from engine.people_import.plan import ImportOptions, ImportPlan, plan_people_import
from engine.people_import.sheet import FIELDS, Sheet, read_sheet

__all__ = [
    "FIELDS",
    "ImportOptions",
    "ImportPlan",
    "ImportResult",
    "Sheet",
    "apply_people_import",
    "plan_people_import",
    "read_sheet",
]
