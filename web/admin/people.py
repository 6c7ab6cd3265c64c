"""People: search, create, change, lock, give a password, end; their roles and relatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required

from engine.commands.access.change_password import give_initial_password
from engine.commands.organisation.people import (
    PersonData,
    change_user,
    create_user,
    end_user,
    lock_user,
    reinstate_user,
    unlock_user,
)
from engine.commands.organisation.relatives import RELATIONS, declare_relative, withdraw_relative
from engine.commands.organisation.roles import RoleGrant, grant_role, revoke_role
from engine.errors import ConflictError, EngineError, InvalidInputError, NotFoundError
from engine.queries.administration import is_administrator
from engine.queries.congress import congress_terms
from engine.queries.directory import PersonPage, people_page, person_page, unit_choices
from engine.queries.trail import trail_page
from engine.rules.administration import Area
from engine.rules.roles import ADMINISTRATOR_ROLES, ROLES
from engine.unit_of_work import UnitOfWork
from web.admin import posted
from web.admin.blueprint import area_required, bp
from web.extensions import current_engine

Values = dict[str, Any]


def people_open_to_me() -> None:
    """People are shown to the system and the security administrator: one keeps, the other locks them."""
    if not (current_user.may(Area.PEOPLE) or current_user.may(Area.LOCKS)):
        raise NotFoundError


@bp.get("/people")
@login_required
def people() -> ResponseReturnValue:
    """Search people."""
    people_open_to_me()
    asked = {name: request.args.get(name, "") for name in ("q", "unit", "role", "state")}
    with current_engine().reading(current_user.id) as uow:
        found = people_page(
            uow.session,
            on=uow.today,
            q=asked["q"],
            unit_id=asked["unit"],
            role=asked["role"],
            state=asked["state"],
            page=posted.page_number(),
        )
        units = unit_choices(uow.session, uow.today)
    return render_template("admin/people.html", found=found, asked=asked, units=units, roles=ROLES.values())


@bp.route("/people/new", methods=["GET", "POST"])
@area_required(Area.PEOPLE)
def new_person() -> ResponseReturnValue:
    """Add a person."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with current_engine().unit_of_work(actor=current_user.id) as uow:
                user_id = create_user(uow, posted.text("id"), _person_data())
        except InvalidInputError as error:
            errors = error.fields
        else:
            flash(_("已新增人员。"), "success")
            return redirect(url_for("admin.person", user_id=user_id), code=303)
    with current_engine().reading(current_user.id) as uow:
        units = unit_choices(uow.session, uow.today)
    values = request.form.to_dict() or {"language": "zh_Hans_CN"}
    return render_template("admin/person_new.html", values=values, errors=errors, units=units), 422 if errors else 200


@bp.get("/people/<user_id>")
@login_required
def person(user_id: str) -> ResponseReturnValue:
    """Everything about one person."""
    people_open_to_me()
    return _person_page(user_id)


@bp.post("/people/<user_id>")
@area_required(Area.PEOPLE)
def change_person(user_id: str) -> ResponseReturnValue:
    """Change what is known of a person."""
    return _do(user_id, lambda uow: change_user(uow, user_id, _person_data()), _("已保存。"), "person")


@bp.post("/people/<user_id>/lock")
@area_required(Area.LOCKS)
def lock_person(user_id: str) -> ResponseReturnValue:
    """Lock: open log-ins end at once."""
    return _do(user_id, lambda uow: lock_user(uow, user_id), _("账号已锁定，已登录的设备已退出。"))


@bp.post("/people/<user_id>/unlock")
@area_required(Area.LOCKS)
def unlock_person(user_id: str) -> ResponseReturnValue:
    """Unlock."""
    return _do(user_id, lambda uow: unlock_user(uow, user_id), _("账号已解锁。"))


@bp.post("/people/<user_id>/end")
@area_required(Area.PEOPLE)
def end_person(user_id: str) -> ResponseReturnValue:
    """The person leaves."""
    return _do(user_id, lambda uow: end_user(uow, user_id, left_on=posted.day("left_on")), _("已停用。"), "end")


@bp.post("/people/<user_id>/reinstate")
@area_required(Area.PEOPLE)
def reinstate_person(user_id: str) -> ResponseReturnValue:
    """The person is back."""
    return _do(user_id, lambda uow: reinstate_user(uow, user_id), _("已恢复。"))


@bp.post("/people/<user_id>/password")
@area_required(Area.LOCKS)
def give_password(user_id: str) -> ResponseReturnValue:
    """Give an initial password; it is shown once, on this very answer, and stored nowhere."""
    password = give_initial_password(current_engine(), current_user.id, user_id)
    return render_template("admin/password_given.html", user_id=user_id, password=password)


@bp.post("/people/<user_id>/roles")
@login_required
def grant(user_id: str) -> ResponseReturnValue:
    """Grant a role; the command checks whether this administrator may."""
    people_open_to_me()

    def work(uow: UnitOfWork) -> None:
        term = posted.text("term")
        grant_role(
            uow,
            RoleGrant(
                user_id=user_id,
                role=posted.text("role"),
                unit_id=posted.optional("role_unit"),
                term=int(term) if term.isascii() and term.isdigit() and len(term) < 3 else None,
                valid_from=posted.day("valid_from"),
                valid_to=posted.day("valid_to"),
            ),
        )

    return _do(user_id, work, _("已授予角色。"), "role", renamed={"unit_id": "role_unit"})


@bp.post("/people/<user_id>/roles/<uuid:assignment_id>/revoke")
@login_required
def revoke(user_id: str, assignment_id: UUID) -> ResponseReturnValue:
    """Revoke a role."""
    people_open_to_me()
    return _do(user_id, lambda uow: revoke_role(uow, assignment_id, of=user_id), _("角色已收回。"))


@bp.post("/people/<user_id>/relatives")
@area_required(Area.PEOPLE)
def add_relative(user_id: str) -> ResponseReturnValue:
    """Declare a relative by staff number."""

    def work(uow: UnitOfWork) -> None:
        try:
            declare_relative(uow, user_id, posted.text("relative_id"), posted.text("relation"))
        except NotFoundError:
            raise InvalidInputError({"relative_id": _("没有找到此工号，请核对")}) from None

    return _do(user_id, work, _("已登记亲属关系。"), "relative")


@bp.post("/people/<user_id>/relatives/<relative_id>/withdraw")
@area_required(Area.PEOPLE)
def remove_relative(user_id: str, relative_id: str) -> ResponseReturnValue:
    """Withdraw a declared relation."""
    return _do(user_id, lambda uow: withdraw_relative(uow, user_id, relative_id), _("已取消。"))


def _do(
    user_id: str,
    work: Callable[[UnitOfWork], object],
    done: str,
    form: str = "",
    *,
    renamed: dict[str, str] | None = None,
) -> ResponseReturnValue:
    """Carry out one change; what is wrong stands at its field of the form, with what was typed."""
    try:
        with current_engine().unit_of_work(actor=current_user.id) as uow:
            work(uow)
    except InvalidInputError as error:
        fields = {(renamed or {}).get(name, name): text for name, text in error.fields.items()}
        return _person_page(user_id, form=form, errors=fields), 422
    except ConflictError as error:
        return _person_page(user_id, refusal=error), 409
    flash(done, "success")
    return redirect(url_for("admin.person", user_id=user_id), code=303)


def _person_page(
    user_id: str, *, form: str = "", errors: dict[str, str] | None = None, refusal: EngineError | None = None
) -> str:
    with current_engine().reading(current_user.id) as uow:
        shown = person_page(uow.session, user_id, uow.today)
        trail = trail_page(uow.session, q=user_id)
        units = unit_choices(uow.session, uow.today)
        terms = congress_terms(uow.session)
        today = uow.today
        is_one_of_three = is_administrator(uow.session, user_id, today)
    return render_template(
        "admin/person.html",
        person=shown,
        is_one_of_three=is_one_of_three,
        may_touch=not is_one_of_three or current_user.may(Area.ADMINISTRATORS),
        units=units,
        term_choices=[(term.term, _("第 %(n)s 届", n=term.term)) for term in terms],
        roles=_grantable(),
        grantable={role for role, _name in _grantable()},
        relations=RELATIONS,
        relation_choices=[(relation, _(name)) for relation, name in RELATIONS.items()],
        trail=[line for line in trail.lines if line.subject == user_id][:20],
        open_form=form,
        errors=errors or {},
        values=request.form.to_dict(),
        stored=_values(shown),
        refusal=refusal,
        today=today,
    )


def _grantable() -> list[tuple[str, str]]:
    """The roles this administrator may grant."""
    return [
        (role.id, _(role.name))
        for role in ROLES.values()
        if current_user.may(Area.ADMINISTRATORS if role.id in ADMINISTRATOR_ROLES else Area.ROLES)
    ]


def _values(shown: PersonPage) -> Values:
    return {
        "name": shown.name,
        "unit_id": shown.unit_id,
        "email": shown.email,
        "language": shown.language,
        "joined_on": shown.joined_on,
    }


def _person_data() -> PersonData:
    return PersonData(
        name=posted.text("name"),
        unit_id=posted.optional("unit_id"),
        email=posted.optional("email"),
        language=posted.text("language") or "zh_Hans_CN",
        joined_on=posted.day("joined_on"),
    )
