"""The live tokens of a case, to look at and not to move."""

from engine.spiff import Execution
from engine.step.environment import StepEnvironment
from engine.step.instance import LoadedInstance


def live_state(environment: StepEnvironment, instance: LoadedInstance) -> Execution:
    """What waits in a case that has not ended."""
    state = instance.sealer.open_state(instance.state)
    return Execution.restore(instance.deployed.definitions, state, dict(instance.variables), environment)
