"""Questions to the organisation: who leads a unit, who holds a role."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.operations.registry import OperationCall, operation
from engine.queries import organisation


@operation("organisation.leader_of")
def leader_of(call: OperationCall) -> Mapping[str, Any]:
    """``leader``: the school leader in charge of ``unit``, or null; of a list of units ``leaders``, each once.

    ``in_charge`` says it by unit: contexts with ``unit`` and ``leader``.
    """
    units = call.texts("unit") or call.texts("units")
    session, today = call.uow.session, call.uow.today
    return {
        "leader": organisation.leader_of(session, units[0], today) if units else None,
        "leaders": organisation.leaders_of(session, units, today),
        "in_charge": [{"unit": unit, "leader": organisation.leader_of(session, unit, today)} for unit in units],
    }


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
