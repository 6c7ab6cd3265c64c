"""From a browser's name-value pairs to the values by key that a form expects.

A field posts under its key; row ``n`` of a dynamic list posts each of its fields as ``list-n-field``, n from 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from engine.forms import profile
from engine.forms.schema import Component, FormSchema


def row_name(component: Component, row: int | str, child: Component) -> str:
    """The name under which one field of one row is posted."""
    return f"{component.key}-{row}-{child.key}"


def read_posted(schema: FormSchema, posted: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """See :meth:`FormSchema.read_posted`. A field that was not posted at all is missing in the answer."""
    data: dict[str, object] = {}
    for component in schema.fields():
        if component.type == "dynamiclist":
            rows = _rows(component, posted)
            if rows is not None:
                data[component.key] = rows
        elif component.type == "checkbox":
            data[component.key] = _last(posted.get(component.key, ())) or False
        elif component.type in profile.SEVERAL_TYPES:
            data[component.key] = [value for value in posted.get(component.key, ()) if value]
        elif component.key in posted:
            values = posted[component.key]
            data[component.key] = _last(values)
    return data


def _last(values: Sequence[str]) -> str | None:
    return values[-1] if values else None


def _rows(component: Component, posted: Mapping[str, Sequence[str]]) -> list[dict[str, object]] | None:
    """The rows in the order of their numbers; numbers may have gaps, a row taken out leaves one."""
    inputs = {child.key: child for child in component.children if child.is_input}
    pattern = re.compile(rf"{re.escape(component.key)}-(\d{{1,4}})-(\w+)")
    rows: dict[int, dict[str, object]] = {}
    for name, values in posted.items():
        found = pattern.fullmatch(name)
        if not found or found[2] not in inputs:
            continue
        several = inputs[found[2]].type in profile.SEVERAL_TYPES
        rows.setdefault(int(found[1]), {})[found[2]] = list(values) if several else _last(values)
        if len(rows) > profile.MAX_ROWS:
            break
    if not rows:
        return None
    return [rows[number] for number in sorted(rows)]
