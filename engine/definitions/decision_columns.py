"""What the columns of decision tables are called, for the records that people read."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from engine.bpmn.read import read_xml
from engine.definitions.folder import with_suffix


@dataclass(frozen=True)
class Columns:
    """Of one decision: the variable behind each input column, and what each output is called."""

    inputs: Mapping[str, str]  # expression by label
    outputs: Mapping[str, str]  # label by name


NO_COLUMNS = Columns({}, {})


def columns_of(resources: Mapping[str, bytes]) -> dict[str, Columns]:
    """By decision id, of a folder that is deployed: its tables can be read."""
    found: dict[str, Columns] = {}
    for content in with_suffix(resources, ".dmn").values():
        found |= _columns(content)
    return found


@lru_cache(maxsize=256)
def _columns(content: bytes) -> dict[str, Columns]:
    found = {}
    for table in read_xml(content).iter("{*}decisionTable"):
        decision = table.getparent()
        if decision is None or not (decision_id := decision.get("id")):
            continue
        inputs = {
            str(column.get("label")): (column.findtext("{*}inputExpression/{*}text") or "").strip()
            for column in table.iterfind("{*}input")
            if column.get("label")
        }
        outputs = {
            str(column.get("name") or decision.get("name")): str(column.get("label"))
            for column in table.iterfind("{*}output")
            if column.get("label")
        }
        found[decision_id] = Columns(inputs, outputs)
    return found
