"""One replay from files: an engine of its own over the same database, its clock in the replay's hand."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from engine.bootstrap import Engine, open_engine
from engine.replay.answers import Answers
from engine.replay.clock import MovableClock
from engine.replay.errors import ReplayError
from engine.replay.lines import read_lines
from engine.replay.runner import Progress, Replay, ReplayResult
from engine.replay.surroundings import person_named

BEFORE_EVERYTHING = datetime.fromisoformat("2000-01-01T00:00:00+08:00")


def replay_files(
    engine: Engine,
    process_key: str,
    answers_path: Path,
    files: Iterable[Path],
    *,
    up_to_now: bool = False,
    progress: Progress | None = None,
) -> ReplayResult:
    """Replay caseload files into the engine's database.

    Args:
        engine: its clock says what is the present.
        process_key: folder key.
        answers_path: the answers file.
        files: caseload files.
        up_to_now: events after the present do not happen.
        progress: told now and then how far it is.

    Raises:
        ReplayError: files, answers and process do not fit each other.
    """
    answers = Answers.load(answers_path)
    with engine.reading() as uow:
        lines = read_lines(files, answers, lambda name: person_named(uow.session, name))
    if not lines:
        raise ReplayError("文件中没有内容")
    present = engine.clock.now()
    clock = MovableClock(BEFORE_EVERYTHING)
    moved = open_engine(clock=clock, settings=engine.settings)
    try:
        limit = present if up_to_now or any(line.until for line in lines) else None
        return Replay(moved, clock, process_key, answers, lines, present=present, limit=limit, progress=progress).run()
    finally:
        moved.close()
