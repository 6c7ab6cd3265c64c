"""The record of a decision in the words that people use for its columns and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.definitions.decision_columns import Columns
from engine.definitions.manifest import Manifest, text_of
from engine.queries.cases import DecisionEntry
from web.i18n import translated


class DecisionWords:
    """What one decision and its columns and values are called: by ``x_decisions``, its table, else the labels."""

    def __init__(self, manifest: Manifest, entry: DecisionEntry, columns: Columns) -> None:
        said = manifest.data.get("x_decisions", {}).get(entry.decision_id)
        self.name = translated(text_of(said) if said else entry.name)
        self._values: Mapping[str, Any] = said.get("values", {}) if isinstance(said, Mapping) else {}
        self._manifest = manifest
        self._columns = columns

    def labelled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values under the names of their columns; what has no value falls out."""
        return {
            translated(self._label(name)): self.value(self._columns.inputs.get(name, name), value)
            for name, value in values.items()
            if value is not None
        }

    def _label(self, name: str) -> str:
        return self._columns.outputs.get(name) or self._manifest.label(name)

    def value(self, variable: str, value: Any) -> Any:
        """A value, or each of a list, as people call it."""
        if isinstance(value, list | tuple):
            return [self.value(variable, each) for each in value]
        if not isinstance(value, str) or not value:
            return value
        if value in self._values:
            return translated(text_of(self._values[value]))
        return translated(self._manifest.value_label(variable, value))
