"""Stand-ins for the ports: a clock that moves when a test says so, a mailer that keeps what it was given."""

from datetime import UTC, datetime, timedelta

MONDAY_MORNING = datetime(2030, 3, 4, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


class MovableClock:
    """A clock that stands still between two calls of `advance`."""

    def __init__(self, now: datetime = MONDAY_MORNING) -> None:
        self._now = now

    def now(self) -> datetime:
        """The instant the test has set."""
        return self._now

    def advance(self, **by: float) -> None:
        """Move on: ``clock.advance(days=15, seconds=-1)``."""
        self._now += timedelta(**by)

    def set(self, instant: datetime) -> None:
        """Go to an instant."""
        self._now = instant


class FakeMailer:
    """Keeps the messages; refuses as many as ``failures`` says."""

    def __init__(self, failures: int = 0) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.tries = 0
        self.failures = failures

    def send(self, to: str, subject: str, body: str, *, idempotency_key: str) -> None:
        """Keep one message, or fail."""
        self.tries += 1
        if self.failures:
            self.failures -= 1
            raise OSError("the mail server is away")
        self.sent.append((to, subject, body))
