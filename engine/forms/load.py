"""Read a form-js document into a :class:`FormSchema`, or say everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.feel import Expression, FeelSyntaxError, compile_expression, strip_marker
from engine.forms import profile
from engine.forms.choices import Choice
from engine.forms.patterns import NAMED, compile_pattern
from engine.forms.schema import Component, FormProblem, FormSchema, FormSchemaError, Recusal, Rules, Suggestion
from engine.forms.uniqueness import SCOPES

_KEY = re.compile(r"[^\W\d]\w{0,59}")
_SOURCE = re.compile(r"[a-z_]+(:[\w.,-]+)?")
_SUBTYPES = {"date", "time", "datetime"}


def _is_suggestion(found: Any) -> bool:
    return (
        isinstance(found, dict)
        and isinstance(found.get("label"), str)
        and set(found) in ({"label", "values"}, {"label", "source"})
    )


def load_schema(document: Mapping[str, Any]) -> FormSchema:
    """See :meth:`FormSchema.load`."""
    reader = _Reader()
    if not isinstance(document, Mapping):
        raise FormSchemaError([FormProblem("表单", "应为 JSON 对象")])
    where = str(document.get("id") or "表单")
    reader.unknown_keys(where, document, profile.FORM_KEYS)
    properties = reader.mapping(where, document, "properties")
    reader.unknown_keys(f"{where}.properties", properties, profile.FORM_PROPERTY_KEYS)
    if document.get("type", "default") != "default":
        reader.problem(where, "type 应为 default")
    components = reader.components(where, document.get("components"), depth=1, in_list=False)
    reader.check_totals(where)
    if reader.problems:
        raise FormSchemaError(reader.problems)
    title = str(document.get("title") or "")
    return FormSchema(id=where, title=title, components=components, properties=properties, source=document)


class _Reader:
    """Walks one document and collects every problem instead of stopping at the first."""

    def __init__(self) -> None:
        self.problems: list[FormProblem] = []
        self.keys: set[str] = set()
        self.count = 0
        self.actions = 0

    def problem(self, where: str, reason: str) -> None:
        self.problems.append(FormProblem(where, reason))

    def check_totals(self, where: str) -> None:
        if self.count > profile.MAX_FIELDS:
            self.problem(where, f"组件超过 {profile.MAX_FIELDS} 个")
        if self.actions > 1:
            self.problem(where, "只能有一个 action 字段")

    def unknown_keys(self, where: str, found: Mapping[str, Any], known: frozenset[str]) -> None:
        for key in found:
            if key not in known:
                self.problem(where, f"不支持的键 {key!r}")

    def mapping(self, where: str, holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = holder.get(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.problem(where, f"{key} 应为对象")
            return {}
        return value

    # ---- components

    def components(self, where: str, found: Any, *, depth: int, in_list: bool) -> tuple[Component, ...]:
        if not isinstance(found, Sequence) or isinstance(found, str):
            self.problem(where, "components 应为数组")
            return ()
        if depth > profile.MAX_DEPTH:
            self.problem(where, f"嵌套超过 {profile.MAX_DEPTH} 层")
            return ()
        read = (
            self.component(f"{where}[{place}]", one, depth=depth, in_list=in_list) for place, one in enumerate(found)
        )
        return tuple(component for component in read if component is not None)

    def component(self, place: str, found: Any, *, depth: int, in_list: bool) -> Component | None:
        self.count += 1
        if not isinstance(found, Mapping):
            self.problem(place, "组件应为对象")
            return None
        where = str(found.get("key") or found.get("path") or found.get("id") or place)
        kind = found.get("type")
        if not isinstance(kind, str) or kind not in profile.TYPE_KEYS:
            self.problem(where, f"不支持的组件类型 {kind!r}")
            return None
        if in_list and kind in ("dynamiclist", "group", "filepicker"):
            self.problem(where, f"动态列表内不能有 {kind}")
            return None
        self.unknown_keys(where, found, profile.COMMON_KEYS | profile.TYPE_KEYS[kind])
        properties = self.mapping(where, found, "properties")
        self.unknown_keys(f"{where}.properties", properties, profile.PROPERTY_KEYS)
        key = self.key(where, found, kind, in_list=in_list)
        return self.build(where, found, kind, key, properties, depth=depth, in_list=in_list)

    def key(self, where: str, found: Mapping[str, Any], kind: str, *, in_list: bool) -> str:
        if kind not in profile.INPUT_TYPES:
            if found.get("path"):
                self.problem(where, "分组不能有 path")
            return ""
        key = found.get("key") or (found.get("path") if kind == "dynamiclist" else None)
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            self.problem(where, f"key {key!r} 应为字母或汉字开头的名称，最多 60 个字符")
            return ""
        if key in profile.RESERVED_KEYS:
            self.problem(where, f"key {key!r} 是保留名称")
        if not in_list:
            if key in self.keys:
                self.problem(where, f"key {key!r} 重复")
            self.keys.add(key)
        return key

    def build(
        self,
        where: str,
        found: Mapping[str, Any],
        kind: str,
        key: str,
        properties: Mapping[str, Any],
        *,
        depth: int,
        in_list: bool,
    ) -> Component:
        conditional = self.mapping(where, found, "conditional")
        self.unknown_keys(f"{where}.conditional", conditional, frozenset({"hide"}))
        appearance = self.mapping(where, found, "appearance")
        self.unknown_keys(f"{where}.appearance", appearance, frozenset({"prefixAdorner", "suffixAdorner"}))
        boxed = kind in ("group", "dynamiclist")
        children: tuple[Component, ...] = ()
        if boxed:
            inside = in_list or kind == "dynamiclist"
            children = self.components(where, found.get("components"), depth=depth + 1, in_list=inside)
        readonly, readonly_if = self.readonly(where, found)
        component = Component(
            type=kind,
            key=key,
            label=self.text(where, found, "label"),
            description=self.text(where, found, "description"),
            text=self.text(where, found, "text"),
            subtype=self.subtype(where, found, kind),
            default=found.get("defaultValue"),
            multiple=kind in ("checklist", "taglist") or found.get("multiple") is True,
            flat=properties.get("flat") in (True, "true"),
            adorners=(str(appearance.get("prefixAdorner") or ""), str(appearance.get("suffixAdorner") or "")),
            choices=self.choices(where, found, kind),
            source=self.source(where, properties),
            choices_expression=self.choices_expression(where, found),
            recusal=self.recusal(where, kind, properties),
            suggestions=self.suggestions(where, kind, properties),
            empty_message=self.text(where, properties, "emptyMessage"),
            hide=self.expression(f"{where}.conditional.hide", conditional.get("hide")),
            computed=self.expression(f"{where}.properties.computed", properties.get("computed")),
            readonly=readonly,
            readonly_if=readonly_if,
            rules=self.rules(where, found, kind, properties),
            properties=properties,
            children=children,
        )
        self.check_component(where, component, found)
        return component

    def check_component(self, where: str, component: Component, found: Mapping[str, Any]) -> None:
        if component.is_action:
            self.actions += 1
            if component.type not in ("select", "radio"):
                self.problem(where, "action 只能用于 select 或 radio")
        if component.type in profile.CHOICE_TYPES:
            given = bool(component.choices) + bool(component.source) + (component.choices_expression is not None)
            if not given and "values" not in found:
                self.problem(where, "缺少选项：values、valuesExpression 或 properties.source")
        if component.type == "dynamiclist":
            inputs = [child for child in component.children if child.is_input]
            if not inputs:
                self.problem(where, "动态列表至少要有一个字段")
            if len({child.key for child in inputs}) != len(inputs):
                self.problem(where, "动态列表内的 key 重复")
            if component.flat and len(inputs) != 1:
                self.problem(where, "flat 的动态列表只能有一个字段")

    # ---- parts of a component

    def text(self, where: str, found: Mapping[str, Any], key: str) -> str:
        value = found.get(key)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > 2000:
            self.problem(where, f"{key} 应为文字，最多 2000 字")
            return ""
        return value

    def subtype(self, where: str, found: Mapping[str, Any], kind: str) -> str:
        if kind != "datetime":
            return ""
        subtype = found.get("subtype", "date")
        if subtype not in _SUBTYPES:
            self.problem(where, f"不支持的 subtype {subtype!r}")
            return "date"
        return str(subtype)

    def readonly(self, where: str, found: Mapping[str, Any]) -> tuple[bool, Expression | None]:
        fixed, expression = False, None
        for key in ("disabled", "readonly"):
            value = found.get(key)
            if isinstance(value, str):
                expression = self.expression(f"{where}.{key}", value)
            elif value not in (None, True, False):
                self.problem(where, f"{key} 应为 true、false 或 FEEL 表达式")
            else:
                fixed = fixed or value is True
        return fixed, expression

    def choices(self, where: str, found: Mapping[str, Any], kind: str) -> tuple[Choice, ...]:
        values = found.get("values")
        if values is None:
            return ()
        if not isinstance(values, list) or len(values) > profile.MAX_OPTIONS:
            self.problem(where, f"values 应为数组，最多 {profile.MAX_OPTIONS} 项")
            return ()
        options = []
        for one in values:
            if not isinstance(one, Mapping) or not isinstance(one.get("value"), str) or set(one) - {"value", "label"}:
                self.problem(where, "values 的每一项应为 {label, value}，value 为文字")
                continue
            options.append(Choice(one["value"], str(one.get("label") or one["value"])))
        if len({option.value for option in options}) != len(options):
            self.problem(where, "values 中有重复的 value")
        return tuple(options)

    def source(self, where: str, properties: Mapping[str, Any]) -> str:
        source = properties.get("source")
        if source is None:
            return ""
        if not isinstance(source, str) or not _SOURCE.fullmatch(source):
            self.problem(where, f"properties.source {source!r} 不是列表名称")
            return ""
        return source

    def recusal(self, where: str, kind: str, properties: Mapping[str, Any]) -> Recusal | None:
        people = self.expression(f"{where}.properties.exclude", properties.get("exclude"))
        staffed = properties.get("staffed", [])
        if not isinstance(staffed, list) or not all(isinstance(one, str) and one for one in staffed):
            self.problem(where, "properties.staffed 应为角色的数组")
            return None
        if people is None:
            if staffed or properties.get("excludeMessage") or properties.get("excludeUnits"):
                self.problem(where, "缺少 properties.exclude：须回避的人")
            return None
        if kind not in profile.CHOICE_TYPES or not properties.get("source"):
            self.problem(where, "exclude 只能用于有 properties.source 的选项")
            return None
        units = self.expression(f"{where}.properties.excludeUnits", properties.get("excludeUnits"))
        if units is not None and not str(properties["source"]).startswith("people"):
            self.problem(where, "excludeUnits 只能用于人员的选项")
        return Recusal(people, units, tuple(staffed), self.text(where, properties, "excludeMessage") or None)

    def suggestions(self, where: str, kind: str, properties: Mapping[str, Any]) -> tuple[Suggestion, ...]:
        found = properties.get("suggest", [])
        if not isinstance(found, list) or not all(_is_suggestion(one) for one in found):
            self.problem(where, "properties.suggest 应为 {label, values} 或 {label, source} 的数组")
            return ()
        if found and (kind not in profile.SEVERAL_TYPES or not properties.get("source")):
            self.problem(where, "suggest 只能用于有 properties.source 的多选")
            return ()
        return tuple(
            Suggestion(
                one["label"],
                self.expression(f"{where}.properties.suggest.values", one.get("values")),
                self.source(where, one),
            )
            for one in found
        )

    def choices_expression(self, where: str, found: Mapping[str, Any]) -> Expression | None:
        if found.get("valuesKey"):
            return self.expression(f"{where}.valuesKey", str(found["valuesKey"]))
        return self.expression(f"{where}.valuesExpression", found.get("valuesExpression"))

    def expression(self, where: str, text: Any) -> Expression | None:
        if text is None or text == "":
            return None
        if not isinstance(text, str):
            self.problem(where, "应为 FEEL 表达式")
            return None
        try:
            return compile_expression(strip_marker(text))
        except FeelSyntaxError as wrong:
            self.problem(where, f"FEEL 表达式有误：{wrong}")
            return None

    # ---- rules

    def rules(self, where: str, found: Mapping[str, Any], kind: str, properties: Mapping[str, Any]) -> Rules:
        validate = self.mapping(where, found, "validate")
        self.unknown_keys(f"{where}.validate", validate, profile.VALIDATE_KEYS)
        required = validate.get("required", False)
        pattern_name = self.pattern_name(where, validate, properties)
        rules = Rules(
            required=required is True,
            required_if=self.required_if(where, required, properties),
            min_length=self.whole(where, validate, "minLength"),
            max_length=self.whole(where, validate, "maxLength"),
            min=self.number(where, validate, "min"),
            max=self.number(where, validate, "max"),
            decimal_digits=self.whole(where, found, "decimalDigits"),
            pattern_name=pattern_name,
            pattern=self.pattern(where, validate),
            pattern_message=self.text(where, validate, "patternErrorMessage") or None,
            min_items=self.either(where, validate, properties, "minItems"),
            max_items=self.max_items(where, validate, properties, found, kind),
            accept=tuple(part.strip().lower() for part in str(found.get("accept") or "").split(",") if part.strip()),
            no_past=found.get("disallowPassedDates") is True,
            check=self.expression(f"{where}.properties.check", properties.get("check")),
            check_message=self.text(where, properties, "checkMessage") or None,
            warn=self.expression(f"{where}.properties.warn", properties.get("warn")),
            warn_message=self.text(where, properties, "warnMessage") or None,
            unique=self.unique(where, properties, kind),
        )
        self.check_bounds(where, rules)
        return rules

    def required_if(self, where: str, required: Any, properties: Mapping[str, Any]) -> Expression | None:
        if required not in (True, False) and not isinstance(required, str):
            self.problem(where, "required 应为 true、false 或 FEEL 表达式")
        own = properties.get("required")
        return self.expression(f"{where}.required", required if isinstance(required, str) else own)

    def check_bounds(self, where: str, rules: Rules) -> None:
        pairs = (
            (rules.min_length, rules.max_length, "minLength 大于 maxLength"),
            (rules.min, rules.max, "min 大于 max"),
            (rules.min_items, rules.max_items, "minItems 大于 maxItems"),
        )
        for low, high, reason in pairs:
            if low is not None and high is not None and low > high:
                self.problem(where, reason)
        if rules.warn is not None and rules.warn_message is None:
            self.problem(where, "warn 缺少 warnMessage")

    def unique(self, where: str, properties: Mapping[str, Any], kind: str) -> str | None:
        scope = properties.get("unique")
        if scope is None:
            return None
        if scope not in SCOPES or kind != "textfield":
            self.problem(where, f"unique 应为 {'、'.join(sorted(SCOPES))}，且只能用于 textfield")
            return None
        return str(scope)

    def pattern_name(self, where: str, validate: Mapping[str, Any], properties: Mapping[str, Any]) -> str | None:
        name = properties.get("pattern") or validate.get("validationType")
        if name is None or name in {"custom", ""}:
            return None
        if name not in NAMED:
            self.problem(where, f"未知的格式 {name!r}，可用：{'、'.join(NAMED)}")
            return None
        return str(name)

    def pattern(self, where: str, validate: Mapping[str, Any]) -> Any:
        text = validate.get("pattern")
        if text is None or text == "":
            return None
        try:
            return compile_pattern(str(text))
        except ValueError as wrong:
            self.problem(where, str(wrong))
            return None

    def either(self, where: str, validate: Mapping[str, Any], properties: Mapping[str, Any], key: str) -> int | None:
        return self.whole(where, validate if key in validate else properties, key)

    def max_items(
        self,
        where: str,
        validate: Mapping[str, Any],
        properties: Mapping[str, Any],
        found: Mapping[str, Any],
        kind: str,
    ) -> int | None:
        if kind == "filepicker":
            given = self.whole(where, properties, "maxFiles")
            return given or (profile.MAX_FILES if found.get("multiple") is True else 1)
        return self.either(where, validate, properties, "maxItems")

    def whole(self, where: str, holder: Mapping[str, Any], key: str) -> int | None:
        value = holder.get(key)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.isdecimal():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.problem(where, f"{key} 应为非负整数")
            return None
        return value

    def number(self, where: str, holder: Mapping[str, Any], key: str) -> Decimal | None:
        value = holder.get(key)
        if value is None or value == "":
            return None
        try:
            number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            self.problem(where, f"{key} 应为数字")
            return None
        return number
