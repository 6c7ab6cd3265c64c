"""DMN Technology Compatibility Kit, compliance level 2, read where CONFORMANCE_DATA says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conformance.dmn_tck import Expectation, expectations, result_of, same

_ROOT = Path(__file__).resolve().parents[2]
_DATA = Path(os.environ.get("CONFORMANCE_DATA") or _ROOT.parent / "shared" / "data") / "dmn-tck"
_CASES = list(expectations(_DATA)) if _DATA.is_dir() else []

pytestmark = [
    pytest.mark.conformance,
    pytest.mark.skipif(not _CASES, reason=f"the DMN TCK is not at {_DATA} (set CONFORMANCE_DATA)"),
]


@pytest.mark.parametrize("case", _CASES or [pytest.param(None, id="no data")], ids=str)
def test_a_decision_gives_the_result_that_the_kit_expects(case: Expectation) -> None:
    # when
    actual = result_of(case)
    # then
    if case.error:
        assert actual is None
    else:
        assert same(actual, case.expected), f"{actual!r} instead of {case.expected!r}"


def test_all_results_of_level_2_are_there() -> None:
    assert len([case for case in _CASES if "level-2" in str(case.model)]) == 126
