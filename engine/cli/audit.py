"""``banli audit``: prove that the history is whole."""

import json
from pathlib import Path
from uuid import UUID

import click


@click.group()
def audit() -> None:
    """校验历史链 · Verify the history."""


@audit.command()
@click.option(
    "--heads", "heads_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="此前导出的链头"
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · print JSON")
@click.option("--database", "database_url", help="数据库地址 · database URL")
def verify(*, heads_file: Path | None, as_json: bool, database_url: str | None) -> None:
    """重新计算每条历史；有问题则退出码 1 · Recompute every hash; exit 1 if one is broken."""
    from engine.bootstrap import open_engine
    from engine.installation.audit import Head
    from engine.installation.audit import verify as verify_all

    known = None
    if heads_file is not None:
        entries = json.loads(heads_file.read_text(encoding="utf-8"))
        known = {UUID(key): Head(entry["length"], entry["hash"]) for key, entry in entries.items()}
    engine = open_engine(database_url, must_exist=True)
    try:
        result = verify_all(engine, known)
    finally:
        engine.close()
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
