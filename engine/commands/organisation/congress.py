"""Congress terms (届) and sessions (次): create and change."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.commands.organisation.trail import ensure_may, record, snapshot
from engine.commands.recompute_deadlines import follow_session
from engine.errors import InvalidInputError, NotFoundError
from engine.rules.administration import Area
from engine.rules.due_dates import local_day, today
from engine.sentences import say
from engine.step.retime import Moves
from models import CongressSession, CongressTerm

if TYPE_CHECKING:
    from engine.unit_of_work import UnitOfWork

TERM_FIELDS = ("term", "starts_on", "ends_on")
SESSION_FIELDS = ("term", "meeting", "name", "window_opens_at", "window_closes_at", "congress_on")
LARGEST_NUMBER = 99
NUMERALS = "零一二三四五六七八九"


@dataclass(frozen=True)
class SessionData:
    """What is entered about a session; instants are aware, the window ends at ``window_closes_at`` exclusively."""

    term: int
    meeting: int
    name: str = ""  # empty: 四届五次
    window_opens_at: datetime | None = None
    window_closes_at: datetime | None = None
    congress_on: date | None = None


def save_term(uow: "UnitOfWork", term: int, starts_on: date, ends_on: date) -> None:
    """Create a term or move its dates; the rights bound to it move along."""
    ensure_may(uow, Area.CONGRESS)
    if not 1 <= term <= LARGEST_NUMBER:
        raise InvalidInputError({"term": "届别是 1 到 99 的整数"})
    if ends_on < starts_on:
        raise InvalidInputError({"ends_on": "截止日期不能早于起始日期"})
    overlap = uow.session.scalar(
        select(CongressTerm.term).where(
            CongressTerm.term != term, CongressTerm.starts_on <= ends_on, CongressTerm.ends_on >= starts_on
        )
    )
    if overlap is not None:
        raise InvalidInputError({"starts_on": say("与第 {term} 届的日期重叠，请核对起止日期", term=overlap)})
    row = uow.session.get(CongressTerm, term)
    before = snapshot(row, TERM_FIELDS) if row else None
    if row is None:
        row = CongressTerm(term=term, starts_on=starts_on, ends_on=ends_on)
        uow.session.add(row)
    row.starts_on, row.ends_on = starts_on, ends_on
    uow.session.flush()
    kind = "congress_term.changed" if before else "congress_term.created"
    record(uow, kind, str(term), before=before, after=snapshot(row, TERM_FIELDS))


def create_session(uow: "UnitOfWork", data: SessionData) -> str:
    """Add a session of a term; its id is "4-5".

    Raises:
        InvalidInputError: by field: ``term``, ``meeting``, ``window_closes_at``, ``congress_on``.
    """
    ensure_may(uow, Area.CONGRESS)
    errors = _judge(uow, data)
    session_id = f"{data.term}-{data.meeting}"
    if uow.session.get(CongressSession, session_id) is not None:
        errors["meeting"] = "这次会议已经存在，请直接修改"
    if errors:
        raise InvalidInputError(errors)
    row = CongressSession(id=session_id, term=data.term, meeting=data.meeting, name=_name(data))
    _fill(row, data)
    uow.session.add(row)
    uow.session.flush()
    record(uow, "congress_session.created", session_id, before=None, after=snapshot(row, SESSION_FIELDS))
    return session_id


def change_session(uow: "UnitOfWork", session_id: str, data: SessionData) -> Moves:
    """Change name, window and day of a session; term and meeting number stay.

    Running cases of the session whose process says so (``follows_session``) follow: what waits for one of these
    dates waits for the new one, and fires at once if that has passed.

    Returns:
        What moved. To see it before it happens, change the session in a unit of work that is not kept.
    """
    ensure_may(uow, Area.CONGRESS)
    row = uow.session.get(CongressSession, session_id)
    if row is None:
        raise NotFoundError
    errors = _judge(uow, data)
    if errors:
        raise InvalidInputError(errors)
    before = snapshot(row, SESSION_FIELDS)
    row.name = _name(data)
    _fill(row, data)
    record(uow, "congress_session.changed", session_id, before=before, after=snapshot(row, SESSION_FIELDS))
    uow.session.flush()
    return follow_session(uow, session_id, _dates(row))


def _dates(row: CongressSession) -> dict[str, date | None]:
    """The session's dates as people name them: the window closes at 24:00 of its last day."""
    opens, closes = row.window_opens_at, row.window_closes_at
    return {
        "opens_on": today(opens) if opens else None,
        "closes_on": local_day(closes) if closes else None,
        "congress_on": row.congress_on,
    }


def chinese_number(number: int) -> str:
    """1 to 99 in Chinese numerals: 5 is 五, 12 is 十二, 20 is 二十."""
    tens, ones = divmod(number, 10)
    if not tens:
        return NUMERALS[ones]
    return ("" if tens == 1 else NUMERALS[tens]) + "十" + (NUMERALS[ones] if ones else "")


def _name(data: SessionData) -> str:
    return data.name.strip() or f"{chinese_number(data.term)}届{chinese_number(data.meeting)}次"


def _fill(row: CongressSession, data: SessionData) -> None:
    row.window_opens_at, row.window_closes_at = data.window_opens_at, data.window_closes_at
    row.congress_on = data.congress_on


def _judge(uow: "UnitOfWork", data: SessionData) -> dict[str, str]:
    errors: dict[str, str] = {}
    term = uow.session.get(CongressTerm, data.term)
    if term is None:
        errors["term"] = "没有找到这一届，请先新增"
    elif data.congress_on and not term.starts_on <= data.congress_on <= term.ends_on:
        errors["congress_on"] = "会议日期须在本届任期内"
    if not 1 <= data.meeting <= LARGEST_NUMBER:
        errors["meeting"] = "次数是 1 到 99 的整数"
    if re.search(r"[\x00-\x1f]", data.name) or len(data.name) > 120:
        errors["name"] = "名称最多 120 个字符"
    if data.window_opens_at and data.window_closes_at and data.window_closes_at <= data.window_opens_at:
        errors["window_closes_at"] = "截止时间不能早于开始时间"
    return errors
