"""Gap-free numbers."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select, update

from engine.operations.registry import OperationCall, operation
from engine.rules.numbering import plain, render, seq_of
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
    A case that has a number keeps it, so that a loop through this task never wastes one. If by now it belongs to
    another pattern of the same series, such as a motion that became a suggestion, it keeps its running number in it.
    """
    manifest = call.environment.deployed.manifest
    variable = call.parameters.get("variable") or manifest.number_variable
    present = call.variables.get(variable)
    key = call.text("series")
    numbering = manifest.data.get("numbering", {})
    entry = numbering.get(key)
    if entry is None:
        raise call.failure(say("process.yaml 的 numbering 中没有“{key}”", key=key))
    if present:
        return {variable: _in_pattern(present, entry, numbering.values(), call.variables)}
    period = call.environment.evaluate(entry["period"], call.variables) if entry.get("period") else ""
    seq = next_number(call.uow, entry.get("series") or f"{manifest.key}.{key}", plain(period))
    try:
        return {variable: render(entry["pattern"], seq, call.variables)}
    except ValueError as error:
        raise call.failure(str(error)) from error


def _in_pattern(
    number: str, entry: Mapping[str, Any], entries: Iterable[Mapping[str, Any]], variables: Mapping[str, Any]
) -> str:
    """The number with its running number in the pattern of ``entry``, if it is of another one of the same series."""
    series = entry.get("series")
    for other in entries:
        if series is not None and other.get("series") == series:
            seq = seq_of(other["pattern"], number, variables)
            if seq is not None:
                return render(entry["pattern"], seq, variables)
    return number


def next_number(uow: UnitOfWork, series: str, period: str) -> int:
    """The next number; the counter's row stays locked until the transaction ends, so none is lost or doubled."""
    connection = uow.connection
    _ADD_COUNTER.run(connection, {"series": series, "period": period, "value": 0})
    of_series = (COUNTER.c.series == series, COUNTER.c.period == period)
    connection.execute(update(COUNTER).where(*of_series).values(value=COUNTER.c.value + 1))
    return int(connection.execute(select(COUNTER.c.value).where(*of_series)).scalar_one())
