"""Deploy a process folder as the next immutable version."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from engine.bpmn.names import BANLI
from engine.definitions import deployments
from engine.definitions.deadline_keys import unknown_deadlines
from engine.definitions.deployed import Compiled, Deployed, compile_resources
from engine.definitions.exposed import exposed
from engine.definitions.folder import MANIFEST, ProcessFolder
from engine.definitions.gates import dropped_gates, unmarked_gates, unreached_gates
from engine.definitions.places import Places
from engine.errors import DeploymentRefusedError, OperationFailedError, StepFailedError
from engine.reports.definition import report_problems
from engine.step import starting
from engine.unit_of_work import UnitOfWork
from models import Deployment

OPERATION, DECISION = f"{{{BANLI}}}operation", f"{{{BANLI}}}decisionRef"


@dataclass(frozen=True)
class DeployResult:
    """A version; ``is_new`` is False when this very folder was deployed before."""

    deployment_id: UUID
    key: str
    version: int
    is_new: bool
    is_newest: bool = True


def deploy_folder(uow: UnitOfWork, path: Path, *, again: bool = False) -> DeployResult:
    """Deploy a folder from the disk.

    Args:
        uow: one transaction.
        path: the folder.
        again: let the timers that start its processes wait anew, counted from now, although nothing has changed.

    Raises:
        DeploymentRefusedError: refused whole; every problem with file, element, line and reason.
    """
    return deploy(uow, ProcessFolder.read(path), again=again)


def deploy(uow: UnitOfWork, folder: ProcessFolder, *, again: bool = False) -> DeployResult:
    """Check a folder and store it; the same content again is the version it already is."""
    compiled, problems = compile_resources(folder.resources)
    problems += check(compiled, folder.resources) if compiled else []
    if problems or compiled is None:
        raise DeploymentRefusedError(folder.name, problems)
    key = compiled.manifest.key
    deployments.take_turns(uow.session)
    same = select(Deployment.id, Deployment.version).where(Deployment.key == key, Deployment.sha256 == folder.sha256)
    if (found := uow.session.execute(same).one_or_none()) is not None:
        is_newest = deployments.latest_id(uow.session, key) == found.id
        if again and is_newest:
            _arm(uow, folder, compiled, uow.session.get_one(Deployment, found.id), again=True)
        return DeployResult(found.id, key, found.version, is_new=False, is_newest=is_newest)
    if dropped := dropped_gates(_newest_resources(uow, key), folder.resources):
        raise DeploymentRefusedError(folder.name, dropped)
    if taken := deployments.elsewhere(uow.session, key, compiled.definitions.processes):
        raise DeploymentRefusedError(folder.name, [_taken(process, other) for process, other in taken.items()])
    stored = deployments.store(uow.session, folder, compiled, at=uow.now, by=uow.actor)
    _arm(uow, folder, compiled, stored)
    return DeployResult(stored.id, key, stored.version, is_new=True)


def _taken(process: str, other: str) -> str:
    """A call by id must mean one process: whoever deployed last would otherwise take the calls of the other."""
    return f"流程 {process}：文件夹“{other}”已有这个 id 的流程，请换一个 id（process-elsewhere）"


def _newest_resources(uow: UnitOfWork, key: str) -> Mapping[str, bytes]:
    """The files of the newest version; none while there is no version."""
    newest = deployments.latest_ids(uow.session).get(key)
    return deployments.resources_of(uow.session, newest) if newest is not None else {}


def _arm(
    uow: UnitOfWork, folder: ProcessFolder, compiled: Compiled, stored: Deployment, *, again: bool = False
) -> None:
    """Let the timers wait that start its processes."""
    deployed = Deployed(
        id=stored.id,
        key=stored.key,
        version=stored.version,
        manifest=compiled.manifest,
        definitions=compiled.definitions,
        decisions=compiled.decisions,
        forms=compiled.forms,
        resources=folder.resources,
        process_definition_ids={},
    )
    try:
        starting.arm(uow, deployed, again=again)
    except StepFailedError as error:
        files = {process.file for process in compiled.definitions.processes.values()}
        places = Places(folder.resources)
        named = (places.of(file, "id", error.element or "") for file in sorted(files))
        place = next((each for each in named if each not in files), "")
        raise DeploymentRefusedError(folder.name, [f"{place}：{error.detail}（{error.reason_code}）"]) from error
    except OperationFailedError as error:
        raise DeploymentRefusedError(folder.name, [error.message]) from error


def deploy_shipped(uow: UnitOfWork, directory: Path) -> list[DeployResult]:
    """Deploy the folders that came with the product, each only where its key has no version yet."""
    present = set(deployments.latest_ids(uow.session))
    results = []
    for path in sorted(directory.glob(f"*/{MANIFEST}")):
        if path.parent.name not in present:
            results.append(deploy_folder(uow, path.parent))
    return results


def check(compiled: Compiled, resources: Mapping[str, bytes]) -> list[str]:
    """What the parts of a folder promise each other: forms, people, decisions and operations exist."""
    manifest = compiled.manifest
    places = Places(resources)
    problems: list[str] = []
    if manifest.main_process not in compiled.definitions.processes:
        problems.append(f"process.yaml main_process：流程图中没有过程“{manifest.main_process}”")
    problems += _missing_forms(compiled, places) + _unassigned(compiled, places)
    problems += _unknown_operations(compiled, places) + unmarked_gates(manifest, resources)
    problems += unreached_gates(compiled, resources, places)
    problems += exposed(compiled, places) + _unknown_decisions(compiled, places) + _missing_decision(compiled)
    problems += _unique_unknown(compiled) + _broken_tables(compiled)
    problems += unknown_deadlines(resources) if manifest.deadlines_decision else []
    return problems + report_problems(manifest.data)


def _missing_forms(compiled: Compiled, places: Places) -> list[str]:
    return [
        f"{places.of(process.file, 'id', task.id)}：没有表单 forms/{task.form_key}.json（missing-form）"
        for process in compiled.definitions.processes.values()
        for task in process.user_tasks.values()
        if task.form_key and task.form_key not in compiled.forms
    ]


def _unknown_operations(compiled: Compiled, places: Places) -> list[str]:
    from engine.operations import names

    known = set(names())
    return [
        f"{places.of(process.file, OPERATION, operation)}：没有登记操作“{operation}”（unknown-operation）"
        for process in compiled.definitions.processes.values()
        for operation in process.operations
        if operation not in known
    ]


def _unassigned(compiled: Compiled, places: Places) -> list[str]:
    """Every step for people says for whom: otherwise it would wait for nobody."""
    return [
        f"{places.of(process.file, 'id', task.id)}：没有办理人 banli:assignee 或 banli:candidateRole（no-assignment）"
        for process in compiled.definitions.processes.values()
        for task in process.user_tasks.values()
        if not (task.attributes.assignee or task.attributes.candidate_role)
    ]


def _unique_unknown(compiled: Compiled) -> list[str]:
    """Only what is kept outside the sealed variables can be compared with other cases."""
    manifest = compiled.manifest
    comparable = {manifest.title_variable, manifest.number_variable, *manifest.report_variables} - set(
        manifest.sensitive
    )
    return [
        f"forms/{name}.json {component.key}：unique 只能用于标题、编号或报表变量（unique-unknown）"
        for name, form in compiled.forms.items()
        for component in form.fields()
        if component.rules.unique is not None and component.key not in comparable
    ]


def _unknown_decisions(compiled: Compiled, places: Places) -> list[str]:
    known = set(compiled.decisions.decisions) if compiled.decisions is not None else set()
    return [
        f"{places.of(process.file, DECISION, decision)}：没有决策“{decision}”（missing-decision）"
        for process in compiled.definitions.processes.values()
        for decision in process.decisions
        if decision not in known and not decision.startswith("=")
    ]


def _broken_tables(compiled: Compiled) -> list[str]:
    """What a decision would only stumble over once somebody's case needs that rule."""
    from engine.dmn.analysis.expressions import expression_problems

    if compiled.decisions is None:
        return []
    library = compiled.decisions.library
    return [
        f"{file.file} 第 {problem.line} 行 {problem.type} {problem.element}：{problem.message}（{problem.code}）"
        for file in library.files
        for problem in expression_problems(library, file)
        if problem.severity == "error"
    ]


def _missing_decision(compiled: Compiled) -> list[str]:
    wanted = compiled.manifest.deadlines_decision
    if wanted is None:
        return []
    known = set(compiled.decisions.decisions) if compiled.decisions is not None else set()
    return [] if wanted in known else [f"process.yaml deadlines_decision：没有决策“{wanted}”（missing-decision）"]
