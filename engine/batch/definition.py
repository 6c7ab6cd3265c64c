"""The section ``batch`` of a process.yaml: which user tasks have a list page, and what stands on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.reports.definition import Column, Text, read_column, text_of


@dataclass(frozen=True)
class Recommended:
    """Something that was recommended earlier: the variable, and the form field that takes it over."""

    variable: str
    takes: str | None = None  # None: only shown


@dataclass(frozen=True)
class BatchDefinition:
    """The list page of one user task."""

    folder_key: str
    flow_node_id: str
    title: Text
    columns: tuple[Column, ...]
    recommendation: tuple[Recommended, ...]
    adopt: Mapping[str, Any] = field(default_factory=dict)  # form field → constant that adopting adds
    choose: str | None = None  # form field with the decision; default: the form's buttons
    comment: str | None = None  # form field for words


def read_batch_definitions(folder_key: str, manifest: Mapping[str, Any]) -> dict[str, BatchDefinition]:
    """List pages by flow node id."""
    section = manifest.get("batch") or {}
    return {str(node): _read(folder_key, str(node), entry or {}) for node, entry in section.items()}


def _read(folder_key: str, node: str, entry: Mapping[str, Any]) -> BatchDefinition:
    return BatchDefinition(
        folder_key=folder_key,
        flow_node_id=node,
        title=text_of(entry.get("title"), node),
        columns=tuple(read_column(column) for column in entry.get("columns") or ("title",)),
        recommendation=tuple(_recommended(item) for item in entry.get("recommendation") or ()),
        adopt=dict(entry.get("adopt") or {}),
        choose=entry.get("choose"),
        comment=entry.get("comment"),
    )


def _recommended(item: object) -> Recommended:
    if isinstance(item, Mapping):
        takes = item.get("takes")
        return Recommended(str(item["variable"]), str(takes) if takes else None)
    return Recommended(str(item))
