"""The Python interface of INTERFACES."""

from decimal import Decimal
from pathlib import Path

from engine.simulate import Simulation
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
