"""For whom there are list pages, an open list and a list of followed cases, and what waits there for them.

Asked by the menu and by the pages.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, func, select

from engine.queries.followers import FOLLOWER
from engine.queries.processes import holds_role_of_tasks, manifests_with
from engine.rules.visibility import is_in_inbox, is_offered_to, may_read
from engine.unit_of_work import UnitOfWork
from models import InstanceParticipant, ProcessInstance, UserTask, WorkItem, waits


def has_list_pages(uow: UnitOfWork) -> bool:
    """Tasks that may be done on a list page are this person's by role, or one waits for them."""
    return holds_role_of_tasks(uow, lambda _manifest, task: task.attributes.batch) or waiting_on_lists(uow) > 0


def waiting_on_lists(uow: UnitOfWork) -> int:
    """How many tasks wait for this person that may be done on a list page; they are in the inbox as well."""
    query = (
        select(func.count())
        .select_from(WorkItem)
        .join(UserTask, UserTask.id == WorkItem.user_task_id)
        .where(UserTask.is_batch, is_in_inbox(uow.holder))
    )
    return uow.session.scalar(query) or 0


def has_open_list(uow: UnitOfWork) -> bool:
    """Tasks that anybody entitled may take up are this person's by role, or one is there to take."""
    by_role = holds_role_of_tasks(uow, lambda manifest, task: task.attributes.open and is_listed(manifest, task.id))
    return by_role or waiting_on_open_list(uow) > 0


def waiting_on_open_list(uow: UnitOfWork) -> int:
    """How many tasks of the open list this person may take up."""
    query = (
        select(ProcessInstance.folder_key, UserTask.flow_node_id, func.count())
        .select_from(WorkItem)
        .join(UserTask, UserTask.id == WorkItem.user_task_id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.process_instance_id)
        .where(UserTask.is_open, is_offered_to(uow.holder))
        .group_by(ProcessInstance.folder_key, UserTask.flow_node_id)
    )
    manifests = dict(manifests_with(uow, "open_list"))
    return sum(number for key, node, number in uow.session.execute(query) if is_listed(manifests.get(key, {}), node))


def is_listed(manifest: Mapping[str, Any], flow_node_id: str) -> bool:
    """Whether process.yaml lets everybody look for this task; others are found on the pages of their cases."""
    listed = (manifest.get("open_list") or {}).get("tasks")
    return listed is None or flow_node_id in listed


def follows_cases(uow: UnitOfWork) -> bool:
    """This person was named to follow a case."""
    named = exists().where(InstanceParticipant.user_id == uow.actor, InstanceParticipant.part == FOLLOWER)
    return bool(uow.session.scalar(select(named)))


def overdue_where_followed(uow: UnitOfWork) -> int:
    """How many cases that this person follows have a step that is overdue."""
    followed = select(InstanceParticipant.process_instance_id).where(
        InstanceParticipant.user_id == uow.actor, InstanceParticipant.part == FOLLOWER
    )
    query = (
        select(func.count(ProcessInstance.id.distinct()))
        .join(UserTask, UserTask.process_instance_id == ProcessInstance.id)
        .where(ProcessInstance.id.in_(followed), may_read(uow.holder), UserTask.due_at < uow.now, waits())
    )
    return uow.session.scalar(query) or 0
