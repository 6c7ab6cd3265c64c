"""A year of motions replayed: the figures, killed and started again, another rating, bad input."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from engine.bootstrap import Engine, open_engine
from engine.cli.report import report
from engine.demo.prepare import prepare
from engine.replay import ReplayError
from engine.replay.session import replay_files
from engine.reports import build_report
from engine.settings import Settings
from models import Job, JobState, ProcessInstance, WorkItem, waits
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock

DEMO = Path(__file__).resolve().parents[2] / "workflows" / "motion" / "demo"
ANSWERS, CASELOAD, EDGES = DEMO / "answers.yaml", DEMO / "caseload.jsonl", DEMO / "edge_cases.jsonl"
TODAY = datetime.fromisoformat("2026-11-25T10:00:00+08:00")


def _prepare(url: str) -> None:
    engine = _open(url, Path(url.removeprefix("sqlite:///")).parent)
    prepare(engine)
    engine.close()


def _open(url: str, folder: Path) -> Engine:
    settings = Settings(database_url=url, data_directory=folder, sqlite_synchronous="NORMAL")
    return open_engine(settings=settings, clock=MovableClock(TODAY))


@pytest.fixture
def engine(prepared_databases: PreparedDatabases, tmp_path: Path) -> Iterator[Engine]:
    """An engine on the demo organisation."""
    with prepared_databases.copy("sqlite", "replay", _prepare) as url:
        opened = _open(url, tmp_path)
        yield opened
        opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_engine(
    request: pytest.FixtureRequest, prepared_databases: PreparedDatabases, tmp_path: Path
) -> Iterator[Engine]:
    """The same on SQLite and on PostgreSQL."""
    with prepared_databases.copy(request.param, "replay", _prepare) as url:
        opened = _open(url, tmp_path)
        yield opened
        opened.close()


def _figures(engine: Engine, session: str) -> dict[str, Any]:
    with engine.reading() as uow:
        return build_report(uow.session, "motion", session, now=uow.now).as_json()


def _count(engine: Engine, *conditions: Any) -> int:
    with engine.reading() as uow:
        return uow.session.scalar(select(func.count()).where(*conditions)) or 0


def _lines(path: Path, *keys: str) -> list[dict[str, Any]]:
    lines = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if not keys or line["id"] in keys]


def _file(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def test_the_year_gives_the_figures_of_the_annual_summary(either_engine: Engine) -> None:
    # when
    result = replay_files(either_engine, "motion", ANSWERS, [CASELOAD, EDGES])

    # then
    year = _figures(either_engine, "4-5")
    assert year["received"] == 57
    assert year["dispositions"] == {"filed": 36, "merged": 3, "suggestion": 18, "not_filed": 0, "withdrawn": 0}
    assert (year["accepted"], year["answered"], year["answer_rate"]) == (57, 57, "100%")
    assert (year["rated"], year["ratings"]) == (57, {"满意": 50, "基本满意": 4, "不满意": 3})
    assert (year["satisfaction"], year["satisfaction_fraction"]) == ("95%", "54/57")
    assert (year["not_rated"], year["invariants_failed"]) == (0, [])
    edges = _figures(either_engine, "4-6")
    assert edges["received"] == 5
    assert edges["dispositions"] == {"filed": 0, "merged": 0, "suggestion": 1, "not_filed": 3, "withdrawn": 1}
    assert edges["invariants_failed"] == []
    # and only the refused draft is left, without a timer
    assert (result.ended, set(result.drafts), set(result.drafts["X005"])) == (62, {"X005"}, {"reason", "suggestions"})
    assert _count(either_engine, Job.state == JobState.WAITING) == 0
    assert _count(either_engine, waits()) == 1


def test_a_replay_that_was_killed_goes_on_and_does_nothing_twice(engine: Engine, tmp_path: Path) -> None:
    # given two motions, one merged into the other, stopped on the way
    file = _file(tmp_path / "few.jsonl", _lines(CASELOAD, "M007", "M008"))

    class KilledError(Exception):
        pass

    def kill(_done: int, _total: int, _now: datetime) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        replay_files(engine, "motion", ANSWERS, [file], progress=kill)
    assert _count(engine, WorkItem.decided_by.is_not(None)) >= 20

    # when
    replay_files(engine, "motion", ANSWERS, [file])
    # then
    figures = _figures(engine, "4-5")
    assert (figures["received"], figures["rated"], figures["dispositions"]["merged"]) == (2, 2, 1)

    # when once more
    again = replay_files(engine, "motion", ANSWERS, [file])
    # then
    assert (again.actions, again.jobs, again.ended) == (0, 0, 2)
    assert _count(engine, ProcessInstance.business_key == "M007") == 1


def test_a_replay_goes_on_although_the_one_before_died_with_a_job_in_its_hand(
    either_engine: Engine, tmp_path: Path
) -> None:
    # given a replay that was killed just after it had taken the next job
    file = _file(tmp_path / "few.jsonl", _lines(CASELOAD, "M007", "M008"))

    def kill(_done: int, _total: int, _now: datetime) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay_files(either_engine, "motion", ANSWERS, [file], progress=kill)
    with either_engine.unit_of_work() as uow:
        job = uow.session.scalars(select(Job).where(Job.state == JobState.WAITING).order_by(Job.due_at)).first()
        assert job is not None
        job.locked_by, job.locked_until, job.attempts = "nobody", job.due_at + timedelta(minutes=1), 1
    seen = Counter[datetime]()

    def watch(_done: int, _total: int, now: datetime) -> None:
        seen[now] += 1
        assert seen[now] < 5, "it stands still"

    # when
    replay_files(either_engine, "motion", ANSWERS, [file], progress=watch)
    # then
    assert _figures(either_engine, "4-5")["rated"] == 2


def test_another_rating_in_the_file_is_another_rating_in_the_report(engine: Engine, tmp_path: Path) -> None:
    # given
    lines = _lines(CASELOAD, "M001", "M002")
    lines[0]["fixture"]["final_rating"] = "不满意"

    # when
    replay_files(engine, "motion", ANSWERS, [_file(tmp_path / "changed.jsonl", lines)])

    # then
    figures = _figures(engine, "4-5")
    assert figures["satisfaction_fraction"] == "1/2"
    assert figures["satisfaction"] == "50%"


KEYS = {"received", "dispositions", "accepted", "answered", "answer_rate", "rated", "ratings", "satisfaction"}
MORE_KEYS = {"satisfaction_fraction", "on_time_rate", "not_rated", "invariants_failed"}


def test_one_rating_changed_in_the_years_file_shows_in_the_report_when_the_file_is_gone(
    engine: Engine, tmp_path: Path
) -> None:
    # given the year, one satisfied proposer dissatisfied
    lines = _lines(CASELOAD)
    changed = next(line for line in lines if line["fixture"]["final_rating"] == "满意")
    changed["fixture"]["final_rating"] = "不满意"
    copy = _file(tmp_path / "changed.jsonl", lines)
    replay_files(engine, "motion", ANSWERS, [copy])

    # when the file is deleted and the report asked from the shell
    copy.unlink()
    asked = ["motion", "--session", "4-5", "--database", engine.settings.database_url, "--json"]
    shown, rated = CliRunner().invoke(report, asked), CliRunner().invoke(report, [*asked, "--cases", "rated"])

    # then
    figures = json.loads(shown.stdout)
    assert (shown.exit_code, rated.exit_code) == (0, 0)
    assert set(figures) >= KEYS | MORE_KEYS
    assert figures["dispositions"] == {"filed": 36, "merged": 3, "suggestion": 18, "not_filed": 0, "withdrawn": 0}
    assert [figures[key] for key in ("received", "accepted", "answered", "rated", "not_rated")] == [57, 57, 57, 57, 0]
    assert figures["ratings"] == {"满意": 49, "基本满意": 4, "不满意": 4}
    assert (figures["satisfaction"], figures["satisfaction_fraction"]) == ("93%", "53/57")
    assert (figures["answer_rate"], figures["answer_rate_fraction"]) == ("100%", "57/57")
    assert figures["on_time_rate"].endswith("%")
    listed = json.loads(rated.stdout)
    assert set(listed) == {"key", "count", "cases"}
    assert (listed["key"], listed["count"]) == ("rated", 57)
    assert {case["id"] for case in listed["cases"]} == {line["id"] for line in lines}
    assert all(set(case) == {"id", "number", "title"} for case in listed["cases"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nonsense\n", "不是 JSON"),
        ("[1]\n", "应为 JSON 对象"),
        ('{"title": "无编号"}\n', "没有编号或届次"),
        ('{"id": "Q1", "session": "4-5", "proposer": "无名氏"}\n', "没有“无名氏”这个人"),
        ('{"id": "Q1", "session": "9-9", "proposer": "d0101"}\n', "没有届次 9-9"),
        ("", "文件中没有内容"),
    ],
)
def test_a_file_that_is_no_caseload_is_refused_with_its_line(
    engine: Engine, tmp_path: Path, text: str, reason: str
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ReplayError, match=reason):
        replay_files(engine, "motion", ANSWERS, [file])


def test_a_caseload_in_another_encoding_is_refused_by_name(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "other.jsonl"
    file.write_bytes('{"title": "提案"}'.encode("gb18030"))
    with pytest.raises(ReplayError, match=r"other\.jsonl 不是 UTF-8"):
        replay_files(engine, "motion", ANSWERS, [file])
