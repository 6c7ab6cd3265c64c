"""Percentages as reports print them: integers, half up, and 100% only for all of them."""


def percent(part: int, whole: int) -> str | None:
    """Print a share as an integer percentage, rounded half up.

    ``100%`` means exactly all: 199 of 200 is ``99%``, though 99.5 would round up.

    Args:
        part: the counted cases, 0 <= part.
        whole: the base; with 0 there is no share to speak of.

    Returns:
        Text like ``"95%"``, or None when the base is 0.
    """
    if whole == 0:
        return None
    rounded = (200 * part + whole) // (2 * whole)
    if rounded == 100 and part != whole:
        return "99%" if part < whole else "101%"
    return f"{rounded}%"


def fraction(part: int, whole: int) -> str:
    """The exact value that stands beside a percentage, like ``"54/57"``."""
    return f"{part}/{whole}"
