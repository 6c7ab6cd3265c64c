"""Many open bodies of a multi-instance sub-process: a step costs what one of them costs."""

import zlib
from base64 import b64decode
from decimal import Decimal
from random import Random
from time import perf_counter

import pytest

from engine.simulate.environment import SimulationEnvironment
from engine.spiff import Execution, NotWaitingError, StateError, codec, compile_definitions
from engine.spiff.frozen import PAGE, Frozen
from tests.spiff.drawing import draw
from tests.spiff.driving import NOW

BODY = """
start s
sub p each=items as=item into=out output=r
  start s1
  user a
  boundary late on=a timer=P1D noninterrupting
  user reminder
  user c times=2
  parallel f
  user b
  catch m message=m key=item
  catch g signal=g
  inclusive j
  s1 > a > f
  late > reminder
  f > b > j
  f > m > j
  f > g > j
  j > c
user z
boundary stop on=p signal=stop
s > p > z
stop > z
"""

# Five bodies of it on ice, in the third of which "a" is done; stored when each body was kept as it was.
BODIES_AS_THEY_WERE = """
eNplkctKw0AUhk/apnfo/d5V3LjU6qqP4MpXGCGGQqKlLW5KoUuXvYlFSOlI1e7sIwwxLt2681n0xJzi2A78/PwD8+U/J/MAP68LMZ4DCDEcDY
djW+FtL4iHdZt1mGnqpgqqOnXBhbvXvnajNfvagdbUjrTBQM7HO7mxk0928ilmAeLePQQ8Z5JmqFtUXfHzJbkL78pmOp6Hgn7XiR3ErgqIx/4A
C8NyaauchbzyfhwvwiuT9XR46rUsvaOCI8Tnd/trPcIPO0iKRrakiEdSJFKMs6hMisuk2B4pmfBJMzvhkQICR+3IqyFsiV8k/7B2mVtyrHJDip
NFjRvw3G0ZV8ysgsMN7144iwq34MXSu11m6GW8t3hDUI90ajtRyusRlCbKcJaWJ8rKE2X2JsrntqScRwpJpAJneZlUlEmF/yR3FAT/qORh8ggK
/yzEyOPkCVQAlUJ5bzPkWfIcKoQqkBfJS/SuTF4hr5LXyD+UDbxR88Cq27tub3esgPOb/TX/ALqiFvI=
"""


@pytest.fixture(autouse=True)
def _three_are_many(monkeypatch):
    monkeypatch.setattr(codec, "FREEZE_FROM", 3)


def started(text, count):
    definitions = compile_definitions({"p.bpmn": draw(text)})
    environment = SimulationEnvironment(definitions, None, NOW)
    return Execution.start(definitions, "P", {"items": [Decimal(i) for i in range(count)]}, environment)


def reloaded(run, often):
    if not often:
        return run
    if often == "stored":
        run.state()
        return run
    return Execution.restore(run.definitions, run.state(), run.variables, run.environment)


def finish(run, often):
    """Drive every body to its end, in an order that jumps between them; what was seen on the way."""
    seen = []
    for turn in range(200):
        run = reloaded(run, often)
        open_tasks = [t for t in run.user_tasks() if t.flow_node_id != "reminder" or turn % 2]
        waits = [w for w in run.waits() if w.kind in {"message", "timer"}]
        run = reloaded(run, often)
        if turn == 20:
            effects = run.deliver_signal("g", {})
        elif waits and turn % 3 == 0:
            wait = waits[turn % len(waits)]
            effects = run.fire_timer(wait.no) if wait.kind == "timer" else run.deliver_message(wait.no, {})
        elif open_tasks:
            task = open_tasks[(turn * 7) % len(open_tasks)]
            effects = run.complete(task.no, {"r": Decimal(task.no)})
        else:
            effects = run.deliver_signal("g", {})
        seen.append(effects)
        if run.ended:
            break
    return seen, run.variables.get("out"), run.ended


@pytest.mark.parametrize("often", ["stored", "loaded"])
def test_bodies_on_ice_do_what_live_ones_do(often):
    assert finish(started(BODY, 5), often) == finish(started(BODY, 5), None)


def test_a_boundary_event_ends_every_body_on_ice():
    run = reloaded(started(BODY, 5), "loaded")
    effects = run.deliver_signal("stop", {})
    assert [task.outcome for task in effects.closed] == ["cancelled"] * 5
    assert [task.flow_node_id for task in run.user_tasks()] == ["z"]
    assert run.waits() == []


def test_what_is_done_is_not_found_again():
    run = reloaded(started(BODY, 5), "loaded")
    no = run.user_tasks()[2].no
    run = reloaded(run, "loaded")
    run.complete(no, {})
    with pytest.raises(NotWaitingError):
        reloaded(run, "loaded").complete(no, {})


def test_the_state_does_not_grow_with_the_turns_inside_a_body():
    text = "start s\nsub p times=4\n  start s1\n  exclusive m\n  user a\n  exclusive g\n  s1 > m > a > g\n"
    text += "  g > m if `again`\n  end e\n  g > e default\ns > p"
    run = started(text, 0)
    size = len(run.state())
    no = run.user_tasks()[0].no
    for _ in range(1_000):
        run = reloaded(run, "loaded")
        no = run.complete(no, {"again": True}).opened[0].no
    assert len(run.state()) < size + 3 * 4096 + 64


def test_a_body_that_cannot_be_read_is_a_state_error():
    run = reloaded(started(BODY, 5), "loaded")
    run.activities[min(run.activities)].loop.frozen.pages[0] = b"\xc1" * 200
    with pytest.raises(StateError):
        run.user_tasks()


def test_a_step_at_a_thousand_open_bodies_costs_what_it_costs_at_twenty():
    text = "start s\nsub p each=items as=item\n  start s1\n  user a\n  user b\n  s1 > a > b\ns > p"
    cases = []
    for count in (20, 1_000):
        run = started(text, count)
        nos = [task.no for task in run.first_effects.opened]
        cases.append((run, run.state(), nos, []))
    for turn in range(60):
        for run, state, nos, times in cases:
            began = perf_counter()
            copy = Execution.restore(run.definitions, state, dict(run.variables), run.environment)
            copy.complete(nos[turn % len(nos)], {})
            copy.state()
            times.append(perf_counter() - began)
    small, large = (sorted(times)[6] for _, _, _, times in cases)
    assert large < 2 * small  # 1.2 on a quiet machine; before, a hundred


def test_ten_thousand_open_bodies_take_a_few_bytes_each():
    # given bodies with two tasks and a timer of their own
    text = "start s\nsub p each=items as=item\n  start s1\n  user a\n  boundary late on=a timer=P1D noninterrupting\n"
    text += "  user reminder\n  user b\n  s1 > a > b\n  late > reminder\ns > p"
    run = started(text, 10_000)
    assert len(run.state()) < 64 * 1024  # 1.2 MB as they are
    # when some of them go on, here and there
    for task in Random(1).sample(run.first_effects.opened, 1_000):
        run.complete(task.no, {})
    # then
    assert len(run.state()) < 80 * 1024


def test_bodies_stored_as_they_were_are_read():
    fresh = started(BODY, 5)
    fresh.complete(fresh.user_tasks()[2].no, {"r": Decimal(1)})
    stored = zlib.decompress(b64decode(BODIES_AS_THEY_WERE))
    run = Execution.restore(fresh.definitions, stored, dict(fresh.variables), fresh.environment)
    assert run.user_tasks() == fresh.user_tasks()
    assert run.waits() == fresh.waits()
    assert finish(run, "loaded") == finish(fresh, None)


def test_shapes_that_no_body_has_any_more_are_forgotten():
    """Each turn of one body has another shape, here because its flow nodes have other names."""
    frozen = Frozen.empty((1, 0), 3)
    for body in (0, 1, 2):
        frozen.put([(body, _rows(body, "waiting"))])
    for turn in range(1_000):
        assert frozen.take(1)[1][0][1] == ("waiting" if not turn else f"turn{turn - 1}")
        frozen.put([(1, _rows(1, f"turn{turn}"))])
        frozen = Frozen((1, 0), *frozen.parts())
    assert len(frozen.shapes) < 2 * PAGE
    assert frozen.take(1) == _rows(1, "turn999")
    assert frozen.take(2) == _rows(2, "waiting")


def _rows(body, node):
    """A body of one activity that waits in no scope of its own."""
    return [[], [[10 + body, node, 0, 1, body, None, None, None, [], None, 0, "", ""]], []]
