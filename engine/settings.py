"""Settings of one installation: one frozen dataclass, the unit of each field beside it."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from engine.errors import ConfigurationError

DEFAULT_DATABASE_URL = "sqlite:///var/banli.db"
SQLITE_PREFIX = "sqlite:///"


@dataclass(frozen=True)
class Settings:
    """What an operator may set; every field has an environment variable ``BANLI_<FIELD>``."""

    database_url: str = DEFAULT_DATABASE_URL
    data_directory: Path | None = None  # attachments and master key; default: beside the SQLite file, else ./var
    secret_key_file: Path | None = None  # master key, 32 bytes base64, mode 0600; default: <data_directory>/master.key
    workflows_directory: Path = field(default_factory=lambda: Path(__file__).resolve().parent.parent / "workflows")
    sqlite_synchronous: str = "FULL"  # FULL survives a power cut; NORMAL may lose the last commits
    busy_timeout: int = 5  # seconds to wait for a lock before "busy"
    upload_limit: int = 10 * 1024 * 1024  # bytes per attachment
    uploads_per_instance: int = 50  # files
    page_size: int = 20  # rows of a list
    job_lease: int = 60  # seconds a worker may hold a job before another takes it
    job_batch: int = 50  # jobs claimed at once
    kept_cases: int = 1_000  # cases of which a process keeps what their next step needs; 0 keeps none
    kept_size: int = 32 * 1024 * 1024  # bytes of memory for them, roughly
    poll_interval: float = 2.0  # seconds between looks of a worker at the job table

    @property
    def is_sqlite(self) -> bool:
        """True for the embedded database."""
        return self.database_url.startswith("sqlite")

    @property
    def sqlite_path(self) -> Path | None:
        """File of the embedded database; None for PostgreSQL and for a database in memory."""
        if not self.database_url.startswith(SQLITE_PREFIX):
            return None
        name = self.database_url[len(SQLITE_PREFIX) :].partition("?")[0]
        return Path(name) if name and name != ":memory:" else None

    @property
    def data_dir(self) -> Path:
        """Directory of attachments and of the master key."""
        if self.data_directory is not None:
            return self.data_directory
        path = self.sqlite_path
        return path.parent / f"{path.stem}.data" if path else Path("var") / _database_name(self.database_url)

    @property
    def key_path(self) -> Path:
        """File of the master key."""
        return self.secret_key_file or self.data_dir / "master.key"

    @classmethod
    def from_environment(cls, *, url: str | None = None) -> "Settings":
        """Read ``BANLI_*``; ``url`` (the command line) wins over ``BANLI_DATABASE_URL``."""
        values: dict[str, object] = {}
        for name, kind in _READERS.items():
            text = os.environ.get(f"BANLI_{name.upper()}")
            if text:
                values[name] = kind(text)
        if url:
            values["database_url"] = url
        values["database_url"] = normalise_url(str(values.get("database_url", DEFAULT_DATABASE_URL)))
        return cls(**values)  # type: ignore[arg-type]  # each reader returns its field's type


_READERS: dict[str, type] = {
    "database_url": str,
    "data_directory": Path,
    "secret_key_file": Path,
    "workflows_directory": Path,
    "sqlite_synchronous": str,
    "busy_timeout": int,
    "upload_limit": int,
    "uploads_per_instance": int,
    "page_size": int,
    "job_lease": int,
    "job_batch": int,
    "kept_cases": int,
    "kept_size": int,
    "poll_interval": float,
}


def normalise_url(url: str) -> str:
    """Name the driver we ship: ``postgresql://`` means psycopg 3; a bare path is an SQLite file."""
    if url.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + url.partition("://")[2]
    if "://" not in url:
        return SQLITE_PREFIX + url
    if not url.startswith(("sqlite://", "postgresql+psycopg://")):
        raise ConfigurationError(f"只支持 sqlite:///… 和 postgresql://… 数据库，不支持 {url.partition(':')[0]}")
    if url.startswith("sqlite://") and not url.startswith(SQLITE_PREFIX) and url != "sqlite://":
        raise ConfigurationError(f"SQLite 数据库写成 sqlite:///文件，不能写主机名：{url}")
    return url


def _database_name(url: str) -> str:
    return urlsplit(url).path.strip("/").replace("/", "_") or "banli"
