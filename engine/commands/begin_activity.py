"""Begin an activity that an ad-hoc sub-process offers."""

from uuid import UUID

from engine import step
from engine.errors import ConflictError, NotFoundError, SuspendedError
from engine.queries.enabled import enabled_activities
from engine.requests import remember, replayed
from engine.step.history import HistoryEntry
from engine.step.instance import load_instance
from engine.unit_of_work import UnitOfWork
from engine.work_items import can_read

COMMAND = "begin_activity"
BEGUN = "activity.begun"


def begin_activity(
    uow: UnitOfWork, instance_id: UUID, flow_node_id: str, *, request_id: str | None
) -> tuple[UUID, ...]:
    """Begin it and run the case to its next wait states; answers the work items that this opened.

    Args:
        uow: one transaction.
        instance_id: the case.
        flow_node_id: one of ``enabled_activities``.
        request_id: the same id again answers the same and begins nothing.

    Raises:
        NotFoundError: no such case for this person.
        SuspendedError: not before it is resumed.
        ConflictError: it is not offered to this person now, or the case has ended.
    """
    instance = load_instance(uow, instance_id)
    about = f"{instance_id} {flow_node_id}"
    if (answer := replayed(uow, request_id, COMMAND, about)) is not None:
        return tuple(UUID(item) for item in answer["items"])
    if uow.actor is not None and not can_read(uow, instance_id):
        raise NotFoundError
    if instance.is_suspended:
        raise SuspendedError
    offered = {each.flow_node_id: each.place for each in enabled_activities(uow, instance)}
    if flow_node_id not in offered:
        raise ConflictError("此环节现在不能开始，请刷新页面查看")
    place = offered[flow_node_id]
    entry = HistoryEntry(BEGUN, flow_node_id, actor_id=uow.actor)
    result = step.advance(uow, instance, lambda execution: execution.start_enabled(flow_node_id, place), [entry])
    remember(uow, request_id, COMMAND, {"items": [str(item) for item in result.work_item_ids]}, about=about)
    return result.work_item_ids
