"""``asset("app")``: the tags of a bundled entry, from ``static/dist/manifest.json``.

Without a build the pages still work: they are plain, and islands say that they are missing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from markupsafe import Markup


class Manifest:
    """The entries of the last build; read again when the file has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_at: float | None = None
        self._entries: dict[str, dict[str, Any]] = {}

    def entry(self, name: str) -> dict[str, Any] | None:
        """The files of one entry, or None if it was not built."""
        try:
            changed_at = self._path.stat().st_mtime
        except FileNotFoundError:
            return None
        if changed_at != self._read_at:
            self._entries = json.loads(self._path.read_text(encoding="utf-8"))
            self._read_at = changed_at
        return self._entries.get(name)


def init_app(app: Flask) -> None:
    """Give templates ``asset(name)`` and ``has_asset(name)``."""
    manifest = Manifest(Path(app.static_folder or "") / "dist" / "manifest.json")

    def asset(name: str) -> Markup:
        files = manifest.entry(name)
        if files is None:
            return Markup("<!-- {} was not built -->").format(name)
        parts = []
        if files.get("css"):
            parts.append(Markup('<link rel="stylesheet" href="{}">').format(_url(files["css"])))
        parts += [Markup('<link rel="modulepreload" href="{}">').format(_url(one)) for one in files.get("imports", ())]
        parts.append(Markup('<script type="module" src="{}"></script>').format(_url(files["js"])))
        return Markup("\n").join(parts)

    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["has_asset"] = lambda name: manifest.entry(name) is not None


def _url(file: str) -> str:
    return url_for("static", filename=f"dist/{file}")
