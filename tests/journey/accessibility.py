"""What axe-core, of the scripts' development dependencies, finds wrong with a page, on a phone and on a desk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.browser import DESK, PHONE

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = frozenset({"serious", "critical"})
RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"


def grave_violations(page: Page) -> list[str]:
    """Serious and critical violations at both widths, a line for each place; nothing when all is well."""
    page.evaluate(AXE.read_text("utf-8"))  # not a script of the page, so the policy of the page allows it
    found = []
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for violation in page.evaluate(RUN):
            if violation["impact"] in GRAVE:
                found += [_line(page, size["width"], violation, node) for node in violation["nodes"]]
    return found


def _line(page: Page, width: int, violation: dict[str, Any], node: dict[str, Any]) -> str:
    place = " ".join(map(str, node["target"]))
    why = node["failureSummary"].splitlines()[-1].strip()
    return f"{page.url} at {width} px: {violation['id']} ({violation['impact']}) {place}: {why}"
