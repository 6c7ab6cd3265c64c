"""Every cell of the table in docs/bpmn.md runs as it says."""

from pathlib import Path

import pytest

from tests.spiff.driving import running
from tests.spiff.matrix import CELLS, table

DOCUMENT = Path(__file__).parents[2] / "docs/bpmn.md"


@pytest.mark.parametrize("cell", CELLS, ids=lambda c: f"{c.place}-{c.trigger}-{c.mode}".replace(" ", "_"))
@pytest.mark.parametrize("persist", [False, True])
def test_an_event_runs_as_it_is_drawn(cell, persist):
    run = running(cell.drawing, start=False, persist=persist)
    run.start(**(cell.start or {}))
    if cell.act is not None:
        cell.act(run)
    assert " ".join(run.trace) == cell.trace


def test_the_table_in_the_documentation_is_made_from_these_cells():
    assert table() in DOCUMENT.read_text(encoding="utf-8"), f"put this into docs/bpmn.md:\n{table()}"
