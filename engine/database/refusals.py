"""What a database refuses, told without the values: they may be what nobody but the entitled may read."""

from typing import Any

from sqlalchemy import Dialect, Engine, event
from sqlalchemy.exc import DBAPIError


def refusal(dialect: Dialect, sql: str, error: Any, *, gone: bool) -> DBAPIError:
    """A driver's error as SQLAlchemy raises it.

    Args:
        dialect: of the connection.
        sql: the statement.
        error: the driver's.
        gone: the connection is.
    """
    _forget_values(error)
    errors: Any = dialect.loaded_dbapi.Error
    made: Any = DBAPIError.instance(
        sql, None, error, errors, connection_invalidated=gone, dialect=dialect, hide_parameters=True
    )
    found: DBAPIError = made
    return found


def tell_no_values(database: Engine) -> None:
    """Let the errors that SQLAlchemy raises itself say no more either."""

    @event.listens_for(database, "handle_error")
    def reduce(context: Any) -> None:
        told = _forget_values(context.original_exception)
        if told and context.sqlalchemy_exception is not None:
            kind = type(context.original_exception)
            context.sqlalchemy_exception.args = (f"({kind.__module__}.{kind.__name__}) {told}",)


def _forget_values(error: Any) -> str | None:
    """Reduce an error of PostgreSQL to its first sentence; its details quote the row. SQLite's quote nothing."""
    told: str | None = getattr(getattr(error, "diag", None), "message_primary", None)
    if told:
        error.args = (told,)
    return told
