"""A database that cases can be replayed into: ready for use, with the demo organisation if it is empty."""

from sqlalchemy import select

from engine.bootstrap import Engine
from engine.demo.organisation import build_demo_organisation
from engine.installation import set_up
from models import User


def prepare(engine: Engine, *, password_hash: str | None = None) -> bool:
    """Make the database ready, and fill an empty one.

    Args:
        engine: with the machine's clock.
        password_hash: of the demo accounts; None: nobody can log in.

    Returns:
        Whether the demo organisation was built now.
    """
    set_up.prepare(engine)
    with engine.unit_of_work() as uow:
        if uow.session.scalars(select(User.id).limit(1)).first() is not None:
            return False
        build_demo_organisation(uow, password_hash=password_hash)
        return True
