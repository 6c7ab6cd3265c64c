"""Read people from a spreadsheet and try out what an import would do: nothing here writes."""

from engine.people_import.plan import ImportOptions, ImportPlan, plan_people_import
from engine.people_import.sheet import FIELDS, Sheet, read_sheet

__all__ = ["FIELDS", "ImportOptions", "ImportPlan", "Sheet", "plan_people_import", "read_sheet"]
