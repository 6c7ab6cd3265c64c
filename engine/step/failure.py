"""Why a step could not be taken, in the words of whoever took it: the runtime speaks of a drawing, people of a case."""

import structlog

from engine.errors import StepFailedError
from engine.secrecy.quotations import without_quotations
from engine.sentences import say
from engine.spiff import ExecutionError
from engine.step.environment import StepEnvironment
from engine.values import ValueNotStorableError

log = structlog.get_logger(__name__)
_SENTENCES: dict[str, str] = {
    "budget-exceeded": "一步之内经过的环节、数据或用时超过上限，可能是循环没有出口",
    "decision": "决策表没有给出结果",
    "ended": "事项已经结束",
    "mi-no-cardinality": "要办理的份数不是整数",
    "mi-no-collection": "没有可以逐项办理的名单",
    "missing-called-process": "没有找到要调用的流程",
    "no-flow": "没有一条路径的条件成立，也没有默认路径",
    "no-name": "要发出的消息或信号没有名称",
    "no-start-event": "要调用的流程没有可以开始的地方",
    "not-a-target": "不能从这里调整到该环节",
    "not-enabled": "此环节现在不能开始",
    "not-waiting": "此环节已不在等待",
    "script": "脚本没有给出可以保存的内容",
    "timer-no-time": "算不出定时的时间",
    "no-transaction": "这里没有可以撤销的事务",
}


def step_failed(error: ExecutionError | ValueNotStorableError, environment: StepEnvironment) -> StepFailedError:
    """The error of a command for one of the runtime, or for a value that no variable can have."""
    if isinstance(error, ValueNotStorableError):
        return StepFailedError("not-storable", environment.tellable(str(error)), None)
    detail = environment.tellable(error.message)
    told = without_quotations(error.message, "")  # what somebody typed stands in no log, sensitive or not
    log.info("step_failed", case=str(environment.instance_id), code=error.code, element=error.element, detail=told)
    sentence = _SENTENCES.get(error.code)
    reason = detail if sentence is None else say(sentence)
    return StepFailedError(error.code, reason, error.element, name=_name_of(error.element, environment), detail=detail)


def _name_of(element: str | None, environment: StepEnvironment) -> str | None:
    """What people call an element."""
    drawn = (process.nodes.get(element or "") for process in environment.deployed.definitions.processes.values())
    return next((node.name for node in drawn if node is not None and node.name), None)
