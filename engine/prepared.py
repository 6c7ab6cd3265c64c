"""Statements of the hot path: compiled once for each database, then run through the driver itself.

SQLAlchemy builds, caches and compiles a statement anew at each execution; for the dozen small statements of a step
that costs ten times what the database does. A prepared statement keeps the text, the order of its parameters and the
conversions of its types. It runs on the connection of the unit of work, inside its transaction.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Table, insert
from sqlalchemy.exc import DBAPIError

Build = Callable[[str], Any]  # name of the database system → statement
Convert = Callable[[Any], Any]


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
        self._by_driver: dict[str, _Text] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Execute it once and answer how many rows it touched."""
        text = self._text(connection.dialect)
        count: int = text.execute(connection, text.parameters(values)).rowcount
        return count

    def run_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute it for each row."""
        if not rows:
            return
        text = self._text(connection.dialect)
        made = [text.parameters(row) for row in rows]
        if len(made) == 1:
            text.execute(connection, made[0])
        else:
            text.execute_many(connection, made)

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """The rows it selects, as named tuples."""
        text = self._text(connection.dialect)
        return text.converted(text.execute(connection, text.parameters(values)).fetchall())

    def one_or_none(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Its only row, or None; the statement can select no more than one."""
        found = self.rows(connection, values)
        return found[0] if found else None

    def _text(self, dialect: Dialect) -> "_Text":
        key = f"{dialect.name}+{dialect.driver}"
        text = self._by_driver.get(key)
        if text is None:
            statement = self._statement(dialect.name) if callable(self._statement) else self._statement
            text = self._by_driver[key] = _Text(statement, dialect, self._columns, self._defaults)
        return text


def insert_into(table: Table, make: Build | None = None) -> Prepared:
    """An INSERT of all columns that the database does not number itself; a left-out one gets its default."""
    columns = [column for column in table.columns if column is not table.autoincrement_column]
    defaults = {column.name: _default(column) for column in columns}
    return Prepared(make or insert(table).inline(), [column.name for column in columns], defaults)


def _default(column: Any) -> Any:
    return column.default.arg if column.default is not None and column.default.is_scalar else None


class _Text:
    """A statement for one driver."""

    def __init__(
        self, statement: Any, dialect: Dialect, columns: list[str] | None, defaults: Mapping[str, Any]
    ) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        if compiled.post_compile_params:
            raise TypeError("a prepared statement cannot expand lists")
        self.sql: Final = str(compiled)
        self._positional = compiled.positional
        processors: Mapping[str, Convert] = compiled._bind_processors
        fixed = compiled.params
        required = {bind.key for bind in compiled.bind_names if bind.required}
        names = compiled.positiontup if compiled.positional else list(compiled.bind_names.values())
        self._names = [(name, processors.get(name)) for name in names]
        self._fixed = {**defaults, **{name: fixed[name] for name in fixed if name not in required}}
        self._made_row, self._converters = self._result(compiled, dialect)

    @staticmethod
    def _result(compiled: Any, dialect: Dialect) -> tuple[Any, list[Convert | None]]:
        columns = getattr(compiled, "_result_columns", None) or []
        if not columns:
            return None, []
        row = namedtuple("Row", [column.keyname for column in columns], rename=True)  # type: ignore[misc]
        return row, [column.type._cached_result_processor(dialect, None) for column in columns]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """The values in the driver's form; None is always NULL."""
        given = {**self._fixed, **values} if self._fixed else values
        made = []
        for name, convert in self._names:
            value = given[name]
            made.append(value if convert is None or value is None else convert(value))
        if self._positional:
            return made
        return {name: value for (name, _), value in zip(self._names, made, strict=True)}

    def converted(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Rows of the driver as named tuples of our types."""
        make, converters = self._made_row._make, self._converters
        return [
            make(value if convert is None else convert(value) for value, convert in zip(row, converters, strict=True))
            for row in rows
        ]

    def execute(self, connection: Connection, parameters: Any) -> Any:
        if _is_watched(connection):
            return _Watched(connection, self.sql, tuple(parameters) if self._positional else parameters)
        cursor = _driver(connection).cursor()
        try:
            cursor.execute(self.sql, parameters)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection, self.sql, parameters, error) from error
        return cursor

    def execute_many(self, connection: Connection, rows: list[Any]) -> None:
        if _is_watched(connection):
            for row in rows:
                self.execute(connection, row)
            return
        try:
            _driver(connection).cursor().executemany(self.sql, rows)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _wrapped(connection, self.sql, rows, error) from error


class _Watched:
    """What the driver's cursor answers, for a connection whose statements somebody listens to."""

    def __init__(self, connection: Connection, sql: str, parameters: Any) -> None:
        result = connection.exec_driver_sql(sql, parameters)
        self.rowcount = result.rowcount
        self._rows: Any = result.fetchall() if result.returns_rows else []

    def fetchall(self) -> Any:
        return self._rows


def _is_watched(connection: Connection) -> bool:
    dispatch: Any = connection.dispatch
    return bool(dispatch.before_cursor_execute) or bool(dispatch.after_cursor_execute)


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _wrapped(connection: Connection, sql: str, parameters: Any, error: Any) -> BaseException:
    """The driver's error as SQLAlchemy raises it; a connection that is gone leaves the pool."""
    dialect = connection.dialect
    gone = dialect.is_disconnect(error, _driver(connection), None)
    base: Any = dialect.loaded_dbapi.Error
    wrapped: BaseException = DBAPIError.instance(
        sql, parameters, error, base, connection_invalidated=gone, dialect=dialect
    )
    if gone:
        connection.invalidate(error)
    return wrapped
