"""What the ad-hoc sub-processes of a case offer, and to whom."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.queries.entitlement import administers
from engine.queries.live_state import live_state
from engine.rules.assignment import may_handle
from engine.spiff import ExecutionError
from engine.step.environment import StepEnvironment
from engine.step.instance import LoadedInstance
from engine.step.opening import resolve_assignment
from engine.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.spiff import Offer


@dataclass(frozen=True)
class EnabledActivity:
    """An activity that may be begun now."""

    flow_node_id: str
    place: int  # number of the ad-hoc sub-process that offers it
    name: str


def enabled_activities(uow: UnitOfWork, instance: LoadedInstance) -> tuple[EnabledActivity, ...]:
    """What the actor may begin now, in the order of the diagram; each activity once, in the first place that offers it.

    A task is begun by those who would be entitled to it; what runs by itself, by whoever administers the case. Of the
    instances of a multi-instance sub-process, each may offer it to another person.
    """
    if not instance.is_active or not _draws_ad_hoc(instance):
        return ()
    environment = StepEnvironment(uow, instance.deployed, instance.id, instance.business_key, instance.started_by)
    found: dict[str, EnabledActivity] = {}
    for offer in live_state(environment, instance).offers():
        node = offer.flow_node_id
        if node not in found and _may_begin(environment, instance, offer):
            found[node] = EnabledActivity(node, offer.place, offer.name or node)
    return tuple(found.values())


def _draws_ad_hoc(instance: LoadedInstance) -> bool:
    """Whether its process, or one that it calls, has an ad-hoc sub-process."""
    processes = instance.deployed.definitions.processes
    drawn = processes[instance.process_key]
    others = any(called not in processes for called in drawn.calls)
    return others or any(
        node.type == "adHocSubProcess" for process in processes.values() for node in process.nodes.values()
    )


def _may_begin(environment: StepEnvironment, instance: LoadedInstance, offer: "Offer") -> bool:
    uow = environment.uow
    if administers(uow, instance):
        return True
    if offer.attributes is None:
        return False
    context = environment.visible(instance.variables, offer.local)
    try:
        return may_handle(uow.holder, resolve_assignment(environment, offer.attributes, context))
    except ExecutionError:  # told to whoever administers the case when it is begun; others need their page
        return False
