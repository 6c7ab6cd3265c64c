"""Tables and their invariants; one noun per file."""

from models.archived_case import ArchivedCase, ArchivedValue
from models.attachment import Attachment
from models.base import Base
from models.calendar_day import CalendarDay, DayKind
from models.congress import CongressSession, CongressSessionState, CongressTerm
from models.counter import Counter
from models.decision_instance import DecisionInstance
from models.deployment import Deployment, DeploymentResource, ProcessDefinition
from models.event_subscription import EventSubscription, SubscriptionKind
from models.history_event import AdministrationEvent, HistoryEvent
from models.incident import Incident
from models.instance_audience import InstanceAudience
from models.instance_comment import InstanceComment
from models.instance_link import InstanceLink
from models.instance_participant import InstanceParticipant, InstanceUnit
from models.job import Job, JobKind, JobState
from models.login import LoginAttempt, LoginSession
from models.notice import Notice
from models.process_instance import InstanceKey, InstanceStatus, ProcessInstance, ReportValue
from models.relative import Relative
from models.request import HandledRequest
from models.role import LeaderCharge, RoleAssignment
from models.search_entry import SearchEntry
from models.setting import Setting
from models.unit import Unit, UnitKind
from models.user import User
from models.user_task import UserTask, waits
from models.work_item import WorkItem, WorkItemCandidate, WorkItemState

__all__ = [
    "AdministrationEvent",
    "ArchivedCase",
    "ArchivedValue",
    "Attachment",
    "Base",
    "CalendarDay",
    "CongressSession",
    "CongressSessionState",
    "CongressTerm",
    "Counter",
    "DayKind",
    "DecisionInstance",
    "Deployment",
    "DeploymentResource",
    "EventSubscription",
    "HandledRequest",
    "HistoryEvent",
    "Incident",
    "InstanceAudience",
    "InstanceComment",
    "InstanceKey",
    "InstanceLink",
    "InstanceParticipant",
    "InstanceStatus",
    "InstanceUnit",
    "Job",
    "JobKind",
    "JobState",
    "LeaderCharge",
    "LoginAttempt",
    "LoginSession",
    "Notice",
    "ProcessDefinition",
    "ProcessInstance",
    "Relative",
    "ReportValue",
    "RoleAssignment",
    "SearchEntry",
    "Setting",
    "SubscriptionKind",
    "Unit",
    "UnitKind",
    "User",
    "UserTask",
    "WorkItem",
    "WorkItemCandidate",
    "WorkItemState",
    "waits",
]
