"""Waiting a random while, so that those who collided do not collide again."""

import random
from threading import Event

SHORTEST, FACTOR = 0.02, 3  # seconds; each wait may be up to three times as long as the one before


class RandomPause:
    """Waits between half and the whole of 0.06 s, 0.18 s, 0.54 s."""

    def after(self, failures: int) -> None:
        """Wait."""
        longest = SHORTEST * FACTOR**failures
        Event().wait(random.uniform(longest / 2, longest))  # noqa: S311 - no secret
