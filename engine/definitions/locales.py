"""``locales/en.yaml``: the English of a folder's own texts, by their Chinese."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import yaml

from engine.definitions.bounded_yaml import load_yaml
from engine.definitions.folder import with_suffix
from engine.definitions.words import category_words, table_words

ENGLISH = "locales/en.yaml"
LONGEST = 4000  # characters of one text
_CHINESE = re.compile("[\u4e00-\u9fff]")
_PLACE = re.compile(r"\{[^{}]*\}")
_FORM_TEXTS = frozenset(
    {
        *("title", "label", "description", "text", "dateLabel", "submitLabel", "help", "quickPhrases"),
        *("checkMessage", "warnMessage", "patternMessage", "excludeMessage", "emptyMessage"),
        *("prefixAdorner", "suffixAdorner", "placeholder", "group"),
    }
)
_SETTING_TEXTS = ("unit", "source")  # beside the label
_NOTICE_TEXTS = ("title", "body")
_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL"
_DECISION_PARTS = frozenset({"decision", "input", "output"})
_HELP = "{urn:banli:bpmn:1}help"
_UNSEEN = frozenset({"message", "signal", "error", "escalation", "collaboration", "dataObject"})


class Counted(str):
    """What is counted, after a number that is not one; it knows what it is after one."""

    __slots__ = ("one",)

    one: str

    def __new__(cls, one: str, many: str) -> "Counted":
        text = super().__new__(cls, many)
        text.one = one
        return text


@lru_cache(maxsize=64)
def read_english(content: bytes) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The texts of a locale file, and what is wrong with it; the texts are usable only without problems."""
    try:
        loaded = load_yaml(content) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        return {}, (f"{ENGLISH}：{error}",)
    if not isinstance(loaded, dict):
        return {}, (f"{ENGLISH}：应为“中文: 英文”的键值表",)
    problems = tuple(
        f"{ENGLISH} {str(chinese)[:60]}：{reason}"
        for chinese, english in loaded.items()
        if (reason := _wrong(chinese, english)) is not None
    )
    return ({} if problems else {chinese: _said(english) for chinese, english in loaded.items()}), problems


def _said(english: str | list[str]) -> str:
    return english if isinstance(english, str) else Counted(*english)


def _wrong(chinese: object, english: object) -> str | None:
    if isinstance(english, list) and len(english) == 2:  # one, many
        return _wrong(chinese, english[0]) or _wrong(chinese, english[1])
    if not isinstance(chinese, str) or not isinstance(english, str):
        return "中文和英文都应为文字（数字、是否请加引号）；量词可写 [单数, 复数]"
    if max(len(chinese), len(english)) > LONGEST:
        return f"超过 {LONGEST} 字"
    if {*_PLACE.findall(chinese)} != {*_PLACE.findall(english)}:
        return "英文中的 {…} 与中文不同"
    return None


def with_english(data: Any, english: Mapping[str, str]) -> Any:
    """A ``process.yaml`` in which every ``{zh: …}`` without English has that of the locale file."""
    if isinstance(data, list):
        return [with_english(each, english) for each in data]
    if not isinstance(data, dict):
        return data
    if isinstance(data.get("zh"), str):
        found = data.get("en") or english.get(data["zh"])
        return {**data, "en": found} if found else data
    return {key: with_english(value, english) for key, value in data.items()}


def untranslated(resources: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """What people read of a folder that declares English, and has none: file and text, each once."""
    if ENGLISH not in resources:
        return []
    english, _problems = read_english(resources[ENGLISH])
    found: dict[str, str] = {}
    for file, text in texts_of(resources):
        if text not in english:
            found.setdefault(text, file)
    return [(file, text) for text, file in found.items()]


def texts_of(resources: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """The Chinese texts of a readable folder that pages show as words of the process: file and text."""
    manifest = load_yaml(resources["process.yaml"])
    for text in (*_of_manifest(manifest), *filter(_CHINESE.search, category_words(manifest))):
        yield "process.yaml", text
    for name, content in with_suffix(resources, ".json").items():
        for text in _of_form(json.loads(content)):
            yield name, text
    for name, content in (with_suffix(resources, ".bpmn") | with_suffix(resources, ".dmn")).items():
        for text in _of_diagram(content):
            yield name, text
    for name, words in table_words(manifest, resources):
        for text in _chinese(words):
            yield name, text


def _of_manifest(data: Any, under: str = "") -> Iterator[str]:
    if isinstance(data, list):
        for each in data:
            yield from _of_manifest(each, under)
    elif isinstance(data, dict):
        if isinstance(data.get("zh"), str):
            yield from () if data.get("en") else _chinese(data["zh"])
            return
        for key, value in data.items():
            if under == "notices" and isinstance(value, dict):
                for part in _NOTICE_TEXTS:
                    yield from _chinese(value.get(part))
            elif key in _SETTING_TEXTS and isinstance(value, str):
                yield from _chinese(value)
            else:
                yield from _of_manifest(value, str(key))


def _of_form(data: Any) -> Iterator[str]:
    if isinstance(data, list):
        for each in data:
            yield from _of_form(each)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in _FORM_TEXTS and isinstance(value, str | list):
                for each in [value] if isinstance(value, str) else value:
                    yield from _chinese(each)
            else:
                yield from _of_form(value)


def _of_diagram(content: bytes) -> Iterator[str]:
    from engine.bpmn.read import read_xml

    for element in read_xml(content).iter():
        space, _, kind = str(element.tag).rpartition("}")
        if (space == _BPMN and kind not in _UNSEEN) or kind in _DECISION_PARTS:
            yield from _chinese(element.get("name"))
            yield from _chinese(element.get(_HELP))
            yield from _chinese(element.get("label"))


def _chinese(text: object) -> Iterator[str]:
    if isinstance(text, str) and _CHINESE.search(text):
        yield text
