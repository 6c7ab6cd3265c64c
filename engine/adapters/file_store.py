"""Attachments on the disk, addressed by the SHA-256 of their content."""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO

from engine.errors import InvalidInputError, NotFoundError
from engine.sentences import say

CHUNK = 1 << 16  # bytes read at once
_SHA256 = re.compile(r"[0-9a-f]{64}")


class DirectoryFileStore:
    """Files below one directory as ``ab/cdef…``. A file appears whole or not at all, and never changes."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def root(self) -> Path:
        """The directory."""
        return self._directory

    def put(self, stream: BinaryIO, *, limit: int) -> tuple[str, int]:
        """Store a stream; more than ``limit`` bytes raise ``InvalidInputError`` and leave nothing behind."""
        self._directory.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._directory, prefix=".incoming-")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as target:
                sha256, size = _copy(stream, target, limit)
                target.flush()
                os.fsync(target.fileno())
            final = self._path(sha256)
            final.parent.mkdir(exist_ok=True)
            temporary.replace(final)
        finally:
            temporary.unlink(missing_ok=True)
        return sha256, size

    def open(self, sha256: str) -> BinaryIO:
        """Open stored bytes; ``NotFoundError`` when there are none."""
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError as error:
            raise NotFoundError("附件不存在或已删除，请刷新页面") from error

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise NotFoundError("附件不存在或已删除，请刷新页面")
        return self._directory / sha256[:2] / sha256[2:]


def _copy(stream: BinaryIO, target: BinaryIO, limit: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if size > limit:
            too_large = say("附件不能超过 {most} MB，请压缩后再上传", most=limit // (1024 * 1024))
            raise InvalidInputError({"attachment": too_large})
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest(), size
