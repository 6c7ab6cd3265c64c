"""Declared relatives: who is excluded together with whom."""

from typing import TYPE_CHECKING

from engine.commands.organisation.people import load_user
from engine.commands.organisation.trail import ensure_may, record
from engine.errors import InvalidInputError
from engine.rules.administration import Area
from models import Relative

if TYPE_CHECKING:
    from engine.unit_of_work import UnitOfWork

RELATIONS: dict[str, str] = {
    "spouse": "配偶",
    "lineal": "直系亲属",
    "collateral": "三代以内旁系亲属",
    "in_law": "近姻亲",
}


def declare_relative(uow: "UnitOfWork", user_id: str, relative_id: str, relation: str) -> None:
    """Record that two people are related; it holds in both directions.

    Raises:
        InvalidInputError: ``relative_id`` or ``relation``.
    """
    ensure_may(uow, Area.PEOPLE)
    load_user(uow, user_id)
    load_user(uow, relative_id)
    if user_id == relative_id:
        raise InvalidInputError({"relative_id": "亲属不能是本人，请填写对方的工号"})
    if relation not in RELATIONS:
        raise InvalidInputError({"relation": "请选择亲属关系"})
    for one, other in ((user_id, relative_id), (relative_id, user_id)):
        row = uow.session.get(Relative, (one, other))
        if row is None:
            uow.session.add(Relative(user_id=one, relative_id=other, relation=relation))
        else:
            row.relation = relation
    uow.session.flush()
    after = {"relative_id": relative_id, "relation": relation}
    record(uow, "relative.declared", user_id, before=None, after=after)


def withdraw_relative(uow: "UnitOfWork", user_id: str, relative_id: str) -> None:
    """Two people are no longer, or were never, related; nothing happens when none was declared."""
    ensure_may(uow, Area.PEOPLE)
    rows = [uow.session.get(Relative, pair) for pair in ((user_id, relative_id), (relative_id, user_id))]
    for row in rows:
        if row is not None:
            uow.session.delete(row)
    if any(rows):
        record(uow, "relative.withdrawn", user_id, before={"relative_id": relative_id}, after=None)
