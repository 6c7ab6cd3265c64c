"""The categories in which a session of the congress collects motions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what the new code needs; what it no longer needs goes a release later."""
    op.add_column("congress_session", sa.Column("categories", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Back to the version before; only for development."""
    with op.batch_alter_table("congress_session", schema=None) as batch_op:
        batch_op.drop_column("categories")
