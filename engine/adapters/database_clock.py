"""The clock of the database's server."""

from datetime import UTC, datetime

from sqlalchemy import Engine as Database
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from engine.errors import BusyError

_NOW = select(func.clock_timestamp())


class DatabaseClock:
    """What PostgreSQL's server takes for now: workers on hosts whose own clocks differ agree on what is due."""

    def __init__(self, database: Database) -> None:
        self._database = database.execution_options(isolation_level="AUTOCOMMIT")

    def now(self) -> datetime:
        """The current instant, aware, in UTC; ``BusyError`` when the server cannot be asked."""
        try:
            with self._database.connect() as connection:
                instant: datetime = connection.execute(_NOW).scalar_one()
        except DBAPIError as error:
            raise BusyError from error
        return instant.astimezone(UTC)
