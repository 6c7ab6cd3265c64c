"""Declarative base, portable column types and the naming of constraints."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Date, DateTime, Dialect, Enum, Index, MetaData, String, Uuid, text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Table

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# Arguments of tables whose key is written with each row: SQLite then keeps the rows in the tree of the key itself,
# and a new row changes one page instead of two.
WITHOUT_ROWID: dict[str, Any] = {"sqlite_with_rowid": False}


def partial_index(*columns: str, where: str) -> Index:
    """An index of the rows for which a condition holds: the others cost nothing when they are written."""
    condition = text(where)
    return Index(None, *columns, sqlite_where=condition, postgresql_where=condition)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC on every database; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        in_utc = value.astimezone(UTC)
        # SQLite has no time zones: what is stored there is UTC by definition of this type
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_type(members: type[StrEnum]) -> Enum:
    """A text column, readable in the database; ``one_of`` gives its table the CHECK that names the members."""
    return Enum(
        members,
        native_enum=False,
        create_constraint=False,
        length=max(len(member.value) for member in members) + 8,
        values_callable=lambda enum: [member.value for member in enum],
        name=members.__name__.lower(),
    )


def one_of(column: str, members: type[StrEnum]) -> CheckConstraint:
    """The CHECK of a column of ``enum_type``. Not ``IN``: SQLite makes a table of its list for each row it writes."""
    return CheckConstraint(" OR ".join(f"{column} = '{member.value}'" for member in members), members.__name__.lower())


class Base(DeclarativeBase):
    """Base of all tables."""

    if TYPE_CHECKING:  # every one of them is a table, never a view or a join
        __table__: ClassVar[Table]

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: String(255),
        datetime: UtcDateTime(),
        date: Date(),
        UUID: Uuid(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }
