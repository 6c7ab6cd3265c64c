"""Functions of contexts."""

from __future__ import annotations

from typing import Any

from engine.feel import kinds as k
from engine.feel.builtins import arguments as take
from engine.feel.builtins.registry import builtin
from engine.feel.errors import Refused
from engine.feel.kinds import kind
from engine.feel.runtime import Run


def _context(value: Any) -> dict[str, Any]:
    taken: dict[str, Any] = take.need(value, k.CONTEXT)
    return taken


@builtin("get value", ("m", "key"), ("context", "keys"))
def get_value(run: Run, source: Any, key: Any) -> Any:
    """The value of a key, or at the end of a list of keys; null where there is none."""
    source = _context(source)
    if not isinstance(key, list):
        return source.get(take.text(key))
    if not key:
        raise Refused("键的列表为空", "arguments")
    value: Any = source
    for part in key:
        run.spend(1)
        if not isinstance(value, dict) or not isinstance(part, str):
            return None
        value = value.get(part)
    return value


@builtin("get entries", ("m",))
def get_entries(run: Run, source: Any) -> list[dict[str, Any]]:
    """Each entry as a context of key and value."""
    source = _context(source)
    run.spend(len(source))
    return [{"key": key, "value": value} for key, value in source.items()]


@builtin("context", ("entries",))
def context(run: Run, entries: Any) -> dict[str, Any]:
    """A context of contexts with key and value."""
    made: dict[str, Any] = {}
    for entry in take.items(entries):
        run.spend(1)
        fields = _context(entry)
        key = take.text(fields.get("key"))
        if "value" not in fields or key in made:
            raise Refused(f"条目“{key}”没有 value 或重复", "arguments")
        made[key] = fields["value"]
    return made


@builtin("context put", ("context", "key", "value"), ("context", "keys", "value"))
def context_put(run: Run, source: Any, key: Any, value: Any) -> dict[str, Any]:
    """The context with one entry set, also deep inside."""
    source = _context(source)
    keys = key if isinstance(key, list) else [key]
    if not keys:
        raise Refused("键的列表为空", "arguments")
    if len(keys) > 100:
        raise Refused("键的列表过长", "arguments")
    return _put(run, source, [take.text(part) for part in keys], value)


def _put(run: Run, source: Any, keys: list[str], value: Any) -> dict[str, Any]:
    if kind(source) != k.CONTEXT:
        raise Refused("路径上的值不是上下文", "arguments")
    run.spend(1 + len(source))
    inner = value if len(keys) == 1 else _put(run, source.get(keys[0]), keys[1:], value)
    return {**source, keys[0]: inner}


@builtin("context merge", ("contexts",))
def context_merge(run: Run, contexts: Any) -> dict[str, Any]:
    """All entries in one context; the last one of a key wins."""
    made: dict[str, Any] = {}
    for part in take.items(contexts):
        run.spend(1 + len(_context(part)))
        made.update(_context(part))
    return made
