"""Chinese text without a segmenter: a text is the overlapping pairs of its characters.

``食堂卫生`` is found under ``食堂``, ``堂卫`` and ``卫生``, so any word of two characters or more is found wherever it
stands, on both databases, and no dictionary has to know it. Latin words and numbers stay whole.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

_RUN = re.compile(r"[0-9a-z]+|[㐀-䶿一-鿿豈-﫿\U00020000-\U0003134f]+")
_LATIN = re.compile(r"[0-9a-z]")

# what most titles share and no title is about; left out when two texts are compared
_FRAME = re.compile(r"^关于|的(?:提案|建议|意见|议案)$")


def normalise(text: str) -> str:
    """Fold width and case, so that ＡＩ and ai are one word."""
    return unicodedata.normalize("NFKC", text).lower()


def _runs(text: str) -> Iterator[str]:
    return (match.group() for match in _RUN.finditer(normalise(text)))


def _pairs(run: str) -> Iterator[str]:
    if _LATIN.match(run) or len(run) == 1:
        yield run
    else:
        for start in range(len(run) - 1):
            yield run[start : start + 2]


def index_terms(text: str) -> list[str]:
    """Terms under which a text is found: pairs of characters and whole Latin words.

    The last character of a run stands alone as well, so that every character begins some term.
    """
    terms: list[str] = []
    for run in _runs(text):
        terms.extend(_pairs(run))
        if len(run) > 1 and not _LATIN.match(run):
            terms.append(run[-1])
    return terms


def query_terms(query: str) -> list[list[str]]:
    """Phrases of a query: each run of the query is a phrase whose terms must follow one another.

    A run of one Chinese character is a phrase of that character alone; the index matches it as the beginning of a pair.
    """
    return [list(_pairs(run)) for run in _runs(query)]


def without_frame(title: str) -> str:
    """A title without 关于 in front and 的提案 behind."""
    return _FRAME.sub("", normalise(title).strip())


def bigrams(text: str) -> Counter[str]:
    """Pairs of neighbouring characters of a text with how often they occur; punctuation and spaces do not count.

    The frame of a title (关于…的提案) is left out: it is in every title.
    """
    joined = "".join(_runs(without_frame(text)))
    return Counter(joined[start : start + 2] for start in range(len(joined) - 1))


def dice(left: Counter[str], right: Counter[str]) -> float:
    """Sørensen-Dice coefficient of two bags of pairs, 0 to 1."""
    total = left.total() + right.total()
    return 2 * (left & right).total() / total if total else 0.0


def join_texts(texts: Iterable[object]) -> str:
    """One text of a case's parts; a list contributes its items."""
    parts: list[str] = []
    for text in texts:
        if isinstance(text, list | tuple):
            parts.extend(str(item) for item in text if item is not None)
        elif text is not None:
            parts.append(str(text))
    return "\n".join(parts)
