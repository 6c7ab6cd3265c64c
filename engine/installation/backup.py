"""Backup and restore: one archive with every table, the attachments and the master key.

The tables are written as JSON lines, the same for SQLite and PostgreSQL, so that a backup of one can be restored into
the other. They are read in one snapshot while people go on working. Whoever has the archive reads everything: keep it
like the key.
"""

import base64
import gzip
import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Connection, Date, LargeBinary, Table, Uuid, func, insert, select, text, update

from engine.errors import ConflictError, IntegrityError
from engine.installation.schema import is_current, migrate, newest_revision
from models.base import Base, UtcDateTime

if TYPE_CHECKING:
    from engine.bootstrap import Engine

FORMAT = "banli-backup/1"
MANIFEST = "manifest.json"
KEY = "master.key"
TABLES = "tables/"
ATTACHMENTS = "attachments/"
BATCH = 500  # rows inserted at once
Progress = Callable[[str], None]


@dataclass(frozen=True)
class BackupSummary:
    """What an archive holds."""

    rows: int
    attachments: int


def back_up(engine: "Engine", target: Path, progress: Progress = lambda _: None) -> BackupSummary:
    """Write an archive; it appears under its name only when it is whole.

    Raises:
        ConflictError: the schema is not the one this program knows, or the archive cannot be written.
    """
    if not is_current(engine.database):
        raise ConflictError("数据库结构不是本程序的版本，请先运行 banli database migrate")
    partial = target.with_name(f".{target.name}.partial")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            summary = _write(engine, archive, progress)
            file.flush()
        partial.replace(target)
    except OSError as error:
        raise ConflictError(f"备份没有写成，{target} 未改动：{error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return summary


def restore(engine: "Engine", source: Path, progress: Progress = lambda _: None) -> BackupSummary:
    """Fill an empty database, its attachments and its master key from an archive.

    Raises:
        ConflictError: the database is not empty, or another master key is there.
        IntegrityError: the archive is not whole, or of another version.
    """
    with _opened(source) as archive:
        manifest = json.loads(_member(archive, MANIFEST))
        if manifest.get("format") != FORMAT or manifest.get("revision") != newest_revision():
            raise IntegrityError(f"此备份属于版本 {manifest.get('revision')}，本程序是 {newest_revision()}")
        migrate(engine.database)
        with engine.database.begin() as connection:
            _ensure_empty(connection)
            _restore_key(engine, archive, manifest)
            rows = sum(_restore_table(connection, archive, manifest, table, progress) for table in _tables())
        attachments = _restore_attachments(engine, archive, manifest)
    return BackupSummary(rows, attachments)


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    """The archive for reading; whatever shows on the way that it is none, or is cut off, is one error."""
    try:
        with tarfile.open(source, mode="r:gz") as archive:
            yield archive
    except (
        tarfile.TarError,
        gzip.BadGzipFile,
        EOFError,
        zlib.error,
        json.JSONDecodeError,
        UnicodeDecodeError,
        KeyError,
    ) as error:
        raise IntegrityError(f"{source} 不是本程序的备份，或已损坏") from error


def _tables() -> list[Table]:
    return list(Base.metadata.sorted_tables)


def _write(engine: "Engine", archive: tarfile.TarFile, progress: Progress) -> BackupSummary:
    counts: dict[str, int] = {}
    digests: dict[str, str] = {}
    snapshot: dict[str, Any] = {} if engine.settings.is_sqlite else {"isolation_level": "REPEATABLE READ"}
    with engine.readers.connect().execution_options(**snapshot) as connection, connection.begin():
        for table in _tables():
            lines = [json.dumps(row, ensure_ascii=False) for row in _rows(connection, table)]
            content = "\n".join(lines).encode()
            counts[table.name], digests[table.name] = len(lines), hashlib.sha256(content).hexdigest()
            _add(archive, f"{TABLES}{table.name}.jsonl", content)
            progress(f"{table.name}: {len(lines)}")
        files = _attachments(connection)
    for sha256 in files:
        with engine.files.open(sha256) as stream:
            _add(archive, ATTACHMENTS + sha256, stream.read())
    key = engine.settings.key_path.read_bytes() if engine.settings.key_path.exists() else None
    if key is not None:
        _add(archive, KEY, key)
    manifest = {
        "format": FORMAT,
        "revision": newest_revision(),
        "made_at": engine.clock.now().isoformat(),
        "rows": counts,
        "sha256": digests,
        "attachments": files,
        "key_sha256": hashlib.sha256(key).hexdigest() if key is not None else None,
    }
    _add(archive, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    return BackupSummary(sum(counts.values()), len(files))


def _attachments(connection: Connection) -> list[str]:
    column = Base.metadata.tables["attachment"].c.sha256
    return [row[0] for row in connection.execute(select(column).distinct().order_by(column))]


def _rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings():
        yield {name: _to_json(value) for name, value in row.items()}


def _to_json(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):  # a datetime is one as well
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    return value


def _from_json(column: "Column[Any]", value: Any) -> Any:
    if value is None:
        return None
    kind = column.type
    if isinstance(kind, Uuid):
        return UUID(value)
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    if isinstance(kind, Boolean):
        return bool(value)
    enum_class = getattr(kind, "enum_class", None)
    return enum_class(value) if enum_class else value


def _restore_table(
    connection: Connection, archive: tarfile.TarFile, manifest: Mapping[str, Any], table: Table, progress: Progress
) -> int:
    content = _member(archive, f"{TABLES}{table.name}.jsonl")
    if hashlib.sha256(content).hexdigest() != manifest["sha256"].get(table.name):
        raise IntegrityError(f"备份中的表 {table.name} 不完整")
    rows = [
        {name: _from_json(table.c[name], value) for name, value in json.loads(line).items()}
        for line in content.decode().split("\n")
        if line
    ]
    _insert(connection, table, rows)
    progress(f"{table.name}: {len(rows)}")
    return len(rows)


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows; references of a table to itself are filled in once all its rows are there."""
    own = [column.name for column in table.columns for key in column.foreign_keys if key.column.table is table]
    first = [{**row, **dict.fromkeys(own)} for row in rows] if own else rows
    for start in range(0, len(first), BATCH):
        connection.execute(insert(table), first[start : start + BATCH])
    for row in rows:
        values = {name: row[name] for name in own if row[name] is not None}
        if values:
            same = [column == row[column.name] for column in table.primary_key.columns]
            connection.execute(update(table).where(*same).values(values))
    _continue_sequence(connection, table)


def _continue_sequence(connection: Connection, table: Table) -> None:
    column = table.autoincrement_column
    if connection.dialect.name == "postgresql" and column is not None:
        highest = select(func.coalesce(func.max(column), 0) + 1).select_from(table).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        connection.execute(select(func.setval(sequence, highest, text("false"))))


def _ensure_empty(connection: Connection) -> None:
    for table in _tables():
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise ConflictError(f"数据库不是空的（{table.name} 有数据），不能恢复到其中")


def _restore_key(engine: "Engine", archive: tarfile.TarFile, manifest: Mapping[str, Any]) -> None:
    if manifest["key_sha256"] is None:
        return  # nothing sensitive was ever stored
    content = _member(archive, KEY)
    if hashlib.sha256(content).hexdigest() != manifest["key_sha256"]:
        raise IntegrityError("备份中的主密钥已损坏")
    path = engine.settings.key_path
    if path.exists():
        if path.read_bytes() != content:
            raise ConflictError(f"{path} 已有另一把主密钥")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _restore_attachments(engine: "Engine", archive: tarfile.TarFile, manifest: Mapping[str, Any]) -> int:
    wanted: Iterable[str] = manifest["attachments"]
    count = 0
    for sha256 in wanted:
        content = _member(archive, ATTACHMENTS + sha256)
        stored, _ = engine.files.put(io.BytesIO(content), limit=len(content) or 1)
        if stored != sha256:
            raise IntegrityError(f"备份中的附件 {sha256} 已损坏")
        count += 1
    return count


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    member.mode = 0o600
    archive.addfile(member, io.BytesIO(content))


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    """Content by name; nothing is ever extracted to a path that the archive chooses."""
    try:
        stream = archive.extractfile(name)
    except KeyError as error:
        raise IntegrityError(f"备份中没有 {name}") from error
    if stream is None:
        raise IntegrityError(f"备份中的 {name} 不是文件")
    return stream.read()
