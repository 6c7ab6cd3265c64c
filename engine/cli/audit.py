"""``banli audit``: prove that the history is whole."""

import json
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import click

from engine.cli.refusal import EXIT_USAGE, Refusal, raise_as_refusal, unread

if TYPE_CHECKING:
    from engine.installation.audit import AuditResult, Head


@click.group()
def audit() -> None:
    """校验历史链 · Verify the history."""


@audit.command()
@click.option("--heads", "heads_file", type=click.Path(path_type=Path), help="此前导出的链头 · heads kept before")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.option("--database", "database_url", help="数据库地址 · database URL")
def verify(*, heads_file: Path | None, as_json: bool, database_url: str | None) -> None:
    """重新计算每条历史；有问题则退出码 1 · Recompute every hash; exit 1 if one is broken, 3 if nothing can be read."""
    known = _known_heads(heads_file) if heads_file is not None else None
    try:
        result = _verified(database_url, known)
    except Exception as error:
        raise_as_refusal(error, EXIT_USAGE)
    problems = [{"instance": str(each.instance_id), "seq": each.seq, "reason": each.reason} for each in result.problems]
    if as_json:
        click.echo(
            json.dumps(
                {"instances": result.instances, "events": result.events, "problems": problems}, ensure_ascii=False
            )
        )
    else:
        click.echo(f"流程 {result.instances} 个，历史 {result.events} 条，问题 {len(problems)} 个")
        for problem in problems:
            click.echo(f"- {problem['instance']} 第 {problem['seq']} 条：{problem['reason']}", err=True)
    if not result.ok:
        raise SystemExit(1)


def _verified(database_url: str | None, known: "dict[UUID, Head] | None") -> "AuditResult":
    from engine.bootstrap import open_engine
    from engine.installation.audit import verify as verify_all

    engine = open_engine(database_url, must_exist=True)
    try:
        return verify_all(engine, known)
    finally:
        engine.close()


def _known_heads(file: Path) -> "dict[UUID, Head]":
    """What ``banli audit heads`` has printed before."""
    from engine.installation.audit import Head

    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
        return {UUID(key): Head(int(entry["length"]), str(entry["hash"])) for key, entry in entries.items()}
    except OSError as error:
        raise Refusal("file", f"读不出“{file}”：{unread(error)}") from error
    except (ValueError, RecursionError, AttributeError, KeyError, TypeError) as error:
        raise Refusal("heads", f"“{file}”不是 banli audit heads 导出的链头") from error


@audit.command()
@click.option("--database", "database_url", help="数据库地址 · database URL")
def heads(*, database_url: str | None) -> None:
    """导出各链头（JSON），存到数据库之外，供以后校验 · Export the heads, to be kept elsewhere."""
    from engine.bootstrap import open_engine
    from engine.installation.audit import heads as present_heads

    engine = open_engine(database_url, must_exist=True)
    try:
        found = present_heads(engine)
    finally:
        engine.close()
    click.echo(json.dumps({str(key): {"length": head.length, "hash": head.hash} for key, head in found.items()}))
