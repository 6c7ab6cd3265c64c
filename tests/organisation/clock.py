"""A clock that moves when a test says so."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """Stands still at ``at``; ``advance`` moves it."""

    def __init__(self, at: datetime = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it stands at."""
        return self.at

    def advance(self, **duration: float) -> None:
        """Move on by days, hours, minutes …"""
        self.at += timedelta(**duration)
