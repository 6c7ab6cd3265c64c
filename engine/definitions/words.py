"""The words that a folder itself gives as values: its categories, and what its decision tables answer and note."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.bpmn.read import read_xml
from engine.definitions.folder import with_suffix

_LITERAL = re.compile(r'"([^"\\]*)"')  # in FEEL
_NAMES = "names"  # in x_decisions: columns that give people or units
_CATEGORIES = "categories"
_FORMS = "forms/"


def with_words(data: dict[str, Any], resources: Mapping[str, bytes], english: Mapping[str, str]) -> dict[str, Any]:
    """A ``process.yaml`` whose ``labels`` also name the values that are words of the folder.

    These are the categories, for the fields that offer them, and the texts that tables give to variables which no form
    asks for: what a person typed is never taken for a word.
    """
    labels = dict(data.get("labels") or {})
    typed, offering = _fields(resources)
    words = {name: category_words(data) for name in offering}
    for _file, decision, column, text in _table_texts(resources):
        if column not in typed and column not in _names(data, decision):
            words.setdefault(column, []).append(text)
    for name, texts in words.items():
        label = labels.get(name)
        if isinstance(label, Mapping) and texts:
            own = label.get("values", {})
            known = {text: {"zh": text, "en": english[text]} for text in texts if text in english and text not in own}
            labels[name] = {**(label if "label" in label else {"label": label}), "values": {**known, **own}}
    return {**data, "labels": labels} if labels else data


def category_words(data: Mapping[str, Any]) -> list[str]:
    """The categories that are their own names; others say both languages in place."""
    return [each for each in data.get(_CATEGORIES) or () if isinstance(each, str)]


def table_words(data: Mapping[str, Any], resources: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """What the rules of the tables answer and note, for people to read: file and text."""
    for file, decision, column, text in _table_texts(resources):
        if column not in _names(data, decision):
            yield file, text
    for file, content in with_suffix(resources, ".dmn").items():
        for note in read_xml(content).iterfind(".//{*}annotationEntry/{*}text"):
            yield file, (note.text or "").strip()


def _names(data: Mapping[str, Any], decision: str) -> Sequence[str]:
    said = data.get("x_decisions", {}).get(decision)
    found: Sequence[str] = said.get(_NAMES, ()) if isinstance(said, Mapping) else ()
    return found


def _table_texts(resources: Mapping[str, bytes]) -> Iterator[tuple[str, str, str, str]]:
    """Every text that a rule may answer: file, decision, column and text."""
    for file, content in with_suffix(resources, ".dmn").items():
        for table in read_xml(content).iter("{*}decisionTable"):
            decision = table.getparent()
            called = "" if decision is None else str(decision.get("id"))
            columns = [column.get("name") or called for column in table.iterfind("{*}output")]
            for rule in table.iterfind("{*}rule"):
                for column, entry in zip(columns, rule.iterfind("{*}outputEntry"), strict=False):
                    for text in _LITERAL.findall(entry.findtext("{*}text") or ""):
                        yield file, called, column, text


def _fields(resources: Mapping[str, bytes]) -> tuple[set[str], set[str]]:
    """The fields that people fill in, in any form, and those of them that offer the categories."""
    typed, offering = set(), set()
    for name, content in with_suffix(resources, ".json").items():
        for field in _components(json.loads(content)) if name.startswith(_FORMS) else ():
            if not field.get("readonly"):
                typed.add(str(field["key"]))
            source = str((field.get("properties") or {}).get("source", ""))
            if source.partition(":")[0] == _CATEGORIES:
                offering.add(str(field["key"]))
    return typed, offering


def _components(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for component in data.get("components") or ():
        if "key" in component:
            yield component
        yield from _components(component)
