"""What somebody may do with a case: asked by commands before it is done, by pages before it is offered."""

from uuid import UUID

from sqlalchemy import select

from engine.definitions.deployed import Deployed
from engine.definitions.manifest import Section
from engine.errors import NotPermittedError
from engine.queries.roles_in_case import holder_in
from engine.rules.administration import AREA_ROLES, Area
from engine.step.environment import StepEnvironment
from engine.step.instance import LoadedInstance
from engine.unit_of_work import UnitOfWork
from models import Attachment, EventSubscription, InstanceParticipant, SubscriptionKind

ADMINISTRATORS = AREA_ROLES[Area.CASES]
EVERYBODY = "*"  # in process.yaml: whoever has a log-in
SUBSCRIPTION = EventSubscription.__table__


def may_start(uow: UnitOfWork, deployed: Deployed, process_id: str) -> bool:
    """Whether process.yaml lets the actor start this process."""
    roles = deployed.manifest.starters(process_id)
    return EVERYBODY in roles or bool(uow.holder.role_names.intersection(roles))


def administers(uow: UnitOfWork, instance: LoadedInstance) -> bool:
    """Whether the actor is the engine itself, an administrator or the process's owner."""
    owner = instance.deployed.manifest.data.get("owner_role")
    return uow.actor is None or bool(uow.holder.role_names & (ADMINISTRATORS | {owner}))


def ensure_administers(uow: UnitOfWork, instance: LoadedInstance) -> None:
    """Only whoever administers the case."""
    if not administers(uow, instance):
        raise NotPermittedError


def may_withdraw(uow: UnitOfWork, instance: LoadedInstance) -> bool:
    """Whether the actor is one who may withdraw this case at all."""
    if uow.actor is None or instance.started_by == uow.actor:
        return True
    return bool(uow.holder.role_names.intersection(instance.deployed.manifest.withdraw_roles))


def open_withdrawal(uow: UnitOfWork, instance: LoadedInstance) -> int | None:
    """The wait that a withdrawal would trigger now; None when it is too late or not drawn."""
    manifest = instance.deployed.manifest
    if not instance.is_active:
        return None
    if manifest.withdraw_when is not None:
        environment = StepEnvironment(uow, instance.deployed, instance.id, instance.business_key, instance.started_by)
        if environment.evaluate(manifest.withdraw_when, environment.context(instance.variables)) is not True:
            return None
    waiting = find_subscriptions(
        uow, SubscriptionKind.MESSAGE, manifest.withdraw_message, None, instance_id=instance.id
    )
    return waiting[0][1] if waiting else None


def takes_part(uow: UnitOfWork, instance: LoadedInstance, section: Section) -> bool:
    """Whether the actor belongs to a section of the conversation; a section without who began it is closed to them."""
    if section.process not in (None, instance.process_key):
        return False
    if uow.actor == instance.started_by:
        return section.initiator
    return bool(holder_in(uow, instance.id).role_names.intersection(section.roles))


def may_attach(uow: UnitOfWork, instance: LoadedInstance) -> bool:
    """Whoever belongs to the case or to its conversation; reading alone, as all read what is published, is not enough.

    A process without any conversation leaves it to everybody who reads the case.
    """
    sections = instance.deployed.manifest.sections()
    if not sections or uow.actor == instance.started_by or any(takes_part(uow, instance, each) for each in sections):
        return True
    part = select(InstanceParticipant.user_id).where(
        InstanceParticipant.process_instance_id == instance.id, InstanceParticipant.user_id == uow.actor
    )
    return uow.session.execute(part.limit(1)).one_or_none() is not None


def may_open_sensitive(uow: UnitOfWork, instance: LoadedInstance, attachment: Attachment) -> bool:
    """Its uploader, who began the case, and the roles of the sensitive field."""
    if uow.actor in (attachment.uploaded_by, instance.started_by):
        return True
    roles = instance.deployed.manifest.sensitive.get(attachment.field_key or "", ())
    return bool(holder_in(uow, instance.id).role_names.intersection(roles))


def find_subscriptions(
    uow: UnitOfWork, kind: SubscriptionKind, name: str, correlation_key: str | None, *, instance_id: UUID | None = None
) -> list[tuple[UUID, int]]:
    """Instances and numbers of the waits that fit, oldest first."""
    query = select(SUBSCRIPTION.c.process_instance_id, SUBSCRIPTION.c.no).where(
        SUBSCRIPTION.c.kind == kind, SUBSCRIPTION.c.name == name
    )
    if instance_id is not None:
        query = query.where(SUBSCRIPTION.c.process_instance_id == instance_id)
    elif kind is SubscriptionKind.MESSAGE:
        key = SUBSCRIPTION.c.correlation_key
        query = query.where(key.is_(None) if correlation_key is None else key == correlation_key)
    query = query.order_by(SUBSCRIPTION.c.created_at, SUBSCRIPTION.c.id)
    return [(row.process_instance_id, row.no) for row in uow.connection.execute(query)]
