"""Progress of long work for people: one line that is rewritten on a terminal, plain lines elsewhere."""

import sys
import time
from datetime import datetime
from typing import Final

import click

INTERVAL: Final = 2.0  # seconds between plain lines


class ProgressLine:
    """Told how many cases are done; shows it on standard error."""

    def __init__(self, unit: str = "办结") -> None:
        self._unit = unit
        self._terminal = sys.stderr.isatty()
        self._last = 0.0

    def __call__(self, done: int, total: int, now: datetime) -> None:
        """Tell it."""
        text = f"  {now:%Y-%m-%d}  {self._unit} {done}/{total}"
        if self._terminal:
            click.echo(f"\r{text}  ", nl=False, err=True)
        elif time.monotonic() - self._last >= INTERVAL:
            self._last = time.monotonic()
            click.echo(text, err=True)

    def close(self) -> None:
        """End the line."""
        if self._terminal:
            click.echo("", err=True)
