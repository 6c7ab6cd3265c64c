"""A folder becomes an immutable version, or is refused whole with every reason."""

import os
import re
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine.bootstrap import Engine, open_engine
from engine.commands.deploy import deploy_folder, deploy_shipped
from engine.errors import DeploymentRefusedError, NotFoundError
from engine.installation.set_up import prepare
from engine.operations import names
from engine.settings import Settings
from models import Deployment, DeploymentResource
from tests.engine.conftest import Deploy, Start
from tests.support.folders import DEADLINES, form, process, write_folder
from tests.support.processor import processor_time

STEP = '<bpmn:userTask id="{0}" banli:formKey="{0}" banli:assignee="=initiator"/>'

DAY = "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"


def _diagram(*steps: str) -> str:
    chain = ["begin", *steps, "done"]
    flows = "\n".join(f"{source} -> {target}" for source, target in pairwise(chain))
    tasks = "\n".join(STEP.format(step) for step in steps)
    return process("plain", f'<bpmn:startEvent id="begin"/>\n{tasks}\n<bpmn:endEvent id="done"/>\n{flows}')


def _forms(*names: str) -> dict[str, dict[str, object]]:
    return {name: form("a") for name in names}


def test_the_same_folder_again_is_the_version_it_already_is(tmp_path: Path, deploy: Deploy) -> None:
    folder = write_folder(tmp_path, "plain", _diagram("one"), forms=_forms("one"))
    first = deploy(folder)
    again = deploy(folder)
    assert (first.version, first.is_new) == (1, True)
    assert (again.deployment_id, again.is_new) == (first.deployment_id, False)


def test_a_running_case_stays_on_its_version(tmp_path: Path, deploy: Deploy, start: Start) -> None:
    deploy(write_folder(tmp_path, "plain", _diagram("one", "two"), forms=_forms("one", "two")))
    old = start("plain")
    result = deploy(write_folder(tmp_path, "plain", _diagram("one"), forms=_forms("one")))
    assert result.version == 2
    new = start("plain")
    for case in (old, new):
        case.complete("one", {"a": "x"}, by="rep1")
    assert old.waits_at == {"two"}
    assert new.status == "completed"


def test_a_chain_of_five_thousand_tasks_is_deployed_and_worked_on(tmp_path: Path, deploy: Deploy, start: Start) -> None:
    steps = [f"t{number}" for number in range(5_000)]
    diagram = re.sub(r' banli:formKey="t[1-9]\d*"', "", _diagram(*steps))
    deploy(write_folder(tmp_path, "plain", diagram, forms=_forms("t0")))
    case = start("plain")
    assert case.waits_at == {"t0"}
    case.complete("t0", {"a": "x"}, by="rep1")
    assert case.waits_at == {"t1"}


def test_a_folder_that_lacks_thousands_of_forms_is_refused_as_quickly(tmp_path: Path, deploy: Deploy) -> None:
    steps = [f"t{number}" for number in range(2_000)]
    folder = write_folder(tmp_path, "plain", _diagram(*steps))
    with processor_time() as cost, pytest.raises(DeploymentRefusedError) as refused:
        deploy(folder)
    assert cost.seconds < 10  # reading the file for each of them takes minutes
    assert len(refused.value.problems) == 2_000
    assert "第 6 行 userTask t0" in refused.value.problems[0]


def test_a_case_goes_on_in_a_process_that_never_saw_its_deployment(
    tmp_path: Path, deploy: Deploy, start: Start, engine: Engine
) -> None:
    deploy(write_folder(tmp_path, "plain", _diagram("one", "two"), forms=_forms("one", "two")))
    case = start("plain")
    engine.compiled.clear()
    case.complete("one", {"a": "x"}, by="rep1")
    assert case.waits_at == {"two"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"main_process": "other"}, "没有过程“other”"),
        ({"colour": "red"}, "colour"),
        ({"deadlines_decision": "deadlines"}, "没有决策“deadlines”"),
        ({"may_start": ["rep"]}, "may_start"),
        ({"sensitive": {"a": {"roles": []}}, "similar_on": ["a"]}, "similar_on"),
        ({"sensitive": {"number": {"roles": []}}}, "number"),
    ],
)
def test_a_wrong_process_yaml_is_refused(
    tmp_path: Path, deploy: Deploy, change: dict[str, object], reason: str
) -> None:
    folder = write_folder(tmp_path, "plain", _diagram("one"), forms=_forms("one"), **change)
    with pytest.raises(DeploymentRefusedError, match=reason):
        deploy(folder)


_CALLED = '<bpmn:message id="m" name="called">{0}</bpmn:message>'
_KEY = '<bpmn:extensionElements><banli:correlation value="={0}"/></bpmn:extensionElements>'
_ITEMS = '<bpmn:multiInstanceLoopCharacteristics banli:collection="=accounts" banli:elementVariable="{0}"/>'


@pytest.mark.parametrize(
    ("step", "extra", "reason"),
    [
        (
            '<bpmn:receiveTask id="one" messageRef="m"/>',
            _CALLED.format(_KEY.format("upper case(phone) + business_key")),
            "第 6 行 receiveTask one：phone 是敏感字段，消息和信号的名称与关联键",
        ),
        (
            '<bpmn:intermediateThrowEvent id="one"><bpmn:signalEventDefinition signalRef="s"/>'
            "</bpmn:intermediateThrowEvent>",
            '<bpmn:signal id="s" name="=&quot;pay &quot; + accounts[1].number"/>',
            "intermediateThrowEvent one：accounts 是敏感字段，消息和信号的名称与关联键",
        ),
        (
            f'<bpmn:userTask id="one" banli:assignee="=initiator">{_ITEMS.format("account")}</bpmn:userTask>',
            "",
            "userTask one：accounts 是敏感字段，其中每一项的变量“account”也要列为敏感",
        ),
        (
            '<bpmn:userTask id="one" banli:assignee="=initiator"><bpmn:extensionElements>'
            '<banli:input target="call" source="=phone"/></bpmn:extensionElements></bpmn:userTask>',
            "",
            "userTask one：phone 是敏感字段，它在这里的名称“call”也要列为敏感",
        ),
        (
            '<bpmn:userTask id="one" banli:assignee="=initiator"><bpmn:extensionElements>'
            '<banli:output target="call" source="=phone"/></bpmn:extensionElements></bpmn:userTask>',
            "",
            "userTask one：phone 是敏感字段，它在这里的名称“call”也要列为敏感",
        ),
        (
            '<bpmn:sendTask id="one" messageRef="m"><bpmn:extensionElements>'
            '<banli:parameter name="call" value="=phone"/></bpmn:extensionElements></bpmn:sendTask>',
            _CALLED.format(""),
            "sendTask one：phone 是敏感字段，它在这里的名称“call”也要列为敏感",
        ),
        (
            '<bpmn:callActivity id="one" calledElement="plain"><bpmn:extensionElements>'
            '<banli:in target="call" source="=phone"/></bpmn:extensionElements></bpmn:callActivity>',
            "",
            "callActivity one：phone 是敏感字段，它在这里的名称“call”也要列为敏感",
        ),
    ],
)
def test_a_diagram_that_would_have_something_sensitive_stored_open_is_refused(
    tmp_path: Path, deploy: Deploy, step: str, extra: str, reason: str
) -> None:
    flows = "begin -> one\none -> done"
    drawn = f'<bpmn:startEvent id="begin"/>\n{step}\n<bpmn:endEvent id="done"/>\n{flows}'
    sensitive = {name: {"roles": []} for name in ("phone", "accounts")}
    folder = write_folder(tmp_path, "plain", process("plain", drawn, extra=extra), sensitive=sensitive)
    with pytest.raises(DeploymentRefusedError, match=reason):
        deploy(folder)


def test_the_items_of_a_sensitive_list_may_be_sensitive_too(tmp_path: Path, deploy: Deploy) -> None:
    task = f'<bpmn:userTask id="one" banli:assignee="=initiator">{_ITEMS.format("account")}</bpmn:userTask>'
    diagram = re.sub(r"<bpmn:userTask.*?/>", task, _diagram("one"))
    sensitive = {name: {"roles": []} for name in ("account", "accounts")}
    assert deploy(write_folder(tmp_path, "plain", diagram, sensitive=sensitive)).is_new


def test_a_folder_is_refused_whole_with_element_line_and_every_reason(
    tmp_path: Path, deploy: Deploy, engine: Engine
) -> None:
    broken = _diagram("one", "two").replace(
        '<bpmn:endEvent id="done"/>',
        '<bpmn:endEvent id="done"/>\n<bpmn:complexGateway id="hard"/>\n'
        '<bpmn:sequenceFlow id="h1" sourceRef="two" targetRef="hard"/>',
    )
    folder = write_folder(tmp_path, "plain", broken, forms={"one": {"type": "default", "components": [{"type": "x"}]}})
    with pytest.raises(DeploymentRefusedError) as refused:
        deploy(folder)
    text = str(refused.value)
    assert "hard" in text
    assert "plain.bpmn" in text
    assert "行" in text
    assert "forms/one.json" in text
    with engine.reading() as uow:
        assert uow.session.scalar(select(func.count()).select_from(DeploymentResource)) == 0


def test_a_user_task_whose_form_is_missing_is_refused(tmp_path: Path, deploy: Deploy) -> None:
    with pytest.raises(DeploymentRefusedError, match=r"plain\.bpmn 第 \d+ 行 userTask one：没有表单 forms/one\.json"):
        deploy(write_folder(tmp_path, "plain", _diagram("one")))


def test_a_deadline_that_no_table_names_is_refused(tmp_path: Path, deploy: Deploy) -> None:
    diagram = _diagram("one").replace('<bpmn:userTask id="one"', '<bpmn:userTask id="one" banli:due="answr"')
    folder = write_folder(
        tmp_path,
        "plain",
        diagram,
        forms=_forms("one"),
        files={"deadlines.dmn": DEADLINES},
        deadlines_decision="deadlines",
    )
    with pytest.raises(DeploymentRefusedError, match=r"plain\.bpmn 第 \d+ 行 userTask one：决策表里没有期限“answr”"):
        deploy(folder)


def test_a_service_task_that_names_an_unknown_operation_is_refused(tmp_path: Path, deploy: Deploy) -> None:
    diagram = process(
        "plain",
        """
        <bpmn:startEvent id="begin"/>
        begin -> rob
        <bpmn:serviceTask id="rob" banli:operation="bank.rob"/>
        rob -> done
        <bpmn:endEvent id="done"/>
        """,
    )
    with pytest.raises(DeploymentRefusedError, match=r"plain\.bpmn 第 \d+ 行 serviceTask rob：.*bank\.rob"):
        deploy(write_folder(tmp_path, "plain", diagram))


def test_a_process_whose_id_another_folder_has_is_refused_so_that_calls_keep_their_meaning(
    tmp_path: Path, deploy: Deploy
) -> None:
    # given
    deploy(write_folder(tmp_path / "first", "plain", _diagram("one"), forms=_forms("one")))

    # when, then
    other = write_folder(tmp_path / "second", "other", _diagram("one"), forms=_forms("one"), main_process="plain")
    with pytest.raises(DeploymentRefusedError, match="流程 plain：文件夹“plain”已有这个 id 的流程"):
        deploy(other)


def test_a_process_that_a_folder_no_longer_has_may_move_to_another(tmp_path: Path, deploy: Deploy) -> None:
    # given
    deploy(write_folder(tmp_path / "first", "plain", _diagram("one"), forms=_forms("one")))
    renamed = _diagram("one").replace('id="plain"', 'id="renamed"')
    deploy(write_folder(tmp_path / "first", "plain", renamed, forms=_forms("one"), main_process="renamed"))

    # when
    moved = write_folder(tmp_path / "second", "other", _diagram("one"), forms=_forms("one"), main_process="plain")

    # then
    assert deploy(moved).version == 1


def _gated(*, mandatory: str = "true") -> str:
    return _diagram("one").replace('id="one"', f'id="one" banli:mandatory="{mandatory}"')


@pytest.mark.parametrize("diagram", [_diagram("two"), _gated(mandatory="false")])
def test_a_version_that_lacks_a_mandatory_gate_of_the_version_before_is_refused(
    tmp_path: Path, deploy: Deploy, diagram: str
) -> None:
    # given
    deploy(write_folder(tmp_path, "plain", _gated(), forms=_forms("one", "two")))

    # when, then
    with pytest.raises(DeploymentRefusedError, match=r"plain\.bpmn one：上一版本的必经关口不能去掉"):
        deploy(write_folder(tmp_path, "plain", diagram, forms=_forms("one", "two")))


def test_a_version_that_keeps_its_gates_and_adds_steps_is_deployed(tmp_path: Path, deploy: Deploy) -> None:
    # given
    deploy(write_folder(tmp_path, "plain", _gated(), forms=_forms("one")))
    more = _diagram("two", "one").replace('id="one"', 'id="one" banli:mandatory="true"')

    # when
    result = deploy(write_folder(tmp_path, "plain", more, forms=_forms("one", "two")))

    # then
    assert result.version == 2


def test_a_mark_on_a_step_that_is_for_nobody_is_no_gate_of_the_next_version(tmp_path: Path, deploy: Deploy) -> None:
    # given
    marked = _diagram("one").replace('<bpmn:endEvent id="done"', '<bpmn:endEvent id="done" banli:mandatory="true"')
    deploy(write_folder(tmp_path, "plain", marked, forms=_forms("one")))

    # when
    result = deploy(write_folder(tmp_path, "plain", _diagram("one"), forms=_forms("one")))

    # then
    assert result.version == 2


def test_space_around_the_id_of_a_gate_is_not_part_of_it(tmp_path: Path, deploy: Deploy) -> None:
    # given
    deploy(write_folder(tmp_path, "plain", _gated().replace('id="one"', 'id=" one "'), forms=_forms("one")))

    # when
    result = deploy(write_folder(tmp_path, "plain", _gated(), forms=_forms("one")))

    # then
    assert result.version == 2


def _led_to(leads: str) -> str:
    """A gate ``one`` beside the task ``two``, with what leads to it or does not."""
    gate = STEP.format("one").replace("/>", ' banli:mandatory="true"/>')
    return _diagram("two").replace('<bpmn:endEvent id="done"/>', f'<bpmn:endEvent id="done"/>{gate}{leads}')


def _flow(source: str, target: str) -> str:
    return f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'


@pytest.mark.parametrize(
    "leads",
    [
        "",
        _flow("one", "done"),
        STEP.format("lost") + _flow("lost", "one"),
        STEP.format("lost") + _flow("lost", "one") + _flow("one", "lost"),
        f'<bpmn:boundaryEvent id="late" attachedToRef="one">{DAY}</bpmn:boundaryEvent>{_flow("late", "one")}',
    ],
    ids=["alone", "only left", "behind a step that never happens", "in a circle", "from its own border"],
)
def test_a_gate_that_no_way_leads_to_is_refused(tmp_path: Path, deploy: Deploy, leads: str) -> None:
    folder = write_folder(tmp_path, "plain", _led_to(leads), forms=_forms("one", "two", "lost"))

    # when, then
    with pytest.raises(DeploymentRefusedError, match=r"plain\.bpmn 第 \d+ 行 userTask one：没有路径通到必经关口"):
        deploy(folder)


@pytest.mark.parametrize(
    "leads",
    [
        f'<bpmn:boundaryEvent id="late" attachedToRef="two">{DAY}</bpmn:boundaryEvent>{_flow("late", "one")}',
        f'<bpmn:startEvent id="daily">{DAY}</bpmn:startEvent>{_flow("daily", "one")}',
    ],
    ids=["from a border", "from a timer that starts"],
)
def test_a_gate_that_only_an_event_leads_to_is_deployed(tmp_path: Path, deploy: Deploy, leads: str) -> None:
    assert deploy(write_folder(tmp_path, "plain", _led_to(leads), forms=_forms("one", "two"))).is_new


@pytest.mark.parametrize(
    "around",
    [
        '<bpmn:subProcess id="part">{0}</bpmn:subProcess>' + _flow("two", "part"),
        '<bpmn:adHocSubProcess id="part">{0}</bpmn:adHocSubProcess>' + _flow("two", "part"),
        '<bpmn:subProcess id="part" triggeredByEvent="true"><bpmn:startEvent id="daily">'
        + DAY
        + "</bpmn:startEvent>{0}"
        + _flow("daily", "one")
        + "</bpmn:subProcess>",
    ],
    ids=["sub-process", "ad-hoc", "event sub-process"],
)
def test_a_gate_in_a_part_of_the_process_is_led_to_as_that_part_is(tmp_path: Path, deploy: Deploy, around: str) -> None:
    gate = STEP.format("one").replace("/>", ' banli:mandatory="true"/>')
    diagram = _diagram("two").replace('<bpmn:endEvent id="done"/>', f'<bpmn:endEvent id="done"/>{around.format(gate)}')
    assert deploy(write_folder(tmp_path, "plain", diagram, forms=_forms("one", "two"))).is_new


def test_a_gate_that_undoes_a_step_is_led_to_by_it(tmp_path: Path, deploy: Deploy) -> None:
    gate = STEP.format("one").replace("/>", ' banli:mandatory="true" isForCompensation="true"/>')
    undo = (
        '<bpmn:boundaryEvent id="undo" attachedToRef="two"><bpmn:compensateEventDefinition/></bpmn:boundaryEvent>'
        '<bpmn:association id="by" sourceRef="undo" targetRef="one"/>'
    )
    diagram = _diagram("two").replace('<bpmn:endEvent id="done"/>', f'<bpmn:endEvent id="done"/>{gate}{undo}')
    assert deploy(write_folder(tmp_path, "plain", diagram, forms=_forms("one", "two"))).is_new


def test_a_gate_that_process_yaml_names_and_no_diagram_marks_is_refused(tmp_path: Path, deploy: Deploy) -> None:
    folder = write_folder(tmp_path, "plain", _diagram("one"), forms=_forms("one"), mandatory_gates=["one"])

    with pytest.raises(DeploymentRefusedError, match=r"mandatory_gates：.*“one”（missing-gate）"):
        deploy(folder)


def test_a_decision_table_with_a_broken_cell_is_refused_with_element_line_and_reason(
    tmp_path: Path, deploy: Deploy, engine: Engine
) -> None:
    table = """<?xml version="1.0"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
  <decision id="filing" name="filing"><variable name="filing"/>
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="i"><inputExpression id="ie" typeRef="string"><text>kind</text></inputExpression></input>
      <output id="o" name="result" typeRef="string"/>
      <rule id="r1"><inputEntry id="c1"><text>-((</text></inputEntry>
        <outputEntry id="o1"><text>"x"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""
    folder = write_folder(tmp_path, "plain", _diagram("one"), forms=_forms("one"), files={"filing.dmn": table})
    with pytest.raises(DeploymentRefusedError) as refused:
        deploy(folder)
    assert [problem for problem in refused.value.problems if "filing.dmn 第 7 行" in problem and "-((" in problem]
    with engine.reading() as uow:
        assert uow.session.scalar(select(func.count()).select_from(Deployment)) == 0


def test_shipped_folders_are_deployed_only_where_their_key_has_no_version(
    tmp_path: Path, deploy: Deploy, engine: Engine
) -> None:
    deploy(write_folder(tmp_path / "mine", "plain", _diagram("one"), forms=_forms("one")))
    write_folder(tmp_path / "shipped", "plain", _diagram("one", "two"), forms=_forms("one", "two"))
    with engine.unit_of_work() as uow:
        assert deploy_shipped(uow, tmp_path / "shipped") == []
        assert uow.session.scalar(select(func.count()).select_from(Deployment)) == 1


def test_a_folder_without_process_yaml_is_refused(tmp_path: Path, engine: Engine) -> None:
    with pytest.raises(DeploymentRefusedError, match=r"process\.yaml"), engine.unit_of_work() as uow:
        deploy_folder(uow, tmp_path)


_ROWS = "".join(f"x_{n + 1}: &r{n + 1} [{', '.join([f'*r{n}'] * 10)}]\n" for n in range(9))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x_0: &r0 [1]\n" + _ROWS, "超过 200000 个值"),
        ("x_0: &r0 [1]\n" + "".join(f"x_{n + 1}: &r{n + 1} [*r{n}]\n" for n in range(900)), "嵌套超过 64 层"),
        ("x_0: " + "[" * 3_000 + "]" * 3_000, "嵌套超过 64 层"),
        ("x_0: &r0 [*r0]", "包含它自己"),
    ],
)
def test_a_process_yaml_that_never_ends_is_refused(tmp_path: Path, engine: Engine, text: str, reason: str) -> None:
    folder = write_folder(tmp_path, "plain", _diagram("one"), forms=_forms("one"))
    (folder / "process.yaml").write_text(text, encoding="utf-8")
    with engine.unit_of_work(None) as uow, pytest.raises(DeploymentRefusedError, match=reason):
        deploy_folder(uow, folder)


def test_what_is_said_once_in_a_process_yaml_may_be_referred_to(tmp_path: Path, deploy: Deploy) -> None:
    folder = write_folder(tmp_path, "plain", _diagram("one"), forms=_forms("one"))
    manifest = (folder / "process.yaml").read_text(encoding="utf-8")
    (folder / "process.yaml").write_text(manifest + "x_one: &one {zh: 一}\nx_two: [*one, *one]\n", encoding="utf-8")
    assert deploy(folder).is_new


def test_a_form_that_is_nested_without_end_is_refused(tmp_path: Path, engine: Engine) -> None:
    folder = write_folder(tmp_path, "plain", _diagram("one"))
    (folder / "forms" / "one.json").write_text("[" * 100_000, encoding="utf-8")
    with engine.unit_of_work(None) as uow, pytest.raises(DeploymentRefusedError, match=r"forms/one\.json：不是 JSON"):
        deploy_folder(uow, folder)


def test_a_file_whose_name_has_no_characters_is_refused(tmp_path: Path, engine: Engine) -> None:
    folder = write_folder(tmp_path, "plain", _diagram("one"), forms=_forms("one"))
    (folder / os.fsdecode(b"a\xff.bpmn")).write_text(_diagram("one"), encoding="utf-8")
    with engine.unit_of_work(None) as uow, pytest.raises(DeploymentRefusedError, match="文件名"):
        deploy_folder(uow, folder)


def test_a_process_that_was_never_deployed_is_not_found(start: Start) -> None:
    with pytest.raises(NotFoundError):
        start("nothing")


def test_an_empty_database_is_made_ready_once(tmp_path: Path, database_url: str) -> None:
    write_folder(tmp_path / "shipped", "plain", _diagram("one"), forms=_forms("one"))
    settings = Settings(
        database_url=database_url, data_directory=tmp_path / "data", workflows_directory=tmp_path / "shipped"
    )
    engine = open_engine(settings=settings)
    try:
        first, second = prepare(engine), prepare(engine)
    finally:
        engine.close()
    assert first.migrated
    assert [result.key for result in first.deployed] == ["plain"]
    assert not second.migrated
    assert second.deployed == ()


def test_every_operation_is_described() -> None:
    text = (Path(__file__).parents[2] / "docs" / "process-folder.md").read_text(encoding="utf-8")
    assert [name for name in names() if f"| `{name}` |" not in text] == []
