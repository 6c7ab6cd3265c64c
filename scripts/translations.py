"""The English catalogue: compiles web/translations/parts/*.po into one .mo, and finds sentences without a translation.

The Chinese text is the message id, so Chinese needs no catalogue. Every part of the pages keeps its own .po file; one
sentence has one translation, wherever it stands.

    python scripts/translations.py compile      (make setup)
    python scripts/translations.py check        (make check)
"""

import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

WEB = Path(__file__).resolve().parent.parent / "web"
PARTS = WEB / "translations" / "parts"
COMPILED = WEB / "translations" / "en" / "LC_MESSAGES" / "messages.mo"
SOURCES = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
IGNORED = ("node_modules", "static", "translations", "frontend")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "_l": None}


def merge() -> tuple[Catalog, list[str]]:
    """One catalogue of all parts, and the sentences that two parts translate differently."""
    merged, contradictions = Catalog(locale="en"), []
    for path in sorted(PARTS.glob("*.po")):
        with path.open("rb") as file:
            part = read_po(file, locale="en")
        for message in part:
            if not message.id or not message.string or message.fuzzy:
                continue
            known = merged.get(message.id)
            if known and known.string != message.string:
                contradictions.append(
                    f"{path.name}: {message.id!r} is {known.string!r} elsewhere, {message.string!r} here"
                )
            else:
                merged.add(message.id, message.string)
    return merged, contradictions


def lost_placeholders(merged: Catalog) -> list[str]:
    """The sentences whose English lacks a value of the Chinese, or has one more."""
    problems = []
    for message in merged:
        chinese, english = str(message.id), str(message.string)
        if message.id and {*PLACEHOLDER.findall(chinese)} != {*PLACEHOLDER.findall(english)}:
            problems.append(f"the English of {chinese!r} has other values in it")
    return problems


def compile_catalogue() -> int:
    """Write the .mo file; the first translation of a sentence wins."""
    merged, _ = merge()
    COMPILED.parent.mkdir(parents=True, exist_ok=True)
    with COMPILED.open("wb") as file:
        write_mo(file, merged)
    print(f"{len(merged)} sentences")
    return 0


def check() -> int:
    """Name every sentence of the pages that has no English, or two."""
    merged, problems = merge()
    problems += lost_placeholders(merged)
    missing = set()
    found = extract_from_dir(
        WEB,
        method_map=SOURCES,
        keywords=KEYWORDS,
        directory_filter=lambda folder: Path(folder).name not in IGNORED and not Path(folder).name.startswith("."),
    )
    for name, line, message, _comments, _context in found:
        key = message[0] if isinstance(message, tuple) else message
        if key and key not in merged and key not in missing:
            missing.add(key)
            problems.append(f"web/{name}:{line}: no English for {key!r}")
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit({"compile": compile_catalogue, "check": check}[sys.argv[1]]())
