"""Keeps the search index: one row for each case with a readable text.

Called inside the transaction that changed the case, so the index is never ahead of or behind it. The full-text index
of the database behind the table follows by itself (``models.search_entry``).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from engine.search.text import index_terms, join_texts
from models import ArchivedCase, ProcessInstance, SearchEntry

LONGEST_TEXT = 20_000  # characters of a case that are indexed


class Executes(Protocol):
    """A Session or a Connection."""

    def execute(self, statement: Any, /) -> Any:
        """Execute one statement in the caller's transaction."""


def index_case(connection: Executes, instance_id: UUID, texts: Sequence[object]) -> None:
    """Index a process instance, or take it out of the index when it is sealed or has no text.

    Args:
        connection: the transaction of the step; this neither commits nor flushes.
        instance_id: its row must already be written.
        texts: values of the variables that ``similar_on`` names, the title first; a list counts as its items.
    """
    found = connection.execute(
        select(
            ProcessInstance.folder_key,
            ProcessInstance.period,
            ProcessInstance.number,
            ProcessInstance.title,
            ProcessInstance.is_sealed,
        ).where(ProcessInstance.id == instance_id)
    ).one_or_none()
    text = join_texts(texts)[:LONGEST_TEXT]
    if found is None or found.is_sealed or not text:
        connection.execute(delete(SearchEntry).where(SearchEntry.case_id == instance_id))
        return
    values = {
        "folder_key": found.folder_key,
        "period": found.period,
        "number": found.number,
        "title": found.title or "",
        "text": text,
        "terms": terms_of(found.number, found.title, text),
    }
    _write(connection, instance_id, values, is_archived=False)


def index_step(
    connection: Executes,
    instance_id: UUID,
    manifest: Mapping[str, Any],
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
    *,
    sealed: bool,
) -> None:
    """Index an instance whose step changed a text that can be searched; a step that changed none costs nothing.

    Args:
        connection: the transaction of the step, after the instance's row was written.
        instance_id: the instance.
        manifest: its process.yaml; ``similar_on`` names the variables, without it nothing is indexed.
        before: variables before the step, None when the instance begins.
        after: variables after it.
        sealed: the step sealed the case: it leaves the index.
    """
    names = [str(name) for name in manifest.get("similar_on") or ()]
    if not names:
        return
    shown = [str(manifest.get("title_variable", "title")), str(manifest.get("number_variable", "number"))]
    period = ((manifest.get("report") or {}).get("period") or {}).get("variables") or ()
    watched = (*names, *shown, *period)
    if sealed or before is None or any(before.get(name) != after.get(name) for name in watched):
        index_case(connection, instance_id, [after.get(name) for name in names])


def index_archived_case(connection: Executes, row: ArchivedCase) -> None:
    """Index a case of a past year; its id must be set."""
    values = {
        "folder_key": row.folder_key,
        "period": row.period,
        "number": row.number,
        "title": row.title,
        "text": join_texts([row.title, row.text])[:LONGEST_TEXT],
        "terms": terms_of(row.number, row.title, row.text),
    }
    _write(connection, row.id, values, is_archived=True)


def terms_of(number: str | None, title: str | None, text: str) -> str:
    """What is matched: number, title and text, as terms with a space between them."""
    return " ".join(index_terms(join_texts([number, title if title and title not in text else None, text])))


def _write(connection: Executes, case_id: UUID, values: dict[str, Any], *, is_archived: bool) -> None:
    known = connection.execute(select(SearchEntry.no).where(SearchEntry.case_id == case_id)).scalar_one_or_none()
    if known is None:
        connection.execute(insert(SearchEntry).values(case_id=case_id, is_archived=is_archived, **values))
    else:
        connection.execute(update(SearchEntry).where(SearchEntry.no == known).values(**values))
