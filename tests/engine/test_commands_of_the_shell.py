"""``banli database``, ``deploy``, ``worker``, ``backup``, ``restore``, ``audit``: what they print and how they exit."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from engine.bootstrap import open_engine
from engine.cli import main
from engine.commands.start_instance import start_instance
from models import DeploymentResource, HistoryEvent
from tests.support.folders import process, write_folder

DIAGRAM = process(
    "small",
    """
    <bpmn:startEvent id="begin"/>
    begin -> wait
    <bpmn:userTask id="wait" banli:assignee="=initiator"/>
    wait -> done
    <bpmn:endEvent id="done"/>
    <bpmn:boundaryEvent id="soon" attachedToRef="wait">
      <bpmn:timerEventDefinition><bpmn:timeDuration>PT0S</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    soon -> over
    <bpmn:endEvent id="over"/>
    """,
)


@pytest.fixture
def url(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database file that does not exist yet, and nothing shipped."""
    monkeypatch.setenv("BANLI_WORKFLOWS_DIRECTORY", str(tmp_path / "none"))
    return sqlite_url


def _banli(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def _start(url: str) -> None:
    engine = open_engine(url)
    with engine.unit_of_work() as uow:
        start_instance(uow, "small", request_id=None)
    engine.close()


def test_from_an_empty_file_to_a_verified_backup(url: str, tmp_path: Path) -> None:
    assert _banli("database", "status", "--database", url).exit_code == 1
    assert "已建立" in _banli("database", "create", "--database", url).output
    assert _banli("database", "status", "--database", url).exit_code == 0
    folder = write_folder(tmp_path, "small", DIAGRAM)
    assert "第 1 版" in _banli("deploy", folder, "--database", url).output
    assert "内容未变" in _banli("deploy", folder, "--database", url).output

    _start(url)
    assert "已执行 1 个作业" in _banli("worker", "--once", "--database", url).output

    assert _banli("audit", "verify", "--database", url).exit_code == 0
    saved = _banli("audit", "heads", "--database", url).output
    (tmp_path / "heads.json").write_text(saved, encoding="utf-8")
    archive = tmp_path / "backup"
    assert _banli("backup", archive, "--quiet", "--database", url).exit_code == 0
    restored = _banli("restore", archive, "--quiet", "--database", f"sqlite:///{tmp_path / 'other.db'}")
    assert restored.exit_code == 0, restored.output
    assert "问题 0 个" in restored.output
    known = tmp_path / "heads.json"
    verified = _banli("audit", "verify", "--heads", known, "--json", "--database", f"sqlite:///{tmp_path / 'other.db'}")
    assert json.loads(verified.output)["problems"] == []


HOT = process(
    "hot",
    """
    <bpmn:startEvent id="begin"><bpmn:conditionalEventDefinition>
      <bpmn:condition>temperature &gt; 38</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:startEvent>
    begin -> wait
    <bpmn:userTask id="wait" banli:candidateRole="union_clerk"/>
    wait -> done
    <bpmn:endEvent id="done"/>
    """,
)


def test_a_case_begins_by_its_condition_once_for_each_request(url: str, tmp_path: Path) -> None:
    _banli("database", "create", "--database", url)
    assert _banli("deploy", write_folder(tmp_path, "hot", HOT), "--database", url).exit_code == 0

    def look(temperature: str, *options: str) -> Result:
        file = tmp_path / "variables.json"
        file.write_text(temperature)
        return _banli("conditions", "--variables", file, "--json", *options, "--database", url)

    assert json.loads(look('{"temperature": 37.5}').stdout) == {"started": []}
    first = json.loads(look('{"temperature": 39}', "--request", "monday").stdout)
    assert len(first["started"]) == 1
    assert json.loads(look('{"temperature": 39}', "--request", "monday").stdout) == first
    assert "已启动 1 件" in _banli("conditions", "--variables", tmp_path / "variables.json", "--database", url).stdout
    refused = look("[]")
    assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (3, "input")
    stranger = look('{"temperature": 39}', "--by", "nobody")
    assert (stranger.exit_code, json.loads(stranger.stdout)["error"]["code"]) == (1, "unknown-reference")


def test_a_changed_history_is_an_exit_code(url: str, tmp_path: Path) -> None:
    _banli("database", "create", "--database", url)
    _banli("deploy", write_folder(tmp_path, "small", DIAGRAM), "--database", url)
    _start(url)
    engine = open_engine(url)
    with engine.unit_of_work() as uow:
        uow.session.execute(update(HistoryEvent).where(HistoryEvent.seq == 1).values(actor_id="rep1"))
    engine.close()
    assert _banli("audit", "verify", "--database", url).exit_code == 1


def test_a_stored_version_that_this_release_refuses_is_named_with_its_cases(url: str, tmp_path: Path) -> None:
    _banli("database", "create", "--database", url)
    _banli("deploy", write_folder(tmp_path, "small", DIAGRAM), "--database", url)
    _start(url)
    fine = _banli("database", "check", "--database", url)
    assert (fine.exit_code, fine.output) == (0, "已部署的流程都能由本程序运行\n")
    engine = open_engine(url)
    with engine.unit_of_work() as uow:  # as an older release took it, which did not look at this
        stored = uow.session.scalars(select(DeploymentResource).where(DeploymentResource.name == "small.bpmn")).one()
        stored.content = stored.content.replace(b"<bpmn:userTask ", b'<bpmn:userTask banli:asignee="x" ')
    engine.close()
    told = _banli("database", "check", "--database", url)
    assert told.exit_code == 1
    assert "small 第 1 版（在办 1 件）不能由本程序运行" in told.output
    assert "unknown-attribute" in told.output
    assert "Traceback" not in told.output


def test_a_refused_folder_is_a_sentence_and_no_traceback(url: str, tmp_path: Path) -> None:
    _banli("database", "create", "--database", url)
    broken = _banli("deploy", write_folder(tmp_path, "small", "<nothing/>"), "--database", url)
    assert broken.exit_code == 1
    assert "small" in broken.output
    assert "Traceback" not in broken.output


@pytest.mark.parametrize(
    "command",
    [
        ["audit", "verify"],
        ["audit", "heads"],
        ["backup", "{folder}/saved.tar"],
        ["report", "motion", "--session", "4-5"],
        ["database", "status"],
        ["database", "check"],
        ["worker", "--once"],
        ["deploy", "{folder}"],
        ["organisation", "token"],
        ["conditions"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_mistyped_database_is_named_and_nothing_is_written(command: list[str], tmp_path: Path) -> None:
    missing = tmp_path / "typo" / "banli.db"
    arguments = [part.format(folder=tmp_path) for part in command]
    result = _banli(*arguments, "--database", f"sqlite:///{missing}")
    assert result.exit_code in (1, 3)
    assert f"没有数据库文件 {missing}" in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["database", "create"], ["database", "migrate"]], ids=" ".join)
def test_commands_that_make_a_database_create_it(command: list[str], url: str) -> None:
    assert _banli(*command, "--database", url).exit_code == 0
    assert Path(url.removeprefix("sqlite:///")).is_file()
