"""A page with every enhancement on it, served under the Content-Security-Policy of the product."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask, Response, jsonify, render_template_string, request, send_from_directory
from werkzeug.serving import make_server

from tests.support.browser import PHONE
from web.headers import POLICY

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
DIST = HERE.parent.parent / "web" / "static" / "dist"


@dataclass
class Site:
    """The server of the page, and what was sent to it."""

    address: str = ""
    received: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def sent_to(self, path: str) -> list[dict[str, str]]:
        """The forms that were posted to one path."""
        return [form for to, form in self.received if to == path]


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve the page on loopback."""
    if not (DIST / "manifest.json").exists():
        pytest.skip("scripts and style sheets: not built (make setup)")
    site = Site()
    server = make_server("127.0.0.1", 0, _app(site), threaded=True)
    site.address = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page(browser: "Browser", site: Site) -> Iterator["Page"]:
    """The page on a phone; any script error or refused style fails the test."""
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    context.set_default_timeout(10_000)  # ms
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(site.address)
    yield page
    context.close()
    assert complaints == []


def _app(site: Site) -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def show() -> str:
        return render_template_string(
            (HERE / "page.html").read_text(), manifest=json.loads((DIST / "manifest.json").read_text())
        )

    @app.get("/dist/<name>")
    def dist(name: str) -> Response:
        return send_from_directory(DIST, name)

    @app.get("/diagram.bpmn")
    def diagram() -> Response:
        return send_from_directory(HERE, "diagram.bpmn", mimetype="application/xml")

    @app.get("/similar")
    def similar() -> str:
        return "已有 2 件相似提案"

    @app.post("/<path>")
    def take(path: str) -> Response | str:
        sent = {**request.form.to_dict(), "csrf": request.headers.get("X-CSRFToken", "")}
        site.received.append((path, sent))
        return jsonify(version=2) if path == "draft" else f"<link rel='icon' href='data:,'><p id='{path}'>收到</p>"

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app
