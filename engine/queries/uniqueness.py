"""Whether another case has the same title (number, report variable) already, spaces aside."""

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from engine.forms.uniqueness import Twin
from engine.rules.visibility import may_read
from engine.step.instance import LoadedInstance
from engine.turns import one_at_a_time
from engine.unit_of_work import UnitOfWork
from models import ProcessInstance, ReportValue

SPACES = (" ", "\u3000", "\u00a0", "\t", "\n", "\r")  # blank, ideographic, no-break, tabulator, line ends


class OtherCasesOf:
    """Implements the forms' ``OtherCases`` for one case; a sealed case takes part in nothing."""

    def __init__(self, uow: UnitOfWork, instance: LoadedInstance) -> None:
        self._uow, self._instance = uow, instance

    def twin(self, key: str, text: str, scope: str) -> Twin | None:
        """The case that has the value; its name only for a person who may read it."""
        one_at_a_time(self._uow.connection, f"unique:{self._instance.deployed.key}:{key}")
        own, case = self._instance, ProcessInstance
        found = self._uow.session.execute(
            select(case.id, case.number, case.title)
            .where(
                case.folder_key == own.deployed.key,
                case.process_key == own.process_key,
                case.id != own.id,
                case.is_sealed.is_(False),
                self._in_scope(scope),
                self._has_value(key, text),
            )
            .order_by(case.started_at, case.id)
            .limit(1)
        ).first()
        if found is None:
            return None
        readable = select(case.id).where(case.id == found.id, may_read(self._uow.holder))
        if self._uow.session.scalar(readable) is None:
            return Twin(None)
        return Twin(" ".join(filter(None, (found.number, found.title))))

    def _in_scope(self, scope: str) -> ColumnElement[bool]:
        if scope != "period":
            return true()
        own = select(ProcessInstance.period).where(ProcessInstance.id == self._instance.id).scalar_subquery()
        return or_(ProcessInstance.period == own, and_(ProcessInstance.period.is_(None), own.is_(None)))

    def _has_value(self, key: str, text: str) -> ColumnElement[bool]:
        manifest = self._instance.deployed.manifest
        if key == manifest.title_variable:
            return _without_spaces(ProcessInstance.title) == _bare(text)
        if key == manifest.number_variable:
            return _without_spaces(ProcessInstance.number) == _bare(text)
        reported = select(ReportValue.process_instance_id).where(
            ReportValue.name == key, _without_spaces(ReportValue.text) == _bare(text)
        )
        return ProcessInstance.id.in_(reported)


def _without_spaces(column: InstrumentedAttribute[str | None]) -> ColumnElement[str]:
    stripped: ColumnElement[str] = func.coalesce(column, "")
    for space in SPACES:
        stripped = func.replace(stripped, space, "")
    return stripped


def _bare(text: str) -> str:
    for space in SPACES:
        text = text.replace(space, "")
    return text
