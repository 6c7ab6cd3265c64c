"""``banli database``: create and migrate the schema."""

import click

DATABASE_HELP = "数据库地址 · database URL"


@click.group()
def database() -> None:
    """建库与升级 · Create or migrate the database."""


@database.command()
@click.option("--database", "database_url", help=DATABASE_HELP)
def create(*, database_url: str | None) -> None:
    """建库（或升级）并部署随附的流程 · Create the tables and deploy the shipped processes."""
    from engine.bootstrap import open_engine
    from engine.installation.set_up import prepare

    engine = open_engine(database_url)
    try:
        prepared = prepare(engine)
    finally:
        engine.close()
    click.echo("数据库已建立" if prepared.migrated else "数据库已是最新")
    for result in prepared.deployed:
        click.echo(f"已部署 {result.key} 第 {result.version} 版")


@database.command()
@click.option("--database", "database_url", help=DATABASE_HELP)
def migrate(*, database_url: str | None) -> None:
    """升级到本程序的结构 · Bring the schema up to date."""
    from engine.bootstrap import open_engine
    from engine.installation.schema import current_revision, newest_revision
    from engine.installation.schema import migrate as bring_up_to_date

    engine = open_engine(database_url)
    try:
        before = current_revision(engine.database)
        bring_up_to_date(engine.database)
    finally:
        engine.close()
    click.echo(f"{before or '（空）'} → {newest_revision()}")


@database.command()
@click.option("--database", "database_url", help=DATABASE_HELP)
def status(*, database_url: str | None) -> None:
    """结构是否最新；不是则退出码 1 · Whether the schema is up to date; exit 1 if not."""
    from engine.bootstrap import open_engine
    from engine.installation.schema import current_revision, newest_revision

    engine = open_engine(database_url, must_exist=True)
    try:
        current = current_revision(engine.database)
    finally:
        engine.close()
    click.echo(f"数据库 {current or '（空）'}，程序 {newest_revision()}")
    if current != newest_revision():
        raise SystemExit(1)


@database.command("check")
@click.option("--database", "database_url", help=DATABASE_HELP)
def check_stored(*, database_url: str | None) -> None:
    """本程序能否运行已部署的流程；不能则退出码 1 · Whether this release runs what is stored; exit 1 if not."""
    from engine.bootstrap import open_engine
    from engine.installation.stored import unreadable

    engine = open_engine(database_url, must_exist=True)
    try:
        found = unreadable(engine)
    finally:
        engine.close()
    for version in found:
        click.echo(f"{version.key} 第 {version.version} 版（在办 {version.cases} 件）不能由本程序运行：")
        for problem in version.problems:
            click.echo(f"- {problem}")
    if found:
        raise SystemExit(1)
    click.echo("已部署的流程都能由本程序运行")
