"""Reports: a process's report definition, evaluated over the database alone."""

from engine.reports.cases import HIDDEN_TITLE, Case
from engine.reports.definition import ReportDefinition, ReportDefinitionError, localised, read_report_definition
from engine.reports.document import Document, build_document
from engine.reports.report import Report, build_report, compare

__all__ = [
    "HIDDEN_TITLE",
    "Case",
    "Document",
    "Report",
    "ReportDefinition",
    "ReportDefinitionError",
    "build_document",
    "build_report",
    "compare",
    "localised",
    "read_report_definition",
]
