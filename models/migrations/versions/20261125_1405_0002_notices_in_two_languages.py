"""Notices keep the templates of their sentences, so that a page can say them in its language."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what the new code needs; what it no longer needs goes a release later."""
    op.add_column("notice", sa.Column("sentences", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Back to the version before; only for development."""
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_column("sentences")
