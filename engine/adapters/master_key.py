"""The master key in a file of its own, and the data keys it wraps (AES-256-GCM)."""

import base64
import os
import stat
import tempfile
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.errors import ConfigurationError, IntegrityError

KEY_SIZE = 32  # bytes: AES-256
NONCE_SIZE = 12  # bytes: what GCM is specified for


class MasterKeyFile:
    """Reads the master key when it is first needed, and makes one when there is no file yet.

    The file must not be readable by group or others: whoever has it and the database reads everything.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._cipher: AESGCM | None = None

    def new_key(self, instance_id: UUID) -> tuple[bytes, bytes]:
        """A fresh data key and its wrapped form, bound to the instance."""
        key = AESGCM.generate_key(bit_length=KEY_SIZE * 8)
        nonce = os.urandom(NONCE_SIZE)
        return key, nonce + self._master().encrypt(nonce, key, instance_id.bytes)

    def unwrap(self, instance_id: UUID, wrapped: bytes) -> bytes:
        """The data key; ``IntegrityError`` if wrapped for another instance or with another master key."""
        try:
            return self._master().decrypt(wrapped[:NONCE_SIZE], wrapped[NONCE_SIZE:], instance_id.bytes)
        except InvalidTag as error:
            raise IntegrityError(f"流程 {instance_id} 的数据密钥不能用 {self.path} 解开") from error

    def _master(self) -> AESGCM:
        if self._cipher is None:
            self._cipher = AESGCM(self._read() if self.path.exists() else self._create())
        return self._cipher

    def _read(self) -> bytes:
        mode = stat.S_IMODE(self.path.stat().st_mode)
        if mode & 0o077:
            raise ConfigurationError(f"主密钥 {self.path} 的权限是 {mode:o}，应为 600")
        key = base64.b64decode(self.path.read_text(encoding="ascii"))
        if len(key) != KEY_SIZE:
            raise ConfigurationError(f"主密钥 {self.path} 不是 {KEY_SIZE} 字节")
        return key

    def _create(self) -> bytes:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        key = AESGCM.generate_key(bit_length=KEY_SIZE * 8)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".key-")  # mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(base64.b64encode(key))
            os.link(name, self.path)  # whole or not at all; fails if another process was quicker
        except FileExistsError:
            return self._read()
        finally:
            os.unlink(name)
        return key
