"""What the engine needs from outside, as Protocols. Real ones are in ``engine/adapters``, wired in ``bootstrap``."""

from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID


class Clock(Protocol):
    """The only source of now."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""


class Pause(Protocol):
    """Waits before something is tried again."""

    def after(self, failures: int) -> None:
        """Wait, the longer the more tries have failed (from 1); of random length."""


class JobQueue(Protocol):
    """Wakes whoever carries out jobs; the job itself is a row, written in the step's transaction."""

    def notify(self) -> None:
        """Jobs may have become due. Called after a commit; must neither block nor fail."""


class Mailer(Protocol):
    """Sends one message, at least once, outside any transaction."""

    def send(self, to: str, subject: str, body: str, *, idempotency_key: str) -> None:
        """Send; an exception means that it will be tried again with the same key."""


class FileStore(Protocol):
    """Attachments by the hash of their content: the same bytes are stored once and never change."""

    def put(self, stream: BinaryIO, *, limit: int) -> tuple[str, int]:
        """Store a stream.

        Args:
            stream: read to its end.
            limit: bytes; more raises ``InvalidInputError`` and leaves nothing behind.

        Returns:
            SHA-256 in hex, and the size in bytes.
        """

    def open(self, sha256: str) -> BinaryIO:
        """Open stored bytes; ``NotFoundError`` when there are none."""

    def root(self) -> Path:
        """Where the files are, for backup and restore."""


class KeyWrap(Protocol):
    """Wraps the data key of one instance with the master key."""

    def new_key(self, instance_id: UUID) -> tuple[bytes, bytes]:
        """A fresh data key and its wrapped form."""

    def unwrap(self, instance_id: UUID, wrapped: bytes) -> bytes:
        """The data key; ``IntegrityError`` if it was wrapped for another instance or with another master key."""


class NullMailer:
    """Sends nothing: in-app notices are always there, mail is off unless configured."""

    def send(self, to: str, subject: str, body: str, *, idempotency_key: str) -> None:
        """Drop it."""


class NullQueue:
    """Wakes nobody: a worker process polls, or a test runs due jobs itself."""

    def notify(self) -> None:
        """Nothing to do."""
