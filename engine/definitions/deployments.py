"""Deployments in the database: storing a checked folder, loading and finding one."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.definitions.deployed import Compiled, Deployed, compile_resources
from engine.definitions.folder import ProcessFolder
from engine.errors import DeploymentRefusedError, NotFoundError
from engine.turns import one_at_a_time
from models import Deployment, DeploymentResource, ProcessDefinition


def take_turns(session: Session) -> None:
    """Until this transaction ends, nobody else deploys: each gets a version, the same folder one, an id one folder."""
    one_at_a_time(session.connection(), "deployment")


def store(session: Session, folder: ProcessFolder, compiled: Compiled, *, at: datetime, by: str | None) -> Deployment:
    """Store the next version of a folder."""
    key = compiled.manifest.key
    newest = session.scalar(select(func.max(Deployment.version)).where(Deployment.key == key)) or 0
    deployment = Deployment(
        id=uuid4(),
        key=key,
        version=newest + 1,
        sha256=folder.sha256,
        manifest=dict(compiled.manifest.data),
        deployed_at=at,
        deployed_by=by,
    )
    session.add(deployment)
    session.flush()
    for name, content in folder.resources.items():
        session.add(
            DeploymentResource(
                deployment_id=deployment.id, name=name, sha256=hashlib.sha256(content).hexdigest(), content=content
            )
        )
    for process in compiled.definitions.processes.values():
        session.add(
            ProcessDefinition(
                id=uuid4(),
                deployment_id=deployment.id,
                key=process.id,
                version=deployment.version,
                name=process.name or process.id,
                resource_name=process.file,
            )
        )
    session.flush()
    return deployment


def resources_of(session: Session, deployment_id: UUID) -> dict[str, bytes]:
    """The files of a stored deployment, byte for byte."""
    rows = session.execute(
        select(DeploymentResource.name, DeploymentResource.content).where(
            DeploymentResource.deployment_id == deployment_id
        )
    )
    return {name: bytes(content) for name, content in rows}


def load(session: Session, deployment_id: UUID) -> Deployed:
    """Read and compile a stored deployment."""
    deployment = session.get(Deployment, deployment_id)
    if deployment is None:
        raise NotFoundError("没有这个部署")
    resources = resources_of(session, deployment_id)
    compiled, problems = compile_resources(resources)
    if compiled is None:  # stored by a version of ours that accepted what this one refuses
        raise DeploymentRefusedError(f"{deployment.key} 第 {deployment.version} 版", problems)
    keys = session.execute(
        select(ProcessDefinition.key, ProcessDefinition.id).where(ProcessDefinition.deployment_id == deployment_id)
    )
    return Deployed(
        id=deployment.id,
        key=deployment.key,
        version=deployment.version,
        manifest=compiled.manifest,
        definitions=compiled.definitions,
        decisions=compiled.decisions,
        forms=compiled.forms,
        resources=resources,
        process_definition_ids={row.key: row.id for row in keys},
    )


def id_of(session: Session, process_definition_id: UUID) -> UUID:
    """Id of the deployment to which a process definition belongs."""
    query = select(ProcessDefinition.deployment_id).where(ProcessDefinition.id == process_definition_id)
    found = session.scalar(query)
    if found is None:
        raise NotFoundError("没有这个流程定义")
    return found


def latest_id(session: Session, key: str) -> UUID:
    """Id of the newest version of a folder."""
    found = session.scalar(
        select(Deployment.id).where(Deployment.key == key).order_by(Deployment.version.desc()).limit(1)
    )
    if found is None:
        raise NotFoundError(f"流程“{key}”尚未部署")
    return found


def latest_ids(session: Session) -> dict[str, UUID]:
    """Id of the newest version of every folder, by key."""
    newest = select(Deployment.key, func.max(Deployment.version).label("version")).group_by(Deployment.key).subquery()
    rows = session.execute(
        select(Deployment.key, Deployment.id).join(
            newest, (newest.c.key == Deployment.key) & (newest.c.version == Deployment.version)
        )
    )
    return {row.key: row.id for row in rows}


def ids_with_process(session: Session, process_id: str) -> list[UUID]:
    """Deployments that contain a process, newest first."""
    return list(
        session.scalars(
            select(Deployment.id)
            .join(ProcessDefinition, ProcessDefinition.deployment_id == Deployment.id)
            .where(ProcessDefinition.key == process_id)
            .order_by(Deployment.deployed_at.desc(), Deployment.version.desc())
        )
    )


def elsewhere(session: Session, key: str, process_ids: Iterable[str]) -> dict[str, str]:
    """Which of the processes belong to the newest version of another folder, and to which."""
    others = {found: other for other, found in latest_ids(session).items() if other != key}
    rows = session.execute(
        select(ProcessDefinition.key, ProcessDefinition.deployment_id).where(
            ProcessDefinition.key.in_(list(process_ids)), ProcessDefinition.deployment_id.in_(list(others))
        )
    )
    return {row.key: others[row.deployment_id] for row in rows}
