"""Start a process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine import step
from engine.errors import NotFoundError, NotPermittedError
from engine.queries.entitlement import may_start
from engine.requests import remember, replayed
from engine.sentences import say
from engine.unit_of_work import UnitOfWork

COMMAND = "start_instance"


@dataclass(frozen=True)
class InstanceStarted:
    """A new instance and the work items it opened."""

    instance_id: UUID
    work_item_ids: tuple[UUID, ...]


def start_instance(
    uow: UnitOfWork,
    process_key: str,
    *,
    variables: Mapping[str, Any] | None = None,
    business_key: str | None = None,
    process_id: str | None = None,
    request_id: str | None,
) -> InstanceStarted:
    """Start the main process of a folder (or another of its processes) in its newest version.

    Args:
        uow: one transaction.
        process_key: key of the folder, e.g. "motion".
        variables: first variables.
        business_key: what people call the case, if they have a name for it.
        process_id: BPMN id of another process of the folder.
        request_id: a repeated request answers the same.

    Raises:
        NotFoundError: the folder was never deployed, or has no such process.
        NotPermittedError: process.yaml does not let this person start it.
    """
    about = f"{process_key} {process_id or ''}"
    answer = replayed(uow, request_id, COMMAND, about)
    if answer is not None:
        return InstanceStarted(UUID(answer["instance"]), tuple(map(UUID, answer["items"])))
    deployed = uow.engine.latest(uow.session, process_key)
    process = process_id or deployed.manifest.main_process
    if process not in deployed.definitions.processes:
        raise NotFoundError(say("流程文件夹“{folder}”中没有流程“{process}”", folder=process_key, process=process))
    if uow.actor is not None and not may_start(uow, deployed, process):
        raise NotPermittedError(
            say("您无权发起“{process}”，如有疑问请联系校工会办公室", process=say(deployed.manifest.name))
        )
    result = step.begin(uow, deployed, process, variables or {}, business_key=business_key)
    items = [str(each) for each in result.work_item_ids]
    remember(uow, request_id, COMMAND, {"instance": str(result.instance_id), "items": items}, about=about)
    return InstanceStarted(result.instance_id, result.work_item_ids)
