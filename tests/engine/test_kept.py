"""What a process keeps of the cases it has just worked on: the next step is spared reading, nothing else differs."""

import gc
from collections.abc import Iterator
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest

from engine import values
from engine.bootstrap import Engine, open_engine
from engine.commands.complete_work_item import complete_work_item
from engine.commands.erase_personal_data import erase_personal_data
from engine.commands.modify_variables import modify_variables
from engine.settings import Settings
from engine.spiff import Execution
from engine.step.kept import KeptCases
from tests.engine.conftest import Case, Deploy, Start
from tests.support.fakes import MovableClock
from tests.support.folders import form, process, write_folder

CANARY = "13912345678"
ROUND = process(
    "round",
    """
    <bpmn:startEvent id="begin"/>
    begin -> merge
    <bpmn:exclusiveGateway id="merge"/>
    merge -> work
    <bpmn:userTask id="work" banli:formKey="work" banli:assignee="=initiator"/>
    work -> count
    <bpmn:scriptTask id="count" scriptFormat="feel"><bpmn:script>{turns: append(turns, said)}</bpmn:script></bpmn:scriptTask>
    count -> again
    <bpmn:exclusiveGateway id="again" default="flow_13"/>
    again -> merge: count(turns) < 3
    <bpmn:endEvent id="done"/>
    again -> done
    """,  # noqa: E501
)

FORMS = {"work": form("said!")}


@pytest.fixture
def folder(tmp_path: Path, deploy: Deploy) -> None:
    """Three turns of one task, each adding to a list; the number is sensitive."""
    diagram = ROUND.replace('default="flow_13"', f'default="{_last_flow(ROUND)}"')
    deploy(write_folder(tmp_path, "round", diagram, forms=FORMS))
    secret = diagram.replace('id="round"', 'id="secret"')
    sensitive = {"phone": {"roles": ["union_clerk"]}}
    deploy(write_folder(tmp_path / "s", "secret", secret, forms=FORMS, sensitive=sensitive))


def _last_flow(diagram: str) -> str:
    return diagram.rpartition('<bpmn:sequenceFlow id="')[2].partition('"')[0]


@pytest.fixture
def restored(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The states that are loaded from now on."""
    seen: list[bytes] = []
    restore = Execution.restore.__func__  # type: ignore[attr-defined]

    def watched(cls: type, definitions: Any, state: bytes, *rest: Any, **options: Any) -> Any:
        seen.append(state)
        return restore(cls, definitions, state, *rest, **options)

    monkeypatch.setattr(Execution, "restore", classmethod(watched))
    return seen


@pytest.fixture
def another(prepared_url: str, clock: MovableClock, tmp_path: Path) -> Iterator[Engine]:
    """A second process on the same database."""
    settings = Settings(database_url=prepared_url, data_directory=tmp_path / "data", sqlite_synchronous="NORMAL")
    opened = open_engine(settings=settings, clock=clock)
    yield opened
    opened.close()


pytestmark = pytest.mark.usefixtures("folder")


def begun(start: Start, key: str = "round", **variables: Any) -> Case:
    return start(key, variables={"turns": [], "said": None, **variables})


def test_the_next_step_of_a_case_is_taken_without_loading_it(start: Start, restored: list[bytes]) -> None:
    case = begun(start)
    case.complete("work", {"said": "a"}, by="rep1")
    case.complete("work", {"said": "b"}, by="rep1")
    assert not restored
    assert case.variables["turns"] == ["a", "b"]


def test_a_step_that_another_process_took_is_seen(start: Start, another: Engine, restored: list[bytes]) -> None:
    case = begun(start)
    Case(another, case.id).complete("work", {"said": "there"}, by="rep1")
    case.complete("work", {"said": "here"}, by="rep1")
    Case(another, case.id).complete("work", {"said": "there"}, by="rep1")
    assert case.status == "completed"
    assert case.variables["turns"] == ["there", "here", "there"]
    assert len(restored) == 3


def test_a_correction_by_another_process_is_seen(start: Start, another: Engine) -> None:
    case = begun(start)
    case.complete("work", {"said": "a"}, by="rep1")
    with another.unit_of_work("admin1") as uow:
        modify_variables(uow, case.id, {"turns": ["x"]}, reason="更正", request_id=uuid4().hex)
    assert case.variables["turns"] == ["x"]
    case.complete("work", {"said": "b"}, by="rep1")
    assert case.variables["turns"] == ["x", "b"]


def test_a_step_that_is_rolled_back_leaves_nothing_behind(start: Start, engine: Engine) -> None:
    case = begun(start)
    with pytest.raises(ZeroDivisionError):
        _complete_in_vain(engine, case, {"said": "lost"})
    case.complete("work", {"said": "a"}, by="rep1")
    assert case.variables["turns"] == ["a"]


def _complete_in_vain(engine: Engine, case: Case, data: dict[str, Any]) -> None:
    item = case.item("work")
    with engine.unit_of_work("rep1") as uow:
        complete_work_item(uow, item.id, data, request_id=uuid4().hex, expected_version=item.version)
        raise ZeroDivisionError


def test_what_somebody_does_to_the_variables_he_was_given_reaches_nobody_else(start: Start) -> None:
    case = begun(start)
    case.complete("work", {"said": "a"}, by="rep1")
    case.variables["turns"].append("mine")
    assert case.variables["turns"] == ["a"]


def test_nothing_that_is_encrypted_at_rest_lies_open_in_memory(start: Start, engine: Engine) -> None:
    case = begun(start, "secret", phone=CANARY)
    case.complete("work", {"said": "a"}, by="rep1")
    assert case.variables["phone"] == CANARY
    assert len(engine.kept) == 1
    gc.collect()
    assert CANARY not in _texts_in(engine.kept)


def test_of_a_case_that_has_ended_nothing_is_kept(start: Start, engine: Engine) -> None:
    case = begun(start, "secret", phone=CANARY)
    for said in ("a", "b", "c"):
        case.complete("work", {"said": said}, by="rep1")
    assert case.status == "completed"
    assert len(engine.kept) == 0
    with engine.unit_of_work("admin1") as uow:
        erase_personal_data(uow, case.id, reason="依申请", request_id=uuid4().hex)
    assert case.variables["phone"] != CANARY


def _texts_in(root: object) -> set[str]:
    """Every text that can be reached from an object."""
    found: set[str] = set()
    seen: set[int] = set()
    pending = [root]
    while pending:
        for thing in gc.get_referents(pending.pop()):
            if isinstance(thing, str):
                found.add(thing)
            elif id(thing) not in seen and not isinstance(thing, type | ModuleType | FunctionType):
                seen.add(id(thing))
                pending.append(thing)
    return found


def test_it_can_be_switched_off(start: Start, engine: Engine, restored: list[bytes]) -> None:
    engine.kept.limit = 0
    case = begun(start)
    case.complete("work", {"said": "a"}, by="rep1")
    assert len(restored) == 1
    assert len(engine.kept) == 0


def test_the_cases_used_last_are_kept_within_the_memory_that_is_allowed() -> None:
    kept = KeptCases(3, 100_000)
    cases = [UUID(int=number) for number in range(5)]
    for case in cases:
        kept.keep(case, "{}", {}, b"", None)
    assert [kept.variables(case, "{}") for case in cases] == [None, None, {}, {}, {}]
    text = values.dumps({"x": "y" * 12_000})
    kept.keep(cases[0], text, values.loads(text), b"", None)
    assert len(kept) == 3
    kept.keep(cases[1], text, values.loads(text), b"", None)
    assert kept.used <= 100_000
    assert kept.variables(cases[0], text) is None
    kept.keep(cases[2], values.dumps({"x": "y" * 20_000}), {"x": "y" * 20_000}, b"", None)
    assert kept.variables(cases[2], text) is None, "larger than all that is allowed"
