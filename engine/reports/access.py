"""Who may read a report, and which of its cases by name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine.errors import NotFoundError
from engine.queries.processes import manifests_with
from engine.reports.cases import Case
from engine.reports.definition import ReportDefinition, read_report_definition
from engine.reports.load import load_manifest
from engine.rules.visibility import may_read
from engine.unit_of_work import UnitOfWork
from models import ProcessInstance

IDS_PER_QUERY = 500


def readable_reports(uow: UnitOfWork) -> list[tuple[str, Mapping[str, Any], ReportDefinition]]:
    """Processes whose reports the actor may read: folder key, manifest, definition."""
    found = []
    for key, manifest in manifests_with(uow, "report"):
        definition = read_report_definition(manifest)
        if definition is not None and _may_read(uow, definition):
            found.append((key, manifest, definition))
    return found


def ensure_may_read(uow: UnitOfWork, folder_key: str) -> tuple[Mapping[str, Any], ReportDefinition]:
    """The manifest and the report of a process, for those who may read it.

    Raises:
        NotFoundError: no right, no process, no report: indistinguishable.
    """
    manifest = load_manifest(uow.session, folder_key)
    definition = read_report_definition(manifest)
    if definition is None or not _may_read(uow, definition):
        raise NotFoundError
    return manifest, definition


def _may_read(uow: UnitOfWork, definition: ReportDefinition) -> bool:
    """Only who holds one of the named roles; a report that names none is for nobody."""
    return not uow.holder.role_names.isdisjoint(definition.may_read)


def visible_ids(uow: UnitOfWork, cases: Iterable[Case]) -> frozenset[UUID]:
    """Of the given cases, those whose page the actor may open, under the one visibility rule."""
    return visible_instances(uow, [case.instance_id for case in cases if case.instance_id is not None])


def visible_instances(uow: UnitOfWork, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Of the given instances, those that the actor may read."""
    seen: set[UUID] = set()
    for start in range(0, len(ids), IDS_PER_QUERY):
        chunk = ids[start : start + IDS_PER_QUERY]
        query = select(ProcessInstance.id).where(ProcessInstance.id.in_(chunk), may_read(uow.holder))
        seen.update(uow.session.scalars(query))
    return frozenset(seen)
