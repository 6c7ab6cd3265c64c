"""The errors of the engine: one tree, typed fields, a stable code and a sentence for people. Nothing of HTTP."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from engine.sentences import say


class EngineError(Exception):
    """Base of everything the engine refuses on purpose."""

    code: ClassVar[str] = "engine-error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFoundError(EngineError):
    """It does not exist, or the person may not know that it does; both look alike."""

    code = "not-found"

    def __init__(self, message: str = "没有找到，或您无权查看") -> None:
        super().__init__(message)


class WorkItemNotFoundError(NotFoundError):
    """No such work item for this person."""

    code = "work-item-not-found"


class NotPermittedError(EngineError):
    """The person sees the object but may not do this with it."""

    code = "not-permitted"

    def __init__(self, message: str = "您无权进行此操作") -> None:
        super().__init__(message)


class NotEntitledError(NotPermittedError):
    """The person may not handle this work item: not a candidate, or excluded by recusal."""

    code = "not-entitled"


class ConflictError(EngineError):
    """Somebody else was quicker, or the object is in a state that does not allow this."""

    code = "conflict"


class StaleWorkItemError(ConflictError):
    """The work item changed after the form was rendered.

    Args:
        by: user id of the person who decided or changed it, None when the flow did.
        at: when, aware.
        name: display name of that person, if known.
        what: what was done, e.g. 办理, 认领, 收回.
    """

    code = "stale-work-item"
    _SENTENCES: ClassVar[dict[str, str]] = {
        "办理": "此事项已由{who}办理，本次提交未保存",
        "认领": "此事项已由{who}认领，本次提交未保存",
        "收回": "此事项已由{who}收回，本次提交未保存",
        "更改": "此事项已由{who}更改，本次提交未保存",
    }

    def __init__(self, *, by: str | None, at: datetime | None, name: str | None = None, what: str = "办理") -> None:
        who = name or by or say("流程")
        whom = say("{who}于 {at} ", who=who, at=f"{at:%Y-%m-%d %H:%M}") if at else who
        super().__init__(say(self._SENTENCES.get(what, self._SENTENCES["办理"]), who=whom))
        self.by = by
        self.at = at
        self.name = name
        self.what = what


class NoSubscriptionError(ConflictError):
    """A message found no instance that waits for it."""

    code = "no-subscription"

    def __init__(self, name: str, correlation_key: str | None) -> None:
        key = correlation_key or say("无关联键")
        super().__init__(say("没有流程在等待消息“{name}”（{key}）", name=name, key=key))
        self.name = name
        self.correlation_key = correlation_key


class SuspendedError(ConflictError):
    """The case is suspended: what people do is refused, what happens by itself waits for the resumption."""

    code = "suspended"

    def __init__(self) -> None:
        super().__init__("此事项已暂停，恢复后才能办理")


class BusyError(ConflictError):
    """The database stayed locked; the same request may be sent again."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__("系统繁忙，请稍后再试")


class InvalidInputError(EngineError):
    """Input breaks a rule; ``fields`` names each field with its message, ``""`` stands for the whole."""

    code = "invalid-input"

    def __init__(self, fields: Mapping[str, str], message: str | None = None) -> None:
        super().__init__(message or "；".join(f"{key}：{text}" if key else text for key, text in fields.items()))
        self.fields = dict(fields)


class DeploymentRefusedError(EngineError):
    """A folder cannot be deployed; nothing of it was stored. ``problems`` are sentences with element and line."""

    code = "deployment-refused"

    def __init__(self, folder: str, problems: list[str]) -> None:
        super().__init__(f"流程“{folder}”不能部署：\n" + "\n".join(f"- {problem}" for problem in problems))
        self.folder = folder
        self.problems = problems


class OperationFailedError(EngineError):
    """A service operation cannot do its work with these parameters; the step is not taken."""

    code = "operation-failed"

    def __init__(self, operation: str, reason: str) -> None:
        super().__init__(say("服务操作 {operation} 失败：{reason}", operation=operation, reason=reason))
        self.operation = operation
        self.reason = reason


class StepFailedError(EngineError):
    """The diagram cannot go on from here (no flow can be taken, budget exceeded …); nothing of the step was kept.

    Args:
        reason_code: stable, of the runtime.
        reason: why, in words.
        element: id of the flow node concerned.
        name: what people call it.
        detail: what the runtime said, for whoever mends the diagram.
    """

    code = "step-failed"

    def __init__(
        self, reason_code: str, reason: str, element: str | None, *, name: str | None = None, detail: str | None = None
    ) -> None:
        place = name or element or say("流程图")
        super().__init__(
            say("流程无法继续（{place}：{reason}），本次提交未保存，请联系流程负责人", place=place, reason=reason)
        )
        self.reason_code = reason_code
        self.reason = reason
        self.element = element
        self.detail = detail or reason


class ErasedError(EngineError):
    """The key of these personal data was destroyed; they cannot be read any more, by anyone."""

    code = "erased"

    def __init__(self, instance_id: UUID | str) -> None:
        super().__init__("个人信息已按规定清除")
        self.instance_id = instance_id


class ConfigurationError(EngineError):
    """A setting or a file on this machine makes it impossible to work safely."""

    code = "configuration"


class IntegrityError(EngineError):
    """Stored evidence does not fit together: a hash chain, a backup, a ciphertext."""

    code = "integrity"
