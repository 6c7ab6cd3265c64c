"""For whom there are list pages, an open list and a list of followed cases: asked by the menu and by the pages."""

from sqlalchemy import exists, select

from engine.queries.followers import FOLLOWER
from engine.queries.processes import holds_role_of_tasks
from engine.rules.visibility import is_in_inbox, is_offered_to
from engine.unit_of_work import UnitOfWork
from models import InstanceParticipant, UserTask, WorkItem


def has_list_pages(uow: UnitOfWork) -> bool:
    """Tasks that may be done on a list page are this person's by role, or one waits for them."""
    if holds_role_of_tasks(uow, lambda attributes: attributes.batch):
        return True
    waits = exists().where(WorkItem.user_task_id == UserTask.id, UserTask.is_batch, is_in_inbox(uow.holder))
    return bool(uow.session.scalar(select(waits)))


def has_open_list(uow: UnitOfWork) -> bool:
    """Tasks that anybody entitled may take up are this person's by role, or one is there to take."""
    if holds_role_of_tasks(uow, lambda attributes: attributes.open):
        return True
    offered = exists().where(WorkItem.user_task_id == UserTask.id, UserTask.is_open, is_offered_to(uow.holder))
    return bool(uow.session.scalar(select(offered)))


def follows_cases(uow: UnitOfWork) -> bool:
    """This person was named to follow a case."""
    named = exists().where(InstanceParticipant.user_id == uow.actor, InstanceParticipant.part == FOLLOWER)
    return bool(uow.session.scalar(select(named)))
