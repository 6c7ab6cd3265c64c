"""What is sensitive may stand only where it is encrypted and masked."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.deployed import Compiled
from engine.definitions.places import Places
from engine.feel.foreseen import names_in
from engine.spiff.definitions import ProcessInfo


def exposed(compiled: Compiled, places: Places) -> list[str]:
    """Where a folder would have something sensitive stored as it is, or under a name that nobody masks."""
    return [*_in_lists(compiled), *_in_diagrams(compiled, places)] if compiled.manifest.sensitive else []


def _in_lists(compiled: Compiled) -> Iterator[str]:
    """What lists, reports and the search show is copied out of the case."""
    manifest = compiled.manifest
    copied = {
        "title_variable": [manifest.title_variable],
        "number_variable": [manifest.number_variable],
        "report.variables": manifest.report_variables,
        "similar_on": manifest.data.get("similar_on", ()),
    }
    for place, names in copied.items():
        for name in names:
            if name in manifest.sensitive:
                yield f"process.yaml {place}：{name} 是敏感字段，不能用在这里（sensitive-exposed）"


def _in_diagrams(compiled: Compiled, places: Places) -> Iterator[str]:
    sensitive = frozenset(compiled.manifest.sensitive)
    for process in compiled.definitions.processes.values():
        for node, reason in _in_process(process, sensitive):
            yield f"{places.of(process.file, 'id', node)}：{reason}（sensitive-exposed）"


def _in_process(process: ProcessInfo, sensitive: frozenset[str]) -> Iterator[tuple[str, str]]:
    """A message must be found by its name and key; an item, or what is taken in or given on, has its own name."""
    for node, expression in process.searched:
        for name in sorted(names_in(expression, sensitive)):
            yield node, f"{name} 是敏感字段，消息和信号的名称与关联键不能用它"
    for node, collection, item in process.items:
        for name in sorted(names_in(collection, sensitive)) if item not in sensitive else ():
            yield node, f"{name} 是敏感字段，其中每一项的变量“{item}”也要列为敏感"
    for node, source, target in process.renamed:
        if source.strip() in sensitive and target not in sensitive:
            yield node, f"{source} 是敏感字段，它在这里的名称“{target}”也要列为敏感"
