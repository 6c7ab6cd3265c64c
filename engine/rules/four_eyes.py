"""Four eyes: two steps of one case that must not lie in one hand."""

from collections.abc import Iterable


def excluded_by_earlier_steps(attribute: str | None, deciders: Iterable[tuple[str, str]]) -> frozenset[str]:
    """People who may not act because they decided one of the named steps.

    Args:
        attribute: flow node ids, separated by spaces or commas (``banli:fourEyesWith``); None for no such rule.
        deciders: (flow node id, user id) of what has been decided in this case.
    """
    if not attribute:
        return frozenset()
    steps = set(attribute.replace(",", " ").split())
    return frozenset(user for step, user in deciders if step in steps)
