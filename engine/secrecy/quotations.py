"""What a message quotes may be what nobody but the entitled may read."""

import re
from typing import Final

_QUOTED: Final = re.compile("“.*”", re.DOTALL)  # from the first mark to the last: a value may hold marks itself


def without_quotations(message: str, written: str = "") -> str:
    """A message without the values that it quotes.

    Args:
        message: it quotes values in “ ” and nowhere else.
        written: a text that may be quoted, since it stands in the diagram.
    """
    return _QUOTED.sub(lambda found: found[0] if found[0][1:-1] in written else "“…”", message)
