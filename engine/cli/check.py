"""``banli check``: what of a file is executed, inert or refused."""

from __future__ import annotations

import json
import os
import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from engine.bpmn.problems import Problem
from engine.bpmn.read import read_file
from engine.bpmn.report import check_files, other_report, unreadable, worst
from engine.bpmn.titles import titled
from engine.cli.refusal import EXIT_USAGE, Refusal, lines_of_input, printable, unread

MANIFEST = "process.yaml"


@click.command()
@click.argument("files", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON 数组 · print one JSON array")
@click.option("--batch", is_flag=True, help="从标准输入读路径，每个文件一行 · paths on stdin, a line per file")
@click.option("--strict", is_flag=True, help="按部署的要求检查 · check as a deployment does")
def check(files: tuple[str, ...], as_json: bool, batch: bool, strict: bool) -> None:
    """检查流程图、决策表或流程文件夹 · Check diagrams, tables or a process folder.

    Files given together resolve each other's calls. A folder is its diagrams and tables, and the texts of a folder with
    ``locales/en.yaml`` that have no English there.
    """
    if batch:
        _batch(strict)
        return
    if not files:
        raise Refusal("usage", "请给出要检查的文件")
    contents, others, lost = _read(files)
    reports = check_files(contents, strict=strict) + others + lost
    if as_json:
        click.echo(printable(json.dumps(reports, ensure_ascii=False, indent=1)))
    else:
        for report in reports:
            _print(report)
    sys.exit(EXIT_USAGE if lost else worst(reports))


def _read(names: tuple[str, ...]) -> tuple[dict[str, bytes], list[dict[str, Any]], list[dict[str, Any]]]:
    """What the files hold, reports of a folder's English, and of what cannot be read."""
    contents: dict[str, bytes] = {}
    others: list[dict[str, Any]] = []
    lost: list[dict[str, Any]] = []
    for name in dict.fromkeys(names):
        try:
            if (Path(name) / MANIFEST).is_file():
                drawn, about_texts = _folder(Path(name))
                contents |= drawn
                others += about_texts
            else:
                contents[name] = read_file(Path(name))
        except OSError as error:
            lost.append(unreadable(name, unread(error)))
    return contents, others, lost


def _folder(path: Path) -> tuple[dict[str, bytes], list[dict[str, Any]]]:
    """The diagrams and tables of a process folder, and a report of its English, if it declares any."""
    from engine.definitions.folder import ProcessFolder
    from engine.definitions.locales import ENGLISH, read_english, untranslated

    resources = ProcessFolder.read(path).resources
    drawn = {f"{path / name}": data for name, data in resources.items() if name.endswith((".bpmn", ".dmn"))}
    if not drawn:
        return {}, [other_report(f"{path}", [Problem("no-process", "error", "文件夹里没有流程图或决策表")])]
    if ENGLISH not in resources:
        return drawn, []
    place = f"{path / ENGLISH}"
    _texts, wrong = read_english(resources[ENGLISH])
    problems = [Problem("locale", "error", reason, file=place) for reason in wrong]
    if not wrong:
        for file, text in untranslated(resources):
            problems.append(Problem("no-english", "warning", text, file=f"{path / file}"))
    return drawn, [other_report(place, problems)]


def _batch(strict: bool) -> None:
    """One line of JSON per path; each file stands for itself."""
    for line in lines_of_input():
        name = line.rstrip("\r\n")
        if not name.strip():
            continue
        try:
            report = check_files({name: read_file(Path(os.fsdecode(name)))}, strict=strict)[0]
        except OSError as error:
            report = unreadable(name, unread(error))
        except ValueError:  # a name that no file can have
            report = unreadable(name, "没有这个文件")
        click.echo(printable(json.dumps(report, ensure_ascii=False)))


def _print_examples(examples: list[dict[str, Any]]) -> None:
    """One line for each threshold: what is just below, at and just above it, and what each gets."""
    at_thresholds = groupby(examples, key=lambda made: (made["decision"], made["column"], made["threshold"]))
    for (decision, column, _), made in at_thresholds:
        click.echo(f"    边界    {decision} · {column}：" + "；".join(_outcome(example) for example in made))


def _outcome(example: dict[str, Any]) -> str:
    value, result = example["input"][example["column"]], example["result"]
    rules = "、".join(map(str, example["matched"]))
    return f"{_words(value)} → {_words(result)}（{f'第 {rules} 行' if rules else '没有一行'}）"


def _words(value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"@"}:
        return str(value["@"])
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _print(report: dict[str, Any]) -> None:
    mark = "✓" if report["executable"] else "✗"
    elements = ", ".join(f"{count} {kind}" for kind, count in report["elements"].items())
    click.echo(f"{mark} {report['file']}  {elements}")
    for problem in report["problems"]:
        place = ":".join(str(p) for p in (problem["line"], problem["element"]) if p)
        said = titled(problem["code"], problem["message"], report["file"])
        click.echo(f"    {problem['severity']:<8}{problem['code']:<22}{place}  {said}")
    _print_examples(report.get("examples", []))
