"""School leaders in charge of units, with dates."""

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import or_, select

from engine.commands.organisation.people import load_user
from engine.commands.organisation.trail import ensure_may, record, snapshot
from engine.commands.organisation.units import load_unit
from engine.errors import InvalidInputError, NotFoundError
from engine.queries.organisation import has_role, local_date
from engine.rules.administration import Area
from models import LeaderCharge

if TYPE_CHECKING:
    from engine.unit_of_work import UnitOfWork

FIELDS = ("user_id", "unit_id", "valid_from", "valid_to")


def put_in_charge(uow: "UnitOfWork", unit_id: str, user_id: str, *, starts_on: date | None = None) -> None:
    """Put a school leader in charge of a unit from a day on (default today); the predecessor's charge ends before.

    Raises:
        InvalidInputError: ``user_id`` is no school leader on that day.
    """
    ensure_may(uow, Area.UNITS)
    unit, user = load_unit(uow, unit_id), load_user(uow, user_id)
    starts_on = starts_on or local_date(uow.clock)
    if not has_role(uow.session, user.id, "school_leader", starts_on):
        raise InvalidInputError({"user_id": "此人在该日不是校领导，请另选或先授予角色"})
    _end_charges(uow, unit.id, starts_on)
    charge = LeaderCharge(user_id=user.id, unit_id=unit.id, valid_from=starts_on)
    uow.session.add(charge)
    uow.session.flush()
    record(uow, "leader.put_in_charge", unit.id, before=None, after=snapshot(charge, FIELDS))


def end_charge(uow: "UnitOfWork", charge_id: UUID) -> None:
    """End a charge yesterday."""
    ensure_may(uow, Area.UNITS)
    charge = uow.session.get(LeaderCharge, charge_id)
    if charge is None:
        raise NotFoundError
    _end(uow, charge, local_date(uow.clock))


def _end_charges(uow: "UnitOfWork", unit_id: str, next_starts_on: date) -> None:
    charges = select(LeaderCharge).where(
        LeaderCharge.unit_id == unit_id, or_(LeaderCharge.valid_to.is_(None), LeaderCharge.valid_to >= next_starts_on)
    )
    for charge in list(uow.session.scalars(charges)):
        _end(uow, charge, next_starts_on)


def _end(uow: "UnitOfWork", charge: LeaderCharge, day_after: date) -> None:
    """A charge that would end before it began is taken away."""
    before = snapshot(charge, FIELDS)
    if charge.valid_from is not None and charge.valid_from >= day_after:
        uow.session.delete(charge)
        record(uow, "leader.charge_ended", charge.unit_id, before=before, after=None)
        return
    charge.valid_to = day_after - timedelta(days=1)
    record(uow, "leader.charge_ended", charge.unit_id, before=before, after=snapshot(charge, FIELDS))
