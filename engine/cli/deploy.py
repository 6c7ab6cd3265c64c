"""``banli deploy``: put process folders live."""

from pathlib import Path

import click


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--by", "actor", help="部署人的工号，记入部署记录 · who deploys")
@click.option("--database", "database_url", help="数据库地址 · database URL")
def deploy(*, folders: tuple[Path, ...], actor: str | None, database_url: str | None) -> None:
    """部署流程目录为新版本，全部通过或全部不部署 · Deploy folders as new versions, all or none."""
    from engine.bootstrap import open_engine
    from engine.commands.deploy import deploy_folder

    engine = open_engine(database_url, must_exist=True)
    try:
        with engine.unit_of_work(actor) as uow:
            results = [deploy_folder(uow, folder) for folder in folders]
    finally:
        engine.close()
    for result in results:
        note = "已部署" if result.is_new else "内容未变，已是"
        click.echo(f"{result.key}：{note}第 {result.version} 版")
