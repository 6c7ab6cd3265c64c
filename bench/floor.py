"""The floor: UPDATE of 2 kB, INSERT, COMMIT, through the raw driver."""

import os
import sqlite3
from collections.abc import Callable

BLOB = os.urandom(2000)
BODY = BLOB[:150]


def sqlite_floor(path: str, synchronous: str) -> Callable[[], None]:
    """One transaction of the floor on a SQLite file."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA synchronous={synchronous}")
    connection.execute("CREATE TABLE IF NOT EXISTS a (id INTEGER PRIMARY KEY, version INT, state BLOB)")
    connection.execute("CREATE TABLE IF NOT EXISTS b (a INT, seq INT, body BLOB, PRIMARY KEY (a, seq)) WITHOUT ROWID")
    row = connection.execute("INSERT INTO a (version, state) VALUES (0, ?)", (BLOB,)).lastrowid
    version = 0

    def transact() -> None:
        nonlocal version
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "UPDATE a SET version = ?, state = ? WHERE id = ? AND version = ?", (version + 1, BLOB, row, version)
        )
        connection.execute("INSERT INTO b VALUES (?, ?, ?)", (row, version, BODY))
        connection.execute("COMMIT")
        version += 1

    return transact


def postgresql_floor(url: str, synchronous: str) -> Callable[[], None]:
    """One transaction of the floor on PostgreSQL: BEGIN, UPDATE, INSERT, COMMIT."""
    import psycopg

    connection = psycopg.connect(url, autocommit=True, prepare_threshold=1)
    connection.execute("SELECT set_config('synchronous_commit', %s, false)", (synchronous,))
    connection.execute("DROP TABLE IF EXISTS floor_a, floor_b")
    connection.execute("CREATE TABLE floor_a (id bigserial PRIMARY KEY, version int, state bytea)")
    connection.execute("CREATE TABLE floor_b (a bigint, seq int, body bytea, PRIMARY KEY (a, seq))")
    found = connection.execute("INSERT INTO floor_a (version, state) VALUES (0, %s) RETURNING id", (BLOB,)).fetchone()
    assert found is not None
    row, version, cursor = found[0], 0, connection.cursor(binary=True)

    def transact() -> None:
        nonlocal version
        with connection.transaction():
            cursor.execute(
                "UPDATE floor_a SET version = %s, state = %s WHERE id = %s AND version = %s",
                (version + 1, BLOB, row, version),
            )
            cursor.execute("INSERT INTO floor_b VALUES (%s, %s, %s)", (row, version, BODY))
        version += 1

    return transact
