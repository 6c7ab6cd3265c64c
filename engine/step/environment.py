"""What a running instance may ask of the world: FEEL, decisions, deadlines, operations, called processes."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from engine.definitions import deployments
from engine.definitions.deployed import Deployed
from engine.errors import OperationFailedError
from engine.feel import Expression, FeelBudgetError, FeelSyntaxError, compile_expression, strip_marker
from engine.feel.layered import Layered, Made
from engine.rules import due_dates
from engine.rules.due_dates import SHANGHAI, Deadline, DeadlineUnit
from engine.rules.working_days import Calendar
from engine.secrecy.quotations import without_quotations
from engine.sentences import say
from engine.spiff.errors import BudgetExceededError
from engine.step.writes import PendingWrites
from engine.unit_of_work import UnitOfWork
from models import CalendarDay, DayKind, Setting

if TYPE_CHECKING:
    from engine.spiff import Definitions

SETTING = Setting.__table__
_SETTINGS = select(SETTING.c.key, SETTING.c.value).where(
    func.substr(SETTING.c.key, 1, func.length(bindparam("prefix"))) == bindparam("prefix")
)
WARNINGS_KEPT = 20  # per step, in the history


@lru_cache(maxsize=4096)
def _compiled(expression: str) -> Expression:
    return compile_expression(strip_marker(expression))


class StepEnvironment:
    """Implements the runtime's ``ExecutionEnvironment`` for one instance and one step.

    Operations read and count at once, in this transaction; what they add to the case itself waits in ``pending``
    until the instance's own row is written.
    """

    def __init__(
        self, uow: UnitOfWork, deployed: Deployed, instance_id: UUID, business_key: str | None, initiator: str | None
    ) -> None:
        self.uow = uow
        self.deployed = deployed
        self.instance_id = instance_id
        self.asked: PendingWrites | None = None
        self.warnings: list[dict[str, str]] = []
        self.initiator = initiator
        self.business_key = business_key
        self._names: Made | None = None

    @property
    def pending(self) -> PendingWrites:
        """What was asked for beside the step's own rows; most steps ask for nothing."""
        if self.asked is None:
            self.asked = PendingWrites()
        return self.asked

    def now(self) -> datetime:
        """The instant of this step."""
        return self.uow.now

    def names(self) -> Mapping[str, Any]:
        """Read-only names of every expression."""
        if self._names is None:
            has_settings = self.deployed.manifest.setting_defaults
            self._names = Made(_NAMES_WITH_SETTINGS if has_settings else _NAMES, self)
        return self._names

    def settings(self) -> dict[str, Any]:
        """The process's settings, read once in a transaction."""
        uow, deployed = self.uow, self.deployed
        return uow.once(("settings", deployed.id), lambda: settings_of(uow, deployed))

    def context(self, variables: Mapping[str, Any], local: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Variables, hidden by local ones, hidden by the read-only names.

        A variable that the process's lists and reports know is null before it is set, never a function of that name.
        """
        return {**self._not_set(), **variables, **(local or {}), **self.names()}

    def visible(self, variables: Mapping[str, Any], local: Mapping[str, Any]) -> Layered:
        """The same to look names up in, before anything changes."""
        return Layered([self.names(), local, variables, self._not_set()])

    def _not_set(self) -> dict[str, None]:
        manifest = self.deployed.manifest
        return dict.fromkeys((manifest.title_variable, manifest.number_variable, *manifest.report_variables))

    def evaluate(self, expression: str, variables: Mapping[str, Any]) -> Any:
        """The value of a FEEL expression; null with a recorded warning if it has none.

        Raises:
            BudgetExceededError: it would use more than its budget.
        """
        try:
            evaluation = _compiled(expression).evaluate(variables)
        except FeelBudgetError as error:
            raise BudgetExceededError(f"{expression[:80]}: {error}") from error
        except FeelSyntaxError as error:  # it can be read only with names of several words, which are not there
            self.warn(expression[:200], self.tellable(str(error), expression))
            return None
        for warning in evaluation.warnings:
            self.warn(expression[:200], self.tellable(str(warning.reason), expression))
        return evaluation.result

    def tellable(self, message: str, written: str = "") -> str:
        """A message as history, logs and people may have it: without values where the process has sensitive ones."""
        return without_quotations(message, written) if self.deployed.manifest.sensitive else message

    def warn(self, code: str, message: str) -> None:
        """Keep what is no failure of the step but will surprise, each once; it goes into the case's history."""
        warning = {"expression": code, "reason": message}
        if len(self.warnings) < WARNINGS_KEPT and warning not in self.warnings:
            self.warnings.append(warning)

    def decide(self, decision_ref: str, variables: Mapping[str, Any]) -> Any:
        """Evaluate a decision of this deployment."""
        if self.deployed.decisions is None:
            raise OperationFailedError(decision_ref, "此流程没有决策表")
        return self.deployed.decisions.evaluate(decision_ref, dict(variables))

    def operate(
        self, operation: str, parameters: Mapping[str, Any], variables: Mapping[str, Any], flow_node_id: str
    ) -> Mapping[str, Any]:
        """Perform a registered operation."""
        from engine.operations import OperationCall, perform

        return perform(operation, OperationCall(self, parameters, variables, flow_node_id))

    def deadline(self, key: str, variables: Mapping[str, Any], anchor: datetime | None) -> datetime:
        """The instant of a timer's deadline key; its reason is kept with the timer."""
        deadline = self.explained_deadline(key, variables, anchor)
        self.pending.timer_deadlines.append(deadline)
        return deadline.due_at

    def explained_deadline(self, key: str, variables: Mapping[str, Any], anchor: datetime | None) -> Deadline:
        """The instant of a deadline key with its reason."""
        decision = self.deployed.manifest.deadlines_decision
        if decision is None:
            raise OperationFailedError(
                "deadline", say("process.yaml 没有 deadlines_decision，期限“{key}”无从计算", key=key)
            )
        result = self.decide(decision, {**variables, "key": key}).result
        if not isinstance(result, Mapping) or not isinstance(result.get("value"), Decimal):
            raise OperationFailedError(
                "deadline", say("决策“{decision}”没有给出期限“{key}”", decision=decision, key=key)
            )
        unit = DeadlineUnit(result.get("unit") or "CD")
        return due_dates.compute(key, result["value"], unit, anchor or self.uow.now, self.calendar)

    @property
    def calendar(self) -> Calendar:
        """The working calendar as it stands now."""
        return calendar_of(self.uow)

    def called_definitions(self, called_element: str, binding: str, version: str | None) -> tuple["Definitions", str]:
        """The definitions that hold a called process.

        Raises:
            LookupError: no deployment has it (in that version).
        """
        if binding == "deployment" and called_element in self.deployed.definitions.processes:
            return self.deployed.definitions, called_element
        for deployed in self._with_process(called_element):
            if binding == "version" and str(deployed.version) != str(version):
                continue
            if binding == "pinned" and deployed.definitions.key != version:
                continue
            return deployed.definitions, called_element
        raise LookupError(
            say(
                "没有部署流程“{process}”（{binding}）",
                process=called_element,
                binding=f"{binding} {version or ''}".strip(),
            )
        )

    def _with_process(self, process_id: str) -> list[Deployed]:
        """Deployments that contain a process, newest first."""
        session = self.uow.session
        return [self.uow.engine.deployed(session, each) for each in deployments.ids_with_process(session, process_id)]


_NAMES: Mapping[str, Callable[[StepEnvironment], Any]] = {
    "case_id": lambda step: str(step.instance_id),
    "business_key": lambda step: step.business_key,
    "initiator": lambda step: step.initiator,
    "actor": lambda step: step.uow.actor,
    "now": lambda step: step.uow.now.astimezone(SHANGHAI),
    "today": lambda step: step.uow.now.astimezone(SHANGHAI).date(),
}
_NAMES_WITH_SETTINGS = {**_NAMES, "settings": StepEnvironment.settings}


def calendar_of(uow: UnitOfWork, *, anew: bool = False) -> Calendar:
    """The working calendar, read once in a transaction; ``anew`` after this transaction has changed it."""
    if anew:
        uow.forget("calendar")
    return uow.once("calendar", lambda: _read_calendar(uow))


def _read_calendar(uow: UnitOfWork) -> Calendar:
    rows = uow.connection.execute(select(CalendarDay.__table__.c.day, CalendarDay.__table__.c.kind))
    return Calendar({day: DayKind(kind) is DayKind.WORKING for day, kind in rows})


def settings_of(uow: UnitOfWork, deployed: Deployed) -> dict[str, Any]:
    """A process's settings as FEEL values: the institution's value, or the default of process.yaml."""
    prefix = f"{deployed.key}."
    rows = uow.connection.execute(_SETTINGS, {"prefix": prefix})
    chosen = {key[len(prefix) :]: value.get("value") for key, value in rows}
    entries: Mapping[str, Any] = deployed.manifest.data.get("settings", {})
    return {name: _setting_value(chosen.get(name, entry["default"]), entry) for name, entry in entries.items()}


def _setting_value(value: Any, entry: Mapping[str, Any]) -> Any:
    declared = entry.get("type")
    if isinstance(value, bool):
        return value
    if declared == "number" or isinstance(value, int | float):
        return Decimal(str(value))
    if declared == "bool":
        return str(value).lower() in {"true", "1", "是"}
    return value
