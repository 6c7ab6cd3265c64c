"""Settings an institution changes: how a value is typed in, stored and shown. Numbers are Decimal, never float."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.sentences import say

SettingValue = None | bool | str | Decimal | list[Any]
LONGEST_TEXT = 500


@dataclass(frozen=True)
class SettingDeclaration:
    """A setting that may be changed.

    ``kind``: text, number, bool, list (of texts) or choice. ``group`` heads it on the page; ``least`` and ``most``
    bound a number, ``unit`` is what it counts; ``choices`` are value and name.
    """

    key: str
    label: str
    kind: str
    default: SettingValue
    group: str
    source: str = ""
    least: int | None = None
    most: int | None = None
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()


# log-in rules of the product itself; what a process lets an institution set stands in its process.yaml
LOG_IN_SETTINGS: tuple[SettingDeclaration, ...] = (
    SettingDeclaration(
        "login.failures", "连续登录失败几次后锁定", "number", Decimal(5), "登录", "等保 2.0", 3, 20, "次"
    ),
    SettingDeclaration(
        "login.lock_minutes", "锁定多少分钟", "number", Decimal(15), "登录", "等保 2.0", 1, 1440, "分钟"
    ),
    SettingDeclaration(
        "login.idle_minutes", "无操作多少分钟后退出", "number", Decimal(30), "登录", "等保 2.0", 5, 480, "分钟"
    ),
    SettingDeclaration(
        "login.absolute_hours", "登录最长保持多少小时", "number", Decimal(12), "登录", "等保 2.0", 1, 72, "小时"
    ),
    SettingDeclaration(
        "login.password_length", "密码最少几个字符", "number", Decimal(10), "登录", "等保 2.0", 8, 64, "个字符"
    ),
)


def to_stored(value: SettingValue) -> dict[str, Any]:
    """The JSON of the ``setting`` table; a number is text there, so that it stays exact."""
    return {"value": str(value) if isinstance(value, Decimal) else value}


def from_stored(declaration: SettingDeclaration, stored: Mapping[str, Any]) -> SettingValue:
    """The typed value; the default where what is stored does not fit the declared kind any more."""
    try:
        value = _typed(declaration.kind, stored.get("value"))
        return value if _is_offered(declaration, value) else declaration.default
    except (ValueError, InvalidOperation):
        return declaration.default


def parse_setting(declaration: SettingDeclaration, text: str) -> SettingValue:
    """Read what was typed into the page.

    Raises:
        ValueError: with a sentence for the person.
    """
    text = text.strip()
    if declaration.kind == "bool":
        return text in {"true", "on", "1", "是"}
    if declaration.kind == "list":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if declaration.kind == "number":
        return _number(declaration, text)
    if not _is_offered(declaration, text):
        raise ValueError(say("请选择：{names}", names="、".join(name for _, name in declaration.choices)))
    if len(text) > LONGEST_TEXT:
        raise ValueError(say("最多 {most} 个字符", most=LONGEST_TEXT))
    return text


def _is_offered(declaration: SettingDeclaration, value: SettingValue) -> bool:
    return declaration.kind != "choice" or any(value == offered for offered, _ in declaration.choices)


def show_setting(value: SettingValue) -> str:
    """The value as it stands in the input field of the page."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    return str(value)


def _number(declaration: SettingDeclaration, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("请填写数字") from None
    if not number.is_finite():
        raise ValueError("请填写数字")
    if declaration.least is not None and number < declaration.least:
        raise ValueError(say("不能小于 {least}", least=declaration.least))
    if declaration.most is not None and number > declaration.most:
        raise ValueError(say("不能大于 {most}", most=declaration.most))
    return number


def _typed(kind: str, value: Any) -> SettingValue:
    if kind == "number":
        return Decimal(str(value))
    if kind == "bool" and isinstance(value, bool):
        return value
    if kind == "list" and isinstance(value, list):
        return value
    if kind in ("text", "choice") and isinstance(value, str):
        return value
    raise ValueError(kind)
