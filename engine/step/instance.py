"""Loading an instance for a step: its row, locked, its variables opened, its deployment compiled."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import bindparam, select

from engine.database.prepared import Prepared
from engine.definitions.deployed import Deployed
from engine.definitions.manifest import Manifest
from engine.errors import NotFoundError
from engine.rules.numbering import plain
from engine.secrecy.sealing import Sealer
from engine.step.history import ChainHead
from engine.unit_of_work import UnitOfWork
from engine.values import loads
from models import InstanceKey, InstanceStatus, ProcessInstance

INSTANCE = ProcessInstance.__table__
KEY = InstanceKey.__table__

COLUMNS = (
    *(INSTANCE.c[name].label(f"instance_{name}") for name in ("id", "process_key", "version", "business_key",
      "started_by", "state", "variables", "history_length", "history_head", "status", "is_sealed")),
    INSTANCE.c.process_definition_id,
    KEY.c.wrapped_key,
)  # fmt: skip
_QUERY = (
    select(*COLUMNS)
    .outerjoin(KEY, KEY.c.process_instance_id == INSTANCE.c.id)
    .where(INSTANCE.c.id == bindparam("instance_id"))
)
_BY_ID = Prepared(_QUERY)
_LOCKED_BY_ID = Prepared(_QUERY.with_for_update(of=INSTANCE, key_share=True))


class LoadedInstance(Struct, eq=False):
    """One instance as the step sees it."""

    id: UUID
    deployed: Deployed
    process_key: str
    status: InstanceStatus
    version: int
    business_key: str | None
    started_by: str | None
    is_sealed: bool
    variables: dict[str, Any]
    variables_text: str  # as stored
    state: bytes  # as stored; opened by the step that needs it
    sealer: Sealer
    head: ChainHead

    @property
    def is_active(self) -> bool:
        """Whether steps may be taken."""
        return self.status is InstanceStatus.ACTIVE

    @property
    def is_suspended(self) -> bool:
        """Whether nothing may happen until it is resumed."""
        return self.status is InstanceStatus.SUSPENDED

    @property
    def has_ended(self) -> bool:
        """Whether nothing will ever happen again."""
        return not (self.is_active or self.is_suspended)

    @property
    def title(self) -> str | None:
        """As lists show it."""
        return listed_texts(self.deployed.manifest, self.variables)["title"]

    @property
    def number(self) -> str | None:
        """As lists show it."""
        return listed_texts(self.deployed.manifest, self.variables)["number"]


def listed_texts(manifest: Manifest, variables: Mapping[str, Any]) -> dict[str, str | None]:
    """Title, number and period of a case for lists, taken from its variables."""
    period = [variables.get(name) for name in manifest.period_variables]
    return {
        "title": plain(variables.get(manifest.title_variable))[:500] or None,
        "number": plain(variables.get(manifest.number_variable))[:64] or None,
        "period": "-".join(map(plain, period))[:32] if period and None not in period else None,
    }


def load_instance(uow: UnitOfWork, instance_id: UUID, *, for_update: bool = True) -> LoadedInstance:
    """Read an instance; for a step its row stays locked until the transaction ends.

    Raises:
        NotFoundError: there is none.
    """
    query = _LOCKED_BY_ID if for_update else _BY_ID
    row = query.one_or_none(uow.link, {"instance_id": instance_id})
    if row is None:
        raise NotFoundError
    return from_row(uow, row)


def from_row(uow: UnitOfWork, row: Any) -> LoadedInstance:
    """Open a row of ``COLUMNS``."""
    instance_id = row.instance_id
    deployed = uow.engine.deployed_with(uow, row.process_definition_id)
    key = uow.engine.keys.unwrap(instance_id, row.wrapped_key) if row.wrapped_key is not None else None
    sealer = Sealer(instance_id, key, deployed.manifest.sensitive)
    variables = uow.engine.kept.variables(instance_id, row.instance_variables)
    if variables is None:
        variables = loads(row.instance_variables)
    return LoadedInstance(
        instance_id,
        deployed,
        row.instance_process_key,
        row.instance_status,
        row.instance_version,
        row.instance_business_key,
        row.instance_started_by,
        row.instance_is_sealed,
        sealer.reveal(variables, "variables"),
        row.instance_variables,
        row.instance_state,
        sealer,
        ChainHead(row.instance_history_length, row.instance_history_head),
    )
