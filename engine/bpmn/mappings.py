"""Input and output mappings of vendors and of the standard, rewritten as ``banli:input`` and ``banli:output``."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from engine.bpmn.expressions import ForeignLanguageError, literal_or_feel, to_feel
from engine.bpmn.names import ACTIVITIES, banli, bare, bpmn, local_name
from engine.bpmn.problems import Findings

_NAME = re.compile(r"[^\W\d]\w*", re.UNICODE)
_RECEIVING: Final = frozenset(("intermediateCatchEvent", "boundaryEvent", "startEvent"))
_MAX_DEPTH: Final = 20


def add_mapping(owner: etree._Element, kind: str, target: str, source: str, *, copy: bool = False) -> None:
    """One mapping of an element, in its extension elements."""
    extensions = owner.find(bpmn("extensionElements"))
    if extensions is None:
        extensions = etree.Element(bpmn("extensionElements"))
        owner.insert(0, extensions)
    entry = etree.SubElement(extensions, banli(kind))
    entry.set("target", target)
    entry.set("source", source)
    if copy:
        entry.set("copy", "true")


def map_camunda(owner: etree._Element, mapping: etree._Element) -> bool:
    """``inputOutput``: parameters that hold a text, an expression, a list or a map.

    Raises:
        ForeignLanguageError: one of them is a script, or an expression that is not translated.
    """
    if local_name(owner) not in ACTIVITIES:
        return False
    entries = [(bare(p.tag), str(p.get("name") or ""), _value(p, 0)) for p in mapping if isinstance(p.tag, str)]
    if any(kind not in {"inputParameter", "outputParameter"} or not _NAME.fullmatch(n) for kind, n, _ in entries):
        return False
    for kind, name, value in entries:
        add_mapping(owner, kind.removesuffix("Parameter"), name, value)
    return True


def _value(element: etree._Element, depth: int) -> str:
    """The FEEL text of a parameter, with its mark."""
    if depth > _MAX_DEPTH:
        raise ForeignLanguageError("a mapping is nested too deeply")
    inner = [child for child in element if isinstance(child.tag, str)]
    if not inner:
        text = (element.text or "").strip()
        return literal_or_feel(text).text if text else "=null"
    kind = bare(inner[0].tag)
    if kind == "list":
        return "=[" + ", ".join(_value(item, depth + 1)[1:] for item in inner[0]) + "]"
    if kind == "map":
        entries = [(str(entry.get("key") or ""), _value(entry, depth + 1)[1:]) for entry in inner[0]]
        if all(_NAME.fullmatch(key) for key, _ in entries):
            return "={" + ", ".join(f"{key}: {value}" for key, value in entries) + "}"
    raise ForeignLanguageError(f"a parameter with a {kind} is not translated")


def map_zeebe(owner: etree._Element, mapping: etree._Element) -> bool:
    """``ioMapping``: with an output nothing else leaves the element, as in Camunda 8.

    Raises:
        ForeignLanguageError: a source that is no FEEL.
    """
    kind = local_name(owner)
    entries = [
        (bare(e.tag), str(e.get("target") or ""), str(e.get("source") or "null"))
        for e in mapping
        if isinstance(e.tag, str)
    ]
    if kind not in ACTIVITIES and not (kind in _RECEIVING and all(e == "output" for e, _, _ in entries)):
        return not entries
    if kind == "startEvent" and not _starts_event_subprocess(owner) and entries:
        return False
    if any(entry not in {"input", "output"} or not _NAME.fullmatch(target) for entry, target, _ in entries):
        return False
    for entry, target, source in entries:
        add_mapping(owner, entry, target, literal_or_feel(source).text)
    if any(entry == "output" for entry, _, _ in entries):
        owner.set(banli("outputsOnly"), "true")
    return True


def _starts_event_subprocess(start: etree._Element) -> bool:
    container = start.getparent()
    return container is not None and container.get("triggeredByEvent") == "true"


# --- the standard's data associations -----------------------------------------------------------------------------


def map_data(root: etree._Element, names: dict[str, str], findings: Findings, language: str | None) -> None:
    """Associations that copy a variable under another name, or assign an expression to one.

    An association between names that are the same, or with an end that has no name (a drawing's arrow to a document),
    says nothing to the engine.
    """
    for tag, kind in (("dataInputAssociation", "input"), ("dataOutputAssociation", "output")):
        for association in list(root.iter(bpmn(tag))):
            owner = association.getparent()
            if owner is None or local_name(owner) not in ACTIVITIES:
                _say_ignored(association, names, findings)
                continue
            try:
                _map_association(owner, association, kind, names, language, findings)
            except ForeignLanguageError as error:
                findings.warning("ignored", f"a {tag} is ignored: {error}", association)


def _map_association(
    owner: etree._Element,
    association: etree._Element,
    kind: str,
    names: dict[str, str],
    language: str | None,
    findings: Findings,
) -> None:
    source, target = _ends(association, names)
    transformation = association.find(bpmn("transformation"))
    assignments = association.findall(bpmn("assignment"))
    if transformation is not None and target and (transformation.text or "").strip():
        text = to_feel(str(transformation.text), declared=transformation.get("language"), default=language).text
        add_mapping(owner, kind, target, "=" + text)
    elif len(assignments) == 1 and target:
        origin = assignments[0].find(bpmn("from"))
        text = "" if origin is None else (origin.text or "").strip()
        declared = None if origin is None else origin.get("language")
        add_mapping(owner, kind, target, "=" + to_feel(text or "null", declared=declared, default=language).text)
    elif assignments or transformation is not None:
        _say_ignored(association, names, findings)
    elif source and target and source != target:
        add_mapping(owner, kind, target, source, copy=True)


def _ends(association: etree._Element, names: dict[str, str]) -> tuple[str | None, str | None]:
    """The variables that an association leads from and to."""
    source, target = (names.get(_reference(association.findtext(bpmn(end)))) for end in ("sourceRef", "targetRef"))
    return source, target


def _say_ignored(association: etree._Element, names: dict[str, str], findings: Findings) -> None:
    said = [tag for tag in ("assignment", "transformation") if association.find(bpmn(tag)) is not None]
    for tag in said:
        findings.warning("ignored", f"the {tag} in a {local_name(association)} is ignored", association)
    source, target = _ends(association, names)
    if not said and source and target and source != target:
        findings.warning("ignored", f"{source[:80]} is not copied to {target[:80]} here", association)


def _reference(text: str | None) -> str:
    return (text or "").strip().rpartition(":")[2]


def data_names(root: etree._Element) -> dict[str, str]:
    """Variable name by the id of a data object, input, output or property that has a name.

    A reference to an object that has a name is that object, whatever stands at the reference: "order [approved]".
    """
    found: dict[str, str] = {}
    for element in root.iter(*(bpmn(kind) for kind in ("dataObject", "dataInput", "dataOutput", "property"))):
        _put_name(found, element, element.get("name"))
    for element in root.iter(bpmn("dataObjectReference")):
        _put_name(found, element, found.get(_reference(element.get("dataObjectRef"))) or element.get("name"))
    return found


def _put_name(found: dict[str, str], element: etree._Element, written: str | None) -> None:
    name = (written or "").strip()
    if name and not name.startswith("__") and element.get("id"):
        found[str(element.get("id"))] = name
