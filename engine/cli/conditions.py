"""``banli conditions``: start what begins by a condition, with the variables given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from engine.cli.feel import read_input
from engine.cli.refusal import EXIT_USAGE, raise_as_refusal

if TYPE_CHECKING:
    from uuid import UUID


@click.command()
@click.option("--variables", "source", metavar="FILE", help="变量（JSON 文件，- 为标准输入）· variables")
@click.option("--by", "actor", help="发起人的工号，记入记录 · who begins the cases")
@click.option("--request", "request_id", help="请求编号：相同编号只执行一次 · the same id again starts nothing more")
@click.option("--json", "as_json", is_flag=True, help="只输出一个 JSON 对象 · print one JSON object")
@click.option("--database", "database_url", help="数据库地址 · database URL")
def conditions(
    *, source: str | None, actor: str | None, request_id: str | None, as_json: bool, database_url: str | None
) -> None:
    """按条件启动流程：条件成立的各启动一件 · Start a case at every start event whose condition holds.

    The conditions read the variables given, which are the first variables of what they start. Exit code 0, also where
    no condition holds; 1 where one cannot be evaluated or a start fails, and nothing is started; 3 where nothing can be
    read.
    """
    variables = read_input(source) if source else {}
    started = _started(database_url, actor, variables, request_id)
    if as_json:
        click.echo(json.dumps({"started": [str(each) for each in started]}))
        return
    click.echo(f"已启动 {len(started)} 件")
    for each in started:
        click.echo(f"  {each}")


def _started(
    database_url: str | None, actor: str | None, variables: dict[str, Any], request_id: str | None
) -> tuple[UUID, ...]:
    from engine.bootstrap import open_engine
    from engine.commands.evaluate_conditions import evaluate_conditions
    from engine.errors import ConfigurationError

    try:
        engine = open_engine(database_url, must_exist=True)
    except ConfigurationError as error:
        raise_as_refusal(error, EXIT_USAGE)
    try:
        return engine.transact(lambda uow: evaluate_conditions(uow, variables, request_id=request_id), actor=actor)
    finally:
        engine.close()
