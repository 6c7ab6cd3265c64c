"""The processes as they are deployed now: the newest version of each folder, compiled once per process of ours."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

import structlog

from engine.definitions import deployments
from engine.definitions.deployed import Deployed
from engine.errors import DeploymentRefusedError
from engine.feel import evaluate, strip_marker
from engine.rules.assignment import texts
from engine.spiff import UserTaskInfo
from engine.unit_of_work import UnitOfWork
from models import Deployment

log = structlog.get_logger(__name__)


def newest_deployments(uow: UnitOfWork) -> tuple[Deployed, ...]:
    """By folder key, read once in a transaction; without what an earlier version of ours took and this one refuses."""
    return uow.once("newest deployments", lambda: tuple(_compiled(uow)))


def manifests_with(uow: UnitOfWork, section: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Folder keys, with their manifests, of the processes that have a given section in process.yaml."""
    manifests = uow.once("newest manifests", lambda: list(_manifests(uow)))
    return [(key, manifest) for key, manifest in manifests if manifest.get(section)]


def _newest(uow: UnitOfWork) -> list[tuple[str, UUID]]:
    return uow.once("newest versions", lambda: sorted(deployments.latest_ids(uow.session).items()))


def _compiled(uow: UnitOfWork) -> Iterator[Deployed]:
    for key, deployment_id in _newest(uow):
        try:
            yield uow.engine.deployed(uow.session, deployment_id)
        except DeploymentRefusedError as refused:
            log.error("deployment.refused", key=key, reason=str(refused))


def _manifests(uow: UnitOfWork) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, deployment_id in _newest(uow):
        known = uow.engine.compiled.with_id(deployment_id)
        yield key, known.manifest.data if known else uow.session.get_one(Deployment, deployment_id).manifest


def holds_role_of_tasks(uow: UnitOfWork, kind: Callable[[Mapping[str, Any], UserTaskInfo], bool]) -> bool:
    """Whether a user task of this kind, by process.yaml and diagram, is drawn for a role that the actor holds.

    A role that only a running case can name does not count: whoever such a task waits for has it in the inbox.
    """
    held = uow.holder.role_names
    return any(
        kind(deployed.manifest.data, task) and not held.isdisjoint(_roles(task.attributes.candidate_role))
        for deployed in newest_deployments(uow)
        for process in deployed.definitions.processes.values()
        for task in process.user_tasks.values()
    )


def _roles(text: str | None) -> list[str]:
    if text is None or not text.startswith("="):
        return texts(text)
    return texts(evaluate(strip_marker(text), {}).result)
