"""Whoever has left is stood in for: open work items go where the diagram says, or back to all candidates."""

from uuid import UUID

from sqlalchemy import Select, delete, insert, or_, select, update

from engine.queries.organisation import has_not_left
from engine.rules.assignment import Assignment
from engine.sentences import say
from engine.step.environment import StepEnvironment
from engine.step.history import HistoryEntry
from engine.step.opening import names_stand_in, resolve_assignment
from engine.step.save import append_history
from engine.step.writes import PendingWrites, write_pending
from engine.unit_of_work import UnitOfWork
from engine.work_items import CANDIDATE, ITEM, LoadedWorkItem, changed_once, load_work_item
from models import InstanceStatus, ProcessInstance, User, WorkItem, WorkItemState

REASON = "原办理人已离职或账号已停用"


def let_others_stand_in(uow: UnitOfWork, user_id: str) -> int:
    """Pass on what waits for one person who has left or is locked; answers how many work items went to others."""
    items = list(uow.session.scalars(_waiting_for_absent(uow).where(WorkItem.assignee_id == user_id)))
    return sum(_pass_on(uow, item_id) for item_id in items)


def absent_and_waited_for(uow: UnitOfWork) -> list[str]:
    """People who have left or are locked and hold open work items: their day of leaving may have come."""
    query = _waiting_for_absent(uow).with_only_columns(WorkItem.assignee_id).order_by(None).distinct()
    return sorted(person for person in uow.session.scalars(query) if person is not None)


def _waiting_for_absent(uow: UnitOfWork) -> Select[UUID]:
    uow.session.flush()  # the change of the person may still be in the session
    return (
        select(WorkItem.id)
        .join(User, User.id == WorkItem.assignee_id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.process_instance_id)
        .where(
            WorkItem.state == WorkItemState.OPEN,
            ProcessInstance.status == InstanceStatus.ACTIVE,
            or_(User.is_locked, ~has_not_left(uow.today)),
        )
        .order_by(WorkItem.process_instance_id, WorkItem.id)
    )


def _pass_on(uow: UnitOfWork, item_id: UUID) -> bool:
    item = load_work_item(uow, item_id)
    if item.state is not WorkItemState.OPEN:
        return False
    assignment = _now_meant(uow, item) if item.assigned_directly else Assignment(None, item.assignment.candidates)
    if assignment is None or assignment.assignee_id == item.assignee_id or assignment.is_empty:
        return False
    _write(uow, item, assignment)
    return True


def _now_meant(uow: UnitOfWork, item: LoadedWorkItem) -> Assignment | None:
    """Whom the diagram means today; None where it names nobody to stand in."""
    instance = item.instance
    process = instance.deployed.definitions.processes.get(instance.process_key)
    task = process.user_tasks.get(item.flow_node_id) if process else None
    if task is None or not names_stand_in(task.attributes):
        return None
    environment = StepEnvironment(uow, instance.deployed, instance.id, instance.business_key, instance.started_by)
    context = environment.context(instance.variables, item.local_variables)
    return resolve_assignment(environment, task.attributes, context)


def _write(uow: UnitOfWork, item: LoadedWorkItem, assignment: Assignment) -> None:
    values = {"assignee_id": assignment.assignee_id, "assigned_directly": assignment.assignee_id is not None}
    changed = uow.connection.execute(
        update(ITEM)
        .where(ITEM.c.id == item.id, ITEM.c.version == item.version)
        .values(version=item.version + 1, draft=None, draft_saved_at=None, **values)
    )
    changed_once(changed.rowcount)
    if assignment.candidates != item.assignment.candidates:
        uow.connection.execute(delete(CANDIDATE).where(CANDIDATE.c.work_item_id == item.id))
        for no, each in enumerate(assignment.candidates, start=1):
            row = {"no": no, "user_id": each.user_id, "role": each.role, "unit_id": each.unit_id}
            uow.connection.execute(insert(CANDIDATE), {"work_item_id": item.id, **row})
    body = {"no": str(item.no), "to": assignment.assignee_id, "from": item.assignee_id, "reason": REASON}
    entry = HistoryEntry("work_item.assigned", item.flow_node_id, body, actor_id=uow.actor)
    append_history(uow, item.instance, [entry])
    if assignment.assignee_id is not None:
        pending = PendingWrites(participants=[(assignment.assignee_id, "handler")])
        title, about = say("请办理：{task}", task=say(item.task_name)), item.instance.title or ""
        pending.notice(assignment.assignee_id, item.instance.id, "assigned", title, about)
        write_pending(uow.connection, pending, item.instance.id, uow.now)
