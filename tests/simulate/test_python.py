"""The Python interface of INTERFACES."""

from decimal import Decimal
from pathlib import Path

import pytest

from engine.simulate import Simulation
from engine.spiff import ExecutionError
from tests.spiff.drawing import draw

EXAMPLES = Path(__file__).parent / "examples"


def test_a_simulation_is_driven_from_python(tmp_path):
    text = "start s\nuser review\ncatch c message=go\nexclusive g\nend ok\nend bad error=E1\n"
    (tmp_path / "a.bpmn").write_bytes(draw(text + "s > review > c > g\ng > ok if `amount > 5`\ng > bad default"))
    files = [str(tmp_path / "a.bpmn")]
    for amount, error in ((6, None), (5, "E1")):
        sim = Simulation.from_files(files, process="P", now="2030-01-01T09:00:00Z", variables={"amount": amount})
        sim.start()
        assert [task.id for task in sim.active] == ["review"]
        sim.complete("review", data={"approved": True})
        sim.advance("PT1H")
        sim.signal("nobody")
        assert [wait.flow_node_id for wait in sim.waiting] == ["c"]
        sim.message("go", data={})
        assert (sim.ended, sim.error) == (True, error)
        assert sim.data == {"amount": Decimal(amount), "approved": True}
        assert sim.trace[0] == "c_g"


def test_a_signal_starts_every_other_process_that_is_drawn_to_start_with_it(tmp_path):
    (tmp_path / "a.bpmn").write_bytes(draw("start s\nthrow t signal=bell\nuser a\ns > t > a"))
    for name in ("B", "C"):
        (tmp_path / f"{name}.bpmn").write_bytes(
            draw(f"start s{name} signal=bell\nuser u{name}\ns{name} > u{name}", name)
        )
    sim = Simulation.from_files([tmp_path / f"{name}.bpmn" for name in ("a", "B", "C")], process="P")
    sim.start()
    assert {task.id for task in sim.active} == {"a", "uB", "uC"}


def drawn(tmp_path, **texts):
    for name, text in texts.items():
        (tmp_path / f"{name}.bpmn").write_bytes(draw(text, name))
    return Simulation.from_files([tmp_path / f"{name}.bpmn" for name in texts], persist=True)


@pytest.mark.parametrize("what", ["signal", "message"])
def test_what_the_simulated_process_sends_starts_another_instance_of_it(tmp_path, what):
    begun = "start s\nstart again {0}=bell\nthrow t {0}=bell\nuser a\nuser b\ns > t > a\nagain > b"
    sim = drawn(tmp_path, P=begun.format(what))
    sim.start()
    assert sorted((task.id, task.case) for task in sim.active) == [("a", 0), ("b", 1)]
    sim.complete("a")
    assert not sim.ended
    sim.complete("b")
    assert sim.status == "completed"


def test_what_the_script_sends_goes_to_the_simulated_instance_and_other_processes_only(tmp_path):
    begun = "start s\nstart again signal=bell message=m\nuser a\nuser b\ns > a\nagain > b"
    sim = drawn(tmp_path, P=begun, Q="start q signal=bell\nuser c\nq > c")
    sim.start()
    sim.signal("bell")
    assert [task.id for task in sim.active] == ["a", "c"]
    with pytest.raises(ExecutionError, match="nothing waits"):
        sim.message("m")


def test_a_signal_of_a_process_that_a_signal_started_is_heard_as_a_signal(tmp_path):
    sim = drawn(
        tmp_path,
        P="start s\nthrow t signal=bell\ncatch c signal=echo\nuser a\nparallel f\ns > f\nf > c > a\nf > t",
        Q="start q signal=bell\nend e signal=echo\nq > e",
    )
    sim.start()
    assert [task.id for task in sim.active] == ["a"]


def test_processes_that_start_each_other_for_ever_are_stopped(tmp_path):
    sim = drawn(tmp_path, P="start s\nstart again message=m\nend e message=m\ns > e\nagain > e")
    with pytest.raises(ExecutionError) as failure:
        sim.start()
    assert failure.value.code == "budget-exceeded"


@pytest.mark.parametrize(
    "files",
    [
        {"P": "start s\nscript t body=`{n: 1}` each=`[function(x) x]` as=item\ns > t"},
        {
            "P": "start s\ncall c calls=Q each=`[1, 2]` as=item\ns > c",
            "Q": "start s\nscript t body=`{item: function(x) x}`\ns > t",
        },
    ],
    ids=["an item", "what a call hands up"],
)
def test_a_value_that_no_variable_can_have_fails_the_action_in_the_middle_of_a_step_as_well(tmp_path, files):
    sim = drawn(tmp_path, **files)
    with pytest.raises(ExecutionError, match="Function") as failure:
        sim.start()
    assert failure.value.code == "value"
    assert not sim.active
