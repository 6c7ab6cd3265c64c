"""Diagrams as a few lines of text, so that a test shows what it draws.

    start s
    user a
    boundary late on=a timer=P3D
    sub inner
      start s1
      user b
      s1 > b
    exclusive g
    s > a > inner > g
    g > x if `amount > 10`
    g > y default

A line is ``kind id key=value flag key=`text with spaces` ``; indentation opens the inside of a sub-process.
``then=x`` at an event draws the user task behind it as well, ``undone_by=x`` at an activity the one that undoes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

KINDS = {
    "start": "startEvent",
    "end": "endEvent",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
    "boundary": "boundaryEvent",
    "task": "task",
    "user": "userTask",
    "manual": "manualTask",
    "script": "scriptTask",
    "service": "serviceTask",
    "rule": "businessRuleTask",
    "send": "sendTask",
    "receive": "receiveTask",
    "call": "callActivity",
    "sub": "subProcess",
    "event_sub": "subProcess",
    "transaction": "transaction",
    "adhoc": "adHocSubProcess",
    "exclusive": "exclusiveGateway",
    "parallel": "parallelGateway",
    "inclusive": "inclusiveGateway",
    "events": "eventBasedGateway",
    "complex": "complexGateway",
}
_WORD = re.compile(r"(\w+)(?:=(?:`([^`]*)`|(\S+)))?")
_ROOTS = {"message": "message", "signal": "signal", "error": "error", "escalation": "escalation"}


@dataclass
class _Scope:
    default: dict[str, str] = field(default_factory=dict)
    nodes: list[tuple[str, str, dict[str, str], _Scope | None]] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)


class _Drawing:
    def __init__(self) -> None:
        self.roots: dict[str, str] = {}
        self.flow_number = 0
        self.compensation: list[tuple[str, str]] = []

    def read(self, text: str) -> _Scope:
        root = _Scope()
        stack: list[tuple[int, _Scope]] = [(-1, root)]
        for raw in text.splitlines():
            line = raw.split("#")[0]
            if not line.strip():
                continue
            indent = len(line) - len(line.lstrip())
            while stack[-1][0] >= indent:
                stack.pop()
            scope = stack[-1][1]
            if ">" in re.sub(r"`[^`]*`", "", line):
                self._flow(scope, line.strip())
                continue
            kind, name, *rest = line.split(None, 2)
            options = {k: a or b for k, a, b in _WORD.findall(rest[0] if rest else "")}
            inside = _Scope() if kind in {"sub", "event_sub", "transaction", "adhoc"} else None
            scope.nodes.append((kind, name, options, inside))
            self._implied(scope, name, options)
            if inside is not None:
                stack.append((indent, inside))
        return root

    def _implied(self, scope: _Scope, name: str, options: dict[str, str]) -> None:
        if "then" in options:
            scope.nodes.append(("user", options["then"], {}, None))
            self._flow(scope, f"{name} > {options['then']}")
        if "undone_by" in options:
            undone = {"on": name, "compensate": "", "handler": options["undone_by"]}
            scope.nodes.append(("boundary", f"{name}_undone", undone, None))
            scope.nodes.append(("user", options["undone_by"], {"compensation": ""}, None))

    def _flow(self, scope: _Scope, line: str) -> None:
        condition = re.search(r" if `([^`]*)`", line)
        path = re.sub(r" if `[^`]*`", "", line)
        default = path.endswith(" default")
        nodes = [n.strip() for n in path.removesuffix(" default").split(">")]
        for source, target in pairwise(nodes):
            flow = f"{source}_{target}"
            if default:
                scope.default[source] = flow
            inside = ""
            if condition:
                inside = f"<conditionExpression>{escape(condition.group(1))}</conditionExpression>"
            scope.flows.append(
                f'<sequenceFlow id="{flow}" sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>'
            )

    def xml(self, scope: _Scope) -> str:
        return "".join(self._node(scope, *node) for node in scope.nodes) + "".join(scope.flows)

    def _node(self, scope: _Scope, kind: str, name: str, options: dict[str, str], inside: _Scope | None) -> str:  # noqa: C901
        attributes = {"id": name, **({"name": options["name"]} if "name" in options else {})}
        if kind == "event_sub":
            attributes["triggeredByEvent"] = "true"
        if "on" in options:
            attributes["attachedToRef"] = options["on"]
        if "noninterrupting" in options:
            attributes["cancelActivity" if kind == "boundary" else "isInterrupting"] = "false"
        if name in scope.default:
            attributes["default"] = scope.default[name]
        if "calls" in options:
            attributes["calledElement"] = options["calls"]
        if "compensation" in options:
            attributes["isForCompensation"] = "true"
        if "instantiate" in options:
            attributes["instantiate"] = "true"
        if "all_of" in options:
            attributes["eventGatewayType" if kind == "events" else "parallelMultiple"] = (
                "Parallel" if kind == "events" else "true"
            )
        if "sequential" in options and kind == "adhoc":
            attributes["ordering"] = "Sequential"
        if "keep_rest" in options:
            attributes["cancelRemainingInstances"] = "false"
        for key in ("operation", "decisionRef", "resultVariable", "assignee", "candidateRole", "broadcast"):
            if key in options:
                attributes[f"banli:{key}"] = options[key]
        body = self._extensions(options) + self._events(kind, options) + self._loop(options)
        if "script" in options or kind == "script":
            body += f"<script>{escape(options.get('body', '{}'))}</script>"
            attributes["scriptFormat"] = "feel"
        if "message" in options and kind in {"send", "receive"}:
            attributes["messageRef"] = self._root("message", options["message"])
        if kind == "adhoc" and "until" in options:
            body += f"<completionCondition>{escape(options['until'])}</completionCondition>"
        if "handler" in options:
            self.compensation.append((name, options["handler"]))
        if inside is not None:
            body += self.xml(inside)
        shown = "".join(f" {k}={quoteattr(v)}" for k, v in attributes.items())
        return f"<{KINDS[kind]}{shown}>{body}</{KINDS[kind]}>"

    def _extensions(self, options: dict[str, str]) -> str:
        found = ""
        if "key" in options:
            found += f"<banli:correlation value={quoteattr('=' + options['key'])}/>"
        for entry in filter(None, options.get("with", "").split(";")):
            target, _, source = entry.partition(":")
            found += f"<banli:parameter name={quoteattr(target.strip())} value={quoteattr('=' + source.strip())}/>"
        for option, tag in (("in", "in"), ("out", "out"), ("sets", "output")):
            for entry in filter(None, options.get(option, "").split(";")):
                target, _, source = entry.partition(":")
                found += f"<banli:{tag} target={quoteattr(target.strip())} source={quoteattr(source.strip())}/>"
        return f"<extensionElements>{found}</extensionElements>" if found else ""

    def _root(self, kind: str, name: str) -> str:
        ref = f"{kind}_{name}"
        code = f' {kind}Code="{name}"' if kind in {"error", "escalation"} else ""
        self.roots[ref] = f'<{kind} id="{ref}" name="{name}"{code}/>'
        return ref

    def _events(self, kind: str, options: dict[str, str]) -> str:  # noqa: C901
        if kind in {"send", "receive"}:
            return ""
        found, kept = "", f' banli:variable="{options["keeps"]}"' if "keeps" in options else ""
        for trigger in _ROOTS:
            if trigger in options:
                for name in options[trigger].split(",") if options[trigger] else [""]:
                    ref = f' {trigger}Ref="{self._root(trigger, name)}"' if name else ""
                    found += f"<{trigger}EventDefinition{ref}{kept}/>"
        for key, tag in (("timer", "timeDuration"), ("date", "timeDate"), ("cycle", "timeCycle")):
            if key in options:
                found += f"<timerEventDefinition><{tag}>{escape(options[key])}</{tag}></timerEventDefinition>"
        if "deadline" in options:
            found += f'<timerEventDefinition banli:deadline="{options["deadline"]}"/>'
        if "when" in options:
            condition = escape(options["when"])
            found += f"<conditionalEventDefinition><condition>{condition}</condition></conditionalEventDefinition>"
        if "link" in options:
            found += f'<linkEventDefinition name="{options["link"]}"/>'
        if "compensate" in options:
            for undone in options["compensate"].split(","):
                activity = f' activityRef="{undone}"' if undone else ""
                activity += ' waitForCompletion="false"' if "nowait" in options else ""
                found += f"<compensateEventDefinition{activity}/>"
        for flag in ("cancel", "terminate"):
            if flag in options:
                found += f"<{flag}EventDefinition/>"
        return found

    def _loop(self, options: dict[str, str]) -> str:
        if "loop" in options or "maximum" in options:
            attributes = f' loopMaximum="{options["maximum"]}"' if "maximum" in options else ""
            attributes += ' testBefore="true"' if "before" in options else ""
            inside = f"<loopCondition>{escape(options['loop'])}</loopCondition>" if "loop" in options else ""
            return f"<standardLoopCharacteristics{attributes}>{inside}</standardLoopCharacteristics>"
        if "times" not in options and "each" not in options:
            return ""
        attributes = ' isSequential="true"' if "sequential" in options else ""
        for key, name in (
            ("each", "collection"),
            ("as", "elementVariable"),
            ("into", "outputCollection"),
            ("output", "outputElement"),
        ):
            if key in options:
                attributes += f" banli:{name}={quoteattr(options[key])}"
        inside = f"<loopCardinality>{escape(options['times'])}</loopCardinality>" if "times" in options else ""
        if "until" in options:
            inside += f"<completionCondition>{escape(options['until'])}</completionCondition>"
        return f"<multiInstanceLoopCharacteristics{attributes}>{inside}</multiInstanceLoopCharacteristics>"


def draw(text: str, process: str = "P", more: str = "") -> bytes:
    """The BPMN file of a drawing."""
    drawing = _Drawing()
    body = drawing.xml(drawing.read(text))
    for event, handler in drawing.compensation:
        body += f'<association id="as_{event}" sourceRef="{event}" targetRef="{handler}" associationDirection="One"/>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:banli="urn:banli:bpmn:1"'
        ' targetNamespace="urn:test">'
        + "".join(drawing.roots.values())
        + f'<process id="{process}" isExecutable="true">{body}</process>{more}</definitions>'
    ).encode()
