"""One statement compiled for one kind of database: its text, and how values go in and come out."""

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import call, itemgetter
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import Dialect, LargeBinary, Select

from engine.database.postgresql_values import from_wire, to_wire
from engine.database.sqlite_values import Convert, from_driver, to_driver

_PLAIN = re.compile(r"[\w .:/{}\[\]-]*")  # texts that need no care between quotes
_NAMED = re.compile(r"%\((\w+)\)s")
_NAMED_OR_SIGN = re.compile(rf"{_NAMED.pattern}|%%")


class Wire(Struct, frozen=True):
    """A statement as PostgreSQL's protocol has it: parameters by number, values as text or as they are."""

    sql: str
    names: Sequence[str] = ()
    formats: Sequence[int] = ()
    guarded: str = ""  # the same UPDATE, which fails unless it changes a row


class Statement:
    """A statement for one kind of database."""

    def __init__(
        self, statement: Any, dialect: Dialect, columns: list[str] | None, defaults: Mapping[str, Any]
    ) -> None:
        if isinstance(statement, Select):
            statement = _converted_first(statement, dialect)
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        if compiled.post_compile_params:
            raise TypeError("a prepared statement cannot expand lists")
        self._positional = compiled.positional
        binds = {name: bind.type for bind, name in compiled.bind_names.items()}
        fixed = compiled.params
        required = {bind.key for bind in compiled.bind_names if bind.required}
        constants = {name: fixed[name] for name in fixed if name not in required}
        convert = {name: to_driver(dialect, kind, compiled._bind_processors.get(name)) for name, kind in binds.items()}
        self.sql: Final = _with_constants(compiled, constants, convert)
        named = compiled.positiontup if compiled.positional else compiled.bind_names.values()
        self._names = [name for name in named if name not in constants]
        self._take: Final = _taker(self._names)
        found = [(place, convert.get(name)) for place, name in enumerate(self._names)]
        self._conversions = [(place, each) for place, each in found if each is not None]
        self._fixed = dict(defaults)  # for what is left out
        as_they_are = self._positional and not self._conversions and not self._fixed
        # from values by name to what the driver takes; None is always NULL
        self.parameters: Final[Callable[[Mapping[str, Any]], Any]] = self._take if as_they_are else self._driven
        selected: list[Any] = getattr(compiled, "_result_columns", None) or []
        self._made_row: Any = namedtuple("Row", [column.keyname for column in selected], rename=True)  # type: ignore[misc]
        read = [from_driver(dialect, column.type) for column in selected]
        self._convert = [convert for convert in read if convert is not None]  # of the first columns
        if not self._positional:
            self.wire = _wire(self.sql, binds)
            self._take_for_wire = _taker(self.wire.names)
            self._to_wire = [to_wire(binds[name]) for name in self.wire.names]
            self._from_wire = [from_wire(column.type) for column in selected]

    def wired(self, values: Mapping[str, Any]) -> list[bytes | None]:
        """The values as PostgreSQL's protocol has them; None is always NULL."""
        given = self._take_for_wire({**self._fixed, **values} if self._fixed else values)
        return [value if value is None else convert(value) for value, convert in zip(given, self._to_wire)]  # noqa: B905

    def _driven(self, values: Mapping[str, Any]) -> Any:
        made = self._take({**self._fixed, **values} if self._fixed else values)
        if self._conversions:
            made = list(made)
            for place, convert in self._conversions:
                value = made[place]
                if value is not None:
                    made[place] = convert(value)
        return made if self._positional else dict(zip(self._names, made, strict=True))

    def converted(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Rows of the driver as named tuples of our types."""
        kind, convert = self._made_row, self._convert
        if not convert:
            return [_new_row(kind, row) for row in rows]
        first = len(convert)
        return [_new_row(kind, (*map(call, convert, row), *row[first:])) for row in rows]

    def unwired(self, rows: Sequence[Iterable[bytes | None]]) -> list[Any]:
        """Rows of PostgreSQL's protocol as named tuples of our types."""
        kind, convert = self._made_row, self._from_wire
        return [
            _new_row(kind, [value if value is None else make(value) for value, make in zip(row, convert)])  # noqa: B905
            for row in rows
        ]


def _converted_first(statement: Select[Any], dialect: Dialect) -> Select[Any]:
    """The same with the columns first that are converted: the others are then taken as they come."""
    columns = statement.selected_columns
    ordered = sorted(columns, key=lambda column: from_driver(dialect, column.type) is None)
    return statement.with_only_columns(*ordered, maintain_column_froms=True)


_new_row: Final = tuple.__new__  # as a named tuple's own _make, which calls it


def _with_constants(compiled: Any, constants: Mapping[str, Any], convert: Mapping[str, Convert | None]) -> str:
    """The text with the constants of the statement itself in it: nothing has to be handed over for them."""
    if not compiled.positional:
        return _NAMED.sub(
            lambda found: _literal(constants[found[1]], convert.get(found[1])) if found[1] in constants else found[0],
            str(compiled),
        )
    pieces = str(compiled).split("?")
    made = pieces[0]
    for name, piece in zip(compiled.positiontup, pieces[1:], strict=True):
        made += (_literal(constants[name], convert.get(name)) if name in constants else "?") + piece
    return made


def _literal(value: Any, convert: Convert | None) -> str:
    stored = convert(value) if convert is not None and value is not None else value
    if stored is None:
        return "NULL"
    if isinstance(stored, bool):
        return str(stored).upper()
    if isinstance(stored, int):
        return str(stored)
    if isinstance(stored, str) and _PLAIN.fullmatch(stored):
        return f"'{stored}'"
    raise TypeError(f"no constant for a prepared statement: {value!r}")


def _taker(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """What takes the values of the names out of a mapping, in their order."""
    return itemgetter(*names) if len(names) > 1 else lambda values: tuple([values[name] for name in names])


def _wire(sql: str, binds: Mapping[str, Any]) -> Wire:
    """A statement with parameters by name as one with parameters by number."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        name = found.group(1)
        if name is None:
            return "%"
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    numbered = _NAMED_OR_SIGN.sub(number, sql)
    formats = [int(isinstance(binds[name], LargeBinary)) for name in names]
    guarded = f"WITH changed AS ({numbered} RETURNING 1) SELECT 1 / count(*) FROM changed"  # noqa: S608 (ours)
    return Wire(numbered, names, formats, guarded)
