"""A browser that reads the hidden fields of a page before it posts, as CSRF protection demands."""

from __future__ import annotations

from typing import Any

from flask import Flask
from lxml import html

PASSWORD = "green-Bamboo-7"


class Browser:
    """One person's browser with its cookies."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, path: str) -> Any:
        """Open a page without following redirects."""
        return self.client.get(path)

    def post(self, path: str, data: dict[str, Any], *, page: str | None = None) -> Any:
        """Open ``page`` (default: the same address), take its CSRF token, and post."""
        tree = html.fromstring(self.client.get(page or path).get_data(as_text=True))
        token = tree.xpath("//input[@name='csrf_token']/@value")[0]
        return self.client.post(path, data={"csrf_token": token, **data})

    def log_in(self, login: str, password: str = PASSWORD, **data: str) -> Any:
        """Type a number and a password."""
        return self.post("/login", {"login": login, "password": password, **data})


def alerts(response: Any) -> list[str]:
    """The sentences that the page raises an alarm with."""
    tree = html.fromstring(response.get_data(as_text=True))
    return [" ".join(node.text_content().split()) for node in tree.xpath("//*[@role='alert']")]
