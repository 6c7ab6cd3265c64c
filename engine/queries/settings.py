"""The institution's settings: those of the product and those that the deployed processes declare."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.definitions.manifest import text_of
from engine.rules.setting_values import LOG_IN_SETTINGS, SettingDeclaration, SettingValue, from_stored
from models import Deployment, Setting, User

LEAST, MOST = 0, 1000  # of a number for which a process names no bounds: a count, a share, days
KINDS = {kind: kind for kind in ("text", "number", "bool", "list", "choice")}


@dataclass(frozen=True)
class SettingLine:
    """A setting on the page: what it is, its value, where that comes from and who set it."""

    declaration: SettingDeclaration
    value: SettingValue
    source: str
    is_default: bool
    changed_by: str | None  # display name
    changed_at: datetime | None


def declared_settings(session: Session) -> dict[str, SettingDeclaration]:
    """Every setting that may be changed, by key: log-in rules first, then each process in its latest version."""
    declared = {declaration.key: declaration for declaration in LOG_IN_SETTINGS}
    for key, manifest in _latest_manifests(session):
        for name, entry in (manifest.get("settings") or {}).items():
            declaration = _declaration(key, manifest, name, entry)
            declared[declaration.key] = declaration
    return declared


def setting_lines(session: Session) -> list[SettingLine]:
    """Every setting with its value, in the order in which it is declared."""
    stored = {row.key: row for row in session.scalars(select(Setting))}
    people = {row.changed_by for row in stored.values() if row.changed_by}
    names = {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(people)))}
    return [_line(declaration, stored.get(key), names) for key, declaration in declared_settings(session).items()]


@dataclass(frozen=True)
class LogInRules:
    """The log-in settings as numbers."""

    failures: int
    lock_minutes: int
    idle_minutes: int
    absolute_hours: int
    password_length: int


def log_in_rules(session: Session) -> LogInRules:
    """The rules of logging in that hold now."""
    rows = session.execute(select(Setting.key, Setting.value).where(Setting.key.like("login.%")))
    stored = {row.key: row.value for row in rows}
    values: dict[str, int] = {}
    for declaration in LOG_IN_SETTINGS:
        given = stored.get(declaration.key)
        value = from_stored(declaration, given) if given else declaration.default
        assert isinstance(value, Decimal)
        values[declaration.key.removeprefix("login.")] = int(value)
    return LogInRules(**values)


def _latest_manifests(session: Session) -> list[tuple[str, Mapping[str, Any]]]:
    latest = select(Deployment.key, func.max(Deployment.version).label("version")).group_by(Deployment.key).subquery()
    query = (
        select(Deployment.key, Deployment.manifest)
        .join(latest, (latest.c.key == Deployment.key) & (latest.c.version == Deployment.version))
        .order_by(Deployment.key)
    )
    return [(row.key, row.manifest) for row in session.execute(query)]


def _declaration(key: str, manifest: Mapping[str, Any], name: str, entry: Mapping[str, Any]) -> SettingDeclaration:
    default = entry.get("default")
    kind = KINDS.get(str(entry.get("type", "")), _kind_of(default))
    if isinstance(default, int) and not isinstance(default, bool):
        default = Decimal(default)
    return SettingDeclaration(
        key=f"{key}.{name}",
        label=text_of(entry.get("label") or name),
        kind=kind,
        default=Decimal(str(default)) if kind == "number" and default is not None else default,
        group=text_of(manifest.get("name") or key),
        source=str(entry.get("source", "")),
        least=entry.get("least", LEAST),
        most=entry.get("most", MOST),
        unit=str(entry.get("unit", "")),
        choices=tuple((str(value), text_of(name)) for value, name in entry.get("choices", {}).items()),
    )


def _kind_of(default: Any) -> str:
    if isinstance(default, bool):
        return "bool"
    if isinstance(default, list):
        return "list"
    return "number" if isinstance(default, int | float | Decimal) else "text"


def _line(declaration: SettingDeclaration, row: Setting | None, names: Mapping[str, str]) -> SettingLine:
    if row is None:
        return SettingLine(declaration, declaration.default, declaration.source, True, None, None)
    return SettingLine(
        declaration=declaration,
        value=from_stored(declaration, row.value),
        source=row.source or declaration.source,
        is_default=False,
        changed_by=names.get(row.changed_by or ""),
        changed_at=row.changed_at,
    )
