"""How a case is called for people who may not read it: by number and process, never by what is written in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from engine.rules.visibility import may_read
from engine.unit_of_work import UnitOfWork
from models import ProcessDefinition, ProcessInstance


@dataclass(frozen=True)
class CaseLabel:
    """A case from outside; the title is there only for those who may read the case."""

    id: UUID
    number: str | None
    title: str | None
    process_name: str
    process_key: str
    status: str
    started_at: datetime
    may_open: bool
    node_names: Mapping[str, str] = field(repr=False)

    @property
    def identifier(self) -> str:
        """The end of its identifier, by which a case without a number is found (the beginning is the time)."""
        return self.id.hex[-8:]

    def node_name(self, flow_node_id: str | None) -> str | None:
        """What a node is called in the diagram."""
        return self.node_names.get(flow_node_id, flow_node_id) if flow_node_id else None


def case_labels(uow: UnitOfWork, ids: Collection[UUID]) -> dict[UUID, CaseLabel]:
    """Labels of these cases."""
    if not ids:
        return {}
    query = (
        select(
            ProcessInstance.id,
            ProcessInstance.number,
            ProcessInstance.title,
            ProcessInstance.process_key,
            ProcessInstance.status,
            ProcessInstance.started_at,
            ProcessDefinition.deployment_id,
            may_read(uow.holder).label("may_open"),
        )
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.process_definition_id)
        .where(ProcessInstance.id.in_(list(ids)))
    )
    found = {}
    for row in uow.session.execute(query):
        deployed = uow.engine.deployed(uow.session, row.deployment_id)
        process = deployed.definitions.processes.get(row.process_key)
        names = {node.id: node.name for node in process.nodes.values() if node.name} if process else {}
        found[row.id] = CaseLabel(
            id=row.id,
            number=row.number,
            title=row.title if row.may_open else None,
            process_name=deployed.manifest.name,
            process_key=row.process_key,
            status=row.status.value,
            started_at=row.started_at,
            may_open=bool(row.may_open),
            node_names=names,
        )
    return found


def find_case(uow: UnitOfWork, typed: str) -> UUID | None:
    """The case with this number, this identifier or the end of it that pages show; None when it is not one case."""
    text = typed.strip().lower()
    if not text:
        return None
    by_number = select(ProcessInstance.id).where(ProcessInstance.number == typed.strip()).limit(2)
    found = list(uow.session.scalars(by_number))
    if not found and len(text) >= 8 and all(character in "0123456789abcdef-" for character in text):
        ending = text.replace("-", "")
        found = [each for each in uow.session.scalars(select(ProcessInstance.id)) if each.hex.endswith(ending)][:2]
    return found[0] if len(found) == 1 else None
