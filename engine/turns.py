"""Taking turns: transactions that must not look at the same thing at once wait for each other."""

from sqlalchemy import Connection, func, select


def one_at_a_time(connection: Connection, name: str) -> None:
    """Go on alone among all who ask for this name, until the transaction ends; SQLite has one writer anyway.

    What was written by those before is seen by the statements that follow.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))
