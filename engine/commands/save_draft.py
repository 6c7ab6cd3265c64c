"""Keep what was typed and not yet sent."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update

from engine.errors import InvalidInputError
from engine.step.history import HistoryEntry
from engine.step.save import append_history
from engine.step.writes import PendingWrites, write_pending
from engine.unit_of_work import UnitOfWork
from engine.values import dumps
from engine.work_items import ITEM, changed_once, ensure_entitled, ensure_for_one, ensure_open, load_work_item
from models import WorkItemState

DRAFT_LIMIT = 200_000  # characters


def save_draft(
    uow: UnitOfWork, work_item_id: UUID, data: Mapping[str, Any], *, expected_version: int | None = None
) -> int:
    """Store typed values as they are, unjudged; the draft of an offered work item claims it.

    Only keys of the task's form are kept. The version stays, so the open form can still be sent.

    Returns:
        The version to render the form with.

    Raises:
        WorkItemNotFoundError, NotEntitledError, StaleWorkItemError
        ConflictError: it stands in the open list.
        InvalidInputError: more text than a draft may have.
    """
    item = load_work_item(uow, work_item_id)
    ensure_open(uow, item, expected_version)
    role = ensure_entitled(uow, item)
    ensure_for_one(uow, item)
    form = item.instance.deployed.form(item.form_key)
    keys = {component.key for component in form.fields()} if form else set()
    kept = {key: value for key, value in data.items() if key in keys}
    if len(dumps(kept)) > DRAFT_LIMIT:
        raise InvalidInputError({"": "草稿太长，未保存；请缩短内容"})
    changed = uow.connection.execute(
        update(ITEM)
        .where(ITEM.c.id == item.id, ITEM.c.state == WorkItemState.OPEN, ITEM.c.version == item.version)
        .values(
            assignee_id=uow.actor,
            draft=item.instance.sealer.seal(kept, "draft", item.id),
            draft_saved_at=uow.now,
        )
    )
    changed_once(changed.rowcount)
    if item.assignee_id is None:
        entry = HistoryEntry(
            "work_item.claimed", item.flow_node_id, {"no": str(item.no)}, actor_id=uow.actor, role=role
        )
        append_history(uow, item.instance, [entry])
        assert uow.actor is not None
        pending = PendingWrites(participants=[(uow.actor, "handler")])
        write_pending(uow.connection, pending, item.instance.id, uow.now)
    return item.version
