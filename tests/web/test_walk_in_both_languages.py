"""Every page says everything in the language that was chosen, but for what people wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from python_calamine import CalamineWorkbook

from engine.bootstrap import open_engine
from engine.demo import database as demo
from engine.people_import.sheet import FIELDS
from engine.settings import Settings
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from tests.web.application import KEY_FILE, KEY_FOLDER, Visitor, serving
from tests.web.walk import Said, Written, said_on, walk

AUTUMN = datetime.fromisoformat("2026-11-25T10:00:00+08:00")
PEOPLE = ("d0101", "clerk1", "c01", "chair", "h05", "o0501", "l02", "owner", "admin")
CHINESE = re.compile("[\u3400-\u9fff：、，。；（）！？]+")
OURS = re.compile(  # Chinese that belongs on an English page
    "^办$|^中文$|“[^”]*”|"  # the mark, the switch, words that are quoted
    "关于 and ends with 的提案 or 的建议|等保"
)
LATIN = re.compile(r"[A-Za-z]{3,}")
ADDRESS = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|[a-z]+\d+|\.[a-z]+\b")  # also log-ins and kinds of files
NAMES = frozenset({"English", "Excel", "email", "mail", "holidays", "chair", "owner", "admin", "auditadmin"})
HEADINGS = {alias for _, aliases in FIELDS.values() for alias in aliases}


def prepare_season(url: str) -> None:
    """The demo's running season; the past year would only add more of the same."""
    settings = Settings(
        database_url=url, data_directory=KEY_FOLDER / "season", secret_key_file=KEY_FILE, sqlite_synchronous="OFF"
    )
    engine = open_engine(settings=settings, clock=MovableClock(AUTUMN))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "STAGES", (("正在进行的一季", ("current.jsonl",)),))
        demo.prepare_demo(engine, say=lambda _text: None)
    engine.close()


@pytest.fixture
def app(prepared_databases: PreparedDatabases, tmp_path: Path) -> Iterator[Flask]:
    with (
        prepared_databases.copy("sqlite", "web-season", prepare_season) as url,
        serving(url, tmp_path, MovableClock(AUTUMN)) as application,
    ):
        yield application


def pages_of(app: Flask, person: str, language: str) -> Iterator[Said]:
    visitor = Visitor(app, person)
    visitor.get(f"/language/{language}")
    count = 0
    for page in walk(visitor):
        assert page.status == 200, page.url
        count += 1
        yield from said_on(page)
    assert count > 10


def is_ours(said: Said) -> bool:
    """Headings of people's own files, which the import understands."""
    return all(part in HEADINGS for part in said.text.split(", "))


def test_english_pages_say_nothing_in_chinese_but_what_people_wrote(app):
    written = Written.of(app.extensions["banli"])
    found = {}
    for person in PEOPLE:
        for said in pages_of(app, person, "en"):
            if CHINESE.search(left := OURS.sub("", written.without(said.text))) and not is_ours(said):
                found.setdefault(said.text, (person, said.page, left))
    assert found == {}


def test_chinese_pages_say_nothing_in_english_but_names(app):
    found = {}
    for person in PEOPLE:
        for said in pages_of(app, person, "zh"):
            if words := {word for word in LATIN.findall(ADDRESS.sub("", said.text)) if word not in NAMES}:
                found.setdefault(said.text, (person, said.page, words))
    assert found == {}


def test_a_workbook_has_english_headings_and_words_on_an_english_page(app):
    visitor = Visitor(app, "clerk1")
    visitor.get("/language/en")
    book = CalamineWorkbook.from_filelike(BytesIO(visitor.get("/register/motion/export.xlsx").body))
    headings, *rows = book.get_sheet_by_index(0).to_python()
    assert {"Title", "Proposers", "Lead unit"} <= {*headings}
    categories = {str(row[headings.index("Category")]) for row in rows}
    assert "Campus services" in categories
    assert not CHINESE.search("".join([*map(str, headings), *book.sheet_names, *categories]))
