"""``banli deploy``: put process folders live."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from engine.commands.deploy import DeployResult


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--by", "actor", help="部署人的工号，记入部署记录 · who deploys")
@click.option("--again", is_flag=True, help="内容未变也重新安排定时启动 · arm the start timers anew")
@click.option("--database", "database_url", help="数据库地址 · database URL")
def deploy(*, folders: tuple[Path, ...], actor: str | None, again: bool, database_url: str | None) -> None:
    """部署流程目录为新版本，全部通过或全部不部署 · Deploy folders as new versions, all or none."""
    from engine.bootstrap import open_engine
    from engine.commands.deploy import deploy_folder

    engine = open_engine(database_url, must_exist=True)
    try:
        with engine.unit_of_work(actor) as uow:
            results = [deploy_folder(uow, folder, again=again) for folder in folders]
    finally:
        engine.close()
    for result in results:
        note = "已部署" if result.is_new else "内容未变，已是"
        click.echo(f"{result.key}：{note}第 {result.version} 版{_armed(result) if again else ''}")


def _armed(result: "DeployResult") -> str:
    if result.is_new or result.is_newest:
        return "，已重新安排定时启动"
    return "，但不是最新版本，没有安排定时启动"
