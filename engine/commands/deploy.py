"""Deploy a process folder as the next immutable version."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from engine.definitions import deployments
from engine.definitions.deployed import Compiled, compile_resources
from engine.definitions.folder import MANIFEST, ProcessFolder
from engine.errors import DeploymentRefusedError
from engine.reports.definition import report_problems
from engine.unit_of_work import UnitOfWork
from models import Deployment


@dataclass(frozen=True)
class DeployResult:
    """A version; ``is_new`` is False when this very folder was deployed before."""

    deployment_id: UUID
    key: str
    version: int
    is_new: bool


def deploy_folder(uow: UnitOfWork, path: Path) -> DeployResult:
    """Deploy a folder from the disk.

    Raises:
        DeploymentRefusedError: refused whole; every problem with file, element, line and reason.
    """
    return deploy(uow, ProcessFolder.read(path))


def deploy(uow: UnitOfWork, folder: ProcessFolder) -> DeployResult:
    """Check a folder and store it; the same content again is the version it already is."""
    compiled, problems = compile_resources(folder.resources)
    problems += check(compiled) if compiled else []
    if problems or compiled is None:
        raise DeploymentRefusedError(folder.name, problems)
    key = compiled.manifest.key
    same = select(Deployment.id, Deployment.version).where(Deployment.key == key, Deployment.sha256 == folder.sha256)
    if (found := uow.session.execute(same).one_or_none()) is not None:
        return DeployResult(found.id, key, found.version, is_new=False)
    stored = deployments.store(uow.session, folder, compiled, at=uow.now, by=uow.actor)
    return DeployResult(stored.id, key, stored.version, is_new=True)


def deploy_shipped(uow: UnitOfWork, directory: Path) -> list[DeployResult]:
    """Deploy the folders that came with the product, each only where its key has no version yet."""
    present = set(deployments.latest_ids(uow.session))
    results = []
    for path in sorted(directory.glob(f"*/{MANIFEST}")):
        if path.parent.name not in present:
            results.append(deploy_folder(uow, path.parent))
    return results


def check(compiled: Compiled) -> list[str]:
    """What the parts of a folder promise each other: forms, processes, decisions and operations exist."""
    from engine.operations import names

    manifest, definitions = compiled.manifest, compiled.definitions
    problems: list[str] = []
    if manifest.main_process not in definitions.processes:
        problems.append(f"process.yaml main_process：流程图中没有过程“{manifest.main_process}”")
    for process in definitions.processes.values():
        for task in process.user_tasks.values():
            if task.form_key and task.form_key not in compiled.forms:
                problems.append(f"userTask {task.id}：没有表单 forms/{task.form_key}.json（missing-form）")
    known = set(names())
    for process in definitions.processes.values():
        problems += [
            f"{process.file} 过程 {process.id}：没有登记操作“{operation}”（unknown-operation）"
            for operation in process.operations
            if operation not in known
        ]
    problems += _missing_decision(compiled)
    problems += report_problems(manifest.data)
    return problems


def _missing_decision(compiled: Compiled) -> list[str]:
    wanted = compiled.manifest.deadlines_decision
    if wanted is None:
        return []
    known = set(compiled.decisions.decisions) if compiled.decisions is not None else set()
    return [] if wanted in known else [f"process.yaml deadlines_decision：没有决策“{wanted}”（missing-decision）"]
