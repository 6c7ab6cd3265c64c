"""Sensitive variables at rest: AES-256-GCM with a key per instance, bound to the place where the text stands.

A text of variables is ``engine.values`` text. What is sensitive leaves it and stands, encrypted together, under one
reserved name. Without the key the rest stays readable and the sensitive names read as erased.
"""

import base64
import os
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engine.adapters.master_key import NONCE_SIZE
from engine.bpmn.names import SEALED_NAME
from engine.errors import ErasedError, IntegrityError
from engine.values import dumps, loads

STATE_MARK = b"\x00sealed"  # no state of the runtime starts like this
ERASED = "〔已清除〕"


class Sealer:
    """Seals and opens the texts of one instance.

    Args:
        instance_id: the instance.
        key: its data key; None when it was destroyed or the process has nothing sensitive.
        sensitive: names of sensitive variables of its process.
    """

    def __init__(self, instance_id: UUID, key: bytes | None, sensitive: Collection[str]) -> None:
        self._instance_id = instance_id
        self._cipher = AESGCM(key) if key is not None else None
        self.sensitive = frozenset(sensitive)
        # A step writes what a form gave twice, with its work item and in the history: the same object, so that one
        # look tells that the text is the same. Not where something is sensitive: a sealed text belongs to its place.
        self._last: tuple[Mapping[str, Any] | None, str] = (None, "")

    def seal(self, values: Mapping[str, Any], place: str, row: object = None) -> str:
        """Text of the values; place and row name where it stands, so that a copied text does not open elsewhere."""
        if self.sensitive:
            return dumps(self.hide(values, place if row is None else f"{place}:{row}"))
        known, text = self._last
        if known is not values:
            text = dumps(values)
            self._last = (values, text)
        return text

    def hide(self, values: Mapping[str, Any], place: str) -> Mapping[str, Any]:
        """The values, the sensitive ones among them encrypted together under one name, which no other value has."""
        if not self.sensitive:
            return values
        hidden = {name: value for name, value in values.items() if name in self.sensitive and value is not None}
        if not hidden and SEALED_NAME not in values:
            return values
        shown = {name: value for name, value in values.items() if name not in hidden and name != SEALED_NAME}
        return {**shown, SEALED_NAME: self._encrypt(dumps(hidden).encode(), place)} if hidden else shown

    def open(self, text: str, place: str) -> dict[str, Any]:
        """The values of a text; sensitive ones read as ``ERASED`` once the key is destroyed."""
        return self.reveal(loads(text), place)

    def reveal(self, values: dict[str, Any], place: str) -> dict[str, Any]:
        """The values of what ``hide`` gave, which is used up by it."""
        sealed = values.pop(SEALED_NAME, None)
        if sealed is None:
            return values
        if self._cipher is None:
            return values | dict.fromkeys(self.sensitive, ERASED)
        return values | loads(self._decrypt(sealed, place).decode())

    def seal_state(self, state: bytes) -> bytes:
        """The live tokens may carry sensitive values of inner scopes: encrypted whenever the process has any."""
        if not self.sensitive or self._cipher is None:
            return state
        nonce = os.urandom(NONCE_SIZE)
        return STATE_MARK + nonce + self._cipher.encrypt(nonce, state, self._place("state"))

    def open_state(self, stored: bytes) -> bytes:
        """The state as the runtime wrote it."""
        if not stored.startswith(STATE_MARK):
            return stored
        if self._cipher is None:
            raise ErasedError(self._instance_id)
        body = stored[len(STATE_MARK) :]
        try:
            return self._cipher.decrypt(body[:NONCE_SIZE], body[NONCE_SIZE:], self._place("state"))
        except InvalidTag as error:
            raise IntegrityError(f"流程 {self._instance_id} 的状态不能解密") from error

    def _encrypt(self, plain: bytes, place: str) -> str:
        if self._cipher is None:
            raise ErasedError(self._instance_id)
        nonce = os.urandom(NONCE_SIZE)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, plain, self._place(place))).decode("ascii")

    def _decrypt(self, sealed: str, place: str) -> bytes:
        assert self._cipher is not None
        body = base64.b64decode(sealed)
        try:
            return self._cipher.decrypt(body[:NONCE_SIZE], body[NONCE_SIZE:], self._place(place))
        except InvalidTag as error:
            raise IntegrityError(f"流程 {self._instance_id} 的 {place} 不能解密") from error

    def _place(self, place: str) -> bytes:
        return self._instance_id.bytes + place.encode()
