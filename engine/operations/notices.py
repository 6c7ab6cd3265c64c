"""In-app notices from templates of process.yaml."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine.operations.registry import OperationCall, operation
from engine.queries.organisation import people_with_role
from engine.rules.numbering import sentence
from engine.sentences import say
from models import UserTask, WorkItem, WorkItemState

TASK, ITEM = UserTask.__table__, WorkItem.__table__


@operation("notice.send")
def send_notice(call: OperationCall) -> Mapping[str, Any]:
    """Tell people something, each once.

    Parameters: ``template`` (key in ``notices``), ``to`` (user ids), ``holders_of`` (user tasks: who holds their open
    work items in this case), ``roles`` with optional ``units`` (holders), ``except`` (user ids that are left out); any
    further parameter is a name for the template.
    """
    key = call.text("template")
    template = call.environment.deployed.manifest.data.get("notices", {}).get(key)
    if template is None:
        raise call.failure(say("process.yaml 的 notices 中没有“{key}”", key=key))
    names = {**call.variables, **call.parameters}
    title, body = sentence(template["title"], names), sentence(template.get("body", ""), names)
    for person in recipients(call):
        call.pending.notice(person, call.environment.instance_id, template.get("kind", key)[:64], title, body)
    return {}


def recipients(call: OperationCall) -> list[str]:
    """Whom the parameters name, each once, in order."""
    people = call.texts("to") + holders(call, call.texts("holders_of"))
    if roles := call.texts("roles"):
        units = call.texts("units") if "units" in call.parameters else None
        if units is None or units:
            people += people_with_role(call.uow.session, roles, units, on=call.uow.today)
    left_out = set(call.texts("except"))
    return [person for person in dict.fromkeys(people) if person not in left_out]


def holders(call: OperationCall, nodes: list[str]) -> list[str]:
    """Whose open work items of these user tasks are."""
    if not nodes:
        return []
    rows = call.uow.connection.execute(
        select(ITEM.c.assignee_id)
        .join(TASK, TASK.c.id == ITEM.c.user_task_id)
        .where(
            ITEM.c.process_instance_id == call.environment.instance_id,
            ITEM.c.state == WorkItemState.OPEN,
            ITEM.c.assignee_id.is_not(None),
            TASK.c.flow_node_id.in_(nodes),
        )
        .order_by(ITEM.c.assignee_id)
    )
    return [row.assignee_id for row in rows]
