"""Congress sessions, opened and closed by the season's process."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from engine.operations.registry import OperationCall, operation
from engine.sentences import say
from engine.step.opening import as_instant
from models import CongressSession, CongressSessionState, CongressTerm


@operation("session.update")
def update_session(call: OperationCall) -> Mapping[str, Any]:
    """Create or change the congress session ``session`` ("4-5").

    Any of ``state`` (planned, collecting, handling, closed), ``opens`` and ``closes`` (date or instant; a date
    closes at its 24:00), ``congress_on``, ``name``, ``categories`` (those that may be chosen; none: all).
    """
    identifier = call.text("session")
    session = call.uow.session.get(CongressSession, identifier) or _new(call, identifier)
    if "state" in call.parameters:
        session.state = CongressSessionState(call.text("state"))
    if (opens := call.parameters.get("opens")) is not None:
        session.window_opens_at = _start_of(opens)
    if (closes := call.parameters.get("closes")) is not None:
        session.window_closes_at = as_instant(closes)
    if isinstance(congress := call.parameters.get("congress_on"), date) and not isinstance(congress, datetime):
        session.congress_on = congress
    if call.parameters.get("name"):
        session.name = call.text("name")
    if "categories" in call.parameters:
        session.categories = call.texts("categories") or None
    call.uow.session.flush()
    return {}


@operation("session.read")
def read_session(call: OperationCall) -> Mapping[str, Any]:
    """What is known of ``session``: ``session_term``, ``session_meeting``, ``session_state``, ``window_opens_at``, …

    Without ``session`` it is the one that collects now, else the newest that has begun to.
    """
    named = call.parameters.get("session")
    session = _current(call) if named is None else call.uow.session.get(CongressSession, call.text("session"))
    if session is None:
        raise call.failure("没有找到这次会议，请先登记届次")
    return {
        "session_term": Decimal(session.term),
        "session_meeting": Decimal(session.meeting),
        "session_state": session.state.value,
        "window_opens_at": session.window_opens_at,
        "window_closes_at": session.window_closes_at,
        "congress_on": session.congress_on,
        "session_categories": session.categories,
    }


def _current(call: OperationCall) -> CongressSession | None:
    begun = select(CongressSession).where(
        (CongressSession.state == CongressSessionState.COLLECTING) | (CongressSession.window_opens_at <= call.uow.now)
    )
    order = (CongressSession.state != CongressSessionState.COLLECTING, CongressSession.window_opens_at.desc())
    return call.uow.session.scalars(begun.order_by(*order).limit(1)).one_or_none()


def _new(call: OperationCall, identifier: str) -> CongressSession:
    term_text, _, meeting_text = identifier.partition("-")
    if not (term_text.isdigit() and meeting_text.isdigit()):
        raise call.failure(say("“{text}”不是届次，应如 4-5", text=identifier))
    term, meeting = int(term_text), int(meeting_text)
    if call.uow.session.get(CongressTerm, term) is None:
        raise call.failure(say("没有第 {term} 届，请先登记届期", term=term))
    session = CongressSession(id=identifier, term=term, meeting=meeting, name=f"第{term}届第{meeting}次会议")
    call.uow.session.add(session)
    return session


def _start_of(value: Any) -> datetime | None:
    """A day opens at its 0:00, which is 24:00 of the day before."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return as_instant(date.fromordinal(value.toordinal() - 1))
    return as_instant(value)
