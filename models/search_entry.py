"""The search index: one row for each case with a readable text, running, ended or brought in.

The row's ``terms`` are what is matched (overlapping pairs of characters, see ``engine.search.text``). Behind it stands
the full-text index of the database: on SQLite an FTS5 table that triggers keep up to date, on PostgreSQL a GIN index.
Nobody writes to either of them directly.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import DDL, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class SearchEntry(Base):
    """What can be found. A sealed case has no row."""

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("case_id"), Index(None, "folder_key", "period"))

    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)  # row of the full-text index
    case_id: Mapped[UUID]  # of a process instance or of an archived case
    is_archived: Mapped[bool] = mapped_column(default=False)
    folder_key: Mapped[str] = mapped_column(String(64))
    period: Mapped[str | None] = mapped_column(String(32))
    number: Mapped[str | None] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(500), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    terms: Mapped[str] = mapped_column(Text, default="")


# what a migration executes besides creating the table; SQLite's index tables all begin with "search_fts"
SQLITE_INDEX = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_fts USING fts5("
    "terms, content='search_entry', content_rowid='no', tokenize='unicode61')",
    "CREATE TRIGGER IF NOT EXISTS search_entry_inserted AFTER INSERT ON search_entry BEGIN "
    "INSERT INTO search_fts(rowid, terms) VALUES (new.no, new.terms); END",
    "CREATE TRIGGER IF NOT EXISTS search_entry_deleted AFTER DELETE ON search_entry BEGIN "
    "INSERT INTO search_fts(search_fts, rowid, terms) VALUES ('delete', old.no, old.terms); END",
    "CREATE TRIGGER IF NOT EXISTS search_entry_updated AFTER UPDATE OF terms ON search_entry BEGIN "
    "INSERT INTO search_fts(search_fts, rowid, terms) VALUES ('delete', old.no, old.terms); "
    "INSERT INTO search_fts(rowid, terms) VALUES (new.no, new.terms); END",
)
POSTGRESQL_INDEX = (
    "CREATE INDEX IF NOT EXISTS ix_search_entry_terms_fts ON search_entry USING gin (to_tsvector('simple', terms))",
)


def index_statements(dialect_name: str) -> tuple[str, ...]:
    """DDL of the full-text index behind the table, for the given database."""
    return SQLITE_INDEX if dialect_name == "sqlite" else POSTGRESQL_INDEX


for _dialect in ("sqlite", "postgresql"):
    for _statement in index_statements(_dialect):
        event.listen(SearchEntry.__table__, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]
event.listen(
    SearchEntry.__table__,
    "before_drop",
    DDL("DROP TABLE IF EXISTS search_fts").execute_if(dialect="sqlite"),  # type: ignore[no-untyped-call]
)
