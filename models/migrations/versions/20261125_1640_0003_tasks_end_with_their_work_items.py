"""How a user task ended stands on its work items alone, and there the request that decided it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ENDED_WITH_ITEMS = """
UPDATE user_task SET
  ended_at = (SELECT max(ended_at) FROM work_item WHERE work_item.user_task_id = user_task.id),
  state = CASE WHEN EXISTS (SELECT 1 FROM work_item WHERE work_item.user_task_id = user_task.id AND state = 'completed')
    THEN 'completed' ELSE 'cancelled' END
WHERE NOT EXISTS (SELECT 1 FROM work_item WHERE work_item.user_task_id = user_task.id AND ended_at IS NULL)
"""


def _user_task(*ending: sa.schema.SchemaItem) -> sa.Table:
    """The table as it stands, for SQLite, which must copy it to change it."""
    return sa.Table(
        "user_task",
        sa.MetaData(),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("flow_node_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("lane", sa.String(length=255)),
        sa.Column("form_key", sa.String(length=255)),
        sa.Column("local_variables", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("due_reason", sa.JSON()),
        sa.Column("is_batch", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *ending,
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_user_task_process_instance_id_process_instance"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_task")),
        sa.UniqueConstraint("process_instance_id", "no", name=op.f("uq_user_task_process_instance_id_no")),
        sa.Index(
            op.f("ix_user_task_due_at"),
            "due_at",
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        ),
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    """Each item keeps the id of its request; the tasks lose what their items say."""
    op.add_column("work_item", sa.Column("request_id", sa.String(length=64), nullable=True))
    states = sa.Enum(
        *("created", "completed", "cancelled"),
        name="usertaskstate",
        native_enum=False,
        create_constraint=True,
        length=17,
    )
    before = _user_task(
        sa.Column("state", states, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("(state = 'created') = (ended_at IS NULL)", name=op.f("ck_user_task_ended_at_iff_ended")),
    )
    with op.batch_alter_table("user_task", copy_from=before, table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.drop_constraint(op.f("ck_user_task_ended_at_iff_ended"), type_="check")
        batch_op.drop_column("state")
        batch_op.drop_column("ended_at")


def downgrade() -> None:
    """Back to the version before; only for development."""
    with op.batch_alter_table(
        "user_task", copy_from=_user_task(), table_kwargs={"sqlite_with_rowid": False}
    ) as batch_op:
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True)))
        batch_op.add_column(sa.Column("state", sa.String(length=17), nullable=False, server_default="created"))
    op.execute(_ENDED_WITH_ITEMS)
    with_end = _user_task(
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("state", sa.String(length=17), nullable=False),
    )
    with op.batch_alter_table("user_task", copy_from=with_end, table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_user_task_ended_at_iff_ended"), "(state = 'created') = (ended_at IS NULL)"
        )
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_column("request_id")
