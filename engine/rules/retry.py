"""Whether a failed job is tried again, and when."""

from datetime import datetime, timedelta

BACKOFF = (1, 5, 30, 120)  # minutes before the next try; after the last one it is an incident
MAX_ATTEMPTS = len(BACKOFF) + 1


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When to try again after ``attempts`` tries (counted at claim, so a killed worker counts); None: never."""
    if attempts > len(BACKOFF):
        return None
    return now + timedelta(minutes=BACKOFF[max(attempts, 1) - 1])
