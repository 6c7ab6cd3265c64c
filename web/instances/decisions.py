"""The record of a decision in the words that people use for its columns and values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.definitions.decision_columns import Columns
from engine.definitions.manifest import Manifest, text_of
from engine.queries.cases import DecisionEntry
from engine.sentences import Label
from web.i18n import translated


class DecisionWords:
    """What one decision and its columns and values are called: by ``x_decisions``, its table, else the labels."""

    def __init__(self, manifest: Manifest, entry: DecisionEntry, columns: Columns) -> None:
        said = manifest.data.get("x_decisions", {}).get(entry.decision_id)
        self.name = translated(text_of(said) if said else entry.name)
        self._values: Mapping[str, Any] = said.get("values", {}) if isinstance(said, Mapping) else {}
        self._manifest = manifest
        self._columns = columns

    def asked(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """What the table was asked, under the names of its columns; a text that somebody typed stays as it is."""
        return {
            translated(self._label(name)): self._called(self._columns.inputs.get(name, name), value, lambda text: text)
            for name, value in inputs.items()
            if value is not None
        }

    def answered(self, result: Any, variable: str) -> Any:
        """What the table answered: each output under its name, or the one value that it is."""
        if not isinstance(result, Mapping):
            return self._called(variable, result, translated)
        return {
            translated(self._label(name)): self._called(name, value, translated)
            for name, value in result.items()
            if value is not None
        }

    def _label(self, name: str) -> str:
        return self._columns.outputs.get(name) or self._manifest.label(name)

    def _called(self, variable: str, value: Any, unnamed: Callable[[str], str]) -> Any:
        """A value, or each of a list, as people call it; ``unnamed`` says a text that has no name of its own."""
        if isinstance(value, list | tuple):
            return [self._called(variable, each, unnamed) for each in value]
        if not isinstance(value, str) or not value:
            return value
        if value in self._values:
            return translated(text_of(self._values[value]))
        called = self._manifest.value_label(variable, value)
        return translated(called) if isinstance(called, Label) else unnamed(called)
