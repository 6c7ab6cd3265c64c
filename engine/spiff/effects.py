"""What one step of the token runtime did: plain values for the database step, the simulator and the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from msgspec import Struct, field

WaitKind = Literal["message", "signal", "timer", "condition", "service"]
EndStatus = Literal["completed", "terminated", "cancelled", "error"]


class UserTaskAttributes(Struct, frozen=True):
    """The ``banli:`` attributes of a user task, as raw text; expressions are evaluated by the caller.

    A leading ``=`` marks FEEL. ``assignee``, ``exclude`` and ``anchor`` are always FEEL, with or without the mark.
    """

    form_key: str | None = None
    assignee: str | None = None
    candidate_role: str | None = None
    candidate_unit: str | None = None
    exclude: str | None = None
    due: str | None = None
    anchor: str | None = None
    batch: bool = False
    open: bool = False
    help: str | None = None
    result_variable: str | None = None
    # every banli: attribute and banli:property of the element, known or not, by local name
    extra: Mapping[str, str] = field(default_factory=dict)


class OpenedUserTask(Struct, frozen=True):
    """A user task (or manual or plain task) that now waits for a person."""

    no: int
    flow_node_id: str
    name: str | None
    lane: str | None
    form_key: str | None
    loop_counter: int | None  # 0-based, None outside multi-instance and loops
    scope: tuple[str, ...]  # enclosing sub-processes and call activities, outermost first
    local: Mapping[str, Any]  # variables of the enclosing multi-instance bodies and calls: they hide process variables
    attributes: UserTaskAttributes
    type: str = "userTask"  # userTask, manualTask, task; serviceTask when a stand-in lets it wait
    process_id: str = ""


class ClosedUserTask(Struct, frozen=True):
    """A user task that no longer waits."""

    no: int
    outcome: Literal["completed", "cancelled"]


class Wait(NamedTuple):
    """An open subscription: the instance goes on when its event happens."""

    no: int
    flow_node_id: str
    kind: WaitKind
    name: str | None
    correlation_key: str | None
    due_at: datetime | None
    interrupting: bool
    event_subprocess: bool = False  # the start event of an event sub-process


class Offer(NamedTuple):
    """An activity that an ad-hoc sub-process offers: it begins when somebody says so."""

    flow_node_id: str
    place: int  # number of the ad-hoc sub-process: of a multi-instance one, each instance offers it
    name: str | None
    attributes: UserTaskAttributes | None  # of what people do; None: it runs by itself
    local: Mapping[str, Any]  # variables of the enclosing multi-instance bodies and calls


@dataclass(frozen=True, slots=True)
class WaitingTimer:
    """A timer that waits, with what the diagram says about its instant (raw text; ``=`` marks FEEL)."""

    no: int
    flow_node_id: str
    due_at: datetime
    deadline: str | None  # deadline key, or =FEEL; wins over ``timer``
    anchor: str | None  # FEEL
    timer: tuple[str, str] | None  # (date|duration|cycle, ISO literal or =FEEL)
    visible: Mapping[str, Any]  # the variables where it waits


@dataclass(frozen=True, slots=True)
class Sent:
    """A message or signal thrown; the caller finds the receivers.

    A signal has already reached the waiting events of its own instance: deliver it to the others only.
    """

    kind: Literal["message", "signal"]
    flow_node_id: str
    name: str
    correlation_key: str | None
    data: Mapping[str, Any]
    broadcast: bool


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One evaluated business rule task."""

    flow_node_id: str
    decision_ref: str
    result: Any  # engine.dmn.DecisionResult
    variable: str | None  # that took the result; None where each of its entries became a variable


@dataclass(frozen=True, slots=True)
class OperationRecord:
    """One performed service task."""

    flow_node_id: str
    operation: str
    parameters: Mapping[str, Any]
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """How the instance ended."""

    status: EndStatus
    end_event_id: str | None = None
    error_code: str | None = None


class Effects(Struct):
    """Everything one step did, in order within each kind. A task opened and closed in one step stands in both."""

    trace: list[str] = field(default_factory=list)  # node and flow ids
    opened: list[OpenedUserTask] = field(default_factory=list)
    closed: list[ClosedUserTask] = field(default_factory=list)
    waits_opened: list[Wait] = field(default_factory=list)
    waits_closed: list[int] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    decisions: list[DecisionRecord] = field(default_factory=list)
    operations: list[OperationRecord] = field(default_factory=list)
    ended: Ended | None = None
