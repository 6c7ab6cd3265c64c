"""Give a claimed work item back."""

from uuid import UUID

from sqlalchemy import update

from engine.errors import ConflictError, NotEntitledError
from engine.requests import remember, replayed
from engine.step.history import HistoryEntry
from engine.step.save import append_history
from engine.unit_of_work import UnitOfWork
from engine.work_items import ITEM, changed_once, ensure_open, load_work_item
from models import WorkItemState

COMMAND = "unclaim_work_item"


def unclaim_work_item(uow: UnitOfWork, work_item_id: UUID, *, request_id: str | None) -> int:
    """Offer a claimed work item to its candidates again; its draft goes with it.

    Returns:
        The version to render the form with.

    Raises:
        WorkItemNotFoundError, StaleWorkItemError
        NotEntitledError: it is not the actor's.
        ConflictError: it was given to this very person; there is nobody to give it back to.
    """
    item = load_work_item(uow, work_item_id)
    if (answer := replayed(uow, request_id, COMMAND, work_item_id)) is not None:
        return int(answer["version"])
    ensure_open(uow, item, None)
    if item.assignee_id != uow.actor:
        raise NotEntitledError("此事项不在您名下，不能放回")
    if item.assigned_directly:
        raise ConflictError("此事项指定由您办理，不能放回；如不能办理，请联系系统管理员")
    changed = uow.connection.execute(
        update(ITEM)
        .where(ITEM.c.id == item.id, ITEM.c.state == WorkItemState.OPEN, ITEM.c.version == item.version)
        .values(assignee_id=None, version=item.version + 1, draft=None, draft_saved_at=None)
    )
    changed_once(changed.rowcount)
    entry = HistoryEntry("work_item.unclaimed", item.flow_node_id, {"no": str(item.no)}, actor_id=uow.actor)
    append_history(uow, item.instance, [entry])
    remember(uow, request_id, COMMAND, {"version": str(item.version + 1)}, about=work_item_id)
    return item.version + 1
