"""Says at the start, on the console only, how the first administrator is named."""

from __future__ import annotations

import click

from engine.bootstrap import Engine
from engine.commands.access.first_start import issue_first_start_token


def announce_first_start(engine: Engine) -> None:
    """Print the one-time token while nobody is administrator."""
    token = issue_first_start_token(engine)
    if token is not None:
        click.echo(f"首次启动：请打开 /first-start 设立管理员，启动口令（24 小时有效） · one-time token: {token}")
