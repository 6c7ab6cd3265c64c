"""Give an open work item to a person."""

from uuid import UUID

from sqlalchemy import update

from engine.errors import InvalidInputError, NotPermittedError
from engine.queries.organisation import names_of
from engine.requests import remember, replayed
from engine.sentences import say
from engine.step.history import HistoryEntry
from engine.step.save import append_history
from engine.step.writes import PendingWrites, write_pending
from engine.unit_of_work import UnitOfWork
from engine.work_items import ITEM, changed_once, load_work_item, stale
from models import WorkItemState

COMMAND = "assign_work_item"
ASSIGNERS = frozenset({"admin"})  # and whoever holds the role named as owner of the process


def assign_work_item(uow: UnitOfWork, work_item_id: UUID, user_id: str, *, reason: str, request_id: str | None) -> int:
    """Make a person the assignee, against what the diagram says but never against recusal.

    Raises:
        WorkItemNotFoundError, StaleWorkItemError
        NotPermittedError: only an administrator or the process's owner assigns.
        InvalidInputError: unknown or excluded person, or no reason.
    """
    item = load_work_item(uow, work_item_id)
    if (answer := replayed(uow, request_id, COMMAND, work_item_id)) is not None:
        return int(answer["version"])
    owner = item.instance.deployed.manifest.data.get("owner_role")
    if uow.actor is not None and not uow.holder.role_names & (ASSIGNERS | {owner}):
        raise NotPermittedError
    if item.state is not WorkItemState.OPEN:
        raise stale(uow, item.decided_by, item.ended_at)
    if not names_of(uow.session, [user_id]):
        raise InvalidInputError({"user_id": "没有找到此人，请重新选择"})
    if user_id in item.assignment.excluded:
        raise InvalidInputError({"user_id": "按回避规定，此人不能办理，请指派其他人"})
    if not reason.strip():
        raise InvalidInputError({"reason": "请写明理由"})
    changed = uow.connection.execute(
        update(ITEM)
        .where(ITEM.c.id == item.id, ITEM.c.version == item.version)
        .values(assignee_id=user_id, assigned_directly=True, version=item.version + 1, draft=None, draft_saved_at=None)
    )
    changed_once(changed.rowcount)
    body = {"no": str(item.no), "to": user_id, "from": item.assignee_id, "reason": reason}
    append_history(
        uow, item.instance, [HistoryEntry("work_item.assigned", item.flow_node_id, body, actor_id=uow.actor)]
    )
    pending = PendingWrites(participants=[(user_id, "handler")])
    title = say("请办理：{task}", task=say(item.task_name))
    pending.notice(user_id, item.instance.id, "assigned", title, item.instance.title or "")
    write_pending(uow.connection, pending, item.instance.id, uow.now)
    remember(uow, request_id, COMMAND, {"version": str(item.version + 1)}, about=work_item_id)
    return item.version + 1
