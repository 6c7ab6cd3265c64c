"""The lists that a form's ``properties.source`` may name, for one case."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, false, select

from engine.forms import Choice
from engine.queries.organisation import people_by_unit, people_with_role, relatives_of, within
from engine.rules.assignment import can_all_be_filled, texts
from engine.rules.visibility import may_read
from engine.step.instance import LoadedInstance
from engine.turns import one_at_a_time
from engine.unit_of_work import UnitOfWork
from models import Attachment, CongressSession, InstanceStatus, ProcessInstance, ReportValue, Unit, UnitKind, User

CASES_SHOWN = 500  # open cases offered for linking


class CaseChoices:
    """Lists of the organisation and of the case. Unknown names have no options.

    ``units`` · ``units:handling`` · ``units:<kind>`` · ``people:<role>[,<role>]`` · ``people_at:<role>.<variable>``
    (holders of the role at the unit, or units, that the variable names) · ``people`` · ``categories`` ·
    ``categories:<variable>`` (those that the variable names, all where it names none) · ``open_cases`` (readable cases
    of the same process but this one that are running) · ``open_cases:<variable>`` (those of the same period that this
    case may be joined to by that report variable, without chains or cycles) ·
    ``session_cases`` (readable cases of the folder's main process, of the same period) · ``sessions`` ·
    ``attachments``.
    """

    def __init__(self, uow: UnitOfWork, instance: LoadedInstance) -> None:
        self._uow = uow
        self._instance = instance
        self._known: dict[str, Sequence[Choice]] = {}
        self._barred: dict[tuple[tuple[str, ...], tuple[str, ...]], frozenset[str]] = {}

    def options(self, source: str, context: Mapping[str, object]) -> Sequence[Choice]:
        """The options of one list."""
        name, _, argument = source.partition(":")
        if name == "people_at":
            role, _, variable = argument.partition(".")
            return self._people(role, texts(context.get(variable)))
        if source not in self._known:
            self._known[source] = self._find(name, argument)
        return self._known[source]

    def barred(self, people: Sequence[str], staffed: Sequence[str]) -> frozenset[str]:
        """People with their relatives; or units that are left without enough people for the roles."""
        asked = tuple(people), tuple(staffed)
        if asked not in self._barred:
            self._barred[asked] = self._find_barred(people, staffed)
        return self._barred[asked]

    def working_in(self, units: Sequence[str]) -> frozenset[str]:
        """Ids of the people who work in these units."""
        return frozenset(self._uow.session.scalars(select(User.id).where(User.unit_id.in_(units))))

    def _find_barred(self, people: Sequence[str], staffed: Sequence[str]) -> frozenset[str]:
        recused = frozenset(people) | relatives_of(self._uow.session, people)
        if not staffed:
            return recused
        units = [unit.value for unit in self.options("units:handling", {})]
        posts = [people_by_unit(self._uow.session, roles.split(","), units, on=self._uow.today) for roles in staffed]
        return frozenset(
            unit for unit in units if not can_all_be_filled([people[unit].difference(recused) for people in posts])
        )

    def _find(self, name: str, argument: str) -> Sequence[Choice]:
        match name:
            case "units":
                return self._units(argument)
            case "people":
                return self._people(argument)
            case "categories":
                return self._categories(argument)
            case "open_cases":
                running = ProcessInstance.status == InstanceStatus.ACTIVE
                return self._cases(and_(running, self._joinable(argument)) if argument else running)
            case "session_cases":
                return self._cases(self._same_period(), self._instance.deployed.manifest.main_process)
            case "sessions":
                return self._sessions()
            case "attachments":
                return self._attachments()
            case _:
                return ()

    def _categories(self, variable: str) -> Sequence[Choice]:
        all_of_them = [_category(entry) for entry in self._instance.deployed.manifest.data.get("categories", ())]
        wanted = set(texts(self._instance.variables.get(variable)))
        return [each for each in all_of_them if each.value in wanted] or all_of_them

    def _units(self, argument: str) -> Sequence[Choice]:
        query = select(Unit.id, Unit.name).where(within(Unit.valid_from, Unit.valid_to, self._uow.today))
        if argument == "handling":
            query = query.where(Unit.handles_cases)
        elif argument:
            kinds = [kind for kind in UnitKind if kind.value in argument.split(",")]
            query = query.where(Unit.kind.in_(kinds))
        rows = self._uow.session.execute(query.order_by(Unit.kind, Unit.name))
        return [Choice(row.id, row.name) for row in rows]

    def _people(self, argument: str, units: Sequence[str] | None = None) -> Sequence[Choice]:
        session, today = self._uow.session, self._uow.today
        query = (
            select(User.id, User.name, Unit.name.label("unit"))
            .outerjoin(Unit, Unit.id == User.unit_id)
            .order_by(Unit.name, User.name)
        )
        if argument:
            query = query.where(User.id.in_(people_with_role(session, argument.split(","), units, on=today)))
        else:
            query = query.where(User.left_on.is_(None))
        return [Choice(row.id, row.name, row.unit or "") for row in session.execute(query)]

    def _same_period(self) -> ColumnElement[bool]:
        own = select(ProcessInstance.period).where(ProcessInstance.id == self._instance.id).scalar_subquery()
        return ProcessInstance.period == own

    def _joinable(self, variable: str) -> ColumnElement[bool]:
        """Of the same period, joined to no other case; none at all if another running case is joined to this one.

        Whoever is about to join one waits for those who do so at the same time, or two could join each other.
        """
        if not self._uow.read_only:
            one_at_a_time(self._uow.connection, f"join:{self._instance.deployed.key}:{variable}")
        others = select(ReportValue.process_instance_id).join(
            ProcessInstance, ProcessInstance.id == ReportValue.process_instance_id
        )
        running = ProcessInstance.status == InstanceStatus.ACTIVE
        joined = others.where(ReportValue.name == variable, ReportValue.text.is_not(None), running)
        to_this = joined.where(ReportValue.text == str(self._instance.id))
        if self._uow.session.execute(to_this.limit(1)).first() is not None:
            return false()
        return and_(self._same_period(), ProcessInstance.id.not_in(joined))

    def _cases(self, condition: ColumnElement[bool], process_key: str | None = None) -> Sequence[Choice]:
        own = self._instance
        query = (
            select(ProcessInstance.id, ProcessInstance.number, ProcessInstance.title)
            .where(
                ProcessInstance.folder_key == own.deployed.key,
                ProcessInstance.process_key == (process_key or own.process_key),
                condition,
                ProcessInstance.is_sealed.is_(False),
                ProcessInstance.id != own.id,
                ProcessInstance.title.is_not(None),
                may_read(self._uow.holder),
            )
            .order_by(ProcessInstance.number, ProcessInstance.title)
            .limit(CASES_SHOWN)
        )
        rows = self._uow.session.execute(query)
        return [Choice(str(row.id), " ".join(filter(None, (row.number, row.title)))) for row in rows]

    def _sessions(self) -> Sequence[Choice]:
        query = select(CongressSession.id, CongressSession.name).order_by(
            CongressSession.term.desc(), CongressSession.meeting.desc()
        )
        return [Choice(row.id, row.name) for row in self._uow.session.execute(query)]

    def _attachments(self) -> Sequence[Choice]:
        query = (
            select(Attachment.id, Attachment.name)
            .where(Attachment.process_instance_id == self._instance.id)
            .order_by(Attachment.uploaded_at, Attachment.id)
        )
        return [Choice(str(row.id), row.name) for row in self._uow.session.execute(query)]


def _category(entry: object) -> Choice:
    if isinstance(entry, Mapping):
        label = entry.get("label", entry.get("zh", entry.get("value", "")))
        text = label.get("zh", "") if isinstance(label, Mapping) else label
        return Choice(str(entry.get("value", text)), str(text))
    return Choice(str(entry), str(entry)) if not isinstance(entry, Decimal) else Choice(f"{entry:f}", f"{entry:f}")
