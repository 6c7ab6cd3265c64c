"""`banli replay`: a caseload through the whole process, under a clock that is moved."""

import time
from pathlib import Path

import click

ANSWERS = "demo/answers.yaml"


@click.command("replay")
@click.argument("process")
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--database", metavar="URL", help="数据库；空库会自动建库、部署并写入演示单位。")
@click.option("--answers", type=click.Path(dir_okay=False, path_type=Path), help=f"默认为流程目录下的 {ANSWERS}")
def replay(process: str, files: tuple[Path, ...], database: str | None, answers: Path | None) -> None:
    """重放 FILE… 中的每一件：每一步由有权的人通过同样的命令办理，时钟随之推进。

    \b
    中断后再次运行同一命令会接着办。示例：
      banli replay motion workflows/motion/demo/caseload.jsonl --database sqlite:///var/year.db
    """
    from engine.bootstrap import open_engine
    from engine.cli.progress import ProgressLine
    from engine.demo.prepare import prepare
    from engine.replay.session import replay_files

    started = time.monotonic()
    engine = open_engine(database)
    line = ProgressLine()
    try:
        click.echo(f"数据库 {engine.settings.database_url}")
        if prepare(engine):
            click.echo("已建库、部署流程并写入演示单位")
        script = answers or engine.settings.workflows_directory / process / ANSWERS
        result = replay_files(engine, process, script, files, progress=line)
    finally:
        engine.close()
    line.close()
    for key, messages in result.drafts.items():
        click.echo(f"{key} 未能提交，仍为草稿：{'；'.join(f'{field} {text}' for field, text in messages.items())}")
    for node, count in result.unanswered.items():
        click.echo(f"{node}：{count} 个任务没有答案，未办理")
    click.echo(
        f"{result.cases} 件，办结 {result.ended} 件；办理 {result.actions} 步，到期事项 {result.jobs} 个；"
        f"用时 {time.monotonic() - started:.1f} 秒"
    )
