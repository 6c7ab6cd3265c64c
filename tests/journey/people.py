"""Page objects: a house, the people in it, and what they do with a page."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from engine.bootstrap import Engine
from engine.rules.due_dates import SHANGHAI
from tests.support.browser import DESK, PHONE
from tests.support.fakes import MovableClock
from tests.web.application import COOKIE
from tests.workflows.scenario import Scenario

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response

PASSWORD = "green-Bamboo-7"
PATIENCE = 60_000  # ms: what a page may take before the test fails; a busy machine is no error
PICTURES = os.environ.get("BANLI_PICTURES")  # read on import: the tests run without the settings of who runs them
REPORT_VIOLATIONS = """document.addEventListener('securitypolicyviolation',
  (event) => console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI));"""


class House:
    """The running application and everybody who has a page open on it.

    A person has an address of his or her own (``d0101.localhost``), and with it cookies of his or her own, so that all
    share one context of the browser and its renderer: to start one for each took longer than what the people did.

    Args:
        browser: in which they all are.
        port: of the application.
        engine: behind the application.
        clock: the house's.
        log_in: opens a log-in and gives its token; people begin with it unless ``logs_in_by_page``.
    """

    def __init__(
        self, browser: Browser, port: int, engine: Engine, clock: MovableClock, log_in: Callable[[str], str]
    ) -> None:
        self.browser, self.port, self.engine, self.clock = browser, port, engine, clock
        self.scenario = Scenario(engine, clock)  # what happens without a browser
        self.logs_in_by_page = False
        self._log_in = log_in
        self._contexts: dict[bool, BrowserContext] = {}
        self._people: dict[tuple[str, bool], Person] = {}
        self._at_work: Person | None = None

    def person(self, login: str, *, scripts: bool = True) -> Person:
        """Somebody with a phone; the same one every time."""
        key = (login, scripts)
        if key not in self._people:
            self._people[key] = Person(self, login, self._phone(login, scripts), scripts=scripts)
        return self._people[key]

    def comes_forward(self, person: Person) -> None:
        """This person's page is the one in front from now on.

        To a page behind another the browser gives a frame a second at most, and pressing a button waits for two.
        """
        if self._at_work is not person:
            self._at_work = person
            person.own_page.bring_to_front()

    def address_of(self, login: str) -> str:
        """Where this person finds the application."""
        return f"http://{login}.localhost:{self.port}/"

    def go_to(self, day: date) -> None:
        """Move on to nine in the morning of a day."""
        now = self.clock.now().astimezone(SHANGHAI)
        self.clock.set(now.replace(year=day.year, month=day.month, day=day.day, hour=9, minute=0))
        self.engine.run_due_jobs()

    @property
    def today(self) -> date:
        """The date in the house."""
        return self.clock.now().astimezone(SHANGHAI).date()

    @property
    def log_ins(self) -> set[str]:
        """Who has logged in."""
        return {login for login, _ in self._people}

    def complaints(self) -> list[str]:
        """What the pages had to complain about."""
        return [line for person in self._people.values() for line in person.complaints]

    def close(self) -> None:
        """Everybody closes the browser."""
        for context in self._contexts.values():
            context.close()

    def _phone(self, login: str, scripts: bool) -> Page:
        context = self._contexts.get(scripts)
        if context is None:
            context = self.browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=scripts)
            context.set_default_timeout(PATIENCE)
            context.add_init_script(REPORT_VIOLATIONS)
            self._contexts[scripts] = context
        if not self.logs_in_by_page:
            context.add_cookies([{"name": COOKIE, "value": self._log_in(login), "url": self.address_of(login)}])
        return context.new_page()


class Person:
    """Somebody at a page: opens it, reads it, fills it in, presses its buttons.

    After each of these the page must fit the phone; what it complains about is kept in ``complaints``.
    """

    def __init__(self, house: House, login: str, page: Page, *, scripts: bool) -> None:
        self.house, self.login, self.scripts, self.own_page = house, login, scripts, page
        self.complaints: list[str] = []
        self._came_on: date | None = None  # the day on which the page was opened
        page.on("pageerror", lambda error: self._complain(str(error)))
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("response", lambda answer: self._answered(answer.status, answer.url, answer.request.resource_type))

    @property
    def page(self) -> Page:
        """The page before this person, in front of everybody else's."""
        self.house.comes_forward(self)
        return self.own_page

    # ---- going about

    def open(self, path: str) -> int:
        """Open a page, after the log-in page where one is asked to log in; the HTTP status."""
        path = urlsplit(path)._replace(scheme="", netloc="").geturl()  # as it was seen by whomever
        answer = self.page.goto(urljoin(self.house.address_of(self.login), path))
        if self.page.url.split("?")[0].endswith("/login"):
            answer = self._log_in()
            assert self.page.url.endswith(path), f"{self.login} asked for {path} and came to {self.page.url}"
        self._must_fit()
        assert answer is not None
        return answer.status

    def todo(self) -> list[str]:
        """The inbox, as ``step｜title`` lines."""
        self.open("/inbox")
        return [self._line(card) for card in self.page.locator("a.case-card").all()]

    def take_up(self, step: str, title: str) -> None:
        """Find a task in one's own 待办, where the last step left one or anew, and open it."""
        card = self._card(step, title)
        of_today = self._came_on == self.house.today  # nobody goes on in the page of weeks ago
        if not (of_today and self.page.url.endswith("/inbox") and card.count()):
            self.open("/inbox")
        assert card.count() == 1, f"{self.login} has no 待办 {step}｜{title}, but {self.todo()}"
        with self.page.expect_navigation():
            card.click()
        self._must_fit()

    def has_todo(self, step: str, title: str) -> bool:
        """Whether the task stands in the inbox."""
        return f"{step}｜{title}" in self.todo()

    def open_case(self, title: str, tab: str = "started") -> None:
        """Find a case in a tab of the inbox and open it."""
        self.open(f"/inbox?tab={tab}")
        with self.page.expect_navigation():
            self.page.locator("a.case-card").filter(has=self.page.get_by_text(title, exact=True)).first.click()
        self._must_fit()

    def follow(self, words: str) -> None:
        """Click a link of the page."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("link", name=words).first.click()
        self._must_fit()

    def press(self, words: str, *, asked: bool = False, refused: bool = False) -> None:
        """Press a button that sends a form.

        Args:
            words: on the button.
            asked: whether a question follows, to which the answer is yes.
            refused: whether the form comes back with what is wrong.
        """
        button = self.page.locator("main").get_by_role("button", name=words, exact=True).first
        if asked:
            button.click()
            button = self.page.locator("dialog button[value=agree]")
        with self.page.expect_navigation():
            button.click()
        self._must_fit()
        assert refused == (self.page.locator("#errors").count() > 0), self.page.locator("main").inner_text()

    def press_twice(self, words: str) -> None:
        """A double click on a button that sends a form."""
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=words, exact=True).first.dblclick()
        self.page.wait_for_load_state()
        self._must_fit()

    # ---- reading

    def reads(self, text: str) -> bool:
        """Whether the text stands on the page."""
        return text in self.page.locator("main").inner_text()

    @property
    def sentence(self) -> str:
        """What the page says about what was just done."""
        return self.page.locator("main [role=status]").first.inner_text()

    # ---- filling in

    def write(self, **texts: str) -> None:
        """Type into fields."""
        for key, text in texts.items():
            self.page.fill(f"#field-{key}", text)
        self._settle()

    def choose(self, **values: str) -> None:
        """Choose from radio buttons or a list."""
        for key, value in values.items():
            field = self.page.locator(f"#field-{key}")
            field.wait_for()
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                self.page.check(f"[name={key}][value={value}]")
            self._settle()

    def pick(self, key: str, *values: str) -> None:
        """Tick options of a list, found by their names where it is long and folded."""
        field = self.page.locator(f"#field-{key}")
        folded = field.locator("details:not([open]) > summary")
        if folded.count():
            folded.click()
        for value in values:
            box = field.locator(f"[name={key}][value='{value}']")
            if not box.count():
                self._search(field, value)
                if not self.scripts:
                    field.get_by_role("button", name="查找").click()
            elif field.locator("[data-picker-search]").is_visible():
                self._search(field, box.locator("xpath=..").inner_text())
            box.check()
        self._settle()

    def tick(self, key: str) -> None:
        """Tick a single box."""
        self.page.check(f"[name={key}]")
        self._settle()

    def drop(self, key: str, *values: str) -> None:
        """Untick options of a long list."""
        for value in values:
            self.page.uncheck(f"#field-{key} [name={key}][value='{value}']")
        self._settle()

    # ---- pictures

    def picture(self, name: str) -> None:
        """Keep a picture of the page on a phone and on a desk, where pictures are asked for."""
        if not PICTURES or not self.scripts:
            return
        folder = Path(PICTURES)
        folder.mkdir(parents=True, exist_ok=True)
        for size in (DESK, PHONE):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            height = self.page.evaluate("document.scrollingElement.scrollHeight")
            self.page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
            self.page.screenshot(path=folder / f"{name}-{size['width']}.png")
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]

    # ---- within

    def _log_in(self) -> Response | None:
        self.page.fill("#field-login", self.login)
        self.page.fill("#field-password", PASSWORD)
        self._must_fit()
        with self.page.expect_navigation() as came:
            self.page.get_by_role("button", name="登录").click()
        assert "/login" not in self.page.url, f"{self.login} cannot log in"
        return came.value

    def _card(self, step: str, title: str) -> Locator:
        cards = self.page.locator("a.case-card")
        with_title = cards.filter(has=self.page.locator(".case-title").get_by_text(title, exact=True))
        return with_title.filter(has=self.page.locator(".step-name").get_by_text(step, exact=True))

    @staticmethod
    def _line(card: Locator) -> str:
        return f"{card.locator('.step-name').inner_text()}｜{card.locator('.case-title').inner_text()}"

    def _search(self, field: Locator, text: str) -> None:
        """Type into a list's search and, where the server searches, wait for what it finds.

        It is asked a moment after the last key: a form sent before would have the question meet a step that is over.
        """
        search = field.locator("[data-picker-search]")
        self._settle()  # the answer waited for below shall be this question's
        asks = self.scripts and search.get_attribute("data-picker-search") == "asks"
        if not asks or search.input_value() == text:
            search.fill(text)
            return
        with self.page.expect_response("**/fields"):
            search.fill(text)
        self._settle()

    def _settle(self) -> None:
        """Wait until the fields that depend on a choice have been drawn again."""
        self.page.locator(".htmx-request").first.wait_for(state="detached")

    def _must_fit(self) -> None:
        width = self.page.evaluate("document.scrollingElement.scrollWidth")
        assert width <= PHONE["width"], f"{self.page.url} is {width} px wide"
        self._came_on = self.house.today

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
            self._complain(text)

    def _answered(self, status: int, url: str, kind: str) -> None:
        if status >= 500 or (status >= 400 and kind != "document"):
            self._complain(f"{status} {url}")

    def _complain(self, text: str) -> None:
        self.complaints.append(f"{self.login} at {self.own_page.url}: {text}")


def as_text(value: Any) -> str:
    """A date as a date field takes it."""
    return value.isoformat() if isinstance(value, date) else str(value)
