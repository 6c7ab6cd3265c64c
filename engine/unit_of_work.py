"""One transaction: session, actor, clock and what happens after the commit. Commands get it first and never commit."""

from collections.abc import Callable
from datetime import date, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import IntegrityError as DatabaseIntegrityError
from sqlalchemy.orm import Session

from engine.computed_once import computed_once
from engine.database.link import Link
from engine.database.links import link_to
from engine.errors import BusyError
from engine.ports import Clock
from engine.rules.assignment import Holder
from engine.rules.due_dates import today

if TYPE_CHECKING:
    from engine.bootstrap import Engine

log = structlog.get_logger(__name__)
T = TypeVar("T")
# in messages of what may succeed a moment later
_PASSING = ("locked", "lock timeout", "deadlock", "could not serialize", "connection")


class UnitOfWork:
    """``with engine.unit_of_work(actor=…) as uow:`` commits once at the end, or rolls everything back.

    Attributes:
        engine: the wired engine: settings, files, keys, deployments.
        session: SQLAlchemy session of this transaction, made when it is first asked for: a step needs none.
        actor: user id of who acts; None is the engine itself (timers, messages, set-up).
        clock: the source of now.
        now: the instant of this unit; it stands still.
        hops: how many messages and signals, each sent because of the one before, led here without a person or a timer.
    """

    def __init__(self, engine: "Engine", actor: str | None, *, read_only: bool = False) -> None:
        self.engine = engine
        self.actor = actor
        self.clock: Clock = engine.clock
        self.now: datetime = engine.clock.now()
        self.read_only = read_only
        self.hops = 0
        self._after_commit: list[Callable[[], None]] = []
        self._known: dict[object, Any] = {}
        self._discarded = False

    @computed_once
    def link(self) -> Link:
        """The connection of this transaction as the step uses it."""
        if not self.read_only:
            return self.engine.links.take(self.engine.database)
        link = link_to(self.engine.readers.connect())
        link.shared()
        return link

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's connection, in this transaction."""
        return self.link.shared()

    @computed_once
    def session(self) -> Session:
        return Session(self.connection, autoflush=True, join_transaction_mode="control_fully")

    @property
    def flushed(self) -> Link:
        """The link, with what the session still holds back written."""
        if "session" in self.__dict__:
            self.session.flush()
        return self.link

    def expire(self) -> None:
        """A step wrote behind the session's back: what the session knows is read anew."""
        if "session" in self.__dict__ and self.session.identity_map:
            self.session.expire_all()

    @property
    def today(self) -> date:
        """The date in Shanghai."""
        return today(self.now)

    @computed_once
    def holder(self) -> Holder:
        """The actor with the roles held today."""
        return self.holder_of(self.actor) if self.actor else Holder("")

    def holder_of(self, user_id: str) -> Holder:
        """A person with the roles held today."""
        from engine.queries.organisation import roles_of

        held = roles_of(self.flushed, user_id, self.today)
        return Holder(user_id, frozenset((role.role, role.unit_id) for role in held))

    def once(self, key: object, read: Callable[[], T]) -> T:
        """What ``read`` answers, read once in this transaction: settings, the calendar."""
        if key not in self._known:
            self._known[key] = read()
        found: T = self._known[key]
        return found

    def forget(self, key: object) -> None:
        """Let ``once`` read it again: this transaction has changed it."""
        self._known.pop(key, None)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Do something once the transaction is committed; it must not fail, and is dropped on a rollback."""
        if action not in self._after_commit:
            self._after_commit.append(action)

    def discard(self) -> None:
        """Keep nothing of this transaction: it was done to see what it would do."""
        self._discarded = True

    def jobs_are_due(self) -> None:
        """A job that is due now was written: wake the worker once it is committed."""
        self.after_commit(self.engine.jobs_are_due)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        link: Link | None = self.__dict__.get("link")
        if link is not None:  # otherwise nothing was read and nothing was written
            self._end(link, keep=error is None and not self.read_only and not self._discarded)
        if isinstance(error, DBAPIError):
            _raise_known(error)
        if error is None and self._after_commit and not self._discarded:
            self._run_after_commit()

    def _end(self, link: Link, *, keep: bool) -> None:
        session: Session | None = self.__dict__.get("session")
        try:
            if not keep:
                _roll_back(link, session)
            else:
                if session is not None:  # one that was asked nothing commits nothing
                    session.commit()
                link.commit()
        except Exception as failure:
            _roll_back(link, session)
            if isinstance(failure, DBAPIError):
                _raise_known(failure)
            raise
        finally:
            if session is not None:
                session.close()
            if self.read_only:
                link.close()
            else:
                self.engine.links.give(link)

    def _run_after_commit(self) -> None:
        for action in self._after_commit:
            try:
                action()
            except Exception:
                log.exception("after_commit_failed")  # the work itself is committed


def _roll_back(link: Link, session: Session | None) -> None:
    if session is not None:
        session.rollback()
    link.rollback()


def _raise_known(error: DBAPIError) -> None:
    """Translate what a person can understand; anything else stays what it is."""
    text = str(error.orig)
    if error.connection_invalidated:  # whether it was committed is not known; the same request again finds out
        raise BusyError from error
    if isinstance(error, OperationalError) and any(sign in text for sign in _PASSING):
        raise BusyError from error
    if isinstance(error, DatabaseIntegrityError) and "handled_request" in text:  # the same click is under way
        raise BusyError from error
