"""The clock of the machine."""

from datetime import UTC, datetime


class SystemClock:
    """Reads the machine's clock; the only place of the product that does."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        return datetime.now(UTC)
