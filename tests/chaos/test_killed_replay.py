"""The engine is killed at work, without warning, again and again; nothing is lost and nothing happens twice."""

import json
import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CASELOAD = ROOT / "workflows" / "motion" / "demo" / "caseload.jsonl"
WHOLE = os.environ.get("BANLI_TEST_SCALE") == "whole"
KILLS = 100 if WHOLE else 3
SHORTEST, LONGEST = 0.8, 8.0 if WHOLE else 4.0  # seconds of work between two kills
MOTIONS = 57 if WHOLE else 20  # the first of the year

pytestmark = pytest.mark.chaos


def _banli(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "engine.cli", *arguments]


def _killed_after(seconds: float, command: list[str]) -> bool:
    """Run a command and kill it, with all that it started, unless it is quicker."""
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    with suppress(subprocess.TimeoutExpired):
        _, complaint = process.communicate(timeout=seconds)
        assert process.returncode == 0, complaint.decode()
        return False
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return True


def _output(*arguments: str) -> str:
    result = subprocess.run(_banli(*arguments), cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def caseload(tmp_path: Path) -> Path:
    """The year, or its beginning."""
    lines = CASELOAD.read_text(encoding="utf-8").splitlines(keepends=True)
    part = tmp_path / "caseload.jsonl"
    part.write_text("".join(lines[:MOTIONS]), encoding="utf-8")
    return part


def _expected(caseload: Path) -> dict[str, object]:
    motions = [json.loads(line) for line in caseload.read_text(encoding="utf-8").splitlines()]
    of_all = dict.fromkeys(("received", "accepted", "answered", "rated"), len(motions))
    satisfied = sum(motion["fixture"]["final_rating"] != "不满意" for motion in motions)
    return {**of_all, "satisfaction_fraction": f"{satisfied}/{len(motions)}"}


def test_a_year_comes_out_right_however_often_the_engine_is_killed(database_url: str, caseload: Path) -> None:
    # given a replay that is killed at moments nobody chose
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # pytest shows it when the test fails
    moments = random.Random(seed)
    replay = _banli("replay", "motion", str(caseload), "--database", database_url)
    for _ in range(KILLS):
        if not _killed_after(moments.uniform(SHORTEST, LONGEST), replay):
            break

    # when it may go on to the end
    _output(*replay[3:])

    # then the figures are those of the year, and history proves itself
    report = json.loads(_output("report", "motion", "--session", "4-5", "--json", "--database", database_url))
    expected = _expected(caseload)
    assert {key: report[key] for key in expected} == expected
    assert report.get("invariants_failed", []) == []
    _output("audit", "verify", "--database", database_url)
