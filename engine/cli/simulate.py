"""``banli simulate``: run a diagram by a script and report."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from engine.adapters.system_clock import SystemClock
from engine.bpmn.iso import TimerValueError, parse_instant
from engine.bpmn.problems import BpmnRefusedError, Problem
from engine.bpmn.read import read_file
from engine.cli.refusal import Refusal, printable, standard_input, unread
from engine.simulate.files import load_files
from engine.simulate.runner import NOT_EXECUTABLE, UnknownProcessError, refused, run_script
from engine.simulate.script import MAX_BYTES, Script, ScriptError, read_scripts
from engine.values import to_json


@click.command()
@click.argument("files", nargs=-1, required=True)
@click.option("--script", "script_path", required=True, help="脚本文件，- 为标准输入 · script file, - for stdin")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象 · print the result object only")
@click.option("--process", help="流程 id · id of the process")
@click.option("--now", help="起始时刻（ISO 8601），默认当前时刻 · simulated clock at the start; default: the real time")
@click.option("--trace", "show_trace", is_flag=True, help="显示经过的节点与连线 · show nodes and flows passed")
@click.option("--persist", is_flag=True, help="每步之后存取状态 · save and load after every step")
def simulate(
    files: tuple[str, ...],
    script_path: str,
    as_json: bool,
    process: str | None,
    now: str | None,
    show_trace: bool,
    persist: bool,
) -> None:
    """按脚本模拟流程图 · Run a diagram by a script.

    The first file holds the process; the others are called processes and decisions.
    """
    contents = {name: _read(name, read_file) for name in files}
    scripts, several = _scripts(script_path)
    moment = _moment(now)
    results: list[dict[str, Any]] = []
    worst = 0
    for script in scripts:
        result, code = _run(contents, script, process, moment, persist)
        results.append(result)
        worst = max(worst, code)
    if as_json:
        click.echo(printable(to_json(results if several else results[0], indent=1)))
    else:
        for result in results:
            _print_table(result, show_trace)
    sys.exit(worst)


def _run(
    contents: dict[str, bytes], script: Script, process: str | None, now: datetime | None, persist: bool
) -> tuple[dict[str, Any], int]:
    try:
        loaded = load_files(contents)
    except BpmnRefusedError as error:
        return refused(list(contents), error), NOT_EXECUTABLE
    try:
        moment = now or script.now or SystemClock().now()
        return run_script(loaded, list(contents), script, now=moment, process=process, persist=persist)
    except UnknownProcessError as error:
        raise _refusal("usage", str(error)) from error


def _read(name: str, reader: Callable[[Path], bytes]) -> bytes:
    try:
        return reader(Path(name))
    except OSError as error:
        raise _refusal("file", f"读不出“{name}”：{unread(error)}", name) from error


def _scripts(path: str) -> tuple[list[Script], bool]:
    try:
        text = standard_input().read(MAX_BYTES + 1) if path == "-" else _read(path, _script_bytes)
        scripts, several = read_scripts(text)
    except ScriptError as error:
        raise _refusal("script", str(error), path) from error
    if not scripts:
        raise _refusal("script", "the list of scripts is empty", path)
    return scripts, several


def _script_bytes(path: Path) -> bytes:
    """What a file holds, up to one byte more than a script may have: one that never ends is refused as well."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_instant(text)
    except TimerValueError as error:
        raise _refusal("usage", f"--now: {error}") from error


def _refusal(code: str, message: str, file: str = "") -> Refusal:
    """Wrong script or usage: the answer has the form of one about files that cannot be executed."""
    problem = Problem(code, "error", message, file=file)
    return Refusal(code, message, document=refused([], BpmnRefusedError([problem])))


def _print_table(result: dict[str, Any], show_trace: bool) -> None:
    """A line per step for people."""
    for problem in [*result["errors"], *result["warnings"]]:
        place = ":".join(str(p) for p in (problem["file"], problem["line"], problem["element"]) if p)
        click.echo(f"{problem['severity']:<8}{problem['code']:<22}{place}  {problem['message']}")
    for step in result["steps"]:
        click.echo(_line(step))
        if show_trace:
            click.echo("      → " + " ".join(step["trace"]))
        for difference in (step["expect"] or {}).get("diff", []):
            click.echo(f"      ✗ {difference}")
    passed = {True: "passed", False: "FAILED", None: "no expectations"}[result["passed"]]
    click.echo(f"{result['process']}: {result['status']}, {passed}")


def _line(step: dict[str, Any]) -> str:
    action = ", ".join(f"{k} {v}" if v is not True else str(k) for k, v in step["action"].items())
    active = ", ".join(task["id"] for task in step["state"]["active"]) or "–"
    if step["error"] is not None:
        return f"{step['index']:>4}  ✗ {action}: {step['error']['code']} {step['error']['message']}"
    held = "" if step["expect"] is None else (" ✓" if step["expect"]["ok"] else " ✗")
    ended = " (ended)" if step["state"]["ended"] else ""
    return f"{step['index']:>4}  {action:<40} active: {active}{ended}{held}"
