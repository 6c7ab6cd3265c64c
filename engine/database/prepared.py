"""Statements of the hot path: compiled once for each database, then run through the driver itself.

SQLAlchemy builds, caches and compiles a statement anew at each execution; for the dozen small statements of a step
that costs ten times what the database does. A prepared statement keeps the text, the order of its parameters and the
conversions of its types. It runs on the link of a unit of work, inside its transaction.
"""

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import call, itemgetter
from typing import Any, Final

from sqlalchemy import Connection, Dialect, LargeBinary, Select, Table, insert

from engine.database.link import Link, Wire
from engine.database.pipeline import PipelineLink
from engine.database.postgresql_values import from_wire, to_wire
from engine.database.sqlite_values import Convert, from_driver, to_driver

Build = Callable[[str], Any]  # name of the database system → statement
_PLAIN = re.compile(r"[\w .:/{}\[\]-]*")  # texts that need no care between quotes
Place = Link | Connection  # where a statement runs


class Prepared:
    """One statement.

    Args:
        statement: a Core statement, or what makes one from the name of the database system. Its parameters are
            ``bindparam`` by name; lists of changing length (``IN``) are not possible.
        columns: names of the columns that an INSERT or UPDATE takes as parameters.
        defaults: values of parameters that a call leaves out.
    """

    def __init__(
        self, statement: Any, columns: Iterable[str] | None = None, defaults: Mapping[str, Any] | None = None
    ) -> None:
        self._statement = statement
        self._columns = list(columns) if columns is not None else None
        self._defaults: Final = dict(defaults or {})
        self._by_kind: dict[str, _Text] = {}

    def run(self, place: Place, values: Mapping[str, Any]) -> int:
        """Execute it once and answer how many rows it touched."""
        link = place if isinstance(place, Link) else Link(place)
        text = self._by_kind.get(link.kind) or self._made(link.dialect)
        count: int = text.execute(link, values).rowcount
        return count

    def expect(self, place: Place, values: Mapping[str, Any], refusal: Callable[[], Exception]) -> None:
        """Execute an UPDATE that must change one row; otherwise ``refusal`` is raised, at the latest by the commit."""
        link = place if isinstance(place, Link) else Link(place)
        text = self._by_kind.get(link.kind) or self._made(link.dialect)
        if isinstance(link, PipelineLink):
            link.later(text.wire, text.wired(values), refusal)
        elif text.execute(link, values).rowcount != 1:
            raise refusal()

    def run_many(self, place: Place, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute it for each row; where a round trip is dear, before the next read or the commit."""
        link = place if isinstance(place, Link) else Link(place)
        text = self._by_kind.get(link.kind) or self._made(link.dialect)
        if isinstance(link, PipelineLink):
            for row in rows:
                link.later(text.wire, text.wired(row))
        elif len(rows) == 1:
            text.execute(link, rows[0])
        elif rows:
            _execute_many(link, text.sql, [text.parameters(row) for row in rows])

    def rows(self, place: Place, values: Mapping[str, Any]) -> list[Any]:
        """The rows it selects, as named tuples."""
        link = place if isinstance(place, Link) else Link(place)
        text = self._by_kind.get(link.kind) or self._made(link.dialect)
        found = text.execute(link, values).fetchall()
        if not found:
            return []
        return text.unwired(found) if link.is_pipeline else text.converted(found)

    def one_or_none(self, place: Place, values: Mapping[str, Any]) -> Any:
        """Its only row, or None; the statement can select no more than one."""
        found = self.rows(place, values)
        return found[0] if found else None

    def _made(self, dialect: Dialect) -> "_Text":
        statement = self._statement(dialect.name) if callable(self._statement) else self._statement
        text = self._by_kind[dialect.name] = _Text(statement, dialect, self._columns, self._defaults)
        return text


def insert_into(table: Table, make: Build | None = None) -> Prepared:
    """An INSERT of all columns that the database does not number itself; a left-out one gets its default."""
    columns = [column for column in table.columns if column is not table.autoincrement_column]
    defaults = {column.name: _default(column) for column in columns}
    return Prepared(make or insert(table).inline(), [column.name for column in columns], defaults)


def _default(column: Any) -> Any:
    return column.default.arg if column.default is not None and column.default.is_scalar else None


class _Text:
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
        self.sql: Final = _with_constants(compiled, constants, convert) if compiled.positional else str(compiled)
        self._names = [
            name
            for name in (compiled.positiontup if compiled.positional else compiled.bind_names.values())
            if not (compiled.positional and name in constants)
        ]
        self._take: Final = _taker(self._names)
        found = [(place, convert.get(name)) for place, name in enumerate(self._names)]
        self._conversions = [(place, each) for place, each in found if each is not None]
        self._fixed = {**defaults, **constants}
        selected: list[Any] = getattr(compiled, "_result_columns", None) or []
        self._made_row: Any = namedtuple("Row", [column.keyname for column in selected], rename=True)  # type: ignore[misc]
        read = [from_driver(dialect, column.type) for column in selected]
        self._convert = [convert for convert in read if convert is not None]  # of the first columns
        if not self._positional:
            self.wire = _wire(self.sql, binds)
            self._to_wire = [to_wire(binds[name]) for name in self.wire.names]
            self._from_wire = [from_wire(column.type) for column in selected]

    def execute(self, link: Link, values: Mapping[str, Any]) -> Any:
        """Execute it now; answers a cursor."""
        if isinstance(link, PipelineLink):
            return link.fetch(self.wire, self.wired(values))
        parameters = self.parameters(values)
        if link.is_watched:
            return _watched(link, self.sql, parameters)
        try:
            return link.execute(self.sql, parameters)
        except link.errors as error:
            raise link.wrapped(self.sql, parameters, error) from error

    def wired(self, values: Mapping[str, Any]) -> list[bytes | None]:
        """The values as PostgreSQL's protocol has them; None is always NULL."""
        given = {**self._fixed, **values} if self._fixed else values
        made: list[bytes | None] = []
        for name, convert in zip(self.wire.names, self._to_wire, strict=True):
            value = given[name]
            made.append(None if value is None else convert(value))
        return made

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """The values in the driver's form; None is always NULL."""
        try:
            made = self._take(values)
        except KeyError:
            made = self._take({**self._fixed, **values})
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

    def unwired(self, rows: Sequence[Sequence[bytes | None]]) -> list[Any]:
        """Rows of PostgreSQL's protocol as named tuples of our types."""
        kind, convert = self._made_row, self._from_wire
        return [
            _new_row(kind, [None if value is None else make(value) for make, value in zip(convert, row, strict=True)])
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
    pieces = str(compiled).split("?")
    made = pieces[0]
    for name, piece in zip(compiled.positiontup, pieces[1:], strict=True):
        made += (_literal(constants[name], convert.get(name)) if name in constants else "?") + piece
    return made


def _literal(value: Any, convert: Convert | None) -> str:
    stored = convert(value) if convert is not None and value is not None else value
    if stored is None:
        return "NULL"
    if isinstance(stored, int):  # the driver, too, writes booleans as numbers
        return str(int(stored))
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

    numbered = re.sub(r"%\((\w+)\)s|%%", number, sql)
    return Wire(numbered, names, [int(isinstance(binds[name], LargeBinary)) for name in names])


def _watched(link: Link, sql: str, parameters: Any) -> "_Watched":
    return _Watched(link.alchemy, sql, tuple(parameters) if isinstance(parameters, list) else parameters)


def _execute_many(link: Link, sql: str, rows: list[Any]) -> None:
    if link.is_watched:
        for row in rows:
            _watched(link, sql, row)
        return
    try:
        link.executemany(sql, rows)
    except link.errors as error:
        raise link.wrapped(sql, rows, error) from error


class _Watched:
    """What the driver's cursor answers, for a connection whose statements somebody listens to."""

    def __init__(self, connection: Connection, sql: str, parameters: Any) -> None:
        result = connection.exec_driver_sql(sql, parameters)
        self.rowcount = result.rowcount
        self._rows: Any = result.fetchall() if result.returns_rows else []

    def fetchall(self) -> Any:
        return self._rows
