"""``banli decide``: evaluate a decision or decision service of .dmn files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import click

from engine.adapters.system_clock import SystemClock
from engine.cli.feel import parse_input, read_input, written
from engine.cli.refusal import Refusal, lines_of_input, unread
from engine.dmn import DecisionModel, DecisionResult, DmnError, load_decisions
from engine.values import exact_number, to_json

EXIT_EVALUATION, EXIT_FILE, EXIT_USAGE = 1, 2, 3


@click.command()
@click.argument("files", nargs=-1)
@click.option("--decision", metavar="NAME|ID", help="决策的名称或 id · a decision")
@click.option("--service", metavar="NAME|ID", help="决策服务的名称或 id · a decision service")
@click.option("--input", "input_file", metavar="FILE", help="输入（JSON 文件，- 为标准输入）· the input")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象 · print one JSON object")
@click.option("--trace", is_flag=True, help="列出经过的每个决策 · show every decision on the way")
@click.option("--batch", is_flag=True, help="标准输入每行一个请求 · one request a line on stdin")
def decide(
    files: tuple[str, ...],
    decision: str | None,
    service: str | None,
    input_file: str | None,
    as_json: bool,
    trace: bool,
    batch: bool,
) -> None:
    """求值 DMN 决策 · Evaluate a DMN decision."""
    if batch:
        for answer in _answers(lines_of_input()):
            click.echo(answer)
        return
    if not files or (decision and service):
        raise click.UsageError("请给出 .dmn 文件，以及 --decision 或 --service 之一")
    inputs = read_input(input_file) if input_file else {}
    try:
        result = _decide(_model(files), decision, service, inputs)
    except DmnError as error:
        unknown = error.code == "no-decision"
        raise Refusal(error.code, str(error), exit_code=EXIT_USAGE if unknown else EXIT_FILE) from error
    except OSError as error:
        raise Refusal("file", _file_reason(error), exit_code=EXIT_FILE) from error
    except RecursionError as error:
        raise Refusal("budget", "嵌套过深，已停止", exit_code=EXIT_FILE) from error
    else:
        click.echo(_as_json(result, trace) if as_json else _for_people(result, trace))
        sys.exit(EXIT_EVALUATION if result.failed else 0)


@lru_cache(maxsize=256)
def _model(files: tuple[str, ...]) -> DecisionModel:
    return load_decisions(files)


def _decide(model: DecisionModel, decision: str | None, service: str | None, inputs: dict[str, Any]) -> DecisionResult:
    now = SystemClock().now()
    if service:
        return model.evaluate_service(service, inputs, now=now)
    if not decision:
        decisions = list(model.decisions)
        if len(decisions) != 1:
            names = "、".join(model.decisions.values())
            raise DmnError("", "", None, f"请用 --decision 指明决策：{names}", "no-decision")
        decision = decisions[0]
    return model.evaluate(decision, inputs, now=now)


def _file_reason(error: OSError) -> str:
    return f"读不出“{error.filename}”：{unread(error)}"


def _as_json(result: DecisionResult, trace: bool) -> str:
    answer = {
        "decision": result.decision_name,
        "result": result.result,
        "matched": list(result.matched),
        "warnings": [warning._asdict() for warning in result.warnings],
    }
    if trace:
        answer["trace"] = [asdict(step) for step in result.trace]
    return written(answer)


def _for_people(result: DecisionResult, trace: bool) -> str:
    lines = [f"{result.decision_name} = {written(result.result, indent=2)}"]
    if result.matched:
        lines.append(f"适用第 {'、'.join(map(str, result.matched))} 行")
    if trace:
        lines += [
            f"  {step.decision_name} = {written(step.result)}，适用行 {list(step.matched)}" for step in result.trace
        ]
    for warning in result.warnings:
        lines.append(f"{'错误' if warning.severity == 'error' else '警告'}（{warning.element}）：{warning.message}")
    return "\n".join(lines)


# --- batch


def _answers(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line.strip():
            yield _answer_text(line)


def _answer_text(line: str) -> str:
    """One answer for one line, whatever goes wrong: those who wait count the lines."""
    answer = _answer(line)
    try:
        return to_json(answer)
    except (ValueError, RecursionError) as error:
        identity = answer["id"]
        kept = identity.encode("utf-8", "replace").decode() if isinstance(identity, str) else None
        message = f"结果不能写成 JSON：{error}"
        return to_json(_refusal(identity if isinstance(identity, int) else kept, "result", message))


def _answer(line: str) -> dict[str, Any]:
    try:
        request = json.loads(line, parse_float=exact_number)
    except (ValueError, RecursionError) as error:
        return _refusal(None, "request", f"这一行不是 JSON：{error}")
    if not isinstance(request, dict) or not isinstance(request.get("files"), list):
        return _refusal(None, "request", "请求应为带 files 的对象")
    identity = request.get("id")
    try:
        inputs = parse_input(request.get("input") or {})
        result = _decide(
            _model(tuple(map(str, request["files"]))), request.get("decision"), request.get("service"), inputs
        )
    except ValueError as error:
        return _refusal(identity, "input", str(error))
    except DmnError as error:
        return _refusal(identity, error.code, str(error))
    except OSError as error:
        return _refusal(identity, "file", _file_reason(error))
    except RecursionError:
        return _refusal(identity, "budget", "嵌套过深，已停止")
    warnings = [warning._asdict() for warning in result.warnings]
    return {"id": identity, "result": _chosen(result.result, request.get("output")), "warnings": warnings}


def _chosen(result: Any, output: Any) -> Any:
    """One output decision of a service that has several."""
    wanted = isinstance(output, str) and isinstance(result, dict) and output in result
    return result[output] if wanted else result


def _refusal(identity: Any, code: str, message: str) -> dict[str, Any]:
    return {"id": identity, "error": {"code": code, "message": message}}
