"""The connections of an engine that wait for the next unit of work."""

import threading
import time
from collections import deque
from typing import Final

from sqlalchemy import Connection
from sqlalchemy import Engine as Database

from engine.database.link import Link
from engine.database.pipeline import PipelineLink
from engine.database.watched import WatchedLink, is_watched

KEPT: Final = 4  # links that wait


class Links:
    """The links of one engine that nobody uses now, the last one on top. Thread-safe."""

    def __init__(self) -> None:
        self._idle: deque[Link] = deque()
        self._lock = threading.Lock()

    def take(self, database: Database) -> Link:
        """A link in a new transaction."""
        idle, usable = self._idle, not is_watched(database)
        while True:
            try:
                link = idle.pop()
            except IndexError:
                link = link_to(database.connect(), alone=True)
                break
            if usable and link.database is database and (link.kind == "sqlite" or link.answers()):
                break
            link.end()
        try:
            link.begin()
        except BaseException:
            link.close()
            raise
        return link

    def give(self, link: Link) -> None:
        """Keep a link for the next one; its transaction has ended."""
        if not link.keepable or link.is_shared or len(self._idle) >= KEPT or link.is_broken:
            link.close()
            return
        if link.kind != "sqlite":
            link.idle_since = time.monotonic()
        self._idle.append(link)

    def close(self) -> None:
        """Give back every connection that is not in use."""
        with self._lock:
            while self._idle:
                self._idle.pop().end()


def link_to(alchemy: Connection, *, alone: bool = False) -> Link:
    """The quickest link to a connection of SQLAlchemy.

    Args:
        alchemy: the connection.
        alone: nobody else speaks to it but through the link.
    """
    if is_watched(alchemy):
        return WatchedLink(alchemy)
    return PipelineLink(alchemy) if alone and alchemy.dialect.name == "postgresql" else Link(alchemy)
