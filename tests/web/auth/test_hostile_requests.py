"""What somebody who means harm tries: guessing, planted cookies, forged forms, other sites, hostile names."""

import time
from urllib.parse import quote, unquote
from uuid import UUID

import pytest
from lxml import html

from engine.commands.access.change_password import give_initial_password
from engine.commands.organisation.people import PersonData, create_user
from engine.commands.organisation.units import UnitData, create_unit
from tests.web.application import PROPOSER, Visitor, login_token, pdf, submitted_motion
from tests.web.auth.browser import PASSWORD, alerts
from web.auth.person import COOKIE

EVIL = '<script>alert("1")</script>'
SAMPLES = {"uuid": UUID(int=7), "int": 2027, "string": "x", "default": "x", "path": "x"}
NEW = "quiet-River-9"
HOSTILE = ("\x00", EVIL, "a" * 4000, "%", "-1", "9" * 30, "\ud800".encode("utf-8", "surrogatepass"), "２０２６")
NAMES = (
    *("q", "page", "unit", "role", "state", "tab", "due", "step", "year", "key", "from", "to", "next", "sort", "login"),
    *("reason", "request_id", "version", "no", "user_id", "id", "name", "text", "section", "token", "day", "value"),
    *("relative_id", "relation", "role_unit", "term", "valid_from", "unit_id", "ids", "session", "password", "current"),
)


def addresses(app, method):
    """An address of every view that answers this method, with values for its arguments."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if method in rule.methods and rule.endpoint != "static":
            values = {name: SAMPLES[_kind(converter)] for name, converter in rule._converters.items()}
            yield adapter.build(rule.endpoint, values, method=method)


def _kind(converter):
    return (
        type(converter)
        .__name__.removesuffix("Converter")
        .replace("Unicode", "string")
        .lower()
        .replace("integer", "int")
    )


def test_five_guesses_lock_and_a_quarter_of_an_hour_later_the_right_one_opens(browser, clock):
    guesser = browser()
    refused = [guesser.log_in("d0101", f"guess-{number}") for number in range(5)]
    right = guesser.log_in("d0101")
    assert {answer.status_code for answer in (*refused, right)} == {422}
    assert len({tuple(alerts(answer)) for answer in (*refused, right)}) == 1

    clock.advance(minutes=15, seconds=1)
    assert browser().log_in("d0101").status_code == 303


def test_whoever_finds_an_open_browser_cannot_guess_the_password_there(browser, clock):
    found = browser()
    found.log_in("d0101")
    clock.advance(seconds=1)
    guess = {"new": NEW, "again": NEW}
    for number in range(5):
        assert found.post("/password", {**guess, "current": f"guess-{number}"}).status_code == 422
    assert found.get("/inbox").headers["Location"].startswith("/login")
    assert browser().log_in("d0101").status_code == 422


def test_a_planted_cookie_does_not_become_the_victims_log_in(browser):
    attacker, victim = browser(), browser()
    attacker.log_in("clerk1")
    planted = attacker.client.get_cookie(COOKIE).value
    victim.client.set_cookie(COOKIE, planted)
    victim.client.post("/logout", data={"csrf_token": _token(victim, "/inbox")})
    victim.log_in("d0101")
    assert victim.client.get_cookie(COOKIE).value != planted
    victim.client.set_cookie(COOKIE, planted)
    assert victim.get("/inbox").status_code == 303


def test_a_form_token_from_before_the_log_in_is_worth_nothing_after_it(browser):
    person = browser()
    before = _token(person, "/login")
    person.log_in("d0101")
    assert person.client.post("/password", data={"csrf_token": before}).status_code == 400


def _token(browser, path):
    page = html.fromstring(browser.client.get(path, follow_redirects=True).get_data(as_text=True))
    return page.xpath("//input[@name='csrf_token']/@value")[0]


def test_no_form_is_taken_without_its_token(app, browser):
    """Whoever it is: administrators of all three kinds, the office, and nobody at all."""
    person = browser()
    person.log_in("admin")
    for visitor in (person, browser()):
        answers = {path: visitor.client.post(path, data={}).status_code for path in addresses(app, "POST")}
        assert set(answers.values()) == {400}, {path: code for path, code in answers.items() if code != 400}


def test_changing_the_password_ends_the_other_browsers(browser):
    here, there = browser(), browser()
    for one in (here, there):
        one.log_in("d0101")
    assert here.post("/password", {"current": PASSWORD, "new": NEW, "again": NEW}).status_code == 303
    assert here.get("/inbox").status_code == 200
    assert there.get("/inbox").headers["Location"].startswith("/login")


def test_an_initial_password_ends_every_browser(app, browser):
    person = browser()
    person.log_in("d0101")
    give_initial_password(app.extensions["banli"], "admin", "d0101")
    assert person.get("/inbox").headers["Location"].startswith("/login")


@pytest.mark.parametrize(
    "target",
    [
        *("//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example"),
        *("https://evil.example", "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "/\r\nX-Evil: 1"),
        *("/x\x00y", "//localhost@evil.example/", "/" + "a" * 100_000),
    ],
)
def test_no_next_page_leads_elsewhere_or_into_the_headers(browser, target):
    answer = browser().log_in("d0101", next=target)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "X-Evil" not in answer.headers
    switched = browser().get(f"/language/en?next={quote(target[:2000])}")
    assert switched.headers["Location"] in ("/", target[:2000].replace("\x00", ""))
    assert not switched.headers["Location"].startswith("//")


@pytest.mark.parametrize("login", ["d0101", "no-such-person"])
def test_a_very_long_password_costs_no_more_than_a_short_one(browser, login):
    person = browser()
    started = time.process_time()
    assert person.log_in(login, "长" * 50_000).status_code == 422
    assert person.log_in(login, "长" * 500_000).status_code == 413  # more than all texts of a form may have together
    assert time.process_time() - started < 2
    assert person.log_in("d" * 100_000).status_code == 422


def test_over_long_entries_are_refused_at_their_field(browser):
    person = browser()
    person.log_in("admin")
    too_long = {"current": PASSWORD, "new": "a1" * 200, "again": "a1" * 200}
    assert _errors(person.post("/password", too_long)) == {"new"}
    typed = {"id": "n" * 65, "name": "名" * 121, "email": "a@b", "language": "tlh", "unit_id": "x" * 5000}
    answer = person.post("/admin/people/new", typed)
    assert answer.status_code == 422
    assert _errors(answer) == {"id", "name", "email", "unit_id", "language"}


def _errors(answer):
    tree = html.fromstring(answer.get_data(as_text=True))
    return {
        name.removeprefix("field-").removesuffix("-error") for name in tree.xpath("//*[contains(@id, '-error')]/@id")
    }


def test_html_in_names_is_text_on_every_page(app, browser):
    engine = app.extensions["banli"]
    with engine.unit_of_work() as uow:
        create_unit(uow, UnitData(name=f"单位{EVIL}", kind="department"), code="u1")
        create_user(uow, "x1", PersonData(name=f"某人{EVIL}", unit_id="u1"))
    person = browser()
    person.log_in("admin")
    for path in ("/admin/people?q=x1", "/admin/people/x1", "/admin/units", "/admin/units/u1", "/admin/people/new"):
        page = person.get(path).get_data(as_text=True)
        assert "alert(&#34;1&#34;)" in page, path
        assert EVIL not in page


@pytest.mark.parametrize("act", ["password", "lock", "unlock", "end", "reinstate"])
def test_the_system_administrator_cannot_become_another_administrator(app, browser, act):
    """Else he would read and clear the trail of what he did."""
    admin, security = browser(), browser()
    admin.log_in("admin")
    security.log_in("secadmin")
    for target in ("secadmin", "auditadmin"):
        refused = admin.post(f"/admin/people/{target}/{act}", {}, page=f"/admin/people/{target}")
        assert refused.status_code == 409
        assert "由安全管理员管理" in refused.get_data(as_text=True)
    assert security.get("/admin/people/auditadmin").status_code == 200
    allowed = security.post(f"/admin/people/auditadmin/{act}", {}, page="/admin/people/auditadmin")
    assert allowed.status_code == (404 if act in ("end", "reinstate") else 200 if act == "password" else 303)
    ordinary = security.post(f"/admin/people/d0102/{act}", {}, page="/admin/people/d0102")
    assert ordinary.status_code == (303 if act in ("lock", "unlock") else 404)


def test_without_a_security_administrator_the_system_administrator_stands_in(browser, revoke):
    revoke("secadmin", "security_admin")
    admin = browser()
    admin.log_in("admin")
    given = admin.post("/admin/people/auditadmin/password", {}, page="/admin/people/auditadmin")
    assert given.status_code == 200


def test_a_role_of_another_person_is_not_revoked_under_a_false_name(app, browser):
    admin = browser()
    admin.log_in("admin")
    page = html.fromstring(admin.get("/admin/people/d0102").get_data(as_text=True))
    address = next(action for action in page.xpath("//form/@action") if action.endswith("/revoke"))
    false = address.replace("/d0102/", "/d0103/")
    assert admin.post(false, {}, page="/admin/people/d0102").status_code == 404
    assert admin.post(address, {}, page="/admin/people/d0102").status_code == 303


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static/dist/"],
)
def test_no_file_beside_the_static_ones_is_served(browser, path):
    assert browser().get(path).status_code == 404


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../../etc/cron.d/现场.pdf", "现场.pdf"),
        ("C:\\windows\\现场.pdf", None),
        ('a";filename="x.exe.pdf', None),
        ("行\r\nSet-Cookie: x=1.pdf", None),
        ("\x00.pdf", None),
        (f"{EVIL}.pdf", None),
        ("名" * 300 + ".pdf", None),
    ],
)
def test_the_name_of_a_file_leads_nowhere(app, name, kept):
    app.config["WTF_CSRF_ENABLED"] = False
    case = submitted_motion(lambda user: Visitor(app, user))
    proposer = Visitor(app, PROPOSER)
    page = proposer.post(f"/instances/{case}/attachments", {"file": pdf(name)})
    assert page.status in (200, 422)
    assert EVIL not in page.text
    for link in page.tree.xpath("//*[@class='attachment']//a/@href"):
        answer = proposer.get(link)
        header = answer.headers["Content-Disposition"]
        assert header.startswith("attachment; filename*=UTF-8''")
        assert not set(header[len("attachment; filename*=UTF-8''") :]) & set("\r\n\"'/\\;, ")
        assert "Set-Cookie" not in answer.headers
        assert kept is None or unquote(header.rpartition("'")[2]) == kept


@pytest.mark.parametrize("user", ["admin", "d0101", None])
@pytest.mark.both_databases
def test_no_address_breaks_over_hostile_arguments(app, user):
    app.config["WTF_CSRF_ENABLED"] = False
    client = Visitor(app, user).client
    broken = {}
    mixed = {name: HOSTILE[place % len(HOSTILE)] for place, name in enumerate(NAMES)}
    for kind, arguments in (("mixed", mixed), ("NUL", dict.fromkeys(NAMES, "x\x00y"))):
        for path in addresses(app, "GET"):
            broken["GET", path, kind] = client.get(path, query_string=arguments).status_code
        for path in addresses(app, "POST"):
            broken["POST", path, kind] = client.post(path, data=arguments).status_code
            if user is not None:
                client.set_cookie(COOKIE, login_token(app, user))  # one of them logs out
    assert {what: code for what, code in broken.items() if code >= 500} == {}


def test_a_request_that_is_too_large_is_told_the_limit_and_what_to_do(app, browser):
    person = browser()
    person.log_in("d0101")
    app.config["MAX_FORM_MEMORY_SIZE"] = 1000
    answer = person.client.post("/start/motion", data={"text": "字" * 1000})
    assert answer.status_code == 413
    assert "每个附件最多" in alerts(answer)[1]
