"""Search over titles and texts of cases, of this and of past years, and the hint at similar ones."""

from engine.search.find import matching
from engine.search.index import index_archived_case, index_case, index_step
from engine.search.similar import Similar, similar

__all__ = ["Similar", "index_archived_case", "index_case", "index_step", "matching", "similar"]
