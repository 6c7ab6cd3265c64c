"""This engine in the bench: a folder made of one diagram, and instances driven through it."""

import itertools
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from engine import step
from engine.bootstrap import Engine, open_engine
from engine.commands.complete_work_item import complete_work_item, decide
from engine.commands.deploy import deploy_folder
from engine.commands.start_instance import start_instance
from engine.database.prepared import Prepared
from engine.installation.schema import migrate
from engine.settings import Settings
from engine.step.history import HistoryEntry
from engine.work_items import ITEM, TASK, load_work_item
from models import EventSubscription, RoleAssignment, User, WorkItemState

CLERK = "clerk1"
WAIT = EventSubscription.__table__
_OPEN = Prepared(
    select(ITEM.c.id, TASK.c.flow_node_id)
    .join(TASK, TASK.c.id == ITEM.c.user_task_id)
    .where(ITEM.c.process_instance_id == bindparam("instance"), ITEM.c.state == WorkItemState.OPEN)
    .order_by(TASK.c.no)
    .limit(1)
)
_REQUESTS = itertools.count()
TEXT = "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 2
_FIELDS = [
    {"type": "textarea", "key": "opinion", "label": "opinion"},
    {"type": "textfield", "key": "said", "label": "said"},
    *({"type": "checkbox", "key": key, "label": key} for key in ("formal_ok", "again")),
    *({"type": "number", "key": key, "label": key} for key in ("votes_for", "votes_against")),
]


class Answers:
    """What people answer: the first check sends the motion back, the committee takes three turns."""

    def __init__(self) -> None:
        self._turn = 0
        self._checks = 0

    def __call__(self, node: str) -> dict[str, Any]:
        """The data for one task."""
        if node == "formal_check":
            self._checks += 1
            return {"formal_ok": self._checks > 1}
        if node == "c_vote":
            self._turn += 1
            return {"again": self._turn < 3}
        if node == "plenary_vote":
            return {"votes_for": Decimal(60), "votes_against": Decimal(39)}
        return {"said": node} if node == "statement" else {"opinion": TEXT}


class Ours:
    """An engine with one deployed diagram on a database of its own."""

    def __init__(
        self,
        url: str,
        diagram: str,
        key: str,
        *,
        synchronous: str = "NORMAL",
        forms: bool = False,
        warm: bool = False,  # the process keeps the cases of the last steps in memory, as the product does
    ) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="banli-bench-")
        root = Path(self._folder.name)
        settings = Settings(database_url=url, data_directory=root / "data", sqlite_synchronous=synchronous)
        if not warm:
            settings = replace(settings, kept_cases=0)
        self.engine: Engine = open_engine(settings=settings)
        self.key = key
        migrate(self.engine.database)
        with self.engine.unit_of_work() as uow:
            if uow.session.get(User, CLERK) is None:
                uow.session.add(User(id=CLERK, name=CLERK, created_at=uow.now))
                uow.session.flush()
                uow.session.add(RoleAssignment(user_id=CLERK, role="clerk"))
            deploy_folder(uow, _write(root / key, diagram, key, forms=forms))

    def close(self) -> None:
        """Give everything back."""
        self.engine.close()
        self._folder.cleanup()

    def start(self, variables: Mapping[str, Any] | None = None) -> UUID:
        """Start an instance."""
        with self.engine.unit_of_work(CLERK) as uow:
            started = start_instance(uow, self.key, variables=variables, request_id=_request())
        return started.instance_id

    def next_item(self, instance: UUID) -> tuple[UUID, str] | None:
        """The oldest open work item and its node; a waiting message is delivered first."""
        with self.engine.unit_of_work() as uow:
            found = _OPEN.one_or_none(uow.link, {"instance": instance})
            if found is not None:
                return UUID(int=found.id.int), found.flow_node_id  # as an address has it
            query = select(WAIT.c.no).where(WAIT.c.process_instance_id == instance)
            wait = uow.connection.execute(query).scalar()
            if wait is None:
                return None
            loaded = step.load_instance(uow, instance)
            entry = HistoryEntry("message.correlated")
            step.advance(uow, loaded, lambda execution: execution.deliver_message(wait, {}), [entry])
        return self.next_item(instance)

    def step(self, item_id: UUID, data: Mapping[str, Any]) -> None:
        """One durable step: request id, state, work list, history, jobs; without rights, form and notices."""
        request = _request()
        with self.engine.unit_of_work(CLERK) as uow:
            item = load_work_item(uow, item_id, request_id=request)
            assert item.request_id is None
            decide(uow, item, data, opinion=None, role="clerk", request_id=request)

    def command(self, item_id: UUID, data: Mapping[str, Any]) -> None:
        """The whole command, as a page or the API gives it."""
        with self.engine.unit_of_work(CLERK) as uow:
            complete_work_item(uow, item_id, data, request_id=_request(), expected_version=None)

    def life(self, timed: Callable[[Callable[[], None]], None], *, whole: bool = False) -> int:
        """Run one instance to its end; every completed user task is one timed step. Answers their number."""
        instance, answers, steps = self.start(), Answers(), 0
        act = self.command if whole else self.step
        while (found := self.next_item(instance)) is not None:
            item, node = found
            data = answers(node)
            timed(lambda item=item, data=data: act(item, data))  # type: ignore[misc]
            steps += 1
        return steps


def with_forms(diagram: str) -> str:
    """The same diagram, each user task with a form."""
    return diagram.replace('banli:candidateRole="clerk"', 'banli:candidateRole="clerk" banli:formKey="answer"')


def _write(folder: Path, diagram: str, key: str, *, forms: bool) -> Path:
    manifest = {"key": key, "main_process": key, "name": {"zh": key}, "may_start": {"roles": ["clerk"]}}
    (folder / "forms").mkdir(parents=True)
    (folder / "process.yaml").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / f"{key}.bpmn").write_text(with_forms(diagram) if forms else diagram, encoding="utf-8")
    if forms:
        form = {"type": "default", "schemaVersion": 19, "id": "answer", "components": _FIELDS}
        (folder / "forms" / "answer.json").write_text(json.dumps(form), encoding="utf-8")
    return folder


def _request() -> str:
    return f"bench-{next(_REQUESTS)}"
