"""Guards that hold for every test, the databases, and the list of what could not run here."""

import os
import smtplib
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import settings

pytest_plugins = ["tests.support.databases", "tests.support.browser"]

ROOT = Path(__file__).resolve().parent.parent
OUR_CODE = tuple(str(ROOT / name) + os.sep for name in ("engine", "models", "web", "tests"))
LOOPBACK = {"localhost", "::1", "0.0.0.0", "::"}

settings.register_profile("banli", deadline=None)
settings.register_profile("whole", deadline=None, max_examples=5000)  # make properties
settings.load_profile("banli")


class ForbiddenInTestsError(RuntimeError):
    """A test reached for the network, the mail server or the wall clock."""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sockets reach this machine only."""
    connect = socket.socket.connect

    def connect_on_loopback(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else None
        if self.family != getattr(socket, "AF_UNIX", None) and not (host in LOOPBACK or str(host).startswith("127.")):
            raise ForbiddenInTestsError(f"a test connects to {address!r}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect_on_loopback)


@pytest.fixture(autouse=True)
def no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is mailed, not even to a server on this machine."""

    def refuse(*_args: object, **_kwargs: object) -> NoReturn:
        raise ForbiddenInTestsError("a test sends mail; use the fake mailer")

    monkeypatch.setattr(smtplib.SMTP, "connect", refuse)


@pytest.fixture(autouse=True)
def no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Our code never waits for the wall clock; libraries may."""
    sleep = time.sleep

    def sleep_in_libraries(seconds: float) -> None:
        if sys._getframe(1).f_code.co_filename.startswith(OUR_CODE):
            raise ForbiddenInTestsError("a test sleeps; move the clock, or wait for an event")
        sleep(seconds)

    monkeypatch.setattr(time, "sleep", sleep_in_libraries)


@pytest.fixture(autouse=True, scope="session")
def environment_of_its_own() -> Iterator[None]:
    """The tests never see the database or the settings of the person who runs them."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("BANLI_") and "TEST" not in name}
    yield
    os.environ.update(kept)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name in one line what could not run here."""
    reasons = _skip_reasons(terminalreporter)
    if reasons:
        terminalreporter.write_line("NOT RUN HERE: " + "; ".join(sorted(reasons)), yellow=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With CI=true a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or os.environ.get("CI") != "true":
        return
    if _skip_reasons(reporter) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _skip_reasons(reporter: pytest.TerminalReporter) -> set[str]:
    return {
        report.longrepr[2].removeprefix("Skipped: ")
        for report in reporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple)
    }
