"""The token runtime on SpiffWorkflow's parser and spec classes; nothing above this package sees their objects."""

from engine.bpmn.problems import BpmnRefusedError, Problem
from engine.spiff.budget import Limits
from engine.spiff.definitions import Definitions, ProcessInfo, StartEventInfo, UserTaskInfo, compile_definitions
from engine.spiff.effects import (
    ClosedUserTask,
    DecisionRecord,
    Effects,
    Ended,
    Offer,
    OpenedUserTask,
    OperationRecord,
    Sent,
    UserTaskAttributes,
    Wait,
    WaitingTimer,
)
from engine.spiff.environment import BpmnError, ExecutionEnvironment, StandIn
from engine.spiff.errors import BudgetExceededError, ExecutionError, NoFlowError, NotWaitingError, StateError
from engine.spiff.execution import Execution
from engine.spiff.reachable import reachable_nodes
from engine.spiff.starting import StartTimer, start_conditions, start_timers, watched_conditions

__all__ = [
    "BpmnError",
    "BpmnRefusedError",
    "BudgetExceededError",
    "ClosedUserTask",
    "DecisionRecord",
    "Definitions",
    "Effects",
    "Ended",
    "Execution",
    "ExecutionEnvironment",
    "ExecutionError",
    "Limits",
    "NoFlowError",
    "NotWaitingError",
    "Offer",
    "OpenedUserTask",
    "OperationRecord",
    "Problem",
    "ProcessInfo",
    "Sent",
    "StandIn",
    "StartEventInfo",
    "StartTimer",
    "StateError",
    "UserTaskAttributes",
    "UserTaskInfo",
    "Wait",
    "WaitingTimer",
    "compile_definitions",
    "reachable_nodes",
    "start_conditions",
    "start_timers",
    "watched_conditions",
]
