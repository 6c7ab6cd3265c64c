"""What a finding is about, in a few Chinese words; its message says the rest to whoever knows BPMN."""

from typing import Final

TITLES: Final = {
    "ad-hoc-no-condition": "特设子流程没有结束条件",
    "already-due": "定时一开始就已到期",
    "always-interrupting": "错误和取消事件总是中断所在的活动",
    "always-taken": "没有条件的路径总是要走",
    "budget": "文件过大、过深或元素过多",
    "crossing-flow": "顺序流越过了子流程的边界",
    "dangling-ref": "引用的对象不存在",
    "duplicate-id": "编号（id）重复",
    "empty-sub-process": "子流程里没有内容",
    "expression-language": "不能执行这种表达式语言，请写 FEEL",
    "expression-null": "表达式没有结果",
    "expression-syntax": "表达式写错了",
    "ignored": "在这里不起作用",
    "implied-default": "没有条件的路径当作默认路径",
    "implied-start": "没有开始事件，从没有来路的节点开始",
    "inside-pool": "消息流没有离开所在的池",
    "loop-no-condition": "循环没有结束条件",
    "may-deadlock": "并行汇聚可能永远等不齐",
    "mi-no-cardinality": "多实例的个数不是整数",
    "mi-no-collection": "多实例没有个数，也没有集合",
    "missing-called-process": "没有要调用的流程",
    "missing-decision": "没有指定决策表",
    "missing-target": "没有去处",
    "no-assignment": "没有指定办理人",
    "no-condition": "缺少条件",
    "no-operation": "服务任务没有指定操作，什么也不做",
    "no-process": "没有可以运行的流程",
    "no-script": "脚本任务没有脚本，什么也不做",
    "no-start-event": "没有地方可以开始",
    "not-bounded": "不能判断会不会有永远等待的地方",
    "not-listed": "问题太多，没有全部列出",
    "null-correlation-key": "消息的关联值为空",
    "reserved-name": "变量与系统提供的名称相同",
    "script-no-context": "脚本的结果没有名称",
    "several-start-events": "有多个开始事件",
    "timer-no-time": "定时没有时间，或时间写错了",
    "translated-expression": "表达式已按 FEEL 解读",
    "two-lanes": "同时在两条泳道里",
    "unknown-attribute": "没有这个 banli: 属性",
    "unknown-name": "表达式用到不存在的名称",
    "unreachable": "永远到不了这里",
    "unsupported-element": "不能执行的元素",
    "unsupported-event": "不能执行的事件",
    "unsupported-flow": "这里不能有顺序流",
    "untyped-task": "没有类型的任务由人办理",
    "vendor-attribute": "其他工具的写法，这里不起作用",
    "xml": "不是可以读取的 BPMN 文件",
}


def titled(code: str, message: str, file: str) -> str:
    """The message behind what it is about; those of a decision table are Chinese themselves."""
    title = TITLES.get(code)
    return message if title is None or file.endswith(".dmn") else f"{title}：{message}"
