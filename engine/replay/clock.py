"""A clock that stands where the replay put it."""

from datetime import UTC, datetime


class MovableClock:
    """Implements ``Clock``; it is moved forwards from event to event."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The instant of the current event."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Go to an instant; an earlier one leaves the clock where it is."""
        self._now = max(self._now, instant.astimezone(UTC))
