"""Check one expression: its language, then its syntax."""

from __future__ import annotations

from lxml import etree

from engine.bpmn.diagram import Diagram
from engine.bpmn.expressions import ForeignLanguageError, to_feel
from engine.feel import FeelSyntaxError, compile_expression

_SHOWN = 80


def expression(diagram: Diagram, text: str | None, element: etree._Element, declared: str | None = None) -> bool:
    """True if the text is FEEL, blank, or was translated; otherwise the problem is recorded."""
    if text is None or not text.strip():
        return True
    try:
        translated = to_feel(text, declared=declared, default=diagram.language)
    except ForeignLanguageError as error:
        diagram.findings.error("expression-language", str(error), element)
        return False
    if translated.translated:
        message = f"{text.strip()[:_SHOWN]} is read as FEEL: {translated.text[:_SHOWN]}"
        diagram.findings.warning("translated-expression", message, element)
    return feel_syntax(diagram, translated.text, element)


def feel_syntax(diagram: Diagram, text: str, element: etree._Element) -> bool:
    """True if FEEL can parse the text; otherwise the problem is recorded."""
    try:
        compiled = compile_expression(text)
    except FeelSyntaxError as error:
        diagram.findings.error("expression-syntax", f"not FEEL: {text[:_SHOWN]} ({str(error)[:200]})", element)
        return False
    try:
        compiled.check()
    except FeelSyntaxError as error:
        message = f"FEEL only if a variable has a name of several words: {text[:_SHOWN]} ({str(error)[:200]})"
        diagram.findings.warning("expression-syntax", message, element)
    return True
