"""Walking through the pages as a person: what a page says, and what of it somebody wrote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree
from sqlalchemy import select

from engine.bootstrap import Engine
from engine.queries.locales import english_texts
from engine.rules.roles import ROLES
from engine.step.instance import load_instance
from models import (
    ArchivedCase,
    Attachment,
    CalendarDay,
    CongressSession,
    HistoryEvent,
    InstanceComment,
    ProcessInstance,
    Setting,
    Unit,
    User,
    WorkItem,
)
from tests.web.application import Page, Visitor

READ_ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "data-label", "data-phrase", "data-confirm")
UNREAD_TAGS = frozenset({"script", "style", "template", "noscript"})
OF_A_KIND = 3  # pages of one kind that are opened: the next case looks like the last
CHINESE = re.compile("[\u3400-\u9fff]")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LEFT_OUT = re.compile(
    r"^/(?:static|language|logout|instances/[^/]+/(?:attachments|diagram))|\.(?:xlsx|docx|csv|pdf)\b"
)


@dataclass(frozen=True)
class Said:
    """A text of a page with where it stands."""

    page: str
    place: str
    text: str


def walk(visitor: Visitor, start: str = "/", limit: int = 80) -> Iterator[Page]:
    """Every page that links lead to from the first one, a few of each kind."""
    waiting, seen, kinds = [start], {start}, Counter[str]()
    while waiting and limit:
        address = waiting.pop(0)
        kind = _ID.sub("…", address.partition("?")[0])
        kinds[kind] += 1
        if kinds[kind] > OF_A_KIND:
            continue
        page = visitor.get(address)
        if not page.headers.get("Content-Type", "").startswith("text/html"):
            continue
        limit -= 1
        yield page
        for link in page.tree.xpath("//a/@href"):
            target = str(link).partition("#")[0]
            if target.startswith("/") and not _LEFT_OUT.search(target) and target not in seen:
                seen.add(target)
                waiting.append(target)


def said_on(page: Page) -> Iterator[Said]:
    """The texts of a page that a person reads or hears."""
    for node in page.tree.iter():
        if not isinstance(node.tag, str) or {node.tag, *(up.tag for up in node.iterancestors())} & UNREAD_TAGS:
            continue
        for text in (node.text, *(child.tail for child in node)):
            if text and text.strip():
                yield Said(page.url, etree.ElementBase.getroottree(node).getpath(node), " ".join(text.split()))
        for name in READ_ATTRIBUTES:
            if (value := node.get(name)) and value.strip():
                yield Said(page.url, f"@{name}", " ".join(value.split()))


class Written:
    """Everything that people wrote or the organisation is called, so that a page's own words remain."""

    def __init__(self, texts: Iterable[str]) -> None:
        cut = {" ".join(text.split()) for text in texts}
        cut = {part for text in cut for part in (text, *text.split("\n")) if part}
        self._any = re.compile("|".join(re.escape(text) for text in sorted(cut, key=len, reverse=True)))

    def without(self, text: str) -> str:
        """What is left of a text of a page."""
        return self._any.sub("", text)

    @classmethod
    def of(cls, engine: Engine) -> Written:
        """From the database of an engine."""
        with engine.reading() as uow:
            session = uow.session
            texts: set[str] = set()
            for column in (
                *(User.name, Unit.name, Unit.id, CongressSession.name, CalendarDay.name),
                *(CalendarDay.source, Setting.source, ProcessInstance.title, Attachment.name, WorkItem.opinion),
                *(ArchivedCase.title, ArchivedCase.text, InstanceComment.text),
            ):
                texts.update(text for text in session.scalars(select(column).distinct()) if text)
            for case in session.scalars(select(ProcessInstance.id)).all():
                instance = load_instance(uow, case, for_update=False)
                texts.update(_texts(instance.variables))
                of_case = select(WorkItem.id, WorkItem.draft).where(WorkItem.process_instance_id == case)
                for item, draft in session.execute(of_case.where(WorkItem.draft.is_not(None))).all():
                    texts.update(_texts(instance.sealer.open(draft, f"draft:{item}")))
            words = english_texts(uow).keys() | {role.name for role in ROLES.values()}
            for body in session.scalars(select(HistoryEvent.body)).all():
                texts.update(re.findall(r'"(?:reason|name)":\s*"([^"]+)"', body or ""))
            called = {name for column in (User.name, Unit.name) for name in session.scalars(select(column))}
        return cls(text for text in (texts - words) | called if len(text) > 1 and CHINESE.search(text))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, Decimal):
        return
