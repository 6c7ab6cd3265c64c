"""Loads what reports read: the manifest of the newest deployment, and the contract variables of a session's cases."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFoundError
from engine.reports.cases import HIDDEN_TITLE, Case
from engine.reports.definition import ReportDefinition
from engine.sentences import say
from engine.values import Value, loads
from models import ArchivedCase, CongressSession, Deployment, InstanceStatus, ProcessInstance, ReportValue, Setting

IDS_PER_QUERY = 500  # below SQLite's limit of bound parameters on old builds

_STATES = {
    InstanceStatus.ACTIVE: "running",
    InstanceStatus.SUSPENDED: "running",
    InstanceStatus.COMPLETED: "completed",
    InstanceStatus.TERMINATED: "completed",
    InstanceStatus.CANCELLED: "cancelled",
    InstanceStatus.FAILED: "cancelled",
}


def load_manifest(session: Session, folder_key: str) -> Mapping[str, Any]:
    """The process.yaml of the newest deployment.

    Raises:
        NotFoundError: no such process is deployed here.
    """
    query = select(Deployment.manifest).where(Deployment.key == folder_key).order_by(Deployment.version.desc()).limit(1)
    manifest: Mapping[str, Any] | None = session.scalar(query)
    if manifest is None:
        raise NotFoundError(say("此数据库中没有部署流程文件夹“{folder}”，请先部署", folder=folder_key))
    return manifest


def load_cases(
    session: Session,
    folder_key: str,
    main_process: str,
    definition: ReportDefinition,
    period: str | None,
) -> list[Case]:
    """Every case of a session, running, ended or brought in; of all sessions when ``period`` is None.

    Args:
        session: reads only.
        folder_key: the process family, "motion".
        main_process: BPMN id of the process whose instances are the cases; others of the folder are not.
        definition: names the contract variables; a case that never set one has None for it.
        period: the session as the command line writes it, "4-5".
    """
    query = (
        select(ProcessInstance)
        .where(ProcessInstance.folder_key == folder_key, ProcessInstance.process_key == main_process)
        .order_by(ProcessInstance.number.is_(None), ProcessInstance.number, ProcessInstance.started_at)
    )
    archived = select(ArchivedCase).where(ArchivedCase.folder_key == folder_key).order_by(ArchivedCase.number)
    if period is not None:
        query, archived = query.where(ProcessInstance.period == period), archived.where(ArchivedCase.period == period)
    instances = session.scalars(query).all()
    values = load_values(session, [instance.id for instance in instances])
    cases = [case_of(instance, values.get(instance.id, {}), definition) for instance in instances]
    return cases + [archived_case_of(row, definition) for row in session.scalars(archived)]


def load_shared(session: Session, folder_key: str, definition: ReportDefinition, period: str) -> dict[str, Value]:
    """What the process that runs once a period has set for all its cases; of several instances the youngest counts."""
    if definition.shared_process is None:
        return {}
    query = (
        select(ProcessInstance.id)
        .where(ProcessInstance.folder_key == folder_key, ProcessInstance.process_key == definition.shared_process)
        .where(ProcessInstance.period == period)
        .order_by(ProcessInstance.started_at.desc())
        .limit(1)
    )
    found = load_values(session, list(session.scalars(query)))
    values = next(iter(found.values()), {})
    return {name: values.get(name) for name in definition.shared_variables}


def load_values(session: Session, instance_ids: Sequence[UUID]) -> dict[UUID, dict[str, Value]]:
    """The contract variables of the given instances."""
    values: dict[UUID, dict[str, Value]] = {}
    for chunk in _chunks(instance_ids):
        rows = session.execute(
            select(ReportValue.process_instance_id, ReportValue.name, ReportValue.value).where(
                ReportValue.process_instance_id.in_(chunk)
            )
        )
        for instance_id, name, text in rows:
            values.setdefault(instance_id, {})[name] = loads(text)["value"]
    return values


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), IDS_PER_QUERY):
        yield ids[start : start + IDS_PER_QUERY]


def case_of(instance: ProcessInstance, values: Mapping[str, Value], definition: ReportDefinition) -> Case:
    """A process instance as a report sees it."""
    return Case(
        id=instance.business_key or instance.number or str(instance.id),
        number=instance.number,
        title=HIDDEN_TITLE if instance.is_sealed else instance.title or "",
        state=_STATES[instance.status],
        variables={name: values.get(name) for name in definition.variables},
        instance_id=instance.id,
        sealed=instance.is_sealed,
    )


def archived_case_of(row: ArchivedCase, definition: ReportDefinition) -> Case:
    """A case of a past year as a report sees it."""
    values = loads(row.variables)
    return Case(
        id=row.number,
        number=row.number,
        title=row.title,
        state="archived",
        variables={name: values.get(name) for name in definition.variables},
    )


def periods(session: Session, folder_key: str) -> list[str]:
    """Sessions that have cases, newest first."""
    found = set(
        session.scalars(select(ProcessInstance.period).where(ProcessInstance.folder_key == folder_key).distinct())
    )
    found |= set(session.scalars(select(ArchivedCase.period).where(ArchivedCase.folder_key == folder_key).distinct()))
    return sorted((period for period in found if period), key=period_order, reverse=True)


def period_order(period: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts 4-10 after 4-9."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in period.split("-"))


def period_name(session: Session, definition: ReportDefinition, period: str, language: str = "zh") -> str:
    """The session's name as people say it: 四届五次, else what the report's label makes of its parts."""
    congress_session = session.get(CongressSession, period)
    if congress_session is not None and language == "zh":
        return congress_session.name
    name = definition.period_label.get(language) or definition.period_label.get("zh", period)
    for variable, part in zip(definition.period_variables, period.split("-"), strict=False):
        number = int(part) if part.isdecimal() and len(part) < 3 else None
        written = chinese_number(number) if language == "zh" and number is not None else part
        name = name.replace("{" + variable + "}", written)
    return name


def chinese_number(number: int) -> str:
    """A number from 0 to 99 in Chinese numerals, as ordinals of terms and sessions are written: 十二, 二十."""
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if tens == 0:
        return digits[ones]
    return f"{'' if tens == 1 else digits[tens]}十{digits[ones] if ones else ''}"


def chosen_bases(session: Session, folder_key: str, definition: ReportDefinition) -> dict[str, str]:
    """The bases of ratios that the settings choose: ``<folder>.<figure>_base``."""
    chosen = {}
    for figure in definition.figures:
        setting = session.get(Setting, f"{folder_key}.{figure.key}_base") if figure.bases else None
        if setting is not None:
            chosen[figure.key] = str(setting.value.get("value"))
    return chosen
