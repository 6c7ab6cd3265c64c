"""Takes the pictures of docs/screenshots anew, on a phone and on a desk: pages of the demo as their readers see them.

The steps of a motion are pictured by the journeys (``BANLI_PICTURES``); ``make pictures`` does both.
"""

import logging
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any

import xlsxwriter
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engine.bootstrap import open_engine  # noqa: E402
from engine.demo.database import prepare_demo  # noqa: E402
from engine.settings import Settings  # noqa: E402
from tests.support.browser import DESK, PHONE, open_browser  # noqa: E402
from web.app import create_app  # noqa: E402

FOLDER = ROOT / "docs" / "screenshots"
TALLEST = 1800  # pixels of a picture; a longer list shows how it begins

# log-in → (name of the picture, address and what is clicked from there: CSS selectors, a workbook is chosen for upload)
PAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "d0101": (
        ("inbox", "/inbox"),
        ("inbox-started", "/inbox?tab=started"),
        ("start", "/start"),
        ("open-list", "/open/"),
        ("password", "/password"),
    ),
    "d0113": (("notices", "/notices"),),
    "s01": (("inbox-empty", "/inbox"),),
    "clerk1": (
        ("task", "/inbox !a.case-card"),
        ("register", "/register/"),
        ("register-sorted", "/register/motion?session=4-5&sort=-answered_at"),
        ("register-import", "/register/motion/import"),
        ("case", "/register/motion?session=4-5&q=周转住房 !.col-title a"),
        ("case-print", "/register/motion?session=4-5&q=周转住房 !.col-title a !a[href$=print]"),
        ("case-diagram", "/inbox?tab=done !a.case-card !#diagram summary"),
        ("report", "/reports/motion/4-5"),
        ("report-progress", "/reports/motion/4-7/lists/progress"),
        ("report-compare", "/reports/motion/compare"),
        ("report-document", "/reports/motion/4-7/document"),
    ),
    "c01": (("inbox-done", "/inbox?tab=done"), ("batch", "/batch/")),
    "c02": (("follow", "/follow/"),),
    "admin": (
        ("admin-index", "/admin/"),
        ("admin-incidents", "/admin/incidents"),
        ("admin-people", "/admin/people"),
        ("admin-person", "/admin/people/h05"),
        ("admin-person-new", "/admin/people/new"),
        ("admin-units", "/admin/units"),
        ("admin-unit", "/admin/units/教务处"),
        ("admin-roles", "/admin/roles"),
        ("admin-congress", "/admin/congress"),
        ("admin-calendar", "/admin/calendar"),
        ("admin-settings", "/admin/settings"),
        ("admin-import", "/admin/import"),
        ("admin-import-dry-run", "/admin/import !people.xlsx !main button[type=submit] !button[value=try]"),
    ),
    "auditadmin": (("admin-trail", "/admin/trail"),),
    "owner": (("start-season", "/start"),),
    "audit1": (("open-list-one", "/open/"),),
    "vchair1": (("batch-chair", "/batch/motion/chair_approve"),),
}
# the same of people who read English
ENGLISH: dict[str, tuple[tuple[str, str], ...]] = {
    "d0101": (("inbox-english", "/inbox"), ("notices-english", "/notices")),
    "clerk1": (
        ("task-english", "/inbox !a.case-card"),
        ("register-english", "/register/"),
        ("report-english", "/reports/motion/4-7"),
        ("report-progress-english", "/reports/motion/4-7/lists/progress"),
    ),
    "admin": (("admin-settings-english", "/admin/settings"), ("admin-incident-english", "/inbox !a.case-card")),
}

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PEOPLE = (
    ("工号", "姓名", "单位"),
    ("088001", "张三", "教务处"),
    ("088002", "李四", "图书馆"),
    ("o0501", "承办人-教务处-01", "财务处"),
    ("088003", "", "教务处"),
)


def main() -> None:
    """Take every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each request says nothing here
    with demo() as (address, password), open_browser() as browser:
        picture_pages(browser, address, password)


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """The demo in a folder that is thrown away, served on loopback: its address and the password of its log-ins."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(settings=Settings(database_url=f"sqlite:///{folder}/demo.db", sqlite_synchronous="OFF"))
        prepared = prepare_demo(engine, say=print)
        server = make_server("127.0.0.1", 0, create_app(engine), threaded=True)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.port}", prepared.password
        server.shutdown()
        thread.join()
        engine.close()


def picture_pages(browser: Browser, address: str, password: str) -> None:
    """Every page of ``PAGES``, and those that nobody has logged in for."""
    for size in (PHONE, DESK):
        for login, pages in PAGES.items():
            context = browser.new_context(viewport=_viewport(size), base_url=address, locale="zh-CN")
            page = context.new_page()
            page.goto("/login")
            if login == "d0101":
                keep(page, "login", size)
            page.fill("[name=login]", login)
            page.fill("[name=password]", password)
            with page.expect_navigation():
                page.click("main button[type=submit]")
            for name, place in pages:
                go(page, place)
                keep(page, name, size)
            if login in ENGLISH:
                page.goto("/language/en?next=/inbox")
            for name, place in ENGLISH.get(login, ()):
                go(page, place)
                keep(page, name, size)
            context.close()


def go(page: Page, place: str) -> None:
    """Open an address and click what follows it."""
    path, *clicks = place.split(" !")
    page.goto(path)
    for selector in clicks:
        if selector.endswith(".xlsx"):
            page.set_input_files("input[type=file]", {"name": selector, "mimeType": XLSX, "buffer": people()})
            continue
        page.locator(selector).first.click()
        page.wait_for_load_state()


def people() -> bytes:
    """A list of people as a personnel office sends it: somebody new, somebody moved, and a line without a name."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(PEOPLE):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def keep(page: Page, name: str, size: Any) -> None:
    """The whole page as it is read from top to bottom: bars that stick to the edge stand at its end."""
    page.wait_for_timeout(400)  # a diagram draws itself
    height = page.evaluate("document.scrollingElement.scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": min(max(height, size["height"]), TALLEST)})
    page.screenshot(path=FOLDER / f"{name}-{size['width']}.png")
    page.set_viewport_size(_viewport(size))


def _viewport(size: Any) -> Any:
    return {"width": size["width"], "height": size["height"]}


if __name__ == "__main__":
    main()
