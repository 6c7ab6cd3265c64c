"""Where a person is sent next: an address of ours, whatever the request asks for."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import url_for

LONGEST = 2000  # characters; more fits into no address bar


def local_target(target: str | None) -> str:
    """An address of our own, never another host's; the inbox when there is none.

    Browsers read a backslash as a slash and leave out control characters, so an address with one of them is none.
    """
    if not target or not target.startswith("/") or target.startswith("//") or len(target) > LONGEST:
        return url_for("home")
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(character <= " " or character in "\\\x7f" for character in target):
        return url_for("home")
    return target
