"""Units: list, create, change, dissolve with a successor, leader in charge."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from engine.commands.organisation.leaders import end_charge, put_in_charge
from engine.commands.organisation.units import UnitData, change_unit, create_unit, dissolve_unit
from engine.errors import InvalidInputError
from engine.queries.directory import UnitPage, holders_of, unit_choices, unit_page, unit_rows
from engine.rules.administration import Area
from engine.rules.roles import UNIT_KIND_NAMES
from engine.unit_of_work import UnitOfWork
from web.admin import posted
from web.admin.blueprint import area_required, bp
from web.extensions import current_engine


@bp.get("/units")
@area_required(Area.UNITS)
def units() -> ResponseReturnValue:
    """Units by kind."""
    asked = {name: request.args.get(name, "") for name in ("q", "kind", "ended")}
    with current_engine().reading(current_user.id) as uow:
        rows = unit_rows(uow.session, on=uow.today, q=asked["q"], kind=asked["kind"], with_ended=asked["ended"] == "on")
        today = uow.today
    groups = [(kind, [row for row in rows if row.unit.kind == kind]) for kind in UNIT_KIND_NAMES]
    return render_template("admin/units.html", groups=groups, asked=asked, kinds=_kinds(), total=len(rows), today=today)


@bp.route("/units/new", methods=["GET", "POST"])
@area_required(Area.UNITS)
def new_unit() -> ResponseReturnValue:
    """Add a unit."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with current_engine().unit_of_work(actor=current_user.id) as uow:
                unit_id = create_unit(uow, _unit_data(), code=posted.optional("id"))
        except InvalidInputError as error:
            errors = error.fields
        else:
            flash(_("已新增单位。"), "success")
            return redirect(url_for("admin.unit", unit_id=unit_id), code=303)
    with current_engine().reading(current_user.id) as uow:
        parents = unit_choices(uow.session, uow.today)
    page = render_template(
        "admin/unit_new.html", values=request.form.to_dict(), errors=errors, parents=parents, kinds=_kinds()
    )
    return page, 422 if errors else 200


@bp.get("/units/<unit_id>")
@area_required(Area.UNITS)
def unit(unit_id: str) -> ResponseReturnValue:
    """Everything about one unit."""
    return _unit_page(unit_id)


@bp.post("/units/<unit_id>")
@area_required(Area.UNITS)
def change_unit_now(unit_id: str) -> ResponseReturnValue:
    """Change a unit."""
    return _do(unit_id, lambda uow: change_unit(uow, unit_id, _unit_data()), _("已保存。"), "unit")


@bp.post("/units/<unit_id>/dissolve")
@area_required(Area.UNITS)
def dissolve(unit_id: str) -> ResponseReturnValue:
    """Dissolve a unit; people and roles go to the successor."""

    def work(uow: UnitOfWork) -> None:
        last_day = posted.day("last_day", required=True)
        assert last_day is not None
        dissolve_unit(uow, unit_id, last_day=last_day, successor_id=posted.optional("successor_id"))

    return _do(unit_id, work, _("单位已撤销，人员和角色已转到承接单位。"), "dissolve")


@bp.post("/units/<unit_id>/leader")
@area_required(Area.UNITS)
def put_leader(unit_id: str) -> ResponseReturnValue:
    """Put a school leader in charge."""

    def work(uow: UnitOfWork) -> None:
        leader = posted.text("user_id")
        if not leader:
            raise InvalidInputError({"user_id": _("请选择校领导")})
        put_in_charge(uow, unit_id, leader, starts_on=posted.day("starts_on"))

    return _do(unit_id, work, _("分管校领导已更新。"), "leader")


@bp.post("/units/<unit_id>/leader/<uuid:charge_id>/end")
@area_required(Area.UNITS)
def end_leader(unit_id: str, charge_id: UUID) -> ResponseReturnValue:
    """End a charge."""
    return _do(unit_id, lambda uow: end_charge(uow, charge_id), _("分管已结束。"))


def _do(unit_id: str, work: Callable[[UnitOfWork], object], done: str, form: str = "") -> ResponseReturnValue:
    try:
        with current_engine().unit_of_work(actor=current_user.id) as uow:
            work(uow)
    except InvalidInputError as error:
        return _unit_page(unit_id, form=form, errors=error.fields), 422
    flash(done, "success")
    return redirect(url_for("admin.unit", unit_id=unit_id), code=303)


def _unit_page(unit_id: str, *, form: str = "", errors: dict[str, str] | None = None) -> str:
    with current_engine().reading(current_user.id) as uow:
        shown = unit_page(uow.session, unit_id, uow.today)
        leaders = holders_of(uow.session, "school_leader", uow.today)
        choices = [choice for choice in unit_choices(uow.session, uow.today) if choice[0] != unit_id]
        today = uow.today
    return render_template(
        "admin/unit.html",
        page=shown,
        leaders=[(line.user_id, line.user_name) for line in leaders],
        choices=choices,
        kinds=_kinds(),
        open_form=form,
        errors=errors or {},
        values=request.form.to_dict(),
        stored=_values(shown),
        today=today,
    )


def _values(shown: UnitPage) -> dict[str, object]:
    found = shown.unit
    return {
        "name": found.name,
        "kind": found.kind.value,
        "parent_id": found.parent_id,
        "handles_cases": found.handles_cases,
        "valid_from": found.valid_from,
    }


def _kinds() -> list[tuple[str, str]]:
    return [(str(kind), _(name)) for kind, name in UNIT_KIND_NAMES.items()]


def _unit_data() -> UnitData:
    return UnitData(
        name=posted.text("name"),
        kind=posted.text("kind"),
        parent_id=posted.optional("parent_id"),
        handles_cases=posted.ticked("handles_cases"),
        valid_from=posted.day("valid_from"),
    )
