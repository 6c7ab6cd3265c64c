"""`banli demo`: a database to try everything with, and who can log in."""

from __future__ import annotations

import time
import unicodedata
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from engine.demo.database import DemoLogin


@click.command("demo")
@click.option("--database", metavar="URL", help="数据库，默认取 BANLI_DATABASE_URL。")
@click.option("--reset", is_flag=True, help="清除演示数据，重新准备。")
def demo(database: str | None, reset: bool) -> None:
    """准备演示数据库：演示单位、上一年的提案和正在进行的一季；打印演示账号。

    第二次运行保留数据，几秒即可；中断后再次运行会接着准备。
    """
    from engine.bootstrap import open_engine
    from engine.cli.progress import ProgressLine
    from engine.demo.database import forget, prepare_demo

    started = time.monotonic()
    engine = open_engine(database)
    line = ProgressLine()
    try:
        if reset:
            forget(engine)
        ready = prepare_demo(engine, say=click.echo, progress=line)
    finally:
        engine.close()
    line.close()
    if not ready.was_ready:
        click.echo(f"演示数据已备好，用时 {time.monotonic() - started:.0f} 秒")
    click.echo("\n演示账号（密码相同）· demo log-ins (one password)\n")
    for entry in ready.logins:
        click.echo("  " + line_of(entry))
    click.echo(f"\n  密码 · password   {ready.password}\n  （保存在 {ready.password_file}，仅本机所有者可读）\n")


def line_of(entry: DemoLogin) -> str:
    """A line of the table: role, log-in, name and how much waits in the inbox."""
    return padded(entry.role, 26) + padded(entry.login, 10) + padded(entry.name, 26) + f"待办 {entry.todo}"


def padded(text: str, width: int) -> str:
    """Fill with blanks to a width in columns; a Chinese character takes two."""
    columns = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
    return text + " " * max(width - columns, 1)
