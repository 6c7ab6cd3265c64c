"""In which of their roles a person sees a case: a right that comes with a role ends where the role does."""

from uuid import UUID

from sqlalchemy import select

from engine.rules.assignment import Candidate, Holder, matching_candidate
from engine.unit_of_work import UnitOfWork
from models import InstanceAudience, WorkItem, WorkItemCandidate


def holder_in(uow: UnitOfWork, instance_id: UUID) -> Holder:
    """The actor with the roles that count in this case.

    A role held at a unit counts where the case is open to that role at that unit, or was ever offered to it: an officer
    of another unit who reads a published case reads it as anybody does. A role held at no unit counts everywhere.
    """
    return uow.once(("holder_in", instance_id), lambda: _holder_in(uow, instance_id))


def _holder_in(uow: UnitOfWork, instance_id: UUID) -> Holder:
    holder = uow.holder
    at_units = frozenset(held for held in holder.roles if held[1] is not None)
    if not at_units:
        return holder
    names = {role for role, _ in at_units}
    audience = select(InstanceAudience.role, InstanceAudience.unit_id).where(
        InstanceAudience.process_instance_id == instance_id, InstanceAudience.role.in_(names)
    )
    offered = (
        select(WorkItemCandidate.role, WorkItemCandidate.unit_id)
        .join(WorkItem, WorkItem.id == WorkItemCandidate.work_item_id)
        .where(WorkItem.process_instance_id == instance_id, WorkItemCandidate.role.in_(names))
        .distinct()
    )
    open_to = [
        Candidate(role=row.role, unit_id=row.unit_id or None)
        for query in (audience, offered)
        for row in uow.session.execute(query)
    ]
    counting = {held for held in at_units if matching_candidate(Holder(holder.user_id, frozenset({held})), open_to)}
    return Holder(holder.user_id, (holder.roles - at_units) | counting)
