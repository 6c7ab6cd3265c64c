"""Who may read a case: the rules of process.yaml, reviewed after every step."""

from collections.abc import Mapping
from typing import Any

from engine.rules.assignment import texts
from engine.step.environment import StepEnvironment


def audience_of(environment: StepEnvironment, process_id: str, variables: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The (role, unit) pairs that may read the case with these variables; unit "" means wherever held."""
    found: set[tuple[str, str]] = set()
    context = environment.context(variables)
    for rule in environment.deployed.manifest.visibility:
        if rule.process is not None and rule.process != process_id:
            continue
        if rule.when is not None and environment.evaluate(rule.when, context) is not True:
            continue
        units = [""] if rule.units is None else texts(environment.evaluate(rule.units, context))
        found.update((role, unit) for role in rule.roles for unit in units)
    return found


def review(
    environment: StepEnvironment, process_id: str, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> None:
    """Note what changed between two states of the variables; ``before`` is None when the case begins."""
    if before is not None and before == after:
        return
    manifest = environment.deployed.manifest
    if not manifest.visibility and not manifest.participants:
        return
    pending = environment.pending
    old = set() if before is None else audience_of(environment, process_id, before)
    new = audience_of(environment, process_id, after)
    pending.audience_added |= new - old
    pending.audience_removed |= old - new
    for part, expression in manifest.participants.items():
        people = texts(environment.evaluate(expression, environment.context(after)))
        known = set() if before is None else set(texts(environment.evaluate(expression, environment.context(before))))
        pending.participants.extend((person, part) for person in people if person not in known)
        if part in manifest.participants_while_named:
            pending.participants_removed |= {(person, part) for person in known.difference(people)}
