"""Documents say what is so: their links lead somewhere, their checks exist, their tables are complete."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("workflows/*/*.md"), *ROOT.glob("web/frontend/*.md")]
)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
NAMED_FILE = re.compile(r"`((?:engine|models|web|tests|scripts|workflows|docs|requirements)/[\w/.-]+\.\w+)`")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_links_lead_somewhere(document: Path) -> None:
    broken = [
        target
        for target in LINK.findall(document.read_text())
        if target != "NNNN-title.md" and not (document.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("document", DECISIONS, ids=_name)
def test_a_decision_names_files_that_exist(document: Path) -> None:
    named = NAMED_FILE.findall(document.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("document", DECISIONS, ids=_name)
def test_a_decision_says_what_would_fail(document: Path) -> None:
    _, _, confirmation = document.read_text().partition("## Confirmation\n")
    assert len(confirmation.split()) > 5


def test_every_library_has_its_line_of_reason() -> None:
    reasons = (ROOT / "docs" / "decisions" / "0015-dependencies.md").read_text()
    package = json.loads((ROOT / "web" / "package.json").read_text())
    names = {*package["dependencies"], *package["devDependencies"]}
    for path in (ROOT / "requirements").glob("*.in"):
        lines = [line for line in path.read_text().splitlines() if line and not line.startswith(("#", "-"))]
        names |= {re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in lines}
    unexplained = {name for name in names if name not in reasons and not name.startswith("types-")}
    assert unexplained == set()


def test_a_process_has_no_python_of_its_own() -> None:
    assert list((ROOT / "workflows").rglob("*.py")) == []


def test_no_lock_file_names_an_address() -> None:
    locks = [*(ROOT / "requirements").glob("*.txt"), ROOT / "web" / "package-lock.json"]
    for lock in locks:
        addresses = re.findall(
            r'"resolved"|--(?:index-url|find-links|extra-index-url)|file://|@ https?://', lock.read_text()
        )
        assert addresses == [], lock.name
