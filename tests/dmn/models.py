"""Small decision files for tests."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def definitions(body: str, *, namespace: str = NAMESPACE, name: str = "urn:test") -> bytes:
    """A file around some elements."""
    return f'<definitions xmlns="{namespace}" name="t" namespace="{name}">{body}</definitions>'.encode()


def table(
    inputs: Sequence[tuple[str, str]],
    rows: Sequence[Sequence[str]],
    *,
    policy: str = "UNIQUE",
    aggregation: str = "",
    outputs: Sequence[str] = ("r",),
    default: str | None = None,
    values: str | None = None,
) -> bytes:
    """A file with one decision ``d``; each row is conditions, then results; ``values`` orders the first output."""
    columns = "".join(
        f'<input><inputExpression typeRef="{kind}"><text>{escape(name)}</text></inputExpression></input>'
        for name, kind in inputs
    )
    for at, output in enumerate(outputs):
        inner = f"<outputValues><text>{escape(values)}</text></outputValues>" if values and not at else ""
        inner += f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
        columns += f'<output name="{output}">{inner}</output>'
    columns += '<annotation name="source"/>'
    rules = "".join(_rule(number, row, len(inputs)) for number, row in enumerate(rows, 1))
    how = f'hitPolicy="{policy}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    return definitions(
        f'<decision id="d" name="决定"><decisionTable id="t" {how}>{columns}{rules}</decisionTable></decision>'
    )


def _rule(number: int, row: Sequence[str], inputs: int) -> str:
    cells = "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in row[:inputs])
    cells += "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in row[inputs:])
    return f'<rule id="r{number}">{cells}<annotationEntry><text>依据 {number}</text></annotationEntry></rule>'


def literal(name: str, text: str, *, requires: Sequence[str] = (), kind: str = "", element_id: str = "") -> str:
    """A decision with a literal expression."""
    variable = f'<variable name="{name}" typeRef="{kind}"/>' if kind else ""
    return (
        f'<decision id="{element_id or name}" name="{name}">{variable}{requirements(requires)}'
        f"<literalExpression><text>{escape(text)}</text></literalExpression></decision>"
    )


def requirements(hrefs: Sequence[str]) -> str:
    """Information requirements; ``i:`` marks input data, ``k:`` knowledge."""
    made = ""
    for href in hrefs:
        mark, _, target = href.rpartition(":")
        if mark == "k":
            made += f'<knowledgeRequirement><requiredKnowledge href="#{target}"/></knowledgeRequirement>'
        else:
            tag = "requiredInput" if mark == "i" else "requiredDecision"
            made += f'<informationRequirement><{tag} href="#{target}"/></informationRequirement>'
    return made


def input_data(name: str, kind: str = "") -> str:
    """An input."""
    return f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="{kind}"/></inputData>'
