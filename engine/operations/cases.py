"""Operations on the case itself and between cases: links, participants, sealing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from engine.operations.registry import OperationCall, operation
from engine.sentences import say
from engine.values import loads
from models import InstanceLink, ProcessInstance, ReportValue

LINK = InstanceLink.__table__
INSTANCE = ProcessInstance.__table__
REPORT = ReportValue.__table__
PARTS = frozenset({"joint", "seconder", "follower", "copied", "handler", "beneficiary"})


@operation("case.link")
def link_case(call: OperationCall) -> Mapping[str, Any]:
    """Link this case to another: ``to`` (case id), ``kind`` (merged, duplicate, earlier_answer …).

    Two cases are never linked to each other by the same kind.
    """
    target = _case_id(call, call.text("to"))
    if target == call.environment.instance_id:
        raise call.failure("事项不能与自身关联，请另选事项")
    _standing_still(call, target)
    kind = call.text("kind", "merged")
    if _is_linked(call, target, kind):
        raise call.failure("所选事项已关联到本事项，不能互相关联")
    call.pending.links.append({"source_id": call.environment.instance_id, "target_id": target, "kind": kind})
    return {}


@operation("case.unlink")
def unlink_case(call: OperationCall) -> Mapping[str, Any]:
    """Take back a link of this case: ``to`` (case id), ``kind`` (merged, duplicate …); nothing if there is none."""
    target, kind = _case_id(call, call.text("to")), call.text("kind", "merged")
    source = call.environment.instance_id
    call.uow.connection.execute(
        delete(LINK).where(LINK.c.source_id == source, LINK.c.target_id == target, LINK.c.kind == kind)
    )
    links = call.pending.links  # one made in this very step is not written yet
    links[:] = [row for row in links if (row["target_id"], row["kind"]) != (target, kind)]
    return {}


@operation("case.linked")
def linked_cases(call: OperationCall) -> Mapping[str, Any]:
    """Cases linked to this one (``direction`` = "in", the default) or from it ("out"), of one ``kind``.

    Returns ``cases``: a list of contexts with ``id``, ``number``, ``title``, ``status`` and the variables of the
    report contract that ``variables`` names.
    """
    kind, inwards = call.text("kind", "merged"), call.parameters.get("direction", "in") != "out"
    own, other = (LINK.c.target_id, LINK.c.source_id) if inwards else (LINK.c.source_id, LINK.c.target_id)
    rows = call.uow.connection.execute(
        select(INSTANCE.c.id, INSTANCE.c.number, INSTANCE.c.title, INSTANCE.c.status)
        .join(LINK, other == INSTANCE.c.id)
        .where(own == call.environment.instance_id, LINK.c.kind == kind)
        .order_by(LINK.c.linked_at, INSTANCE.c.number, INSTANCE.c.id)
    ).all()
    wanted = call.texts("variables")
    extra = _report_values(call, [row.id for row in rows], wanted)
    cases = [
        {"id": str(row.id), "number": row.number, "title": row.title, "status": str(row.status.value)}
        | dict.fromkeys(wanted)
        | extra.get(row.id, {})
        for row in rows
    ]
    return {"cases": cases}


@operation("case.read")
def read_case(call: OperationCall) -> Mapping[str, Any]:
    """One other ``case``: its ``id``, ``number``, ``title``, ``status`` and the report variables in ``variables``.

    It takes no step before this one is written: whoever then waits for its next message waits in time.
    """
    wanted = call.texts("variables")
    target = _case_id(call, call.text("case"))
    row = _standing_still(call, target)
    values = dict.fromkeys(wanted) | _report_values(call, [row.id], wanted).get(row.id, {})
    return {"id": str(row.id), "number": row.number, "title": row.title, "status": str(row.status.value)} | values


@operation("case.participants")
def add_participants(call: OperationCall) -> Mapping[str, Any]:
    """Make people part of the case: each parameter is a part (joint, seconder, follower, copied) with user ids."""
    for part in call.parameters:
        if part not in PARTS:
            raise call.failure(say("不认识的参与身份 {part}", part=part))
        call.pending.participants.extend((person, part) for person in call.texts(part))
    return {}


@operation("case.seal")
def seal_case(call: OperationCall) -> Mapping[str, Any]:
    """From now on only holders of ``roles`` (and whoever handles an open task of it) read the case."""
    roles = call.texts("roles")
    if not roles:
        raise call.failure("须指定可阅读的角色 roles")
    call.pending.sealed_for = frozenset(roles)
    return {"sealed": True}


def _standing_still(call: OperationCall, case_id: UUID) -> Any:
    """The row of another case, which stays as it is until this step is written, however many read it meanwhile.

    Locks are taken in one order: the case of the step, then the one that it follows. A case that is followed follows
    none itself (`CaseChoices` offers none that does), so that nobody waits in a circle. Two that were made to follow
    each other by hand do: the database lets one of them begin again, and then it is refused.
    """
    query = select(INSTANCE.c.id, INSTANCE.c.number, INSTANCE.c.title, INSTANCE.c.status)
    shared = query.where(INSTANCE.c.id == case_id).with_for_update(read=True)
    row = call.uow.connection.execute(shared).one_or_none()
    if row is None:
        raise call.failure(say("没有找到事项 {case}", case=case_id))
    return row


def _is_linked(call: OperationCall, other: UUID, kind: str) -> bool:
    """Whether the other case, which stands still, is linked to this one."""
    back = select(LINK.c.kind).where(
        LINK.c.source_id == other, LINK.c.target_id == call.environment.instance_id, LINK.c.kind == kind
    )
    return call.uow.connection.execute(back).first() is not None


def _case_id(call: OperationCall, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise call.failure(say("“{text}”不是事项标识", text=text)) from error


def _report_values(call: OperationCall, ids: list[UUID], names: list[str]) -> dict[UUID, dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = {}
    if ids and names:
        rows = call.uow.connection.execute(
            select(REPORT.c.process_instance_id, REPORT.c.name, REPORT.c.value).where(
                REPORT.c.process_instance_id.in_(ids), REPORT.c.name.in_(names)
            )
        )
        for instance_id, name, value in rows:
            found.setdefault(instance_id, {})[name] = loads(value)["value"]
    return found
