"""``banli worker``: carry out due jobs until told to stop."""

import signal
import threading
from types import FrameType

import click


@click.command()
@click.option("--once", is_flag=True, help="执行完现在到期的作业就退出 · stop when nothing is due any more")
@click.option("--database", "database_url", help="数据库地址 · database URL")
def worker(*, once: bool, database_url: str | None) -> None:
    """执行到期作业：定时器、消息、邮件 · Carry out jobs that are due; run any number on PostgreSQL."""
    from engine.bootstrap import open_engine
    from engine.errors import BusyError

    engine = open_engine(database_url, must_exist=True).for_worker()
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()  # the present job is finished first

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    done = 0
    try:
        while not stopping.is_set():
            try:
                done += engine.run_due_jobs()
            except BusyError as error:  # the database may be away for a while; the next look tries again
                if once:
                    raise click.ClickException(error.message) from error
            if once:
                break
            stopping.wait(engine.settings.poll_interval)
    finally:
        engine.close()
    click.echo(f"已执行 {done} 个作业")
