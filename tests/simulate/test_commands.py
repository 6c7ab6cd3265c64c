"""`banli simulate` and `banli check` answer as the interface says, exit codes included."""

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from engine.cli import refusal
from engine.cli.check import check
from engine.cli.simulate import simulate
from engine.spiff.budget import Limits
from tests.spiff.drawing import draw

EXAMPLES = Path(__file__).parent / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*.json"))


def run(command, *arguments, stdin=None):
    return CliRunner().invoke(command, [str(a) for a in arguments], input=stdin)


def simulated(tmp_path, drawing, script, *options, files=()):
    (tmp_path / "p.bpmn").write_bytes(draw(drawing) if isinstance(drawing, str) else drawing)
    (tmp_path / "s.json").write_text(json.dumps(script))
    result = run(simulate, tmp_path / "p.bpmn", *files, "--script", tmp_path / "s.json", "--json", *options)
    return result.exit_code, json.loads(result.stdout) if result.exit_code != 3 else result.output


@pytest.mark.parametrize("persist", [[], ["--persist"]])
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_the_examples_pass(script, persist):
    files = sorted(EXAMPLES.glob(f"{script.stem}*.bpmn"))
    result = run(simulate, *files, "--script", script, "--json", *persist)
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["passed"], answer["status"]) == (0, True, "completed")
    assert answer["files"] == [str(f) for f in files]


def test_the_result_has_the_documented_shape(tmp_path):
    code, answer = simulated(
        tmp_path,
        "start s\nuser a candidateRole=bosses\nboundary t on=a timer=P3D\nuser b\ns > a\nt > b",
        {"process": "P", "now": "2030-01-01T09:00:00Z", "variables": {"amount": 1200.5}, "steps": [{"start": True}]},
    )
    assert code == 0
    assert (answer["format"], answer["process"], answer["status"], answer["passed"]) == (
        "simulation/1",
        "P",
        "waiting",
        None,
    )
    step = answer["steps"][0]
    assert step["trace"] == ["s", "s_a", "a"]
    assert step["state"] == {
        "active": [
            {
                "id": "a", "name": None, "type": "userTask", "instance": None, "lane": None, "assignee": None,
                "candidates": ["bosses"], "due": None, "scope": [],
            }
        ],
        "waiting": [{"id": "t", "kind": "timer", "name": None, "due": "2030-01-04T09:00:00Z"}],
        "enabled": [], "ended": False, "incident": None, "data": {"amount": 1200.5}, "time": "2030-01-01T09:00:00Z",
    }  # fmt: skip


def test_an_expectation_that_does_not_hold_is_exit_one_and_does_not_stop(tmp_path):
    steps = [{"start": True, "expect": {"active": ["zz"]}}, {"complete": "a"}]
    code, answer = simulated(tmp_path, "start s\nuser a\ns > a", {"steps": steps})
    assert (code, answer["passed"], len(answer["steps"])) == (1, False, 2)
    assert answer["steps"][0]["expect"]["diff"] == ["active: expected ['zz'], is ['a']"]


def test_an_action_that_cannot_be_done_stops_the_run(tmp_path):
    steps = [{"start": True}, {"complete": "zz"}, {"complete": "a"}]
    code, answer = simulated(tmp_path, "start s\nuser a\ns > a", {"steps": steps})
    assert (code, answer["passed"], len(answer["steps"])) == (1, None, 2)
    assert answer["steps"][1]["error"]["code"] == "not-active"
    assert answer["status"] == "waiting"


def test_an_expected_error_counts_as_held_and_ends_the_script(tmp_path):
    drawing = "start s\nuser a\nexclusive g\nuser x\nuser y\ns > a > g\ng > x if `n > 1`\ng > y if `n > 2`"
    steps = [{"start": True}, {"complete": "a", "data": {"n": 0}, "expect": {"error": True}}, {"complete": "x"}]
    code, answer = simulated(tmp_path, drawing, {"steps": steps})
    assert (code, answer["passed"], len(answer["steps"])) == (0, True, 2)
    last = answer["steps"][1]
    assert (last["ok"], last["error"]["code"], last["state"]["incident"]["element"]) == (False, "no-flow", "g")
    assert last["state"]["data"] == {}
    assert answer["status"] == "error"


def test_an_uncaught_error_ends_in_error(tmp_path):
    steps = [{"start": True, "expect": {"error": True, "ended": True}}]
    code, answer = simulated(tmp_path, "start s\nend e error=E1\ns > e", {"steps": steps})
    assert (code, answer["status"], answer["steps"][0]["state"]["incident"]["code"]) == (0, "error", "E1")


def test_files_that_cannot_run_are_exit_two(tmp_path):
    code, answer = simulated(tmp_path, "start s\ncomplex g\ns > g", {"steps": [{"start": True}]})
    assert (code, answer["status"], answer["process"], answer["steps"]) == (2, "error", "", [])
    assert [e["code"] for e in answer["errors"]] == ["unsupported-element"]
    code, answer = simulated(tmp_path, b"<nonsense", {"steps": [{"start": True}]})
    assert (code, answer["errors"][0]["code"]) == (2, "xml")


@pytest.mark.parametrize(
    "script",
    [
        "no json",
        "[]",
        {},
        {"steps": []},
        {"steps": [{}]},
        {"steps": [{"start": True, "cancel": True}]},
        {"steps": [{"start": 1}]},
        {"steps": [{"complete": 3}]},
        {"steps": [{"start": True, "expect": {"actives": []}}]},
        {"steps": [{"start": True, "expect": {"active": "a"}}]},
        {"steps": [{"advance_time": "soon"}]},
        {"steps": [{"advance_time": "-P1D"}]},
        {"steps": [{"start": True}], "format": "simulation-script/2"},
        {"steps": [{"start": True}], "process": "Nobody"},
        '{"steps": [{"start": true}], "steps": [{"cancel": true}]}',
        {"steps": [{"start": True, "expect": {"active": [{}]}}]},
        {"steps": [{"start": True, "expect": {"active_excludes": [["a"]]}}]},
        {"steps": [{"start": True, "expect": {"active_count": True}}]},
        {"steps": [{"start": True, "expect": {"active": None}}]},
        '{"steps": [{"start": true, "expect": {"data": {"x": NaN}}}]}',
        '{"steps": [{"start": true}], "variables": {"x": 1e99999999999999999999}}',
        {"steps": [{"start": True, "data": {"x": "\ud800"}}]},
        {"steps": [{"message": "\udfff"}]},
        {"steps": [{"start": True}], "people": {"u1": {"group": ["bosses"]}}},
        {"steps": [{"start": True}], "now": "yesterday"},
        {"steps": [{"start": True}], "now": "9999-12-31T23:00:00-05:00"},
        {"steps": [{"start": True}], "now": "9999-12-31T23:00:00Z"},
        {"steps": [{"start": True, "data": {"x": {"@": "nonsense"}}}]},
        {"steps": [{"start": True}], "services": {"a": {"answer": 1}}},
        {"steps": [{"start": True}], "unknown": 1},
    ],
)
def test_a_wrong_script_is_exit_three(tmp_path, script):
    (tmp_path / "p.bpmn").write_bytes(draw("start s\nuser a\ns > a"))
    text = script if isinstance(script, str) else json.dumps(script)
    result = run(simulate, tmp_path / "p.bpmn", "--script", "-", "--json", stdin=text)
    assert result.exit_code == 3
    answer = json.loads(result.stdout)
    assert (answer["status"], answer["steps"], len(answer["errors"])) == ("error", [], 1)


def test_a_command_that_was_started_without_standard_input_reads_none(monkeypatch):
    monkeypatch.setattr(refusal.sys, "stdin", None)
    assert list(refusal.lines_of_input()) == []
    assert refusal.standard_input().read() == b""


def test_decisions_without_a_diagram_are_exit_two(tmp_path):
    (tmp_path / "t.dmn").write_text('<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="t"/>')
    result = run(simulate, tmp_path / "t.dmn", "--script", "-", "--json", stdin='{"steps":[{"start":true}]}')
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["status"], answer["process"], answer["steps"]) == (2, "error", "", [])
    assert [p["code"] for p in answer["errors"]] == ["no-process"]


def test_a_missing_file_is_exit_three(tmp_path):
    assert run(simulate, tmp_path / "none.bpmn", "--script", "-", stdin='{"steps":[{"start":true}]}').exit_code == 3
    assert run(check, tmp_path / "none.bpmn").exit_code == 3
    assert run(check).exit_code == 3


def test_a_list_of_scripts_gives_an_array_and_the_worst_exit(tmp_path):
    good, bad = {"steps": [{"start": True}]}, {"steps": [{"complete": "a"}]}
    code, answer = simulated(tmp_path, "start s\nuser a\ns > a", [good, bad])
    assert (code, len(answer), answer[1]["steps"][0]["error"]["code"]) == (1, 2, "not-started")


def test_people_are_checked_when_the_script_has_any(tmp_path):
    drawing = "start s\nuser a candidateRole=bosses\nuser b assignee=`=chosen`\ns > a > b"
    people = {"u1": {"groups": ["bosses"]}, "u2": {"groups": ["others"]}}
    script = {"people": people, "variables": {"chosen": "u2"}, "steps": [{"start": True}]}
    wrong = {**script, "steps": [*script["steps"], {"complete": "a", "as": "u2"}]}
    code, answer = simulated(tmp_path, drawing, wrong)
    assert (code, answer["steps"][1]["error"]["code"]) == (1, "not-entitled")
    right = {**script, "steps": [*script["steps"], {"complete": "a", "as": "u1"}, {"complete": "b", "as": "u2"}]}
    code, answer = simulated(tmp_path, drawing, right)
    assert (code, answer["status"]) == (0, "completed")
    assert answer["steps"][1]["state"]["active"][0]["assignee"] == "u2"


def test_time_fires_every_timer_due_in_order(tmp_path):
    drawing = (
        "start s\nparallel f\ncatch c1 timer=PT3H\ncatch c2 timer=PT1H\nuser a\nuser b\ns > f\nf > c1 > a\nf > c2 > b"
    )
    steps = [{"start": True}, {"advance_time": "P1D", "expect": {"path": ["b", "a"], "active": ["a", "b"]}}]
    code, answer = simulated(tmp_path, drawing, {"steps": steps, "now": "2030-01-01T00:00:00Z"})
    assert code == 0
    assert answer["steps"][1]["state"]["time"] == "2030-01-02T00:00:00Z"


def test_without_an_instant_the_clock_stands_at_the_real_time(tmp_path):
    before = datetime.now(UTC)
    _, answer = simulated(tmp_path, "start s\nuser a\ns > a", {"steps": [{"start": True}, {"advance_time": "PT0S"}]})
    first, second = (datetime.fromisoformat(step["state"]["time"]) for step in answer["steps"])
    assert before <= first == second <= datetime.now(UTC)


def test_a_cycle_that_would_fire_too_often_is_over_budget(tmp_path):
    drawing = "start s\nuser a\nend r\nboundary t on=a cycle=R/PT1S noninterrupting\ns > a\nt > r"
    code, answer = simulated(tmp_path, drawing, {"steps": [{"start": True}, {"advance_time": "P1D"}]})
    assert (code, answer["steps"][1]["error"]["code"]) == (1, "budget-exceeded")
    assert answer["steps"][1]["state"]["time"] == answer["steps"][0]["state"]["time"]


def test_an_endless_loop_is_over_budget(tmp_path):
    drawing = "start s\nexclusive m\nmanual a\nexclusive g\nend e\ns > a > m > g\ng > m if `true`\ng > e default"
    code, answer = simulated(tmp_path, drawing, {"steps": [{"start": True}, {"complete": "a"}]})
    assert (code, answer["steps"][1]["error"]["code"]) == (1, "budget-exceeded")
    assert [t["id"] for t in answer["steps"][1]["state"]["active"]] == ["a"]


def test_time_that_would_pass_the_year_9999_does_not_pass(tmp_path):
    steps = [{"start": True}, {"advance_time": "P99Y"}]
    code, answer = simulated(
        tmp_path, "start s\nuser a\ns > a", {"now": "9999-06-01T00:00:00Z", "steps": steps}, "--persist"
    )
    assert (code, answer["steps"][1]["error"]["code"]) == (1, "out-of-range")
    assert (answer["status"], answer["steps"][1]["state"]["time"]) == ("waiting", "9999-06-01T00:00:00Z")


def test_time_that_would_pass_the_year_9999_in_shanghai_does_not_pass(tmp_path):
    script = {"now": "9999-12-31T15:00:00Z", "steps": [{"start": True}, {"advance_time": "PT1H"}]}
    code, answer = simulated(tmp_path, "start s\nuser a\ns > a", script)
    assert (code, answer["steps"][1]["error"]["code"]) == (1, "out-of-range")


def test_an_expected_duration_is_compared_as_one(tmp_path):
    drawing = 'start s\nscript t body=`{d: duration("PT24H"), n: 1.50}`\nuser a\ns > t > a'
    steps = [{"start": True, "expect": {"data": {"d": {"@": "P1D"}, "n": 1.5}}}]
    code, answer = simulated(tmp_path, drawing, {"steps": steps})
    assert (code, answer["steps"][0]["expect"]) == (0, {"ok": True, "diff": []})


def test_two_pools_talk_by_messages(tmp_path):
    more = (
        '<process id="Q" isExecutable="true">'
        '<startEvent id="qs"><messageEventDefinition messageRef="message_order"/></startEvent>'
        '<userTask id="pack"/><sendTask id="qt" messageRef="message_ready"/>'
        '<sequenceFlow id="q1" sourceRef="qs" targetRef="pack"/>'
        '<sequenceFlow id="q2" sourceRef="pack" targetRef="qt"/></process>'
    )
    drawing = draw("start s\nsend t message=order\nreceive r message=ready\nuser a\ns > t > r > a", more=more)
    steps = [
        {"start": True, "expect": {"active": ["pack"], "waiting": ["r"]}},
        {"complete": "pack", "expect": {"active": ["a"]}},
        {"complete": "a", "expect": {"ended": True}},
    ]
    code, answer = simulated(tmp_path, drawing, {"steps": steps}, "--persist")
    assert (code, answer["passed"]) == (0, True)


def test_complete_each_takes_any_order_and_set_and_cancel_are_actions(tmp_path):
    steps = [
        {"start": True},
        {"complete_each": ["b", "a"], "expect": {"active": ["c"]}},
        {"set": {"x": 1}, "expect": {"data": {"x": 1}}},
        {"cancel": True, "expect": {"ended": True}},
    ]
    code, answer = simulated(
        tmp_path,
        "start s\nparallel f\nparallel j\nuser a\nuser b\nuser c\ns > f\nf > a > j\nf > b > j\nj > c",
        {"steps": steps},
    )
    assert (code, answer["status"]) == (0, "cancelled")


def test_an_ad_hoc_activity_is_started_and_completed_by_complete(tmp_path):
    steps = [
        {"start": True, "expect": {"active": []}},
        {"complete": "a", "data": {"done": True}, "expect": {"active": ["after"]}},
    ]
    code, answer = simulated(
        tmp_path, "start s\nadhoc p until=`done`\n  user a\n  user b\nuser after\ns > p > after", {"steps": steps}
    )
    assert code == 0
    assert answer["steps"][0]["state"]["enabled"] == ["a", "b"]


def test_the_table_for_people_shows_every_step(tmp_path):
    (tmp_path / "p.bpmn").write_bytes(draw("start s\nuser a\ns > a"))
    script = '{"steps":[{"start":true},{"complete":"a","expect":{"ended":true}}]}'
    result = run(simulate, tmp_path / "p.bpmn", "--script", "-", "--trace", stdin=script)
    assert result.exit_code == 0
    assert "complete a" in result.output
    assert "→ s s_a a" in result.output
    assert "P: completed, passed" in result.output


def test_check_answers_one_object_per_file(tmp_path):
    (tmp_path / "p.bpmn").write_bytes(draw("start s\ntask a\ns > a"))
    (tmp_path / "q.bpmn").write_bytes(draw("start s\ncomplex g\ns > g", "Q"))
    result = run(check, tmp_path / "p.bpmn", tmp_path / "q.bpmn", "--json")
    first, second = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (first["ok"], first["executable"], first["elements"]) == (
        True,
        True,
        {"sequenceFlow": 1, "startEvent": 1, "task": 1},
    )
    assert first["processes"] == [{"id": "P", "name": None, "executable": True}]
    assert [(p["code"], p["severity"], p["element"], p["type"]) for p in first["problems"]] == [
        ("untyped-task", "warning", "a", "task")
    ]
    assert (second["ok"], second["executable"]) == (True, False)


def test_a_file_that_never_ends_is_over_its_budget():
    result = run(check, "/dev/zero", "--json")
    assert (result.exit_code, [p["code"] for p in json.loads(result.stdout)[0]["problems"]]) == (1, ["budget"])
    result = run(simulate, "/dev/zero", "--script", SCRIPTS[0], "--json")
    assert (result.exit_code, [p["code"] for p in json.loads(result.stdout)["errors"]]) == (2, ["budget"])


@pytest.mark.parametrize("given", ["/dev/zero", "-"])
def test_a_script_that_never_ends_is_exit_three(tmp_path, monkeypatch, given):
    (tmp_path / "p.bpmn").write_bytes(draw("start s"))
    with open("/dev/zero", "rb") as zeros:
        monkeypatch.setattr("engine.cli.simulate.standard_input", lambda: zeros)
        result = run(simulate, tmp_path / "p.bpmn", "--script", given, "--json")
    assert result.exit_code == 3
    assert "larger than 5 MiB" in result.output


def test_asking_whom_thousands_of_tasks_wait_for_is_within_the_time_of_a_simulated_step(tmp_path, monkeypatch):
    script = {"steps": [{"start": True}]}
    drawing = "start s\nuser a each=`for i in 1..40 return i` assignee=`initiator`\ns > a"
    assert simulated(tmp_path, drawing, script)[1]["status"] == "waiting"
    slow = Limits(seconds=0.5, clock=itertools.count().__next__)  # a second goes by from look to look
    monkeypatch.setattr("engine.spiff.core.DEFAULT_LIMITS", slow)
    assert simulated(tmp_path, drawing, script)[1]["steps"][0]["error"]["code"] == "budget-exceeded"


def test_check_in_batch_answers_a_line_per_path_and_always_exits_zero(tmp_path):
    good, bad = tmp_path / "good.bpmn", tmp_path / "bad.bpmn"
    good.write_bytes(draw("start s\nuser a\ns > a"))
    bad.write_bytes(b"\x00")
    result = run(check, "--batch", stdin=f"{good}\n{bad}\n{tmp_path / 'none.bpmn'}\n")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [(a["ok"], a["executable"]) for a in answers] == [(True, True), (False, False), (False, False)]


SHAPE = {
    "type": "object",
    "required": ["format", "files", "process", "status", "passed", "errors", "warnings", "steps"],
    "properties": {
        "status": {"enum": ["waiting", "completed", "terminated", "cancelled", "error"]},
        "steps": {"items": {"required": ["index", "action", "ok", "error", "trace", "state", "expect"]}},
    },
}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.stem)
def test_every_answer_has_every_key(script):
    files = sorted(EXAMPLES.glob(f"{script.stem}*.bpmn"))
    answer = json.loads(run(simulate, *files, "--script", script, "--json").stdout)
    jsonschema.validate(answer, SHAPE)


def test_a_value_that_cannot_be_stored_is_an_error_of_the_step(tmp_path):
    drawing = "start s\nuser a\nscript t body=`{f: function(x) x}`\nuser b\ns > a > t > b"
    code, answer = simulated(tmp_path, drawing, {"steps": [{"start": True}, {"complete": "a"}]})
    assert (code, answer["steps"][1]["error"]["code"]) == (1, "value")
    assert [t["id"] for t in answer["steps"][1]["state"]["active"]] == ["a"]
