"""The sentences a form answers with, in Chinese; one table, so that the web can translate each by its template."""

from __future__ import annotations

from engine.sentences import Message

TEMPLATES: dict[str, str] = {
    "required": "请填写此项",
    "required_choice": "请选择一项",
    "required_choices": "请至少选择一项",
    "required_check": "请勾选此项",
    "required_file": "请上传附件",
    "min_length": "至少 {n} 个字，现在是 {actual} 个字",
    "max_length": "最多 {n} 个字，现在是 {actual} 个字",
    "number": "请输入数字",
    "number_digits": "数字太长，最多 {n} 位",
    "decimal_digits": "最多 {n} 位小数",
    "min": "不得小于 {n}",
    "max": "不得大于 {n}",
    "date": "日期格式应为 年-月-日，例如 2026-11-25",
    "time": "时间格式应为 时:分，例如 09:30",
    "datetime": "时间格式应为 年-月-日 时:分，例如 2026-11-25 09:30",
    "past_date": "日期不得早于今天",
    "option": "请选择列表中的值",
    "recused": "所选的人（或单位）须回避，请另选",
    "single": "此项只能有一个值",
    "text": "此项应为文字",
    "yes_no": "此项应为是或否",
    "rows": "此项应为若干行",
    "control": "含有无法显示的字符，请删除后重试",
    "too_large": "内容过长，无法保存",
    "pattern": "格式不正确",
    "phone": "电话号码格式不正确，例如 13800001234 或 0373-3029000",
    "mobile": "手机号码应为 11 位数字",
    "email": "邮箱格式不正确，例如 name@example.edu.cn",
    "id_card": "身份证号码不正确，请核对最后一位校验码",
    "bank_card": "银行卡号不正确，请核对",
    "staff_number": "工号只能由字母和数字组成，最多 20 位",
    "postcode": "邮政编码应为 6 位数字",
    "min_items": "至少 {n} 项，现在是 {actual} 项",
    "max_items": "最多 {n} 项，现在是 {actual} 项",
    "row": "第 {row} 项：{message}",
    "file": "附件不存在或不可用，请重新上传",
    "file_type": "不支持的文件类型，只接受 {accept}",
    "taken": "已有“{case}”，不能重复，请修改",
    "taken_unnamed": "已有相同的内容，不能重复，请修改",
    "check": "填写的内容不符合要求",
}


def message(code: str, **figures: object) -> Message:
    """The sentence for a code of :data:`TEMPLATES`."""
    return Message(code, TEMPLATES[code], figures)


def own_message(text: str) -> Message:
    """A sentence that the form's author wrote."""
    return Message("check", text, {})
