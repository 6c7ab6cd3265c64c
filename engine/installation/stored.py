"""Whether this release can go on with what an older one has stored: stricter checks must surprise no running case."""

from collections.abc import Mapping
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bootstrap import Engine
from engine.definitions import deployments
from engine.errors import DeploymentRefusedError
from models import Deployment, InstanceStatus, ProcessDefinition, ProcessInstance

_UNDER_WAY = (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)


class Unreadable(Struct, frozen=True):
    """A stored version of a folder that this release refuses."""

    key: str
    version: int
    cases: int  # that run on it
    problems: tuple[str, ...]


def unreadable(engine: Engine) -> list[Unreadable]:
    """Of the newest versions and those on which cases run, the ones that cannot be read any more."""
    found = []
    with engine.reading() as uow:
        session, running = uow.session, _running(uow.session)
        wanted = {*deployments.latest_ids(session).values(), *running}
        query = select(Deployment).where(Deployment.id.in_(wanted)).order_by(Deployment.key, Deployment.version)
        for each in session.scalars(query).all():
            if told := _problems(session, each.id):
                found.append(Unreadable(each.key, each.version, running.get(each.id, 0), told))
    return found


def _running(session: Session) -> Mapping[UUID, int]:
    """How many cases run, by deployment."""
    query = (
        select(ProcessDefinition.deployment_id, func.count())
        .join(ProcessInstance, ProcessInstance.process_definition_id == ProcessDefinition.id)
        .where(ProcessInstance.status.in_(_UNDER_WAY))
        .group_by(ProcessDefinition.deployment_id)
    )
    return {row.deployment_id: int(row[1]) for row in session.execute(query)}


def _problems(session: Session, deployment_id: UUID) -> tuple[str, ...]:
    try:
        deployments.load(session, deployment_id)
    except DeploymentRefusedError as error:
        return tuple(error.problems)
    return ()
