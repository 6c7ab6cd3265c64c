"""``python -m engine.cli`` is ``banli`` for a checkout that is not installed."""

from engine.cli import main

main(prog_name="banli")
