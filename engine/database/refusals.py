"""What a database refuses, told without the values: they may be what nobody but the entitled may read."""

from typing import Any

from sqlalchemy import Dialect, Engine, event
from sqlalchemy.exc import DBAPIError


def wrapped(dialect: Dialect, sql: str, error: Any, *, gone: bool = False) -> DBAPIError:
    """A driver's error as SQLAlchemy raises it.

    Args:
        dialect: of the connection.
        sql: the statement.
        error: the driver's.
        gone: the connection is.
    """
    forget_values(error)
    errors: Any = dialect.loaded_dbapi.Error
    made: Any = DBAPIError.instance(
        sql, None, error, errors, connection_invalidated=gone, dialect=dialect, hide_parameters=True
    )
    found: DBAPIError = made
    return found


def forget_values(error: Any) -> None:
    """Reduce an error of PostgreSQL to its first sentence; its details quote the row. SQLite's quote nothing."""
    told = getattr(getattr(error, "diag", None), "message_primary", None)
    if told:
        error.args = (told,)


def tell_no_values(database: Engine) -> None:
    """Let the errors that SQLAlchemy raises itself say no more either."""

    @event.listens_for(database, "handle_error")
    def reduce(context: Any) -> None:
        if context.sqlalchemy_exception is not None and getattr(context.original_exception, "diag", None) is not None:
            forget_values(context.original_exception)
            kind = type(context.original_exception)
            told = f"({kind.__module__}.{kind.__name__}) {context.original_exception}"
            context.sqlalchemy_exception.args = (told,)
