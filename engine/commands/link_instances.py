"""Link two cases by hand."""

from uuid import UUID

from engine.errors import InvalidInputError, NotFoundError, NotPermittedError
from engine.queries.entitlement import ADMINISTRATORS
from engine.requests import remember, replayed
from engine.step.history import HistoryEntry
from engine.step.instance import load_instance
from engine.step.save import append_history
from engine.step.writes import PendingWrites, write_pending
from engine.unit_of_work import UnitOfWork
from engine.work_items import can_read

COMMAND = "link_instances"
LINKERS = frozenset({"union_clerk", "motion_committee", "motion_committee_head"})


def link_instances(uow: UnitOfWork, source_id: UUID, target_id: UUID, kind: str, *, request_id: str | None) -> None:
    """Record that one case duplicates or follows another; changes no flow.

    Raises:
        NotFoundError: one of them is not there for this person.
        NotPermittedError, InvalidInputError
    """
    source = load_instance(uow, source_id)
    about = f"{source_id} {target_id} {kind}"
    if replayed(uow, request_id, COMMAND, about) is not None:
        return
    if not (can_read(uow, source_id) and can_read(uow, target_id)):
        raise NotFoundError
    owner = source.deployed.manifest.data.get("owner_role")
    if not uow.holder.role_names & (LINKERS | ADMINISTRATORS | {owner}):
        raise NotPermittedError
    if source_id == target_id:
        raise InvalidInputError({"target": "事项不能与自身关联，请另选事项"})
    row = {"source_id": source_id, "target_id": target_id, "kind": kind}
    write_pending(uow.connection, PendingWrites(links=[row]), source_id, uow.now)
    body = {"target": str(target_id), "kind": kind}
    append_history(uow, source, [HistoryEntry("instance.linked", body=body, actor_id=uow.actor)])
    remember(uow, request_id, COMMAND, {}, about=about)
