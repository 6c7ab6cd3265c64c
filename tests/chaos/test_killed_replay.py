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
KILLS = 100 if os.environ.get("BANLI_TEST_SCALE") == "whole" else 3
SHORTEST, LONGEST = 0.8, 8.0  # seconds of work between two kills
THE_YEAR = {"received": 57, "accepted": 57, "answered": 57, "rated": 57, "satisfaction_fraction": "54/57"}

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


def test_a_year_comes_out_right_however_often_the_engine_is_killed(database_url: str) -> None:
    # given a replay that is killed at moments nobody chose
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # pytest shows it when the test fails
    moments = random.Random(seed)
    replay = _banli("replay", "motion", str(CASELOAD), "--database", database_url)
    for _ in range(KILLS):
        if not _killed_after(moments.uniform(SHORTEST, LONGEST), replay):
            break

    # when it may go on to the end
    _output(*replay[3:])

    # then the figures are those of the year, and history proves itself
    report = json.loads(_output("report", "motion", "--session", "4-5", "--json", "--database", database_url))
    assert {key: report[key] for key in THE_YEAR} == THE_YEAR
    assert report.get("invariants_failed", []) == []
    _output("audit", "verify", "--database", database_url)
