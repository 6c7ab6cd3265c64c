"""Files that import each other: finding nodes, types and names across them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.dmn import model as m
from engine.dmn.errors import DmnError


@dataclass(frozen=True, slots=True)
class Located:
    """An item definition and the file it is in."""

    definitions: m.Definitions
    item: m.ItemDefinition


class Library:
    """All files given together; the first one is the main one.

    Raises:
        DmnError: a required element that is nowhere, or requirements in a circle.
    """

    def __init__(self, files: list[m.Definitions]) -> None:
        self.main = files[0]
        self.files = files
        self._items = {id(file): {item.name: item for item in reversed(file.item_definitions)} for file in files}
        self._by_namespace = {file.namespace: file for file in reversed(files)}
        self.names = frozenset().union(*(file.names for file in files)) - {""}
        self._check()

    def _check(self) -> None:
        for file in self.files:
            for node in file.nodes.values():
                for href in _hrefs(node):
                    if self.find(file, href) is None:
                        raise self._dangling(file, node, href)
        _Circles(self).check()

    def _dangling(self, file: m.Definitions, node: m.Node, href: str) -> DmnError:
        namespace = href.partition("#")[0]
        if namespace and namespace not in self._by_namespace:
            reason = f"需要的模型“{namespace}”没有一并给出"
            return DmnError(file.file, node.name, node.line, reason, "missing-import")
        return DmnError(file.file, node.name, node.line, f"所引用的“{href}”不存在", "dangling-ref")

    def find(self, file: m.Definitions, href: str) -> tuple[m.Definitions, m.Node] | None:
        """The node a reference of a file means."""
        namespace, _, identity = href.rpartition("#")
        target = self._by_namespace.get(namespace) if namespace else file
        node = target.nodes.get(identity) if target else None
        return (target, node) if target and node else None

    def by_name(self, cls: type[m.Decision] | type[m.DecisionService], name: str) -> tuple[m.Definitions, m.Node]:
        """A decision or service by name or id, the main file first.

        Raises:
            DmnError: there is none.
        """
        for file in self.files:
            for node in file.of_type(cls):
                if name in (node.name, node.id):
                    return file, node
        what = "决策" if cls is m.Decision else "决策服务"
        raise DmnError(self.main.file, name, None, f"没有名为“{name}”的{what}", "no-decision")

    def imports(self, file: m.Definitions) -> Iterator[tuple[str, m.Definitions]]:
        """The imported files that were given, with their prefixes."""
        for imported in file.imports:
            target = self._by_namespace.get(imported.namespace)
            if target is not None and target is not file:
                yield imported.name, target

    def prefix(self, file: m.Definitions, other: m.Definitions) -> str:
        """The prefix under which a file knows another; empty for its own names."""
        return next((name for name, target in self.imports(file) if target is other), "")

    def item(self, file: m.Definitions, name: str, depth: int = 0) -> Located | None:
        """An item definition by the name a file uses for it."""
        own = self._items[id(file)].get(name)
        if own is not None:
            return Located(file, own)
        if depth > len(self.files):
            return None
        for prefix, target in self.imports(file):
            rest = name if not prefix else name[len(prefix) + 1 :] if name.startswith(f"{prefix}.") else ""
            found = self.item(target, rest, depth + 1) if rest else None
            if found:
                return found
        return None


def _hrefs(node: m.Node) -> list[str]:
    if isinstance(node, m.Decision | m.BusinessKnowledge):
        return node.requirements
    if isinstance(node, m.DecisionService):
        return [*node.output_decisions, *node.encapsulated_decisions, *node.input_decisions, *node.input_data]
    return []


class _Circles:
    """Depth-first search over information requirements; knowledge may call itself."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._done: set[int] = set()

    def check(self) -> None:
        for file in self._library.files:
            for node in file.nodes.values():
                if isinstance(node, m.Decision):
                    self._visit(file, node)

    def _visit(self, file: m.Definitions, start: m.Node) -> None:
        path: dict[int, None] = {}
        pending: list[tuple[m.Definitions, m.Node, bool]] = [(file, start, False)]
        while pending:
            where, node, leaving = pending.pop()
            if leaving:
                del path[id(node)]
                self._done.add(id(node))
                continue
            if id(node) in self._done:
                continue
            if id(node) in path:
                raise DmnError(where.file, node.name, node.line, "决策的依赖成环", "cycle")
            path[id(node)] = None
            pending.append((where, node, True))
            for href in _hrefs(node):
                found = self._library.find(where, href)
                if found and isinstance(found[1], m.Decision):
                    pending.append((*found, False))
