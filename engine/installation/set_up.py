"""Making a database ready: schema, shipped processes, calendar. Safe to call at every start."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.commands.deploy import DeployResult, deploy_shipped
from engine.installation.schema import is_current, migrate

if TYPE_CHECKING:
    from engine.bootstrap import Engine


@dataclass(frozen=True)
class Prepared:
    """What had to be done."""

    migrated: bool
    deployed: tuple[DeployResult, ...]


def prepare(engine: "Engine") -> Prepared:
    """Bring the schema up to date and deploy each shipped folder whose key has no version yet.

    Raises:
        DeploymentRefusedError: a shipped folder is wrong; the schema is up to date all the same.
    """
    migrated = not is_current(engine.database)
    if migrated:
        migrate(engine.database)
    with engine.unit_of_work() as uow:
        deployed = deploy_shipped(uow, engine.settings.workflows_directory)
    return Prepared(migrated, tuple(deployed))
