"""The real application on a real engine: people who log in, open pages and send their forms as a browser would."""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from engine.bootstrap import Engine, open_engine
from engine.commands.access.log_in import Origin, open_log_in
from engine.definitions.kept_deployments import KeptDeployments
from engine.demo.organisation import build_demo_organisation
from engine.installation.set_up import prepare
from engine.queries.settings import log_in_rules
from engine.settings import Settings
from tests.support.databases import PreparedDatabases
from tests.support.fakes import MovableClock
from web.app import create_app
from web.auth.person import COOKIE

NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)  # a Wednesday, 09:30 in Shanghai
PROPOSER, SECONDER, OTHER_SECONDER, CLERK, OTHER_CLERK, OUTSIDER = "d0101", "d0113", "d0112", "clerk1", "clerk2", "s01"
PDF = b"%PDF-1.4\n"
UPLOAD_LIMIT = 100_000  # bytes

GOOD_MOTION = {
    "title": "关于延长东区食堂晚间供餐时间的提案",
    "reason": "东区食堂晚间供餐至19:00，实验和值班教职工常常赶不上。",
    "suggestions-0-suggestion": "延长东区食堂晚间供餐时间至21:00",
    "category": "后勤保障",
    "kind": "individual",
    "seconders": [SECONDER, OTHER_SECONDER],
    "phone": "0373-3029000",
}


_TRACES = re.compile(
    r'<meta name="csrf-token"[^>]*>|name="csrf_token" value="[^"]*"|next=[^"]*"|[0-9a-f]{8}(-[0-9a-f]{4,12}){4}'
)
KEY_FOLDER = Path(tempfile.mkdtemp(prefix="banli-test-"))
KEY_FILE = KEY_FOLDER / "master.key"  # prepared databases are read with it, too
atexit.register(shutil.rmtree, KEY_FOLDER, ignore_errors=True)
COMPILED = KeptDeployments()


def prepare_database(url: str) -> None:
    """Schema, shipped processes, demo organisation."""
    engine = open_engine(settings=Settings(database_url=url), clock=MovableClock(NOW))
    prepare(engine)
    with engine.unit_of_work() as uow:
        build_demo_organisation(uow, password_hash="nobody can type this", today=date(2026, 11, 25))
    engine.close()


def prepare_submitted(url: str) -> None:
    """The same with a motion that waits for the formal check."""
    prepare_database(url)
    with serving(url, KEY_FOLDER, MovableClock(NOW)) as app:
        submitted_motion(lambda user: Visitor(app, user))


@contextmanager
def running_application(
    databases: PreparedDatabases, folder: Path, clock: MovableClock, *, submitted: bool = False, kind: str = "sqlite"
) -> Iterator[Flask]:
    """The application on a database of its own; with ``submitted``, the office has a motion to check."""
    purpose, prepare_it = ("web-submitted", prepare_submitted) if submitted else ("web", prepare_database)
    with databases.copy(kind, purpose, prepare_it) as url, serving(url, folder, clock) as app:
        yield app


@contextmanager
def serving(url: str, folder: Path, clock: MovableClock) -> Iterator[Flask]:
    """The application on this database."""
    settings = Settings(
        database_url=url,
        data_directory=folder / "data",
        secret_key_file=KEY_FILE,
        sqlite_synchronous="OFF",
        upload_limit=UPLOAD_LIMIT,
    )
    engine = open_engine(settings=settings, clock=clock, runs_jobs_at_once=True)
    engine.compiled = COMPILED  # deployments never change; compiling one for each test takes seconds
    try:
        yield create_app(engine, TESTING=True, WTF_CSRF_ENABLED=False)
    finally:
        engine.close()


@dataclass
class Page:
    """An answer, read as a person reads it."""

    status: int
    url: str
    text: str
    headers: Any
    body: bytes

    @property
    def tree(self) -> Any:
        return html.fromstring(self.text)

    @property
    def without_traces(self) -> str:
        """The text without what differs from request to request: the address and the token of the page."""
        return _TRACES.sub("", self.text)

    @property
    def alerts(self) -> list[str]:
        return [" ".join(node.text_content().split()) for node in self.tree.xpath("//*[@role='alert']")]

    def errors_at(self, field: str) -> list[str]:
        """The sentences at one field."""
        return [" ".join(node.text_content().split()) for node in self.tree.xpath(f"//*[@id='field-{field}-error']")]

    def values(self, form_id: str = "task-form") -> dict[str, Any]:
        """What the form would post as it stands."""
        form = self.tree.get_element_by_id(form_id)
        found: dict[str, Any] = {}
        for name, value in form.form_values():
            found.setdefault(name, []).append(value)
        return {name: values if len(values) > 1 else values[0] for name, values in found.items()}

    def links(self) -> list[str]:
        return [str(link) for link in self.tree.xpath("//main//a/@href")]

    def buttons(self) -> dict[tuple[str, str], str]:
        """The buttons of the page by name and value, with their words."""
        nodes = self.tree.xpath("//main//button[@name]")
        return {(node.get("name"), node.get("value", "")): " ".join(node.text_content().split()) for node in nodes}


class Visitor:
    """A person with a browser."""

    def __init__(self, app: Flask, user: str | None) -> None:
        self.app = app
        self.user = user
        self.client: FlaskClient = app.test_client()
        if user is not None:
            self.client.set_cookie(COOKIE, login_token(app, user))

    def get(self, path: str) -> Page:
        return self._read(self.client.get(path, follow_redirects=True))

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Page:
        return self._read(self.client.post(path, data=data or {}, follow_redirects=True, **kwargs))

    def start_motion(self) -> Page:
        """Press 写提案; the draft's page opens."""
        return self.post("/start/motion", {"request_id": str(uuid4())})

    def send(self, page: Page, **typed: Any) -> Page:
        """Fill in and send the form of a task page; ``_drop`` names fields to leave out."""
        data = {**page.values(), **typed}
        for name in data.pop("_drop", ()):
            data.pop(name, None)
        return self.post(page.url, {name: value for name, value in data.items() if value is not None})

    def todo(self) -> list[str]:
        """Addresses of the tasks in the inbox."""
        return [link for link in self.get("/inbox").links() if link.startswith("/tasks/")]

    def task(self, name: str) -> Page:
        """Open the first task of the inbox with this name."""
        for link in self.todo():
            page = self.get(link)
            if name in page.tree.xpath("//title")[0].text_content():
                return page
        raise AssertionError(f"{self.user} has no task {name}: {self.todo()}")

    @staticmethod
    def _read(response: Any) -> Page:
        is_text = response.mimetype.startswith(("text/", "application/json"))
        return Page(
            response.status_code,
            response.request.path,
            response.get_data(as_text=True) if is_text else "",
            response.headers,
            response.get_data(),
        )


def pdf(name: str = "现场.pdf", content: bytes = PDF) -> tuple[BytesIO, str]:
    """A file as a browser uploads it."""
    return BytesIO(content), name


def instance_of(page: Page) -> UUID:
    """The case that a page is about."""
    link = next(link for link in [page.url, *page.links()] if link.startswith("/instances/"))
    return UUID(link.split("/")[2])


def submitted_motion(visit: Callable[[str], Visitor]) -> UUID:
    """A motion that two representatives have seconded; the office has it for the formal check."""
    proposer = visit(PROPOSER)
    draft = proposer.start_motion()
    case = instance_of(draft)
    assert proposer.send(draft, **GOOD_MOTION).url == "/inbox"
    for seconder in (SECONDER, OTHER_SECONDER):
        person = visit(seconder)
        person.send(person.task("附议"), decision="accept")
    return case


def login_token(app: Flask, user: str) -> str:
    engine: Engine = app.extensions["banli"]
    with engine.unit_of_work(actor=user) as uow:
        return open_log_in(uow, user, Origin(), log_in_rules(uow.session))
