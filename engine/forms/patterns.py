"""Named patterns for text fields. A form's own expression runs in linear time (RE2): none can hang the server."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import re2

MAX_PATTERN = 200  # characters of a form's own regular expression

_PHONE = re.compile(r"(?:\+?86[- ]?)?(?:1[3-9]\d{9}|(?:0\d{2,3}[- ]?)?\d{7,8}(?:[-转]\d{1,6})?)")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
_ID_CARD = re.compile(r"\d{17}[\dXx]")
_BANK_CARD = re.compile(r"\d{12,19}")
_STAFF_NUMBER = re.compile(r"[A-Za-z0-9]{1,20}")
_POSTCODE = re.compile(r"\d{6}")

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECK_DIGITS = "10X98765432"


def is_id_card(text: str) -> bool:
    """Resident identity number with its check digit.

    Source:
        GB 11643-1999, ISO 7064 MOD 11-2.
    """
    if not _ID_CARD.fullmatch(text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _ID_WEIGHTS, strict=False))
    return _ID_CHECK_DIGITS[total % 11] == text[17].upper()


def is_bank_card(text: str) -> bool:
    """Bank card number with its Luhn digit; blanks between groups are allowed."""
    digits = text.replace(" ", "")
    if not _BANK_CARD.fullmatch(digits):
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _whole(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


NAMED: dict[str, Callable[[str], bool]] = {
    "phone": _whole(_PHONE),
    "mobile": _whole(_MOBILE),
    "email": _whole(_EMAIL),
    "id_card": is_id_card,
    "bank_card": is_bank_card,
    "staff_number": _whole(_STAFF_NUMBER),
    "postcode": _whole(_POSTCODE),
}


def compile_pattern(text: str) -> Any:
    """Compile a form's own regular expression.

    Raises:
        ValueError: too long, wrong, or with a construct that needs backtracking.
    """
    if len(text) > MAX_PATTERN:
        raise ValueError(f"正则表达式超过 {MAX_PATTERN} 个字符")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as wrong:
        reason = wrong.args[0].decode("utf-8", "replace") if wrong.args else ""
        raise ValueError(f"正则表达式不可用：{reason}") from None
