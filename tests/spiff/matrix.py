"""Every event at every place where it is executed: a drawing, what happens, and the trace of that step.

The table in ``docs/bpmn.md`` is made from these cells; a cell without a drawing that runs cannot be in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.simulate import Simulation

Act = Callable[[Simulation], None]


@dataclass(frozen=True)
class Cell:
    """One place, trigger and mode."""

    place: str
    trigger: str
    mode: str  # "", "interrupting" or "non-interrupting"
    drawing: str
    act: Act | None  # None: look at the start
    trace: str
    start: dict[str, str] | None = None


HAPPEN: dict[str, tuple[str, Act]] = {
    "message": ("message=m", lambda run: run.message("m")),
    "signal": ("signal=m", lambda run: run.signal("m")),
    "timer date": ("date=2030-01-01T11:00:00Z", lambda run: run.advance("PT2H")),
    "timer duration": ("timer=PT2H", lambda run: run.advance("PT2H")),
    "timer cycle": ("cycle=R2/PT2H", lambda run: run.advance("PT2H")),
    "conditional": ("when=`n > 3`", lambda run: run.set({"n": 4})),
    "multiple": ("message=m signal=n", lambda run: run.signal("n")),
}


def _all_of(run: Simulation) -> None:
    run.signal("n")
    run.message("m")


WITH_TIMER = "parallel multiple with a timer"


def _message_then_time(run: Simulation) -> None:
    run.message("m")
    run.advance("PT2H")


def _complete(task: str) -> Act:
    return lambda run: run.complete(task)


def _starts() -> list[Cell]:
    cells = [Cell("start event", "none", "", "start s\nuser a\ns > a", None, "s s_a a")]
    chosen = {"message": {"message": "m"}, "signal": {"signal": "m"}, "multiple": {"signal": "n"}}
    for trigger, (option, _) in HAPPEN.items():
        start = chosen.get(trigger, {"event": "s"})
        drawing = f"start z\nuser b\nstart s {option}\nuser a\nz > b\ns > a"
        cells.append(Cell("start event", trigger, "", drawing, None, "s s_a a", start))
    both = "start s message=m signal=n all_of\nuser a\ns > a"
    cells.append(
        Cell("start event", "parallel multiple", "", both, lambda run: run.message("m"), "s_a a", {"signal": "n"})
    )
    late = "start s message=m timer=PT2H all_of\nuser a\ns > a"
    by_message = {"message": "m"}
    cells.append(Cell("start event", WITH_TIMER, "", late, lambda run: run.advance("PT2H"), "s_a a", by_message))
    return cells


def _catches() -> list[Cell]:
    cells = [
        Cell("intermediate catch event", trigger, "", f"start s\ncatch c {option}\nuser a\ns > c > a", act, "c_a a")
        for trigger, (option, act) in HAPPEN.items()
    ]
    both = "start s\ncatch c message=m signal=n all_of\nuser a\ns > c > a"
    cells.append(Cell("intermediate catch event", "parallel multiple", "", both, _all_of, "c_a a"))
    late = "start s\ncatch c message=m timer=PT2H all_of\nuser a\ns > c > a"
    cells.append(Cell("intermediate catch event", WITH_TIMER, "", late, _message_then_time, "c_a a"))
    link = "start s\nthrow t link=L\ncatch c link=L\nuser a\ns > t\nc > a"
    cells.append(Cell("intermediate catch event", "link", "", link, None, "s s_t t c c_a a"))
    return cells


def _boundaries() -> list[Cell]:
    cells = []
    for mode, flag in (("interrupting", ""), ("non-interrupting", " noninterrupting")):
        for trigger, (option, act) in HAPPEN.items():
            drawing = f"start s\nuser a\nuser c\nboundary x on=a {option}{flag}\ns > a\nx > c"
            cells.append(Cell("boundary event", trigger, mode, drawing, act, "x x_c c"))
        both = f"start s\nuser a\nuser c\nboundary x on=a message=m signal=n all_of{flag}\ns > a\nx > c"
        cells.append(Cell("boundary event", "parallel multiple", mode, both, _all_of, "x x_c c"))
        late = both.replace("signal=n", "timer=PT2H")
        cells.append(Cell("boundary event", WITH_TIMER, mode, late, _message_then_time, "x x_c c"))
        up = (
            f"start s\nsub p\n  user a\n  throw t escalation=L\n  user b\n  a > t > b\nuser c\n"
            f"boundary x on=p escalation=L{flag}\ns > p\nx > c"
        )
        after = "" if not flag else " t_b b"
        trace = "a_t t x x_c c" if not flag else f"a_t t x{after} x_c c"
        cells.append(Cell("boundary event", "escalation", mode, up, _complete("a"), trace))
    error = "start s\nsub p\n  user a\n  end e error=E\n  a > e\nuser c\nboundary x on=p error=E\ns > p\nx > c"
    cells.append(Cell("boundary event", "error", "interrupting", error, _complete("a"), "a_e e x x_c c"))
    cancel = "start s\ntransaction p\n  user a\n  end e cancel\n  a > e\nuser c\nboundary x on=p cancel\ns > p\nx > c"
    cells.append(Cell("boundary event", "cancel", "interrupting", cancel, _complete("a"), "a_e e x x_c c"))
    undo = "start s\nuser a\nboundary x on=a compensate handler=h\nuser h compensation\nthrow t compensate\ns > a > t"
    cells.append(Cell("boundary event", "compensation", "", undo, _complete("a"), "a_t t x h"))
    return cells


def _event_subprocesses() -> list[Cell]:
    cells = []
    for mode, flag in (("interrupting", ""), ("non-interrupting", " noninterrupting")):
        for trigger, (option, act) in HAPPEN.items():
            drawing = f"start s\nuser a\nevent_sub h\n  start x {option}{flag}\n  user b\n  x > b\ns > a"
            cells.append(Cell("event sub-process", trigger, mode, drawing, act, "h x x_b b"))
        both = f"start s\nuser a\nevent_sub h\n  start x message=m signal=n all_of{flag}\n  user b\n  x > b\ns > a"
        cells.append(Cell("event sub-process", "parallel multiple", mode, both, _all_of, "h x x_b b"))
        late = both.replace("signal=n", "timer=PT2H")
        cells.append(Cell("event sub-process", WITH_TIMER, mode, late, _message_then_time, "h x x_b b"))
        up = (
            f"start s\nuser a\nend e escalation=L\nuser z\nevent_sub h\n  start x escalation=L{flag}\n  user b\n"
            f"  x > b\ns > a > e\ns > z"
        )
        cells.append(Cell("event sub-process", "escalation", mode, up, _complete("a"), "a_e e h x x_b b"))
    error = "start s\nuser a\nend e error=E\nevent_sub h\n  start x error=E\n  user b\n  x > b\ns > a > e"
    cells.append(Cell("event sub-process", "error", "interrupting", error, _complete("a"), "a_e e h x x_b b"))
    undo = (
        "start s\nsub p\n  user a\n  event_sub h\n    start x compensate\n    user b\n    x > b\n"
        "throw t compensate=p\ns > p > t"
    )
    cells.append(Cell("event sub-process", "compensation", "", undo, _complete("a"), "p_t t h x x_b b"))
    return cells


def _throws() -> list[Cell]:
    cells = []
    for place, kind, after in (("intermediate throw event", "throw", " t_z z"), ("end event", "end", "")):
        tail = " > z\nuser z" if kind == "throw" else ""
        plain = f"start s\nuser a\n{kind} t\ns > a > t{tail}"
        cells.append(Cell(place, "none", "", plain, _complete("a"), f"a_t t{after}"))
        message = f"start s\nuser a\n{kind} t message=m\ncatch c message=m\nuser b\ns > a > t{tail}\ns > c > b"
        cells.append(Cell(place, "message", "", message, _complete("a"), f"a_t t{after} c_b b"))
        signal = f"start s\nuser a\n{kind} t signal=m\ncatch c signal=m\nuser b\ns > a > t{tail}\ns > c > b"
        trace = "a_t t c_b b t_z z" if kind == "throw" else "a_t t c_b b"
        cells.append(Cell(place, "signal", "", signal, _complete("a"), trace))
        up = (
            f"start s\nsub p\n  user a\n  {kind} t escalation=L\n  a > t\nboundary x on=p escalation=L\nuser b\n"
            "s > p\nx > b"
        )
        cells.append(Cell(place, "escalation", "", up, _complete("a"), "a_t t x x_b b"))
        undo = (
            f"start s\nuser a\nboundary x on=a compensate handler=h\nuser h compensation\n{kind} t compensate\n"
            f"s > a > t{tail}"
        )
        cells.append(Cell(place, "compensation", "", undo, _complete("a"), "a_t t x h"))
        several = f"start s\nuser a\n{kind} t signal=m message=n\ncatch c signal=m\nuser b\ns > a > t{tail}\ns > c > b"
        cells.append(Cell(place, "multiple", "", several, _complete("a"), trace))
    link = "start s\nuser a\nthrow t link=L\ncatch c link=L\nuser b\ns > a > t\nc > b"
    cells.append(Cell("intermediate throw event", "link", "", link, _complete("a"), "a_t t c c_b b"))
    error = "start s\nsub p\n  user a\n  end t error=E\n  a > t\nboundary x on=p error=E\nuser b\ns > p\nx > b"
    cells.append(Cell("end event", "error", "", error, _complete("a"), "a_t t x x_b b"))
    cancel = "start s\ntransaction p\n  user a\n  end t cancel\n  a > t\nboundary x on=p cancel\nuser b\ns > p\nx > b"
    cells.append(Cell("end event", "cancel", "", cancel, _complete("a"), "a_t t x x_b b"))
    stop = "start s\nuser a\nuser b\nend t terminate\ns > a > t\ns > b"
    cells.append(Cell("end event", "terminate", "", stop, _complete("a"), "a_t t"))
    return cells


CELLS = [*_starts(), *_event_subprocesses(), *_catches(), *_throws(), *_boundaries()]

_PLACES = (
    "start event", "event sub-process", "intermediate catch event", "intermediate throw event", "boundary event",
    "end event",
)  # fmt: skip


def table() -> str:
    """The table of ``docs/bpmn.md``: ``i`` interrupting, ``n`` non-interrupting, ``yes`` without a mode."""
    marks = {"": "yes", "interrupting": "i", "non-interrupting": "n"}
    found: dict[tuple[str, str], list[str]] = {}
    for cell in CELLS:
        found.setdefault((cell.trigger, cell.place), []).append(marks[cell.mode])
    triggers = list(dict.fromkeys(cell.trigger for cell in CELLS))
    lines = ["| trigger | " + " | ".join(_PLACES) + " |", "|---|" + "---|" * len(_PLACES)]
    for trigger in triggers:
        cells = [" ".join(sorted(set(found.get((trigger, place), ["–"])))) for place in _PLACES]
        lines.append(f"| {trigger} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
