"""The filing list of the committee, the gate of the chair: one page, each line its own command and transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required

from engine.batch.offers import has_list_pages
from engine.batch.query import BatchLine, BatchPage, batch_page, batch_pages
from engine.commands.complete_work_item import complete_work_item
from engine.errors import EngineError, InvalidInputError, NotFoundError
from engine.reports import localised
from engine.unit_of_work import UnitOfWork
from engine.values import Value
from web.batch.blueprint import bp
from web.extensions import current_engine
from web.forms.posted import shown_version
from web.i18n import language, translated

ADOPT, OWN, SKIP = "adopt", "own", "skip"
LONGEST_COMMENT = 2000


@dataclass(frozen=True)
class Choice:
    """What a person chose for one line."""

    work_item_id: UUID
    version: int
    mode: str
    decision: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Outcome:
    """What happened to one line."""

    title: str
    number: str | None
    ok: bool
    words: str


@bp.get("/batch/")
@login_required
def index() -> ResponseReturnValue:
    """List pages with something to do."""
    with current_engine().reading(current_user.id) as uow:
        _ensure_has_list_pages(uow)
        entries = batch_pages(uow)
    return render_template("batch/index.html", pages=entries, local=_local)


@bp.get("/batch/<process>/<flow_node_id>")
@login_required
def show(process: str, flow_node_id: str) -> ResponseReturnValue:
    """The lines that wait for this person."""
    page = _load(process, flow_node_id)
    return _render(page, (), {}, {})


@bp.post("/batch/<process>/<flow_node_id>")
@login_required
def decide(process: str, flow_node_id: str) -> ResponseReturnValue:
    """Carry out what was chosen, line by line, and say of each line what happened.

    A line that fails stops no other. Sent again, the same page changes nothing: every line has a request id of its own.
    """
    page = _load(process, flow_node_id)
    request_id = request.form.get("request_id", "")[:64]
    choices = _adopt_all(page) if "adopt_all" in request.form else _chosen(page)
    outcomes, errors, typed = [], {}, {}
    for line in page.lines:
        choice = choices.get(line.work_item_id)
        if choice is None or choice.mode == SKIP:
            continue
        error = _decide_line(page, line, choice, request_id)
        outcomes.append(_outcome(page, line, choice, error))
        if error is not None:
            errors[line.work_item_id], typed[line.work_item_id] = translated(error), choice
    rest = _load(process, flow_node_id)
    answer = _render(rest, outcomes, errors, typed)
    return answer, 422 if errors and len(errors) == len(outcomes) else 200


def _ensure_has_list_pages(uow: UnitOfWork) -> None:
    if not has_list_pages(uow):
        raise NotFoundError


def _load(process: str, flow_node_id: str) -> BatchPage:
    with current_engine().reading(current_user.id) as uow:
        _ensure_has_list_pages(uow)
        return batch_page(uow, process, flow_node_id, language=language())


def _render(
    page: BatchPage, outcomes: Sequence[Outcome], errors: Mapping[UUID, str], typed: Mapping[UUID, Choice]
) -> str:
    return render_template(
        "batch/show.html",
        page=page,
        outcomes=outcomes,
        errors=errors,
        typed=typed,
        local=_local,
        request_id=uuid4().hex,
        has_recommendation=bool(page.definition.recommendation or page.definition.adopt),
    )


def _local(text: Mapping[str, str]) -> str:
    return localised(text, language())


def _adopt_all(page: BatchPage) -> dict[UUID, Choice]:
    """Every line that stood on the page when it was shown; one that came since is left alone."""
    return {key: Choice(key, version, ADOPT) for key, version in _shown_versions(page).items()}


def _chosen(page: BatchPage) -> dict[UUID, Choice]:
    chosen = {}
    for key, version in _shown_versions(page).items():
        comment = request.form.get(f"comment-{key}", "").strip()[:LONGEST_COMMENT]
        decision = request.form.get(f"decision-{key}", "")
        mode = request.form.get(f"mode-{key}", SKIP)
        chosen[key] = Choice(key, version, mode, decision, comment)
    return chosen


def _shown_versions(page: BatchPage) -> dict[UUID, int]:
    """Versions of the lines as they were shown, from the fields ``version-<id>``; a line without was not shown."""
    lines = (line.work_item_id for line in page.lines)
    posted = ((key, shown_version(request.form.get(f"version-{key}"))) for key in lines)
    return {key: version for key, version in posted if version is not None}


def _decide_line(page: BatchPage, line: BatchLine, choice: Choice, request_id: str) -> str | None:
    """One command in one transaction; the sentence of what went wrong, or None."""
    try:
        data = _data(page, line, choice)
        own_id = uuid5(line.work_item_id, request_id).hex if request_id else None
        with current_engine().unit_of_work(current_user.id) as uow:
            complete_work_item(
                uow,
                line.work_item_id,
                data,
                opinion=choice.comment or None,
                request_id=own_id,
                expected_version=choice.version,
            )
    except InvalidInputError as error:
        return _("；").join(dict.fromkeys(_sentence(page, key, text) for key, text in error.fields.items()))
    except NotFoundError:
        return _("此事项已不在您的待办中")
    except EngineError as error:
        return error.message
    return None


def _sentence(page: BatchPage, key: str, text: str) -> str:
    """What is wrong, with the field it is about where the line has one."""
    words = str(translated(text))
    return f"{_('理由')}{_('：')}{words}" if key == page.comment else words


def _data(page: BatchPage, line: BatchLine, choice: Choice) -> dict[str, Value]:
    if choice.mode == ADOPT:
        data = dict(line.adopted)
    else:
        if page.choose is None or not choice.decision:
            raise InvalidInputError({"": "请选择一项决定"})
        kept = line.adopted if choice.decision == line.suggested else line.blank
        data = {**kept, page.choose: choice.decision}
    if page.comment and choice.comment:
        data[page.comment] = choice.comment
    return data


def _outcome(page: BatchPage, line: BatchLine, choice: Choice, error: str | None) -> Outcome:
    decision = line.suggested if choice.mode == ADOPT else choice.decision
    label = next((option.label for option in line.options if option.value == decision), decision or "")
    chosen = f"{_('采纳建议')}{_('：')}{translated(label)}" if choice.mode == ADOPT else translated(label)
    words = translated(error) if error is not None else chosen
    return Outcome(line.title, line.number, error is None, words)
