"""Questions to the organisation: who leads a unit, who holds a role."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.operations.registry import OperationCall, operation
from engine.queries import organisation


@operation("organisation.leader_of")
def leader_of(call: OperationCall) -> Mapping[str, Any]:
    """``leader``: the school leader in charge of ``unit``, or null; of a list of units ``leaders``, each once.

    Whoever is in ``except``, or a relative of one of them, stays out; the first other holder of the roles
    ``alternates``, in the order of the roles and then of the ids, takes the place. With ``needed`` an alternate is also
    found for a unit that nobody is in charge of.

    ``in_charge`` says it by unit: contexts with ``unit`` and ``leader``. ``recused`` says who stays out: contexts with
    ``unit``, ``leader`` and ``instead``, null if there is no alternate.
    """
    units = call.texts("unit") or call.texts("units")
    barred = _barred(call)
    in_charge, recused = [], []
    for unit in units:
        leader = organisation.leader_of(call.uow.session, unit, call.uow.today)
        acting = leader
        if leader in barred or (leader is None and call.parameters.get("needed") is True):
            acting = _alternate(call, barred)
        if leader in barred:
            recused.append({"unit": unit, "leader": leader, "instead": acting})
        in_charge.append({"unit": unit, "leader": acting})
    leaders = [each["leader"] for each in in_charge if each["leader"] is not None]
    return {
        "leader": in_charge[0]["leader"] if in_charge else None,
        "leaders": list(dict.fromkeys(leaders)),
        "in_charge": in_charge,
        "recused": recused,
    }


def _barred(call: OperationCall) -> frozenset[str]:
    people = call.texts("except")
    return frozenset(people) | organisation.relatives_of(call.uow.session, people) if people else frozenset()


def _alternate(call: OperationCall, barred: frozenset[str]) -> str | None:
    session, today = call.uow.session, call.uow.today
    for role in call.texts("alternates"):
        holders = organisation.people_with_role(session, role, on=today)
        gone = organisation.absent(session, holders, today)
        found = next((person for person in holders if person not in barred and person not in gone), None)
        if found is not None:
            return found
    return None


@operation("organisation.people")
def people(call: OperationCall) -> Mapping[str, Any]:
    """``people``: ids of those who hold ``role`` (one or several) today, at ``unit`` (one or several) if given."""
    units = call.texts("unit") if "unit" in call.parameters else None
    found = organisation.people_with_role(call.uow.session, call.texts("role"), units, on=call.uow.today)
    return {"people": found, "count": Decimal(len(found))}


@operation("organisation.unit_of")
def unit_of(call: OperationCall) -> Mapping[str, Any]:
    """``unit``: where ``person`` works; with ``role``, the unit where he or she holds that role."""
    person, role = call.text("person"), call.parameters.get("role")
    if role is None:
        return {"unit": organisation.home_units_of(call.uow.session, [person]).get(person)}
    held = organisation.roles_of(call.uow.session, person, call.uow.today)
    return {"unit": next((each.unit_id for each in held if each.role == role), None)}
