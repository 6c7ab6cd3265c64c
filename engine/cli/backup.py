"""``banli backup`` and ``banli restore``."""

from pathlib import Path

import click


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--quiet", is_flag=True, help="不显示进度 · no progress")
@click.option("--database", "database_url", help="数据库地址 · database URL")
def backup(*, target: Path, quiet: bool, database_url: str | None) -> None:
    """备份数据库、附件与主密钥到一个文件（请妥善保管） · Back up everything into one file; keep it like a key."""
    from engine.bootstrap import open_engine
    from engine.installation.backup import back_up

    engine = open_engine(database_url, must_exist=True)
    try:
        summary = back_up(engine, target, lambda line: None if quiet else click.echo(line, err=True))
    finally:
        engine.close()
    click.echo(f"{target}：{summary.rows} 行，{summary.attachments} 个附件")


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--quiet", is_flag=True, help="不显示进度 · no progress")
@click.option("--database", "database_url", help="空数据库的地址 · URL of an empty database")
def restore(*, source: Path, quiet: bool, database_url: str | None) -> None:
    """恢复到一个空数据库，并校验历史 · Restore into an empty database and verify its history."""
    from engine.bootstrap import open_engine
    from engine.installation.audit import verify
    from engine.installation.backup import restore as restore_archive

    engine = open_engine(database_url)
    try:
        summary = restore_archive(engine, source, lambda line: None if quiet else click.echo(line, err=True))
        audit = verify(engine)
    finally:
        engine.close()
    click.echo(
        f"已恢复 {summary.rows} 行，{summary.attachments} 个附件；历史 {audit.events} 条，问题 {len(audit.problems)} 个"
    )
    if not audit.ok:
        raise SystemExit(1)
