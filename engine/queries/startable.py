"""What a person may start."""

from dataclasses import dataclass

from engine.definitions.manifest import text_of
from engine.queries.entitlement import may_start
from engine.queries.processes import newest_deployments
from engine.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class StartableProcess:
    """A process the actor may start. ``process_id`` is None for the folder's main process."""

    key: str
    process_id: str | None
    name: str
    description: str


def may_start_any(uow: UnitOfWork) -> bool:
    """Whether there is a process that the actor may start."""
    return any(
        may_start(uow, deployed, process_id)
        for deployed in newest_deployments(uow)
        for process_id in deployed.definitions.processes
    )


def startable_processes(uow: UnitOfWork) -> tuple[StartableProcess, ...]:
    """Every process of the newest deployments that the actor may start, by name."""
    found: list[StartableProcess] = []
    for deployed in newest_deployments(uow):
        manifest = deployed.manifest
        for process in deployed.definitions.processes.values():
            if not may_start(uow, deployed, process.id):
                continue
            is_main = process.id == manifest.main_process
            name = manifest.data["name"] if is_main else process.name
            told = manifest.data if is_main else manifest.data["start"][process.id]
            description = told.get("description", "")
            found.append(
                StartableProcess(
                    deployed.key,
                    None if is_main else process.id,
                    text_of(name),
                    text_of(description),
                )
            )
    return tuple(sorted(found, key=lambda each: (each.process_id is not None, each.name)))
