"""Take a work item that is offered to several."""

from uuid import UUID

from sqlalchemy import update

from engine.requests import remember, replayed
from engine.step.history import HistoryEntry
from engine.step.save import append_history
from engine.step.writes import PendingWrites, write_pending
from engine.unit_of_work import UnitOfWork
from engine.work_items import ITEM, changed_once, ensure_entitled, ensure_for_one, ensure_open, load_work_item
from models import WorkItemState

COMMAND = "claim_work_item"


def claim_work_item(uow: UnitOfWork, work_item_id: UUID, *, request_id: str | None) -> int:
    """Make the actor the assignee; claiming one's own work item again changes nothing.

    Returns:
        The version to render the form with.

    Raises:
        WorkItemNotFoundError, NotEntitledError
        StaleWorkItemError: someone else took or decided it.
        ConflictError: it stands in the open list.
    """
    item = load_work_item(uow, work_item_id)
    if (answer := replayed(uow, request_id, COMMAND, work_item_id)) is not None:
        return int(answer["version"])
    ensure_open(uow, item, None)
    role = ensure_entitled(uow, item)
    ensure_for_one(uow, item)
    version = item.version
    if item.assignee_id is None:
        version += 1
        changed = uow.connection.execute(
            update(ITEM)
            .where(ITEM.c.id == item.id, ITEM.c.state == WorkItemState.OPEN, ITEM.c.version == item.version)
            .values(assignee_id=uow.actor, assigned_directly=False, version=version)
        )
        changed_once(changed.rowcount)
        entry = HistoryEntry(
            "work_item.claimed", item.flow_node_id, {"no": str(item.no)}, actor_id=uow.actor, role=role
        )
        append_history(uow, item.instance, [entry])
        assert uow.actor is not None
        pending = PendingWrites(participants=[(uow.actor, "handler")])
        write_pending(uow.connection, pending, item.instance.id, uow.now)
    remember(uow, request_id, COMMAND, {"version": str(version)}, about=work_item_id)
    return version
