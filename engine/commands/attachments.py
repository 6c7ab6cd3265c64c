"""Attachments of a case: add one, open one."""

import mimetypes
from hashlib import sha256
from pathlib import PurePath
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import func, select

from engine.errors import InvalidInputError, NotFoundError, NotPermittedError
from engine.queries.entitlement import may_attach, may_open_sensitive
from engine.requests import remember, replayed, used_otherwise
from engine.sentences import say
from engine.step.history import HistoryEntry
from engine.step.ids import ordered_id
from engine.step.instance import LoadedInstance, load_instance
from engine.step.save import append_history
from engine.unit_of_work import UnitOfWork
from engine.work_items import LoadedWorkItem, can_read, ensure_entitled, ensure_open, load_work_item
from models import Attachment

COMMAND = "add_attachment"
_CHUNK = 64 * 1024  # bytes read at once
# the first bytes of what may be attached, by extension; a name alone proves nothing
SIGNATURES: dict[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".docx": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
    ".pptx": (b"PK\x03\x04",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
}
NAME_LIMIT = 200  # characters


def add_attachment(
    uow: UnitOfWork,
    name: str,
    stream: BinaryIO,
    *,
    instance_id: UUID | None = None,
    work_item_id: UUID | None = None,
    field_key: str | None = None,
    is_sensitive: bool = False,
    request_id: str | None,
) -> UUID:
    """Store a file and put it to a case, or to the work item whose form it belongs to.

    Args:
        uow: one transaction; the bytes are stored before it commits and stay if it does not.
        name: file name as uploaded; only its last part is kept.
        stream: the bytes; their type must fit the name's extension.
        instance_id: the case; needed without ``work_item_id``.
        work_item_id: an open work item of the actor.
        field_key: file field of its form.
        is_sensitive: readable to those who may read the sensitive field ``field_key``; every opening is recorded.
        request_id: a repeated request answers the same.

    Raises:
        NotFoundError, NotEntitledError, StaleWorkItemError
        InvalidInputError: type, size or number of files.
        ConflictError: another file was added with this request id.
    """
    assert uow.actor is not None, "an attachment has an uploader"
    item = load_work_item(uow, work_item_id) if work_item_id is not None else None
    instance = item.instance if item is not None else _instance(uow, instance_id)
    if (answer := replayed(uow, request_id, COMMAND, instance.id)) is not None:
        return _the_same(uow, UUID(answer["attachment"]), name, stream)
    _ensure_may_add(uow, instance, item)
    clean = clean_name(name)
    _ensure_room(uow, instance.id)
    _ensure_type(clean, stream)
    sha256, size = uow.engine.files.put(stream, limit=uow.engine.settings.upload_limit)
    attachment = Attachment(
        id=ordered_id(uow.now),
        process_instance_id=instance.id,
        work_item_id=work_item_id,
        field_key=field_key,
        name=clean,
        content_type=mimetypes.guess_type(clean)[0] or "application/octet-stream",
        size=size,
        sha256=sha256,
        is_sensitive=is_sensitive or field_key in instance.deployed.manifest.sensitive,
        uploaded_by=uow.actor,
        uploaded_at=uow.now,
    )
    uow.session.add(attachment)
    uow.session.flush()
    body = {"name": clean, "sha256": sha256, "field": field_key}
    append_history(uow, instance, [HistoryEntry("attachment.added", body=body, actor_id=uow.actor)])
    remember(uow, request_id, COMMAND, {"attachment": str(attachment.id)}, about=instance.id)
    return attachment.id


def _the_same(uow: UnitOfWork, attachment_id: UUID, name: str, stream: BinaryIO) -> UUID:
    """A page to which somebody went back is sent with the id of its request again, but perhaps with another file."""
    attachment = uow.session.get(Attachment, attachment_id)
    digest = sha256()
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    sent = (clean_name(name), digest.hexdigest())
    if attachment is not None and (attachment.name, attachment.sha256) != sent:
        raise used_otherwise()
    return attachment_id


def open_attachment(uow: UnitOfWork, attachment_id: UUID) -> tuple[Attachment, BinaryIO]:
    """The attachment and its bytes; the opening of a sensitive one is recorded.

    Raises:
        NotFoundError: no such attachment for this person.
    """
    attachment = uow.session.get(Attachment, attachment_id)
    if attachment is None or not can_read(uow, attachment.process_instance_id):
        raise NotFoundError
    if attachment.is_sensitive:
        instance = load_instance(uow, attachment.process_instance_id)
        if not may_open_sensitive(uow, instance, attachment):
            raise NotFoundError
        body = {"name": attachment.name, "sha256": attachment.sha256}
        append_history(uow, instance, [HistoryEntry("attachment.opened", body=body, actor_id=uow.actor)])
        uow.session.refresh(attachment)
    return attachment, uow.engine.files.open(attachment.sha256)


def remove_attachment(uow: UnitOfWork, attachment_id: UUID, *, request_id: str | None) -> None:
    """Take away a file of one's own that no decided work item refers to; the history keeps its hash.

    Raises:
        NotFoundError, NotPermittedError
    """
    if replayed(uow, request_id, "remove_attachment", attachment_id) is not None:
        return
    attachment = uow.session.get(Attachment, attachment_id)
    if attachment is None or not can_read(uow, attachment.process_instance_id):
        raise NotFoundError
    if attachment.uploaded_by != uow.actor or attachment.work_item_id is None:
        raise NotPermittedError
    item = load_work_item(uow, attachment.work_item_id)
    ensure_open(uow, item, None)
    body = {"name": attachment.name, "sha256": attachment.sha256}
    append_history(uow, item.instance, [HistoryEntry("attachment.removed", body=body, actor_id=uow.actor)])
    uow.session.delete(attachment)
    uow.session.flush()
    remember(uow, request_id, "remove_attachment", {}, about=attachment_id)


def clean_name(name: str) -> str:
    """The last part of a path, without control characters, short enough to store."""
    last = PurePath(name.replace("\\", "/")).name
    visible = "".join(character for character in last if character.isprintable()).strip()
    if not visible or visible.startswith("."):
        raise InvalidInputError({"attachment": "文件名无效，请改名后再上传"})
    path = PurePath(visible)
    return path.stem[: NAME_LIMIT - len(path.suffix)] + path.suffix


def _instance(uow: UnitOfWork, instance_id: UUID | None) -> LoadedInstance:
    assert instance_id is not None, "an attachment belongs to a case"
    return load_instance(uow, instance_id)


def _ensure_may_add(uow: UnitOfWork, instance: LoadedInstance, item: LoadedWorkItem | None) -> None:
    if item is not None:
        ensure_open(uow, item, None)
        ensure_entitled(uow, item)
        return
    if not can_read(uow, instance.id):
        raise NotFoundError
    if not may_attach(uow, instance):
        raise NotPermittedError("您不能为此事项添加附件")


def _ensure_room(uow: UnitOfWork, instance_id: UUID) -> None:
    count = uow.session.scalar(
        select(func.count()).select_from(Attachment).where(Attachment.process_instance_id == instance_id)
    )
    if (count or 0) >= uow.engine.settings.uploads_per_instance:
        raise InvalidInputError(
            {
                "attachment": say(
                    "每件事项最多 {most} 个附件，请合并文件后再上传", most=uow.engine.settings.uploads_per_instance
                )
            }
        )


def _ensure_type(name: str, stream: BinaryIO) -> None:
    suffix = PurePath(name).suffix.lower()
    allowed = SIGNATURES.get(suffix)
    if allowed is None:
        raise InvalidInputError({"attachment": "只接受 pdf、docx、xlsx、pptx、jpg、png 文件，请转换格式后再上传"})
    start = stream.read(16)
    stream.seek(0)
    if not start.startswith(allowed):
        raise InvalidInputError({"attachment": say("文件内容不是 {type} 格式，请检查文件后重新上传", type=suffix[1:])})
