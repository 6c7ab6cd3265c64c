"""Drives motions of the demo organisation: each step by somebody entitled to it, with usual answers unless told."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from engine.bootstrap import Engine
from engine.commands.complete_work_item import complete_work_item
from engine.commands.start_instance import start_instance
from engine.commands.withdraw_instance import withdraw_instance
from engine.forms.resolve import options_of
from engine.queries.organisation import leader_of
from engine.queries.work_item_page import work_item_page
from engine.replay.surroundings import Directory
from engine.step.instance import load_instance
from engine.work_items import load_work_item
from models import (
    Job,
    JobState,
    Notice,
    ProcessInstance,
    Relative,
    Setting,
    UserTask,
    WorkItem,
    WorkItemState,
    waits,
)
from tests.support.fakes import MovableClock

PROPOSER = "d0101"
ANSWER = (
    "您提出的提案收悉。我单位高度重视，已与您沟通并会同有关单位研究，所提建议已逐条落实，"
    "后续进展将及时告知，感谢您对学校工作的关心和支持。"
)
Answer = Mapping[str, Any] | Callable[[Mapping[str, Any], date], Mapping[str, Any]]

USUAL: dict[str, Answer] = {
    "draft": {
        "title": "关于增加教学楼智慧教室数量的提案",
        "reason": "现有智慧教室集中在一栋教学楼，不同批次设备的操作界面不一致。",
        "suggestions": ["分两年改造阶梯教室", "统一中控界面"],
        "category": "人才培养",
        "kind": "individual",
        "seconders": ["d0113", "d0114"],
        "phone": "13800000000",
        "publish_consent": True,
    },
    "second": {"decision": "accept"},
    "second_openly": {"decision": "accept"},
    "delegation_check": {"delegation_action": "pass", "supporters": 10, "delegation_size": 16},
    "formal_check": {
        "complete": "yes",
        "one_matter": "yes",
        "in_scope": "yes",
        "duplicate": "no",
        "formal_action": "pass",
    },
    "recommend": {
        "policy_ok": "yes",
        "scope_ok": "yes",
        "public_interest": "yes",
        "has_measures": "yes",
        "same_matter_open": "no",
        "answered_this_term": "no",
        "minor": "no",
        "recommended_lead_unit": "教务处",
    },
    "decide_filing": {"disposition": "filed"},
    "routing": {"lead_unit": "教务处", "co_units": [], "follower": "c02", "category": "人才培养"},
    "chair_approve": {"chair_action": "approve"},
    "endorse": {"instruction": "请认真研究办理。"},
    "sign_for": {"decision": "accept"},
    "name_handler": {"handler": "o0501"},
    "countersign": {"stance": "cannot", "opinion_text": "本单位无法配合。"},
    "countersign_strict": {"stance": "cannot", "opinion_text": "本单位无法配合。"},
    "draft_answer": lambda _variables, today: {
        "contact_date": today,
        "contact_way": "visit",
        "class": "A",
        "done_measures": "已完成改造。",
        "planned_measures": "列入计划。",
        "finish_date": today + timedelta(days=60),
        "difficulty": "经费有限。",
        "answer_text": ANSWER,
        "answer_action": "submit",
    },
    "extension": {"extension_action": "approve"},
    "head_sign": {"head_action": "sign"},
    "leader_sign": {"leader_action": "sign"},
    "quality": lambda variables, _today: {"class": variables["class"], "quality_action": "pass"},
    "rate": {"rating_attitude": "满意", "rating_result": "满意", "rating_comment": "措施没有落实，请继续办理。"},
    "face_to_face": lambda _variables, today: {"face_on": today, "face_minutes": "双方面商，明确了补充措施。"},
}


def _meeting(name: str) -> Answer:
    return lambda _variables, today: {f"{name}_on": today, f"{name}_minutes": "会议纪要。"}


SEASON: dict[str, Answer] = {
    "open_season": {
        "session_term": 4,
        "session_meeting": 7,
        "congress_on": date(2026, 12, 16),
        "window_opens_on": date(2026, 11, 1),
        "window_closes_on": date(2026, 12, 1),
        "collection_notice": "现开始征集本次会议提案，请各位代表积极提出。",
    },
    **{f"{name}_meeting": _meeting(name) for name in ("coordination", "filing", "task", "progress")},
    "filing_list_approval": lambda _variables, today: {"list_approved_on": today},
    "excellent": {"excellent_comment": "评选结果已公布。"},
    "excellent_approval": {"excellent_action": "approve"},
    "work_report": {"report_text": "见统计报告。"},
    "report_signature": {"report_action": "sign"},
}


class Scenario:
    """The world: an engine, a clock, and the motions in it."""

    def __init__(self, engine: Engine, clock: MovableClock) -> None:
        self.engine, self.clock = engine, clock
        self._begun = 0

    def motion(self, proposer: str = PROPOSER, **draft: Any) -> "Motion":
        """Begin a motion; ``draft`` changes what the proposer will write."""
        with self.engine.unit_of_work(actor=proposer) as uow:
            started = start_instance(uow, "motion", request_id=None)
        self._begun += 1
        usual = _plain(USUAL["draft"])
        if self._begun > 1:  # no two motions of a session may have one title
            usual["title"] = f"关于增加第{self._begun}教学楼智慧教室数量的提案"
        return Motion(self, started.instance_id, {"draft": {**usual, **draft}})

    def motion_at(self, node: str, *, proposer: str = PROPOSER, **answers: Answer) -> "Motion":
        """A motion that waits at a user task; ``answers`` by user task change the usual ones."""
        draft = _plain(answers.pop("draft", {}))
        motion = self.motion(proposer, **draft)
        motion.answers.update({key: _merged(key, answer) for key, answer in answers.items()})
        motion.go_on_to(node)
        return motion

    def season(self, **opening: Any) -> "Season":
        """The season of session 4-7, its collection open; ``opening`` changes how it was opened."""
        with self.engine.unit_of_work(actor="clerk1") as uow:
            started = start_instance(uow, "motion", process_id="season", request_id=None)
        season = Season(self, started.instance_id, SEASON)
        season.do("open_season", **opening)
        return season

    def run_due_jobs(self) -> None:
        """What a worker does now."""
        self.engine.run_due_jobs()

    def advance(self, **by: float) -> None:
        """Move the clock and let the worker do what is due."""
        self.clock.advance(**by)
        self.run_due_jobs()

    def set(self, **settings: Any) -> None:
        """Change settings of the process, as an administrator does."""
        with self.engine.unit_of_work() as uow:
            for name, value in settings.items():
                key = f"motion.{name}"
                uow.session.add(Setting(key=key, value={"value": value}, source="test", changed_at=uow.now))

    def leader_of(self, unit: str) -> str:
        """The school leader in charge of a unit today."""
        with self.engine.reading() as uow:
            found = leader_of(uow.session, unit, uow.today)
        assert found is not None
        return found

    def make_relatives(self, one: str, other: str) -> None:
        """Marry two people."""
        with self.engine.unit_of_work() as uow:
            for person, relative in ((one, other), (other, one)):
                uow.session.add(Relative(user_id=person, relative_id=relative, relation="spouse"))

    def open_timers(self) -> int:
        """How many timers wait."""
        with self.engine.reading() as uow:
            return uow.session.scalar(select(func.count()).where(Job.state == JobState.WAITING)) or 0


class Motion:
    """One case, seen from outside."""

    def __init__(self, scenario: Scenario, instance_id: UUID, answers: dict[str, Answer]) -> None:
        self.scenario, self.id = scenario, instance_id
        self.answers: dict[str, Answer] = {**USUAL, **answers}
        self._directory = Directory()

    @property
    def waits_at(self) -> list[str]:
        """Open user tasks, each as often as it waits, in order of their ids."""
        with self.scenario.engine.reading() as uow:
            found = select(UserTask.flow_node_id).where(UserTask.process_instance_id == self.id, waits())
            return sorted(uow.session.scalars(found))

    @property
    def variables(self) -> Mapping[str, Any]:
        """Process variables."""
        with self.scenario.engine.reading() as uow:
            return load_instance(uow, self.id, for_update=False).variables

    @property
    def ended_at(self) -> str | None:
        """The end event; None while it runs."""
        with self.scenario.engine.reading() as uow:
            return uow.session.get_one(ProcessInstance, self.id).end_event_id

    def notices(self, kind: str) -> list[str]:
        """Who was told, in order."""
        with self.scenario.engine.reading() as uow:
            found = select(Notice.user_id).where(Notice.process_instance_id == self.id, Notice.kind == kind)
            return sorted(uow.session.scalars(found))

    def due(self, node: str) -> datetime | None:
        """When the open user task is due."""
        with self.scenario.engine.reading() as uow:
            found = select(UserTask.due_at).where(
                UserTask.process_instance_id == self.id,
                UserTask.flow_node_id == node,
                waits(),
            )
            return uow.session.scalars(found).first()

    def go_on_to(self, node: str) -> None:
        """Let everybody give the answers of this case until it waits at ``node``."""
        for _ in range(80):
            self.scenario.run_due_jobs()
            waits = self.waits_at
            if node in waits:
                return
            assert waits, f"the case waits nowhere, not at {node}; ended at {self.ended_at}"
            self.do(waits[0])
        raise AssertionError(f"the case never came to {node}: {self.waits_at}")

    def do(self, node: str, data: Mapping[str, Any] | None = None, *, by: str | None = None, **more: Any) -> None:
        """Somebody entitled (or ``by``) completes one open work item; ``more`` changes the usual answer."""
        item_id, actor, usual = self.item(node, by)
        with self.scenario.engine.unit_of_work(actor=actor) as uow:
            values = data if data is not None else {**usual, **more}
            complete_work_item(uow, item_id, values, request_id=None, expected_version=None)
        self.scenario.run_due_jobs()

    def offered(self, node: str, field: str) -> list[str]:
        """The values that the form of an open task offers for a field."""
        item_id, actor, _ = self.item(node)
        with self.scenario.engine.reading(actor) as uow:
            page = work_item_page(uow, item_id)
            assert page.form is not None
            component = page.form.field(field)
            assert component is not None
            return [option.value for option in options_of(component, page.context, page.choices)]

    def withdraw(self, by: str = PROPOSER) -> None:
        """The proposer takes it back."""
        with self.scenario.engine.unit_of_work(actor=by) as uow:
            withdraw_instance(uow, self.id, reason="问题已经解决。", request_id=None)
        self.scenario.run_due_jobs()

    def item(self, node: str, by: str | None = None) -> tuple[UUID, str, dict[str, Any]]:
        """An open work item of a user task, a person entitled to it, and the usual answer."""
        with self.scenario.engine.reading() as uow:
            found = (
                select(WorkItem.id)
                .join(UserTask, UserTask.id == WorkItem.user_task_id)
                .where(
                    WorkItem.process_instance_id == self.id,
                    WorkItem.state == WorkItemState.OPEN,
                    UserTask.flow_node_id == node,
                )
                .order_by(UserTask.no)
            )
            items = [load_work_item(uow, each, for_update=False) for each in uow.session.scalars(found)]
            assert items, f"nobody is asked for {node}; the case waits at {self.waits_at}"
            item = next((each for each in items if by is not None and each.assignee_id == by), items[0])
            actor = by or self._directory.entitled_person(uow, item.assignment, 0)
            assert actor is not None, f"nobody may do {node}"
            answer = self.answers.get(node, {})
            usual = answer(item.instance.variables, uow.today) if callable(answer) else answer
            return item.id, actor, dict(usual)


class Season(Motion):
    """The process of one session."""

    def close(self) -> None:
        """All that is left of it: four meetings, awards, report."""
        while self.ended_at is None:
            self.scenario.run_due_jobs()
            for node in self.waits_at:
                self.do(node)


def _merged(node: str, answer: Answer) -> Answer:
    usual = USUAL.get(node, {})
    if callable(answer):
        return answer
    if callable(usual):
        return lambda variables, today: {**usual(variables, today), **answer}
    return {**usual, **answer}


def _plain(answer: Answer) -> dict[str, Any]:
    assert not callable(answer)
    return dict(answer)
