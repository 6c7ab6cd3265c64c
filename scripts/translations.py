"""The English catalogue: compiles web/translations/parts/*.po into one .mo, and finds sentences without a translation.

The Chinese text is the message id, so Chinese needs no catalogue. Every part of the pages keeps its own .po file; one
sentence has one translation, wherever it stands.

    python scripts/translations.py compile      (make setup)
    python scripts/translations.py check        (make check)
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

WEB = Path(__file__).resolve().parent.parent / "web"
ENGINE = WEB.parent / "engine"
PARTS = WEB / "translations" / "parts"
COMPILED = WEB / "translations" / "en" / "LC_MESSAGES" / "messages.mo"
SOURCES = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
IGNORED = ("node_modules", "static", "translations", "frontend")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
CHINESE = re.compile("[\u4e00-\u9fff]")
UNSAFE = re.compile(r"(?<![\w.])_n?\((?=[^\"'\s])")
COUNTED = re.compile(  # 3 rows, 3 working days; not: 3 is, 1 step was
    r"(?:%\((?:n|num|count)\)[sd]|\{(?:n|num|count|most|least|actual)\}) (?:[a-z]+ )?"
    r"(?!(?:is|was|has|needs|waits|works)\b)(?:[a-z]*[a-rt-z]s|people)\b"
)
AT_FIELDS = ("errors", "wrong")  # dictionaries of sentences by field
TEMPLATES = ("TEMPLATES", "_SENTENCES")  # tables of sentences
OFF_THE_PAGES = (  # what these say is for the command line and the log
    *("adapters/master_key", "bootstrap", "bpmn/", "cli/", "commands/deploy", "commands/organisation/people_import"),
    *("definitions/", "demo", "dmn/", "feel/", "forms/load", "forms/patterns", "installation/", "replay/"),
    *("reports/definition", "secrecy/sealing", "settings", "simulate/", "spiff/", "values"),
)
KEYWORDS = ({"_": None, "gettext": None, "lazy_gettext": None, "_l": None}, {"_n": None})  # without, with a number
Words = str | tuple[str, ...] | list[str]  # of a catalogue: one, or singular and plural


def merge() -> tuple[Catalog, list[str]]:
    """One catalogue of all parts, and the sentences that two parts translate differently."""
    merged, contradictions = Catalog(locale="en"), []
    for path in sorted(PARTS.glob("*.po")):
        with path.open("rb") as file:
            part = read_po(file, locale="en")
        for message in part:
            if not message.id or not all(_forms(message.string)) or message.fuzzy:
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
        chinese, english = _forms(message.id)[0], _forms(message.string)[-1]
        if message.id and {*PLACEHOLDER.findall(chinese)} != {*PLACEHOLDER.findall(english)}:
            problems.append(f"the English of {chinese!r} has other values in it")
    return problems


def _forms(words: Words) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def without_singular(merged: Catalog) -> list[str]:
    """The sentences that would say "1 days"."""
    problems = []
    for message in merged:
        *singular, english = _forms(message.string)
        if COUNTED.search(english) and not singular:
            problems.append(f"the English of {message.id!r} has no form for one: {english!r}")
        elif any(COUNTED.search(form) for form in singular):
            problems.append(f"the English of {message.id!r} for one is of many: {singular[0]!r}")
    return problems


def unused(merged: Catalog) -> list[str]:
    """The sentences of the catalogue that nothing says."""
    said = {key for _place, key, _is_counted in page_sentences()}
    for path in (*ENGINE.rglob("*.py"), *WEB.rglob("*.py")):
        if not {*IGNORED} & {*path.parts}:
            said.update(_constants(path))
    return [f"nothing says {_forms(each.id)[0]!r}" for each in merged if each.id and _forms(each.id)[0] not in said]


def _constants(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def page_sentences() -> Iterator[tuple[str, str, bool]]:
    """What the pages say of their own: place, sentence, whether in the form for its number."""
    for calls in KEYWORDS:
        found = extract_from_dir(
            WEB,
            method_map=SOURCES,
            keywords=calls,
            directory_filter=lambda folder: Path(folder).name not in IGNORED and not Path(folder).name.startswith("."),
        )
        for name, line, message, _comments, _context in found:
            key = message[0] if isinstance(message, tuple) else message
            if key:
                yield f"web/{name}:{line}", key, "_n" in calls


def engine_sentences() -> Iterator[tuple[str, str]]:
    """What the engine may say on a page: the templates of `say`, of its errors and of its forms, with their places."""
    for path in sorted(ENGINE.rglob("*.py")):
        name = path.relative_to(ENGINE).as_posix()
        if name.startswith(OFF_THE_PAGES):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for part in _sentences_in(node):
                yield f"engine/{name}:{part.lineno}", str(part.value)


def _sentences_in(node: ast.AST) -> list[ast.Constant]:
    """Chinese constants that this node says to a person: in an error, in `say`, at a field, in a table of templates."""
    said = isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say")
    if isinstance(node, ast.Assign):
        said = any(
            isinstance(each, ast.Subscript) and getattr(each.value, "id", "") in AT_FIELDS for each in node.targets
        )
    if isinstance(node, ast.AnnAssign):
        said = getattr(node.target, "id", "") in TEMPLATES
    if not said:
        return []
    parts = [part for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return [part for part in parts if CHINESE.search(part.value)]


def unsafe_templates() -> list[str]:
    """Where a page hands text that is not its own to ``_``, which takes ``%`` and markup in it for its own."""
    problems = []
    for path in sorted(WEB.rglob("templates/**/*.html")):
        if {*IGNORED} & {*path.relative_to(WEB).parts}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if UNSAFE.search(line):
                problems.append(f"web/{path.relative_to(WEB)}:{number}: `_` of a variable; write `… | translated`")
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
    for place, sentence in engine_sentences():
        if sentence not in merged and sentence not in missing:
            missing.add(sentence)
            problems.append(f"{place}: no English for {sentence!r}")
    problems += unsafe_templates()
    for place, key, is_counted in page_sentences():
        if key not in merged and key not in missing:
            missing.add(key)
            problems.append(f"{place}: no English for {key!r}")
        elif key in merged and (len(_forms(merged[key].string)) > 1) != is_counted:
            problems.append(f"{place}: `_n` says what has a form for one, and nothing else: {key!r}")
    problems += unused(merged) + without_singular(merged)
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit({"compile": compile_catalogue, "check": check}[sys.argv[1]]())
