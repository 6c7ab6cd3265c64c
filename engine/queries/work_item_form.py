"""The form of a work item, whatever has become of it: what a page needs to read a post or to say that it is over."""

from dataclasses import dataclass
from uuid import UUID

from engine.forms import FormSchema
from engine.unit_of_work import UnitOfWork
from engine.work_items import can_read, ensure_known, load_work_item


@dataclass(frozen=True)
class WorkItemForm:
    """A work item's name, case and form."""

    id: UUID
    instance_id: UUID
    name: str
    form: FormSchema | None
    may_read_case: bool


def work_item_form(uow: UnitOfWork, work_item_id: UUID) -> WorkItemForm:
    """The form of an open or ended work item.

    Raises:
        WorkItemNotFoundError: not for this person.
    """
    item = load_work_item(uow, work_item_id, for_update=False)
    ensure_known(uow, item)
    form = item.instance.deployed.form(item.form_key)
    return WorkItemForm(item.id, item.instance.id, item.task_name, form, can_read(uow, item.instance.id))
