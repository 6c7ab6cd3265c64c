"""Where in the files of a folder an element stands, for the sentence that refuses it."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from engine.bpmn.read import read_xml


class Places:
    """Finds elements by an attribute; each file is read once, however much of it is refused."""

    def __init__(self, resources: Mapping[str, bytes]) -> None:
        self._resources = resources
        self._roots: dict[str, etree._Element] = {}
        self._found: dict[tuple[str, str], dict[str, str]] = {}

    def of(self, file: str, attribute: str, value: str) -> str:
        """File, line, type and id of the first element with it; of what a vendor calls otherwise, the file."""
        if (file, attribute) not in self._found:
            self._found[file, attribute] = self._all(file, attribute)
        return self._found[file, attribute].get(value, file)

    def _all(self, file: str, attribute: str) -> dict[str, str]:
        if file not in self._roots:
            self._roots[file] = read_xml(self._resources[file])
        found: dict[str, str] = {}
        for element in self._roots[file].iter(etree.Element):
            value = element.get(attribute)
            if value is not None and value not in found:
                kind = etree.QName(element).localname
                found[value] = f"{file} 第 {element.sourceline} 行 {kind} {element.get('id', '')}"
        return found
