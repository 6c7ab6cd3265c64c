"""Gap-free numbers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from engine.operations.registry import OperationCall, operation
from engine.rules.numbering import plain, render
from engine.sentences import say
from engine.step.writes import insert_missing
from engine.unit_of_work import UnitOfWork
from models import Counter

COUNTER = Counter.__table__
_ADD_COUNTER = insert_missing(COUNTER)


@operation("number.assign")
def assign_number(call: OperationCall) -> Mapping[str, Any]:
    """Give the next number of a series of process.yaml (``numbering``).

    Parameters: ``series`` (its key there), ``variable`` (what to set; default the process's number variable).
    A case that has a number keeps it, so that a loop through this task never wastes one.
    """
    manifest = call.environment.deployed.manifest
    variable = call.parameters.get("variable") or manifest.number_variable
    present = call.variables.get(variable)
    if present:
        return {variable: present}
    key = call.text("series")
    entry = manifest.data.get("numbering", {}).get(key)
    if entry is None:
        raise call.failure(say("process.yaml 的 numbering 中没有“{key}”", key=key))
    period = call.environment.evaluate(entry["period"], call.variables) if entry.get("period") else ""
    seq = next_number(call.uow, entry.get("series") or f"{manifest.key}.{key}", plain(period))
    try:
        return {variable: render(entry["pattern"], seq, call.variables)}
    except ValueError as error:
        raise call.failure(str(error)) from error


def next_number(uow: UnitOfWork, series: str, period: str) -> int:
    """The next number; the counter's row stays locked until the transaction ends, so none is lost or doubled."""
    connection = uow.connection
    _ADD_COUNTER.run(connection, {"series": series, "period": period, "value": 0})
    of_series = (COUNTER.c.series == series, COUNTER.c.period == period)
    connection.execute(update(COUNTER).where(*of_series).values(value=COUNTER.c.value + 1))
    return int(connection.execute(select(COUNTER.c.value).where(*of_series)).scalar_one())
