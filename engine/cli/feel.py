"""``banli feel``: evaluate one expression."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from engine.adapters.system_clock import SystemClock
from engine.cli.refusal import Refusal, standard_input, unread
from engine.feel import EvaluationWarning, FeelError, FeelSyntaxError, evaluate, strip_marker
from engine.values import ValueNotStorableError, exact_number, from_plain, to_json

EXIT_FAILED = 1


@click.command()
@click.argument("expression")
@click.option("--context", "context_file", metavar="FILE", help="变量（JSON 文件，- 为标准输入）· variables")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象 · print one JSON object")
def feel(expression: str, context_file: str | None, as_json: bool) -> None:
    """求值 FEEL 表达式 · Evaluate a FEEL expression."""
    context = read_input(context_file) if context_file else {}
    text = strip_marker(expression)
    try:
        evaluation = evaluate(text, context, now=SystemClock().now())
    except FeelSyntaxError as error:
        _refuse(EvaluationWarning(error.position, text, error.reason, error.code), as_json)
    except FeelError as error:
        _refuse(EvaluationWarning(0, text, str(error), error.code), as_json)
    answer = _answer(evaluation.result, evaluation.warnings) if as_json else written(evaluation.result, indent=2)
    click.echo(answer)
    if as_json:
        return
    for warning in evaluation.warnings:
        click.echo(f"警告：第 {warning.position + 1} 个字符处，{warning.reason}", err=True)


def _refuse(problem: EvaluationWarning, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(_answer(None, (problem,)))
    else:
        click.echo(f"错误：第 {problem.position + 1} 个字符处，{problem.reason}", err=True)
        click.echo(f"  {problem.expression}\n  {' ' * problem.position}^", err=True)
    sys.exit(EXIT_FAILED)


def _answer(result: Any, warnings: tuple[EvaluationWarning, ...]) -> str:
    return written({"result": result, "warnings": [warning._asdict() for warning in warnings]})


def written(value: Any, *, indent: int | None = None) -> str:
    """A result as JSON text; one that cannot be written ends the command with 1."""
    try:
        return to_json(value, indent=indent)
    except (ValueError, RecursionError) as error:
        raise Refusal("result", f"结果不能写成 JSON：{error}", exit_code=EXIT_FAILED) from error


def read_input(source: str) -> dict[str, Any]:
    """A JSON object of variables from a file or standard input; anything else ends the command with 3."""
    try:
        data = standard_input().read() if source == "-" else Path(source).read_bytes()
        return parse_input(json.loads(data.decode("utf-8-sig"), parse_float=exact_number))
    except OSError as error:
        raise _no_input("file", source, unread(error)) from error
    except UnicodeDecodeError as error:
        raise _no_input("input", source, "不是 UTF-8 文本") from error
    except (ValueError, RecursionError) as error:
        reason = f"不是 JSON：{error}" if isinstance(error, json.JSONDecodeError) else str(error)
        raise _no_input("input", source, reason) from error


def _no_input(code: str, source: str, reason: str) -> Refusal:
    return Refusal(code, f"读不出变量“{source}”：{reason}")


def parse_input(plain: Any) -> dict[str, Any]:
    """Variables of parsed JSON.

    Raises:
        ValueNotStorableError: it is no object, or has an at-literal that is none.
    """
    if not isinstance(plain, dict):
        raise ValueNotStorableError("", "最外层应为对象")
    return {str(name): from_plain(value) for name, value in plain.items()}
