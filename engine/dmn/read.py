"""A .dmn file to data. Unknown elements and diagram interchange are passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.bpmn.read import UnreadableError, read_xml
from engine.dmn import model as m
from engine.dmn.errors import DmnError
from engine.dmn.read_boxed import BoxedReader, child, children, local_name, text_of

NAMESPACES = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
_REQUIREMENTS = ("requiredInput", "requiredDecision", "requiredKnowledge")


def read_definitions(data: bytes, file: str) -> m.Definitions:
    """Read one file.

    Raises:
        DmnError: no XML, no DMN, a name or id missing or used twice.
    """
    try:
        root = read_xml(data)
    except UnreadableError as error:
        raise DmnError(file, "", error.line, str(error), "xml") from error
    namespace = etree.QName(root).namespace or ""
    if local_name(root) != "definitions" or namespace not in NAMESPACES:
        line: Any = root.sourceline
        raise DmnError(file, local_name(root), line, "不是 DMN 1.1 至 1.5 的文件", "namespace")
    return _Reader(file, root).read()


class _Reader:
    def __init__(self, file: str, root: Any) -> None:
        self.root = root
        self.made = m.Definitions(file, root.get("namespace", ""), root.get("name", ""))
        self.boxed = BoxedReader(file, self.made.names)

    def read(self) -> m.Definitions:
        readers = {
            "import": self._import,
            "itemDefinition": self._item,
            "inputData": self._input_data,
            "decision": self._decision,
            "businessKnowledgeModel": self._knowledge,
            "decisionService": self._service,
        }
        for element in self.root.iterchildren(etree.Element):
            reader = readers.get(local_name(element))
            if reader is not None:
                reader(element)
        return self.made

    def _named(self, element: Any) -> tuple[str, str, int | None]:
        name = (element.get("name") or "").strip()
        identity = element.get("id") or name
        if not identity:
            raise DmnError(self.made.file, local_name(element), element.sourceline, "元素既无 id 也无名称")
        self.made.names.add(name)
        return identity, name or identity, element.sourceline

    def _add(self, node: m.Node) -> None:
        if node.id in self.made.nodes:
            raise DmnError(self.made.file, node.id, node.line, f"id“{node.id}”用了两次", "duplicate-id")
        self.made.nodes[node.id] = node

    def _import(self, element: Any) -> None:
        name = (element.get("name") or "").strip()
        self.made.names.add(name)
        self.made.imports.append(m.Import(element.get("namespace", ""), name, element.sourceline))

    def _item(self, element: Any) -> None:
        self.made.item_definitions.append(self._item_definition(element))

    def _item_definition(self, element: Any) -> m.ItemDefinition:
        name = (element.get("name") or "").strip()
        self.made.names.add(name)
        function = child(element, "functionItem")
        return m.ItemDefinition(
            name,
            element.sourceline,
            text_of(child(element, "typeRef")) or element.get("typeRef"),
            element.get("isCollection") in ("true", "1"),
            text_of(child(child(element, "allowedValues"), "text")),
            text_of(child(child(element, "typeConstraint"), "text")),
            [self._item_definition(component) for component in children(element, "itemComponent")],
            _function_item(function),
            function.get("outputTypeRef") if function is not None else None,
        )

    def _input_data(self, element: Any) -> None:
        self._add(m.InputData(*self._named(element), _variable_type(element)))

    def _decision(self, element: Any) -> None:
        self._add(
            m.Decision(
                *self._named(element),
                _variable_type(element),
                self.boxed.expression_in(element),
                list(_requirements(element)),
            )
        )

    def _knowledge(self, element: Any) -> None:
        logic = child(element, "encapsulatedLogic")
        function = self.boxed.function(logic) if logic is not None else None
        self._add(
            m.BusinessKnowledge(*self._named(element), _variable_type(element), function, list(_requirements(element)))
        )

    def _service(self, element: Any) -> None:
        members = ("outputDecision", "encapsulatedDecision", "inputDecision", "inputData")
        hrefs = [[member.get("href", "") for member in children(element, kind)] for kind in members]
        self._add(m.DecisionService(*self._named(element), _variable_type(element), *hrefs))


def _function_item(element: Any) -> list[str] | None:
    if element is None:
        return None
    return [m.plain_type(parameter.get("typeRef") or "Any") for parameter in children(element, "parameters")]


def _variable_type(element: Any) -> str | None:
    variable = child(element, "variable")
    type_ref: str | None = variable.get("typeRef") if variable is not None else None
    return type_ref or text_of(child(variable, "typeRef"))


def _requirements(element: Any) -> Iterator[str]:
    for kind in ("informationRequirement", "knowledgeRequirement"):
        for requirement in children(element, kind):
            for target in _REQUIREMENTS:
                for found in children(requirement, target):
                    yield found.get("href", "")
