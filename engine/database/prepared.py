"""Statements of the hot path: compiled once for each database, then run through the driver itself.

SQLAlchemy builds, caches and compiles a statement anew at each execution; for the dozen small statements of a step
that costs ten times what the database does. A prepared statement keeps the text, the order of its parameters and the
conversions of its types. It runs on the link of a unit of work, inside its transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Table, insert

from engine.database.link import Link
from engine.database.links import link_to
from engine.database.statement import Statement

Build = Callable[[str], Any]  # name of the database system → statement
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
        self._by_kind: dict[str, Statement] = {}

    def run(self, place: Place, values: Mapping[str, Any]) -> int:
        """Execute it once and answer how many rows it touched."""
        link = place if isinstance(place, Link) else link_to(place)
        return link.count(self._by_kind.get(link.kind) or self._made(link.dialect), values)

    def expect(self, place: Place, values: Mapping[str, Any], refusal: Callable[[], Exception]) -> None:
        """Execute an UPDATE that must change one row; otherwise ``refusal`` is raised, at the latest by the commit."""
        link = place if isinstance(place, Link) else link_to(place)
        link.expect(self._by_kind.get(link.kind) or self._made(link.dialect), values, refusal)

    def run_many(self, place: Place, rows: Sequence[Mapping[str, Any]]) -> None:
        """Execute it for each row; where a round trip is dear, before the next read or the commit."""
        if rows:
            link = place if isinstance(place, Link) else link_to(place)
            link.write(self._by_kind.get(link.kind) or self._made(link.dialect), rows)

    def rows(self, place: Place, values: Mapping[str, Any]) -> list[Any]:
        """The rows it selects, as named tuples."""
        link = place if isinstance(place, Link) else link_to(place)
        return link.rows(self._by_kind.get(link.kind) or self._made(link.dialect), values)

    def one_or_none(self, place: Place, values: Mapping[str, Any]) -> Any:
        """Its only row, or None; the statement can select no more than one."""
        found = self.rows(place, values)
        return found[0] if found else None

    def _made(self, dialect: Dialect) -> Statement:
        statement = self._statement(dialect.name) if callable(self._statement) else self._statement
        made = self._by_kind[dialect.name] = Statement(statement, dialect, self._columns, self._defaults)
        return made


def insert_into(table: Table, make: Build | None = None) -> Prepared:
    """An INSERT of all columns that the database does not number itself; a left-out one gets its default."""
    columns = [column for column in table.columns if column is not table.autoincrement_column]
    defaults = {column.name: _default(column) for column in columns}
    return Prepared(make or insert(table).inline(), [column.name for column in columns], defaults)


def _default(column: Any) -> Any:
    return column.default.arg if column.default is not None and column.default.is_scalar else None
