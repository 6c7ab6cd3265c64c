"""Which names a text mentions."""

from functools import lru_cache

from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import NAME, tokenize


@lru_cache(maxsize=4096)
def mentioned_names(text: str) -> frozenset[str]:
    """Every name in an expression: variables, but also functions, keywords and entries of contexts.

    Enough to tell what an expression cannot depend on. Variables whose name has several words are seen by their words.
    """
    try:
        tokens = tokenize(text)
    except FeelSyntaxError:
        return frozenset()
    return frozenset(word for kind, word in zip(tokens.kinds, tokens.texts, strict=True) if kind == NAME)
