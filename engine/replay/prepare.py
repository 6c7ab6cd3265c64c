"""A database that can be replayed into: migrated, shipped processes deployed, the demo organisation if it is empty."""

from sqlalchemy import select

from engine.bootstrap import Engine
from engine.commands.deploy import deploy_shipped
from engine.demo_organisation import build_demo_organisation
from engine.installation import schema
from models import User


def prepare(engine: Engine, *, password_hash: str | None = None) -> bool:
    """Create and migrate the schema, deploy what is missing, fill an empty database.

    Args:
        engine: with the machine's clock.
        password_hash: of the demo accounts; None: nobody can log in.

    Returns:
        Whether the demo organisation was built now.
    """
    schema.migrate(engine.database)
    with engine.unit_of_work() as uow:
        deploy_shipped(uow, engine.settings.workflows_directory)
    with engine.unit_of_work() as uow:
        if uow.session.scalars(select(User.id).limit(1)).first() is not None:
            return False
        build_demo_organisation(uow, password_hash=password_hash)
        return True
