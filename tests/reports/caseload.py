"""Stores cases as the engine leaves them, without running any process: rows of instances and contract variables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from engine.definitions.manifest import parse_manifest
from engine.search import index_case
from engine.values import Value, dumps
from models import (
    CongressTerm,
    Deployment,
    InstanceAudience,
    InstanceParticipant,
    InstanceStatus,
    ProcessDefinition,
    ProcessInstance,
    ReportValue,
    RoleAssignment,
    Unit,
    UnitKind,
    User,
)

MOTION = Path(__file__).resolve().parents[2] / "workflows" / "motion" / "process.yaml"
RECEIVED = datetime(2025, 3, 1, 2, tzinfo=UTC)
DUE = RECEIVED + timedelta(days=75)


@dataclass
class Motion:
    """One motion of the caseload, as the report sees it."""

    key: str
    number: str | None
    title: str
    disposition: str | None = "filed"
    rating: str | None = "满意"
    category: str = "后勤保障"
    delegation: str = "基础医学院代表团"
    lead_unit: str = "后勤管理处"
    period: str = "4-5"
    text: str = ""
    sealed: bool = False
    status: InstanceStatus = InstanceStatus.COMPLETED
    variables: Mapping[str, Value] = field(default_factory=dict)

    def contract(self) -> dict[str, Value]:
        """The contract variables after the motion has run its course."""
        answered = self.disposition in ("filed", "merged", "suggestion")
        term, meeting = self.period.split("-")
        values: dict[str, Value] = {
            "session_term": Decimal(term),
            "session_meeting": Decimal(meeting),
            "received_at": RECEIVED,
            "category": self.category,
            "delegation": self.delegation,
            "disposition": self.disposition,
            "lead_unit": self.lead_unit if answered else None,
            "answer_due": DUE if answered else None,
            "answered_at": DUE - timedelta(days=3) if answered else None,
            "on_time": True if answered else None,
            "class": "A" if answered else None,
            "first_class": "A" if answered else None,
            "rounds": Decimal(1),
            "rating_result": self.rating if answered else None,
            "first_rating_result": self.rating if answered else None,
            "rated_at": DUE if answered and self.rating else None,
            "publish_consent": True,
        }
        return {**values, **self.variables}


def store_process(session: Session, manifest: Mapping[str, Any] | None = None) -> UUID:
    """Deploy the motion's process.yaml, or another, without its diagrams; answers the id of the main process."""
    data = manifest
    if data is None:
        data, problems = parse_manifest(MOTION.read_bytes())
        assert problems == []
    deployment = Deployment(
        id=uuid4(), key=data["key"], version=1, sha256="0" * 64, manifest=data, deployed_at=RECEIVED
    )
    session.add(deployment)
    session.flush()
    definition = ProcessDefinition(
        id=uuid4(),
        deployment_id=deployment.id,
        key=data["main_process"],
        version=1,
        name="提案",
        resource_name="motion.bpmn",
    )
    session.add(definition)
    session.flush()
    return definition.id


def store_person(session: Session, user_id: str, name: str, *roles: str, unit: str | None = None) -> str:
    """A person who holds roles everywhere, or at one unit."""
    if unit is not None and session.get(Unit, unit) is None:
        session.add(Unit(id=unit, name=unit, kind=UnitKind.DEPARTMENT, handles_cases=True))
        session.flush()
    session.add(User(id=user_id, name=name, unit_id=unit, language="zh_Hans_CN", created_at=RECEIVED))
    session.flush()
    for role in roles:
        session.add(RoleAssignment(id=uuid4(), user_id=user_id, role=role, unit_id=unit))
    session.flush()
    return user_id


def store_term(session: Session) -> None:
    """The fourth term."""
    session.add(CongressTerm(term=4, starts_on=RECEIVED.date(), ends_on=RECEIVED.date() + timedelta(days=1800)))
    session.flush()


def store_motion(session: Session, definition_id: UUID, motion: Motion, *, readers: tuple[str, ...] = ()) -> UUID:
    """Store one motion; ``readers`` are the roles that may read it."""
    ended = motion.status not in (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)
    instance = ProcessInstance(
        id=uuid4(),
        process_definition_id=definition_id,
        process_key="motion",
        folder_key="motion",
        business_key=motion.key,
        period=motion.period,
        number=motion.number,
        title=motion.title,
        status=motion.status,
        state=b"",
        variables="{}",
        is_sealed=motion.sealed,
        started_at=RECEIVED,
        changed_at=RECEIVED,
        ended_at=DUE if ended else None,
    )
    session.add(instance)
    session.flush()
    session.add_all(_report_value(instance.id, name, value) for name, value in motion.contract().items())
    session.add_all(InstanceAudience(process_instance_id=instance.id, role=role, unit_id="") for role in readers)
    session.flush()
    index_case(session, instance.id, [motion.title, motion.text])
    return instance.id


def store_season(session: Session, definition_id: UUID, values: Mapping[str, Value], *, period: str = "4-5") -> UUID:
    """The process that runs once for a session, with what it has set for the report."""
    instance = ProcessInstance(
        id=uuid4(),
        process_definition_id=definition_id,
        process_key="season",
        folder_key="motion",
        business_key=f"season-{period}",
        period=period,
        title="提案征集",
        status=InstanceStatus.ACTIVE,
        state=b"",
        variables="{}",
        started_at=RECEIVED,
        changed_at=RECEIVED,
    )
    session.add(instance)
    session.flush()
    session.add_all(_report_value(instance.id, name, value) for name, value in values.items())
    session.flush()
    return instance.id


def follow(session: Session, instance_id: UUID, user_id: str) -> None:
    """Let somebody follow a motion."""
    session.add(InstanceParticipant(process_instance_id=instance_id, user_id=user_id, part="follower", since=RECEIVED))
    session.flush()


def _report_value(instance_id: UUID, name: str, value: Value) -> ReportValue:
    text = str(value) if isinstance(value, str | Decimal) else None
    return ReportValue(process_instance_id=instance_id, name=name, value=dumps({"value": value}), text=text)
