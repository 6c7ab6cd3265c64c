"""What a column may hold is said without ``IN``, for whose list SQLite makes a table at each row that it writes."""

import re
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_TABLES = ("unit", "calendar_day", "congress_session", "process_instance", "work_item", "job", "event_subscription")
_LIST = re.compile(r"CHECK \((\w+) IN \(([^()]*)\)\)")
_CHAIN = re.compile(r"CHECK \((\w+) = ('\w+')((?: OR \1 = '\w+')+)\)")


def _without_list(found: re.Match[str]) -> str:
    column = found.group(1)
    return f"CHECK ({' OR '.join(f'{column} = {value.strip()}' for value in found.group(2).split(','))})"


def _with_list(found: re.Match[str]) -> str:
    column, first, rest = found.groups()
    return f"CHECK ({column} IN ({', '.join([first, *rest.split(f' OR {column} = ')[1:]])}))"


def _copy(table: str, written_by_sqlite: str) -> None:
    """Copy a table into one of another text, with its indexes."""
    connection = op.get_bind()
    indexes = connection.execute(
        sa.text("SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type = 'index' AND sql IS NOT NULL"),
        {"table": table},
    ).scalars()
    statements = list(indexes)
    head, columns = written_by_sqlite.split("(", 1)
    if table not in head:
        raise RuntimeError(f"{head} is not how {table} begins")
    op.execute(f"CREATE TABLE copy_of_{table} ({columns}")
    op.execute(f"INSERT INTO copy_of_{table} SELECT * FROM {table}")  # noqa: S608 (names of ours)
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE copy_of_{table} RENAME TO {table}")
    for statement in statements:
        op.execute(statement)


def _rewrite(pattern: re.Pattern[str], write: Callable[[re.Match[str]], str]) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":  # PostgreSQL compares with an array, which costs nothing
        return
    for table in _TABLES:
        text = connection.execute(
            sa.text("SELECT sql FROM sqlite_master WHERE name = :table"), {"table": table}
        ).scalar()
        changed = pattern.sub(write, text or "")
        if text and changed != text:
            _copy(table, changed)


def upgrade() -> None:
    """One table after the other; who refers to them is looked at by the transaction around this."""
    _rewrite(_LIST, _without_list)


def downgrade() -> None:
    """Back to the version before; only for development."""
    _rewrite(_CHAIN, _with_list)
