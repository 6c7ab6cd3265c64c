"""Which sensitive values a person may read."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.rules.assignment import Holder

MASK = "＊＊＊"


def masked(
    values: Mapping[str, Any], sensitive: Mapping[str, Sequence[str]], holder: Holder, *, is_initiator: bool
) -> dict[str, Any]:
    """The values with ``MASK`` where this person may not read them; what is empty stays empty."""
    return {
        name: MASK
        if value is not None
        and name in sensitive
        and not may_unmask(sensitive[name], holder, is_initiator=is_initiator)
        else value
        for name, value in values.items()
    }


def may_unmask(roles: Sequence[str], holder: Holder, *, is_initiator: bool) -> bool:
    """Who began the case reads what he or she wrote; others need one of the roles."""
    return is_initiator or bool(holder.role_names.intersection(roles))
