"""Similar cases, as a hint while somebody writes: it advises and never blocks.

Two texts are compared by their pairs of characters (Dice), two titles by edit distance as well, because two titles of
ten characters that differ in word order are the same matter. The frame of every title (关于…的提案) does not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.reports.cases import meets
from engine.reports.definition import read_report_definition
from engine.reports.load import archived_case_of, case_of, load_manifest, load_values
from engine.search.find import candidates
from engine.search.text import bigrams, dice, index_terms, without_frame
from models import ArchivedCase, ProcessInstance, SearchEntry, Setting

THRESHOLD = 0.6  # 0 to 1; setting <folder>.similar_threshold
MOST = 5  # hints shown
RERANKED = 20  # best by pairs that are compared by edit distance
SHORTEST_TITLE = 4  # characters; below that everything is similar


@dataclass(frozen=True)
class Similar:
    """A case that may be about the same matter."""

    case_id: UUID
    instance_id: UUID | None  # None: of a past year, there is no page of it
    title: str
    number: str | None
    period: str | None
    state: str  # running | completed | cancelled | archived
    disposition: str | None
    score: float  # 0 to 1


def similar(
    session: Session, folder_key: str, title: str, text: str = "", *, exclude: UUID | None = None
) -> tuple[Similar, ...]:
    """Cases of this session and of past ones that resemble a draft, the most similar first.

    Drafts of others and sealed cases never appear: only what the report counts as handed in, under the title that its
    register shows.

    Args:
        session: reads only.
        folder_key: the process family.
        title: as typed so far.
        text: reason and suggestions, as typed so far.
        exclude: the draft itself.
    """
    if len(without_frame(title)) < SHORTEST_TITLE:
        return ()
    found = candidates(session, folder_key, index_terms(title) + index_terms(text)[:40])
    threshold = _threshold(session, folder_key)
    scored = [(score, entry) for score, entry in _ranked(title, text, found) if score >= threshold]
    listed = _listed(session, folder_key, [entry for _, entry in scored if entry.case_id != exclude])
    scores = {entry.case_id: score for score, entry in scored}
    return tuple(_hint(entry, state, disposition, scores) for entry, state, disposition in listed[:MOST])


def resemblance(title: str, text: str, other_title: str, other_text: str) -> float:
    """How much two cases resemble each other, 0 to 1: the best of titles by pairs, titles by edits, texts by pairs."""
    by_pairs = dice(bigrams(title), bigrams(other_title))
    by_edits = fuzz.ratio(without_frame(title), without_frame(other_title)) / 100
    by_text = dice(bigrams(title + text), bigrams(other_text)) if text else 0.0
    return max(by_pairs, by_edits, by_text)


def _ranked(title: str, text: str, found: Sequence[SearchEntry]) -> list[tuple[float, SearchEntry]]:
    pairs_of_title, pairs_of_text = bigrams(title), bigrams(title + text)

    def by_pairs(entry: SearchEntry) -> float:
        return max(dice(pairs_of_title, bigrams(entry.title)), dice(pairs_of_text, bigrams(entry.text)))

    best = sorted(found, key=by_pairs, reverse=True)[:RERANKED]
    ranked = [(resemblance(title, text, entry.title, entry.text), entry) for entry in best]
    return sorted(ranked, key=lambda pair: -pair[0])


def _threshold(session: Session, folder_key: str) -> float:
    setting = session.get(Setting, f"{folder_key}.similar_threshold")
    try:
        return float(setting.value["value"]) if setting is not None else THRESHOLD
    except (KeyError, TypeError, ValueError):
        return THRESHOLD


def _listed(
    session: Session, folder_key: str, entries: Sequence[SearchEntry]
) -> list[tuple[SearchEntry, str, str | None]]:
    """Those that everybody who writes may know of, with state and disposition."""
    manifest = load_manifest(session, folder_key)
    definition = read_report_definition(manifest)
    if definition is None or not entries:
        return []
    public = (manifest.get("register") or {}).get("public")
    ids = [entry.case_id for entry in entries]
    instances = {row.id: row for row in session.scalars(select(ProcessInstance).where(ProcessInstance.id.in_(ids)))}
    archived = {row.id: row for row in session.scalars(select(ArchivedCase).where(ArchivedCase.id.in_(ids)))}
    values = load_values(session, list(instances))
    listed = []
    for entry in entries:
        if entry.case_id in archived:
            case = archived_case_of(archived[entry.case_id], definition)
        elif entry.case_id in instances:
            case = case_of(instances[entry.case_id], values.get(entry.case_id, {}), definition)
            if case.sealed or not (meets(definition.base, case.names()) and meets(public, case.names())):
                continue
        else:
            continue
        disposition = case.variables.get("disposition")
        listed.append((entry, case.state, str(disposition) if disposition is not None else None))
    return listed


def _hint(entry: SearchEntry, state: str, disposition: str | None, scores: dict[UUID, float]) -> Similar:
    return Similar(
        case_id=entry.case_id,
        instance_id=None if entry.is_archived else entry.case_id,
        title=entry.title,
        number=entry.number,
        period=entry.period,
        state=state,
        disposition=disposition,
        score=scores[entry.case_id],
    )
