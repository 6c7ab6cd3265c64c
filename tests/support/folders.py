"""Process folders for tests, written from a few lines."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:banli="urn:banli:bpmn:1"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:banli:test">
{body}
</bpmn:definitions>
"""


def process(key: str, body: str, *, extra: str = "") -> str:
    """A file with one process; flows are written as ``a -> b`` lines (``a -> b: condition``) among the elements."""
    lines = [_line(line.strip(), number) for number, line in enumerate(body.strip().splitlines())]
    inner = "\n".join(lines)
    return BPMN.format(
        body=f'{extra}<bpmn:process id="{key}" name="{key}" isExecutable="true">\n{inner}\n</bpmn:process>'
    )


def _line(line: str, number: int) -> str:
    if "->" not in line or line.startswith("<"):
        return line
    ends, _, condition = line.partition(":")
    source, _, target = (part.strip() for part in ends.partition("->"))
    flow = f'<bpmn:sequenceFlow id="flow_{number}" sourceRef="{source}" targetRef="{target}"'
    if not condition:
        return flow + "/>"
    text = condition.strip().replace("<", "&lt;")
    expression = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">={text}</bpmn:conditionExpression>'
    return f"{flow}>{expression}</bpmn:sequenceFlow>"


def form(*fields: str | Mapping[str, Any]) -> dict[str, Any]:
    """A form of text fields (or components as given); a trailing ``!`` makes one required."""
    return {
        "type": "default",
        "schemaVersion": 19,
        "id": "form",
        "components": [_component(field) for field in fields],
    }


def _component(field: str | Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(field, str):
        return dict(field)
    key = field.rstrip("!")
    component: dict[str, Any] = {"type": "textfield", "key": key, "label": key}
    return component | ({"validate": {"required": True}} if field.endswith("!") else {})


def write_folder(
    root: Path,
    key: str,
    diagram: str | Mapping[str, str],
    *,
    forms: Mapping[str, Mapping[str, Any]] | None = None,
    files: Mapping[str, str] | None = None,
    **manifest: Any,
) -> Path:
    """Write ``root/<key>`` with a process.yaml, one or several diagrams, forms and other files."""
    folder = root / key
    (folder / "forms").mkdir(parents=True, exist_ok=True)
    data = {"key": key, "main_process": key, "name": {"zh": key}, "may_start": {"roles": ["rep"]}, **manifest}
    (folder / "process.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    diagrams = {f"{key}.bpmn": diagram} if isinstance(diagram, str) else diagram
    for name, content in [*diagrams.items(), *(files or {}).items()]:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    for name, document in (forms or {}).items():
        (folder / "forms" / f"{name}.json").write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return folder


# a table of one deadline: three working days to answer
DEADLINES = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
  <inputData id="i" name="key"><variable name="key" typeRef="string"/></inputData>
  <decision id="deadlines" name="deadlines">
    <variable name="deadlines"/>
    <informationRequirement id="r"><requiredInput href="#i"/></informationRequirement>
    <decisionTable id="t" hitPolicy="UNIQUE">
      <input id="in"><inputExpression typeRef="string"><text>key</text></inputExpression></input>
      <output id="o1" name="value" typeRef="number"/><output id="o2" name="unit" typeRef="string"/>
      <rule id="r1"><inputEntry id="e1"><text>"answer"</text></inputEntry>
        <outputEntry id="x1"><text>3</text></outputEntry><outputEntry id="x2"><text>"WD"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""
