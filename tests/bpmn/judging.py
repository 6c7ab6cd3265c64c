"""Checking a drawing or a body of XML, and what was found."""

from engine.bpmn.report import check_files
from tests.spiff.drawing import draw

BPMN = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:banli="urn:banli:bpmn:1" targetNamespace="t"'


def checked(text: str | bytes) -> dict:
    data = draw(text) if isinstance(text, str) else text
    return check_files({"p.bpmn": data})[0]


def codes(report, severity=None):
    return sorted({p["code"] for p in report["problems"] if severity in {None, p["severity"]}})


def definitions(body: str, more: str = "") -> bytes:
    return f"<definitions {BPMN} {more}>{body}</definitions>".encode()
