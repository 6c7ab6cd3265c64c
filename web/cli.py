"""``banli``: the commands of ``engine.cli`` and ``run``, which serves the pages."""

import atexit
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from engine.cli import main
from web.address import AddressTakenError, ensure_free

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["main", "run"]

GRACEFUL_TIMEOUT = 30  # seconds a request may go on after the server was told to stop


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 · address to listen on")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="端口 · port")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 256), help="线程数 · request threads")
@click.option("--database", "database_url", envvar="BANLI_DATABASE_URL", help="数据库地址 · database URL")
@click.option("--worker/--no-worker", default=True, help="内置作业线程 · carry out due jobs in this process")
@click.option("--dev", is_flag=True, help="开发模式：自动重载 · reload when the code changes")
def run(*, host: str, port: int, threads: int, database_url: str | None, worker: bool, dev: bool) -> None:
    """启动网站 · serve the pages."""
    if database_url:
        os.environ["BANLI_DATABASE_URL"] = database_url
    try:
        ensure_free(host, port)
    except AddressTakenError as taken:
        raise click.ClickException(str(taken)) from taken
    click.echo(f"办理 Banli  http://{host}:{port}/  (Ctrl+C 停止 · stops)")
    if dev:
        _serve_for_development(host, port, worker)
    elif sys.platform == "linux":
        _serve_with_gunicorn(host, port, threads, worker)
    else:
        _serve_with_waitress(host, port, threads, worker)


main.add_command(run)


def _make_app() -> "Flask":
    from engine.bootstrap import open_engine
    from engine.installation.set_up import prepare
    from web.app import create_app
    from web.auth.announce import announce_first_start

    engine = open_engine()
    prepare(engine)
    announce_first_start(engine)
    return create_app(engine)


def _start_worker(app: "Flask") -> None:
    """Start the embedded worker thread; it finishes its present job when the server stops."""
    from engine.adapters.embedded_jobs import EmbeddedWorker
    from web.extensions import ENGINE_KEY

    engine = app.extensions[ENGINE_KEY]
    worker = EmbeddedWorker(engine.for_worker().run_due_jobs, poll_interval=engine.settings.poll_interval)
    engine.jobs = worker  # a commit that writes due jobs wakes it
    worker.start()
    atexit.register(worker.stop)


def _serve_for_development(host: str, port: int, worker: bool) -> None:
    from werkzeug.serving import is_running_from_reloader, run_simple

    app = _make_app()
    app.debug = True
    if worker and is_running_from_reloader():  # the parent only watches the files
        _start_worker(app)
    run_simple(host, port, app, use_reloader=True, threaded=True)


def _serve_with_waitress(host: str, port: int, threads: int, worker: bool) -> None:
    from waitress import serve

    app = _make_app()
    if worker:
        _start_worker(app)
    serve(app, host=host, port=port, threads=threads)


def _serve_with_gunicorn(host: str, port: int, threads: int, worker: bool) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
        """One process with request threads; more hosts run more of them on PostgreSQL."""

        def load_config(self) -> None:
            self.cfg.set("bind", f"{host}:{port}")
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("workers", 1)
            self.cfg.set("threads", threads)
            self.cfg.set("graceful_timeout", GRACEFUL_TIMEOUT)
            self.cfg.set("loglevel", "warning")
            self.cfg.set("control_socket_disable", True)  # else it leaves a socket file in the home folder

        def load(self) -> Any:
            app = _make_app()  # after the fork: no database connection crosses it
            if worker:
                _start_worker(app)
            return app

    Server().run()
