"""Finds cases by words."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, column, func, literal_column, select, text
from sqlalchemy.orm import Session

from engine.search.text import query_terms
from models import SearchEntry

MOST_PHRASES = 12  # of one query; more are ignored
MOST_CANDIDATES = 200  # rows that are compared in Python


def matching(session: Session, query: str) -> Select[UUID] | None:
    """A sub-query of the ids of cases whose number, title or text contains every word of the query.

    Returns:
        A SELECT of case ids, or None when the query holds nothing that can be searched (punctuation only).
    """
    phrases = query_terms(query)[:MOST_PHRASES]
    if not phrases:
        return None
    if session.get_bind().dialect.name == "sqlite":
        return select(SearchEntry.case_id).where(_fts(" AND ".join(_fts_phrase(terms) for terms in phrases)))
    return select(SearchEntry.case_id).where(*(_tsvector().op("@@")(_ts_phrase(terms)) for terms in phrases))


def candidates(session: Session, folder_key: str, terms: Sequence[str]) -> list[SearchEntry]:
    """Cases that share at least one term, those that share most of the rare ones first."""
    distinct = list(dict.fromkeys(terms))[:64]
    if not distinct:
        return []
    query = select(SearchEntry).where(SearchEntry.folder_key == folder_key)
    if session.get_bind().dialect.name == "sqlite":
        expression = " OR ".join(_fts_phrase([term]) for term in distinct)
        best = text(
            "SELECT rowid FROM search_fts WHERE search_fts MATCH :search_words ORDER BY rank LIMIT :search_limit"
        )
        rows = best.bindparams(search_words=expression, search_limit=MOST_CANDIDATES * 5)
        query = query.where(SearchEntry.no.in_(rows.columns(column("rowid", Integer))))
    else:
        words = func.to_tsquery("simple", " | ".join(_quoted(term) for term in distinct))
        query = query.where(_tsvector().op("@@")(words)).order_by(func.ts_rank(_tsvector(), words).desc())
    return list(session.scalars(query.limit(MOST_CANDIDATES)))


def _fts(expression: str) -> ColumnElement[bool]:
    rows = text("SELECT rowid FROM search_fts WHERE search_fts MATCH :search_words")
    return SearchEntry.no.in_(rows.bindparams(search_words=expression).columns(column("rowid", Integer)))


def _fts_phrase(terms: Sequence[str]) -> str:
    """Terms one after the other; a single character matches as the beginning of a pair."""
    joined = " ".join(terms)
    return f'"{joined}"*' if len(terms) == 1 and len(terms[0]) == 1 else f'"{joined}"'


def _tsvector() -> ColumnElement[object]:
    return func.to_tsvector(literal_column("'simple'"), SearchEntry.terms)


def _ts_phrase(terms: Sequence[str]) -> ColumnElement[object]:
    if len(terms) == 1 and len(terms[0]) == 1:
        return func.to_tsquery("simple", f"{_quoted(terms[0])}:*")
    return func.phraseto_tsquery("simple", " ".join(terms))


def _quoted(term: str) -> str:
    return "'" + term.replace("'", "''") + "'"
