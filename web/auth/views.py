"""Log in, log out, change one's password, first start."""

from __future__ import annotations

from flask import Blueprint, Flask, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required

from engine.commands.access.change_password import change_password
from engine.commands.access.first_start import name_first_administrator
from engine.commands.access.log_in import Origin, log_in
from engine.commands.access.log_out import log_out
from engine.errors import InvalidInputError, NotFoundError
from engine.queries.administration import has_administrator
from engine.queries.settings import log_in_rules
from web.auth.person import COOKIE, forget, load_person, remember
from web.extensions import current_engine, login_manager
from web.kept_forms import comes_from_our_pages, kept_fields, lost_files
from web.readable import readable
from web.redirects import local_target

bp = Blueprint("auth", __name__, template_folder="templates")

OPEN_WITH_OLD_PASSWORD = frozenset({"auth.password", "auth.logout", "auth.login", "language", "static", "healthz"})


def init_app(app: Flask) -> None:
    """Tell Flask-Login who is behind a request, and where to send who is not logged in."""
    login_manager.request_loader(load_person)
    login_manager.unauthorized_handler(_ask_to_log_in)
    app.before_request(_ask_for_new_password)


def _ask_to_log_in() -> ResponseReturnValue:
    if _is_asked_by_a_script():
        return forget(make_response(_("请重新登录"), 401))
    if request.method == "POST" and comes_from_our_pages() and kept_fields():
        return forget(make_response(_log_in_again_page(), 401))
    if request.method == "GET" and COOKIE in request.cookies:
        flash(_("登录已结束：长时间没有操作、在别处退出，或账号有变化。请重新登录。"), "info")
    target = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return forget(make_response(redirect(url_for("auth.login", next=target), code=303)))


def _is_asked_by_a_script() -> bool:
    """Whether a page asks in the background: no person would see the page that we answered with."""
    return "HX-Request" in request.headers or request.accept_mimetypes.best == "application/json"


def _ask_for_new_password() -> ResponseReturnValue | None:
    """A password that somebody else chose is changed before anything else."""
    if request.endpoint is None or request.endpoint in OPEN_WITH_OLD_PASSWORD:
        return None
    if current_user.is_authenticated and current_user.must_change_password:
        return redirect(url_for("auth.password"), code=303)
    return None


@bp.get("/login")
def login() -> ResponseReturnValue:
    """The log-in page; before the first administrator is named, the page that asks for one."""
    if current_user.is_authenticated:
        return redirect(url_for("home"))
    if not _has_administrator():
        return redirect(url_for("auth.first_start"))
    return _login_page(next_page=request.args.get("next", ""))


@bp.post("/login")
def log_in_now() -> ResponseReturnValue:
    """Check the password. Unknown person, wrong password and locked account get the same answer."""
    typed = readable(request.form.get("login", ""))
    token = log_in(current_engine(), typed, request.form.get("password", ""), _origin())
    if token is None:
        return _login_page(typed, request.form.get("next", ""), _not_logged_in()), 422
    session.clear()  # nothing of who used this browser before
    return remember(make_response(redirect(local_target(request.form.get("next")), code=303)), token)


@bp.post("/login/again")
def log_in_again() -> ResponseReturnValue:
    """Log in on the page that keeps a form, and take the form back to where it was sent.

    It arrives there with the token of a session that is over, so it is shown again and not taken (``web/errors.py``).
    """
    token = log_in(
        current_engine(), readable(request.form.get("_login", "")), request.form.get("_password", ""), _origin()
    )
    if token is None:
        return _log_in_again_page(_not_logged_in()), 422
    session.clear()
    return remember(make_response(redirect(local_target(request.form.get("_next")), code=307)), token)


@bp.post("/logout")
def logout() -> ResponseReturnValue:
    """End this log-in."""
    token = request.cookies.get(COOKIE, "")
    with current_engine().unit_of_work(actor=current_user.id if current_user.is_authenticated else None) as uow:
        log_out(uow, token)
    session.clear()
    return forget(make_response(redirect(url_for("auth.login"), code=303)))


@bp.route("/password", methods=["GET", "POST"])
@login_required
def password() -> ResponseReturnValue:
    """Choose a new password; log-ins on other devices end."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = _changed_password()
        if not errors:
            flash(_("密码已修改，其他设备上的登录已退出。"), "success")
            return redirect(url_for("home"), code=303)
    page = render_template("auth/password.html", errors=errors, values={}, least=_password_length())
    return page, (422 if errors else 200)


@bp.route("/first-start", methods=["GET", "POST"])
def first_start() -> ResponseReturnValue:
    """Name the first administrator, with the one-time token that the server printed. Afterwards the page is gone."""
    if _has_administrator():
        raise NotFoundError
    errors: dict[str, str] = {}
    values = {name: readable(request.form.get(name, "")) for name in ("token", "id", "name")}
    if request.method == "POST":
        errors = _named_administrator(values)
        if not errors:
            flash(_("管理员已设立，请登录。"), "success")
            return redirect(url_for("auth.login"), code=303)
    page = render_template("auth/first_start.html", errors=errors, values=values, least=_password_length())
    return page, (422 if errors else 200)


def _login_page(typed: str = "", next_page: str = "", error: str = "") -> str:
    return render_template("auth/login.html", values={"login": typed[:64]}, next_page=next_page, error=error)


def _log_in_again_page(error: str = "") -> str:
    """The log-in page for a form that came after the log-in had ended; all that was typed is kept in it."""
    return render_template(
        "auth/again.html",
        values={"_login": request.form.get("_login", "")[:64]},
        next_page=request.form.get("_next") or request.full_path.rstrip("?"),
        kept=kept_fields(),
        has_files=bool(lost_files()),
        error=error,
    )


def _not_logged_in() -> str:
    return _("工号或密码不正确，或账号已锁定。请检查后重试，或联系管理员。")


def _changed_password() -> dict[str, str]:
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        return {"again": _("两次输入的新密码不一致")}
    try:
        change_password(
            current_engine(),
            current_user.id,
            current=request.form.get("current", ""),
            new=new,
            token=current_user.token,
            origin=_origin(),
        )
    except InvalidInputError as error:
        return error.fields
    return {}


def _named_administrator(values: dict[str, str]) -> dict[str, str]:
    new = request.form.get("password", "")
    if new != request.form.get("again", ""):
        return {"again": _("两次输入的密码不一致")}
    try:
        name_first_administrator(
            current_engine(),
            token=values["token"],
            user_id=values["id"],
            name=values["name"],
            password=new,
        )
    except InvalidInputError as error:
        return error.fields
    return {}


def _has_administrator() -> bool:
    with current_engine().reading() as uow:
        return has_administrator(uow.session, uow.today)


def _password_length() -> int:
    with current_engine().reading() as uow:
        return log_in_rules(uow.session).password_length


def _origin() -> Origin:
    return Origin(request.remote_addr, request.user_agent.string or None)
