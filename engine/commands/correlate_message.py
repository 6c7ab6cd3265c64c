"""Deliver a message to the one instance that waits for it, or start the one process that it starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from engine import step
from engine.definitions.deployed import Deployed
from engine.errors import ConflictError, NoSubscriptionError
from engine.queries.entitlement import find_subscriptions
from engine.queries.processes import newest_deployments
from engine.requests import remember, replayed
from engine.sentences import say
from engine.step.advance import without_reserved
from engine.step.history import HistoryEntry
from engine.step.instance import load_instance
from engine.unit_of_work import UnitOfWork
from models import EventSubscription, SubscriptionKind

COMMAND = "correlate_message"
SUBSCRIPTION = EventSubscription.__table__


@dataclass(frozen=True)
class Correlated:
    """The instance that got the message, and whether it began with it."""

    instance_id: UUID
    started: bool


def correlate_message(
    uow: UnitOfWork,
    name: str,
    correlation_key: str | None,
    data: Mapping[str, Any] | None = None,
    *,
    instance_id: UUID | None = None,
    request_id: str | None,
) -> Correlated:
    """Deliver a message to exactly one receiver; in an instance that waits at several places, where it began first.

    Args:
        uow: one transaction.
        name: message name of the diagram.
        correlation_key: the receiver waits with the same key.
        data: variables the receiver gets.
        instance_id: only this instance.
        request_id: a repeated request answers the same.

    Raises:
        NoSubscriptionError: nobody waits for it and no process starts with it.
        ConflictError: more than one instance waits for it; a broadcast must be drawn as one.
    """
    about = f"{name} {correlation_key} {instance_id}"
    if (answer := replayed(uow, request_id, COMMAND, about)) is not None:
        return Correlated(UUID(answer["instance"]), answer["started"])
    waiting = find_subscriptions(uow, SubscriptionKind.MESSAGE, name, correlation_key, instance_id=instance_id)
    if (instances := len({instance for instance, _ in waiting})) > 1:
        raise ConflictError(say("有 {n} 个流程在等待消息“{name}”，无法确定收件者", n=instances, name=name))
    if waiting:
        receiver, no = waiting[0]
        deliver(uow, receiver, no, name, data or {})
        result = Correlated(receiver, started=False)
    elif instance_id is None and (found := message_start(uow, name)) is not None:
        deployed, process_id = found
        begun = step.begin(uow, deployed, process_id, data or {}, business_key=None, message=name)
        result = Correlated(begun.instance_id, started=True)
    else:
        raise NoSubscriptionError(name, correlation_key)
    given = {"instance": str(result.instance_id), "started": result.started}
    remember(uow, request_id, COMMAND, given, about=about)
    return result


def deliver(uow: UnitOfWork, instance_id: UUID, no: int, name: str, data: Mapping[str, Any]) -> None:
    """Take the step that a message triggers; nothing happens if the wait was closed meanwhile.

    Raises:
        NoSubscriptionError: the instance no longer waits there.
    """
    instance = load_instance(uow, instance_id)
    still = uow.connection.execute(
        select(SUBSCRIPTION.c.flow_node_id).where(
            SUBSCRIPTION.c.process_instance_id == instance_id, SUBSCRIPTION.c.no == no
        )
    ).scalar_one_or_none()
    if still is None:
        raise NoSubscriptionError(name, None)
    values = without_reserved(data)
    entry = HistoryEntry("message.correlated", still, {"name": name}, values, actor_id=uow.actor)
    step.advance(uow, instance, lambda execution: execution.deliver_message(no, values), [entry])


def message_start(uow: UnitOfWork, name: str) -> tuple[Deployed, str] | None:
    """The newest deployment and the process that a message starts, if any."""
    for deployed in newest_deployments(uow):
        for process in deployed.definitions.processes.values():
            if process.started_by("message", name) is not None:
                return deployed, process.id
    return None
