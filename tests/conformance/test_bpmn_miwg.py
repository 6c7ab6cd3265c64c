"""The BPMN MIWG reference diagrams import with every element counted."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from engine.bpmn.names import BPMN, COUNTED
from engine.bpmn.report import check_files

_ROOT = Path(__file__).resolve().parents[2]
_DATA = Path(os.environ.get("CONFORMANCE_DATA") or _ROOT.parent / "shared" / "data") / "bpmn-miwg"
_FILES = sorted(_DATA.glob("*.bpmn"))

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not _FILES, reason=f"the MIWG diagrams are not at {_DATA} (set CONFORMANCE_DATA)"),
]


@pytest.mark.parametrize("file", _FILES or [pytest.param(None, id="no data")], ids=lambda f: getattr(f, "name", str(f)))
def test_a_reference_diagram_imports_with_every_element_counted(file: Path) -> None:
    # given
    data = file.read_bytes()
    names = (etree.QName(e) for e in etree.fromstring(data).iter(etree.Element))
    drawn = Counter(name.localname for name in names if name.namespace == BPMN and name.localname in COUNTED)
    # when
    report = check_files({file.name: data})[0]
    # then
    assert report["ok"]
    assert report["elements"] == dict(sorted(drawn.items()))
    # what is not executable says why, and that is never an element we do not know
    errors = {p["code"] for p in report["problems"] if p["severity"] == "error"}
    assert report["executable"] == (not errors)
    assert errors <= {"no-condition", "expression-language"}
