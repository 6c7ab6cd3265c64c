"""Say something in a section of a case's conversation."""

from uuid import UUID

from engine.errors import InvalidInputError, NotFoundError, NotPermittedError
from engine.queries.entitlement import takes_part
from engine.requests import remember, replayed, used_otherwise
from engine.sentences import say
from engine.step.history import HistoryEntry
from engine.step.ids import ordered_id
from engine.step.instance import LoadedInstance, load_instance
from engine.step.save import append_history
from engine.step.writes import PendingWrites, write_pending
from engine.unit_of_work import UnitOfWork
from engine.work_items import can_read
from models import InstanceComment

COMMAND = "add_comment"
TEXT_LIMIT = 2000  # characters


def add_comment(uow: UnitOfWork, instance_id: UUID, section: str, text: str, *, request_id: str | None) -> UUID:
    """Add a comment; it stays, also after the case has ended.

    Raises:
        NotFoundError: no such case for this person.
        NotPermittedError: the person may not write in this section.
        InvalidInputError: empty or too long.
        ConflictError: other words were said with this request id.
    """
    assert uow.actor is not None, "a comment has an author"
    instance = load_instance(uow, instance_id)
    if (answer := replayed(uow, request_id, COMMAND, instance_id)) is not None:
        return _the_same(uow, UUID(answer["comment"]), section, text.strip())
    if not can_read(uow, instance_id):
        raise NotFoundError
    if not may_write(uow, instance, section):
        raise NotPermittedError("您不能在此处留言")
    clean = text.strip()
    if not clean or len(clean) > TEXT_LIMIT:
        raise InvalidInputError({"text": say("请填写 1 至 {most} 个字", most=TEXT_LIMIT)})
    comment = InstanceComment(
        id=ordered_id(uow.now),
        process_instance_id=instance_id,
        section=section,
        author_id=uow.actor,
        text=clean,
        written_at=uow.now,
    )
    uow.session.add(comment)
    uow.session.flush()
    append_history(uow, instance, [HistoryEntry("comment.added", body={"section": section}, actor_id=uow.actor)])
    _tell_initiator(uow, instance, section, clean)
    remember(uow, request_id, COMMAND, {"comment": str(comment.id)}, about=instance_id)
    return comment.id


def _the_same(uow: UnitOfWork, comment_id: UUID, section: str, text: str) -> UUID:
    """A page to which somebody went back is sent with the id of its request again, but perhaps with other words."""
    comment = uow.session.get(InstanceComment, comment_id)
    if comment is not None and (comment.section, comment.text) != (section, text):
        raise used_otherwise()
    return comment_id


def may_write(uow: UnitOfWork, instance: LoadedInstance, section: str) -> bool:
    """Whether the actor reads and writes in a section; without any sections whoever reads the case may."""
    sections = instance.deployed.manifest.sections()
    if not sections:
        return True
    return any(each.key == section and takes_part(uow, instance, each) for each in sections)


def _tell_initiator(uow: UnitOfWork, instance: LoadedInstance, section: str, text: str) -> None:
    if instance.started_by in (None, uow.actor):
        return
    sections = {each.key: each for each in instance.deployed.manifest.sections()}
    if section in sections and not sections[section].initiator:
        return
    pending = PendingWrites()
    assert instance.started_by is not None
    pending.notice(
        instance.started_by, instance.id, "comment", say("新留言：{title}", title=instance.title or ""), text[:200]
    )
    write_pending(uow.connection, pending, instance.id, uow.now)
