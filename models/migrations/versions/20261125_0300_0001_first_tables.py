"""The tables of the first version."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from models.search_entry import index_statements

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what the new code needs; what it no longer needs goes a release later."""
    op.create_table(
        "administration_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administration_event")),
    )
    with op.batch_alter_table("administration_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_administration_event_at"), ["at"], unique=False)

    op.create_table(
        "archived_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("folder_key", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=32), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("variables", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_by", sa.String(length=64), nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archived_case")),
        sa.UniqueConstraint("folder_key", "period", "number", name=op.f("uq_archived_case_folder_key_period_number")),
    )
    with op.batch_alter_table("archived_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_archived_case_period"), ["period"], unique=False)

    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("holiday", "working", name="daykind", native_enum=False, create_constraint=True, length=15),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=255), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "congress_term",
        sa.Column("term", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_congress_term")),
    )
    op.create_table(
        "counter",
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_counter_not_negative")),
        sa.PrimaryKeyConstraint("series", "period", name=op.f("pk_counter")),
    )
    op.create_table(
        "deployment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("deployed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deployed_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
        sa.UniqueConstraint("key", "sha256", name=op.f("uq_deployment_key_sha256")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_deployment_key_version")),
    )
    with op.batch_alter_table("deployment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deployment_key"), ["key"], unique=False)

    op.create_table(
        "handled_request",
        sa.Column("request_id", sa.String(length=64), nullable=False),
        sa.Column("command", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_handled_request")),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "login_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login_hash", sa.String(length=64), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    with op.batch_alter_table("login_attempt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_login_attempt_login_hash_attempted_at"), ["login_hash", "attempted_at"], unique=False
        )

    op.create_table(
        "search_entry",
        sa.Column("no", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("folder_key", sa.String(length=64), nullable=False),
        sa.Column("period", sa.String(length=32), nullable=True),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("case_id", name=op.f("uq_search_entry_case_id")),
    )
    with op.batch_alter_table("search_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_entry_folder_key_period"), ["folder_key", "period"], unique=False)

    op.create_table(
        "unit",
        sa.Column("id", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "department",
                "college",
                "hospital",
                "branch_union",
                "delegation",
                "leadership",
                "body",
                name="unitkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("parent_id", sa.String(length=120), nullable=True),
        sa.Column("successor_id", sa.String(length=120), nullable=True),
        sa.Column("handles_cases", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id_unit")),
        sa.ForeignKeyConstraint(["successor_id"], ["unit.id"], name=op.f("fk_unit_successor_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_name"), ["name"], unique=False)

    op.create_table(
        "user",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("unit_id", sa.String(length=120), nullable=True),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("email", sa.String(length=255), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(id) > 0", name=op.f("ck_user_id_not_empty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_user_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "archived_value",
        sa.Column("archived_case_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["archived_case_id"], ["archived_case.id"], name=op.f("fk_archived_value_archived_case_id_archived_case")
        ),
        sa.PrimaryKeyConstraint("archived_case_id", "name", name=op.f("pk_archived_value")),
    )
    with op.batch_alter_table("archived_value", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_archived_value_name_text"), ["name", "text"], unique=False)

    op.create_table(
        "congress_session",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("term", sa.Integer(), nullable=False),
        sa.Column("meeting", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "collecting",
                "handling",
                "closed",
                name="congresssessionstate",
                native_enum=False,
                create_constraint=True,
                length=18,
            ),
            nullable=False,
        ),
        sa.Column("window_opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("congress_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "window_opens_at IS NULL OR window_closes_at IS NULL OR window_opens_at < window_closes_at",
            name=op.f("ck_congress_session_window_in_order"),
        ),
        sa.ForeignKeyConstraint(["term"], ["congress_term.term"], name=op.f("fk_congress_session_term_congress_term")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_congress_session")),
        sa.UniqueConstraint("term", "meeting", name=op.f("uq_congress_session_term_meeting")),
    )
    op.create_table(
        "deployment_resource",
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_deployment_resource_deployment_id_deployment")
        ),
        sa.PrimaryKeyConstraint("deployment_id", "name", name=op.f("pk_deployment_resource")),
    )
    op.create_table(
        "leader_charge",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.String(length=120), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_leader_charge_unit_id_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_leader_charge_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leader_charge")),
    )
    with op.batch_alter_table("leader_charge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leader_charge_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("user_agent", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_login_session_user_id_user")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_session")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "process_definition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("resource_name", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_process_definition_deployment_id_deployment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_definition")),
        sa.UniqueConstraint("deployment_id", "key", name=op.f("uq_process_definition_deployment_id_key")),
    )
    with op.batch_alter_table("process_definition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_process_definition_key"), ["key"], unique=False)

    op.create_table(
        "relative",
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("relative_id", sa.String(length=64), nullable=False),
        sa.Column("relation", sa.String(length=32), nullable=False),
        sa.CheckConstraint("user_id <> relative_id", name=op.f("ck_relative_not_oneself")),
        sa.ForeignKeyConstraint(["relative_id"], ["user.id"], name=op.f("fk_relative_relative_id_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_relative_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "relative_id", name=op.f("pk_relative")),
    )
    op.create_table(
        "role_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.String(length=120), nullable=True),
        sa.Column("term", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_role_assignment_unit_id_unit")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_role_assignment_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_assignment")),
    )
    with op.batch_alter_table("role_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_assignment_role_unit_id"), ["role", "unit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_assignment_user_id_role"), ["user_id", "role"], unique=False)

    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=True),
        sa.Column("changed_by", sa.String(length=64), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["user.id"], name=op.f("fk_setting_changed_by_user")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "process_instance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_definition_id", sa.Uuid(), nullable=False),
        sa.Column("process_key", sa.String(length=128), nullable=False),
        sa.Column("folder_key", sa.String(length=64), nullable=False),
        sa.Column("business_key", sa.String(length=120), nullable=True),
        sa.Column("period", sa.String(length=32), nullable=True),
        sa.Column("number", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=500), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "suspended",
                "completed",
                "terminated",
                "cancelled",
                "failed",
                name="instancestatus",
                native_enum=False,
                create_constraint=True,
                length=18,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("variables", sa.Text(), nullable=False),
        sa.Column("is_sealed", sa.Boolean(), nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_event_id", sa.String(length=255), nullable=True),
        sa.Column("history_length", sa.Integer(), nullable=False),
        sa.Column("history_head", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(status IN ('active', 'suspended')) = (ended_at IS NULL)",
            name=op.f("ck_process_instance_ended_at_iff_ended"),
        ),
        sa.ForeignKeyConstraint(
            ["process_definition_id"],
            ["process_definition.id"],
            name=op.f("fk_process_instance_process_definition_id_process_definition"),
        ),
        sa.ForeignKeyConstraint(["started_by"], ["user.id"], name=op.f("fk_process_instance_started_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_instance")),
    )
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_process_instance_folder_key"), ["folder_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_process_instance_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_process_instance_period"), ["period"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_process_instance_process_definition_id"), ["process_definition_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_process_instance_process_key_business_key"), ["process_key", "business_key"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_process_instance_process_key_status"), ["process_key", "status"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_process_instance_started_by"), ["started_by"], unique=False)

    op.create_table(
        "decision_instance",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("flow_node_id", sa.String(length=255), nullable=True),
        sa.Column("decision_id", sa.String(length=128), nullable=False),
        sa.Column("decision_name", sa.String(length=255), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("matched_rules", sa.JSON(), nullable=False),
        sa.Column("annotations", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_decision_instance_process_instance_id_process_instance"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision_instance")),
    )
    with op.batch_alter_table("decision_instance", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_decision_instance_process_instance_id"), ["process_instance_id"], unique=False
        )

    op.create_table(
        "event_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("flow_node_id", sa.String(length=255), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "message",
                "signal",
                "condition",
                name="subscriptionkind",
                native_enum=False,
                create_constraint=True,
                length=17,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("correlation_key", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_event_subscription_process_instance_id_process_instance"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_subscription")),
        sa.UniqueConstraint("process_instance_id", "no", name=op.f("uq_event_subscription_process_instance_id_no")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("event_subscription", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_event_subscription_kind_name_correlation_key"),
            ["kind", "name", "correlation_key"],
            unique=False,
        )

    op.create_table(
        "history_event",
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=64), nullable=True),
        sa.Column("on_behalf_of_id", sa.String(length=64), nullable=True),
        sa.Column("role", sa.String(length=64), nullable=True),
        sa.Column("flow_node_id", sa.String(length=255), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_history_event_process_instance_id_process_instance"),
        ),
        sa.PrimaryKeyConstraint("process_instance_id", "seq", name=op.f("pk_history_event")),
        sqlite_with_rowid=False,
    )

    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_instance_id", sa.Uuid(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("flow_node_id", sa.String(length=255), nullable=True),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by IS NULL)", name=op.f("ck_incident_resolved_by_iff_resolved")
        ),
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_incident_process_instance_id_process_instance"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_process_instance_id"), ["process_instance_id"], unique=False)

    op.create_table(
        "instance_audience",
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_instance_audience_process_instance_id_process_instance"),
        ),
        sa.PrimaryKeyConstraint("process_instance_id", "role", "unit_id", name=op.f("pk_instance_audience")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("instance_audience", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_instance_audience_role_unit_id"), ["role", "unit_id"], unique=False)

    op.create_table(
        "instance_comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_instance_comment_author_id_user")),
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_instance_comment_process_instance_id_process_instance"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance_comment")),
    )
    with op.batch_alter_table("instance_comment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_instance_comment_process_instance_id"), ["process_instance_id"], unique=False
        )

    op.create_table(
        "instance_key",
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_instance_key_process_instance_id_process_instance"),
        ),
        sa.PrimaryKeyConstraint("process_instance_id", name=op.f("pk_instance_key")),
    )
    op.create_table(
        "instance_link",
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("target_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_instance_link_not_itself")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["process_instance.id"], name=op.f("fk_instance_link_source_id_process_instance")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["process_instance.id"], name=op.f("fk_instance_link_target_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("source_id", "target_id", "kind", name=op.f("pk_instance_link")),
    )
    with op.batch_alter_table("instance_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_instance_link_target_id"), ["target_id"], unique=False)

    op.create_table(
        "instance_participant",
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_instance_participant_process_instance_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_instance_participant_user_id_user")),
        sa.PrimaryKeyConstraint("process_instance_id", "user_id", "part", name=op.f("pk_instance_participant")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("instance_participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_instance_participant_user_id_part"), ["user_id", "part"], unique=False)

    op.create_table(
        "instance_unit",
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.String(length=120), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_instance_unit_process_instance_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_instance_unit_unit_id_unit")),
        sa.PrimaryKeyConstraint("process_instance_id", "unit_id", "part", name=op.f("pk_instance_unit")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("instance_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_instance_unit_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "timer",
                "message",
                "signal",
                "mail",
                name="jobkind",
                native_enum=False,
                create_constraint=True,
                length=15,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("waiting", "failed", name="jobstate", native_enum=False, create_constraint=True, length=15),
            nullable=False,
        ),
        sa.Column("process_instance_id", sa.Uuid(), nullable=True),
        sa.Column("no", sa.Integer(), nullable=True),
        sa.Column("flow_node_id", sa.String(length=255), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("retries_left", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("locked_by", sa.String(length=64), nullable=True),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("retries_left >= 0", name=op.f("ck_job_retries_not_negative")),
        sa.ForeignKeyConstraint(
            ["process_instance_id"], ["process_instance.id"], name=op.f("fk_job_process_instance_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_process_instance_id"), ["process_instance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_state_due_at"), ["state", "due_at"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("process_instance_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_notice_process_instance_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notice_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_process_instance_id"), ["process_instance_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_user_id_read_at"), ["user_id", "read_at"], unique=False)

    op.create_table(
        "report_value",
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("text", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_report_value_process_instance_id_process_instance"),
        ),
        sa.PrimaryKeyConstraint("process_instance_id", "name", name=op.f("pk_report_value")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("report_value", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_value_name_text"), ["name", "text"], unique=False)

    op.create_table(
        "user_task",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("flow_node_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("lane", sa.String(length=255), nullable=True),
        sa.Column("form_key", sa.String(length=255), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "created",
                "completed",
                "cancelled",
                name="usertaskstate",
                native_enum=False,
                create_constraint=True,
                length=17,
            ),
            nullable=False,
        ),
        sa.Column("local_variables", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_reason", sa.JSON(), nullable=True),
        sa.Column("is_batch", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'created') = (ended_at IS NULL)", name=op.f("ck_user_task_ended_at_iff_ended")),
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_user_task_process_instance_id_process_instance"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_task")),
        sa.UniqueConstraint("process_instance_id", "no", name=op.f("uq_user_task_process_instance_id_no")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_user_task_due_at"),
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )

    op.create_table(
        "work_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_task_id", sa.Uuid(), nullable=False),
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "completed",
                "cancelled",
                name="workitemstate",
                native_enum=False,
                create_constraint=True,
                length=17,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("assignee_id", sa.String(length=64), nullable=True),
        sa.Column("assigned_directly", sa.Boolean(), nullable=False),
        sa.Column("on_behalf_of_id", sa.String(length=64), nullable=True),
        sa.Column("excluded", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decision", sa.String(length=120), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("form_data", sa.Text(), nullable=True),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("draft_saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'completed') = (decided_by IS NOT NULL)", name=op.f("ck_work_item_decided_by_iff_completed")
        ),
        sa.CheckConstraint("(state = 'open') = (ended_at IS NULL)", name=op.f("ck_work_item_ended_at_iff_ended")),
        sa.ForeignKeyConstraint(["assignee_id"], ["user.id"], name=op.f("fk_work_item_assignee_id_user")),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_work_item_decided_by_user")),
        sa.ForeignKeyConstraint(["on_behalf_of_id"], ["user.id"], name=op.f("fk_work_item_on_behalf_of_id_user")),
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_work_item_process_instance_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(["user_task_id"], ["user_task.id"], name=op.f("fk_work_item_user_task_id_user_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_work_item_assignee_id"),
            ["assignee_id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_work_item_decided_by_ended_at"),
            ["decided_by", "ended_at"],
            unique=False,
            sqlite_where=sa.text("decided_by IS NOT NULL"),
            postgresql_where=sa.text("decided_by IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_work_item_process_instance_id_user_task_id"),
            ["process_instance_id", "user_task_id"],
            unique=False,
        )

    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("process_instance_id", sa.Uuid(), nullable=False),
        sa.Column("work_item_id", sa.Uuid(), nullable=True),
        sa.Column("field_key", sa.String(length=120), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("is_sensitive", sa.Boolean(), nullable=False),
        sa.Column("uploaded_by", sa.String(length=64), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_attachment_size_not_negative")),
        sa.ForeignKeyConstraint(
            ["process_instance_id"],
            ["process_instance.id"],
            name=op.f("fk_attachment_process_instance_id_process_instance"),
        ),
        sa.ForeignKeyConstraint(["uploaded_by"], ["user.id"], name=op.f("fk_attachment_uploaded_by_user")),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_attachment_work_item_id_work_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachment_process_instance_id"), ["process_instance_id"], unique=False)

    op.create_table(
        "work_item_candidate",
        sa.Column("work_item_id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=True),
        sa.Column("role", sa.String(length=64), nullable=True),
        sa.Column("unit_id", sa.String(length=120), nullable=True),
        sa.CheckConstraint("(user_id IS NULL) <> (role IS NULL)", name=op.f("ck_work_item_candidate_person_or_role")),
        sa.ForeignKeyConstraint(
            ["work_item_id"], ["work_item.id"], name=op.f("fk_work_item_candidate_work_item_id_work_item")
        ),
        sa.PrimaryKeyConstraint("work_item_id", "no", name=op.f("pk_work_item_candidate")),
        sqlite_with_rowid=False,
    )

    for statement in index_statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    """Take the additions away again."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE IF EXISTS search_fts")
    op.drop_table("work_item_candidate")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_process_instance_id"))

    op.drop_table("attachment")
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_work_item_process_instance_id_user_task_id"))
        batch_op.drop_index(batch_op.f("ix_work_item_decided_by_ended_at"))
        batch_op.drop_index(batch_op.f("ix_work_item_assignee_id"))

    op.drop_table("work_item")
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_task_due_at"))

    op.drop_table("user_task")
    with op.batch_alter_table("report_value", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_value_name_text"))

    op.drop_table("report_value")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_user_id_read_at"))
        batch_op.drop_index(batch_op.f("ix_notice_process_instance_id"))

    op.drop_table("notice")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_state_due_at"))
        batch_op.drop_index(batch_op.f("ix_job_process_instance_id"))

    op.drop_table("job")
    with op.batch_alter_table("instance_unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instance_unit_unit_id"))

    op.drop_table("instance_unit")
    with op.batch_alter_table("instance_participant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instance_participant_user_id_part"))

    op.drop_table("instance_participant")
    with op.batch_alter_table("instance_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instance_link_target_id"))

    op.drop_table("instance_link")
    op.drop_table("instance_key")
    with op.batch_alter_table("instance_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instance_comment_process_instance_id"))

    op.drop_table("instance_comment")
    with op.batch_alter_table("instance_audience", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_instance_audience_role_unit_id"))

    op.drop_table("instance_audience")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_process_instance_id"))

    op.drop_table("incident")
    op.drop_table("history_event")
    with op.batch_alter_table("event_subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_subscription_kind_name_correlation_key"))

    op.drop_table("event_subscription")
    with op.batch_alter_table("decision_instance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_instance_process_instance_id"))

    op.drop_table("decision_instance")
    with op.batch_alter_table("process_instance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_process_instance_started_by"))
        batch_op.drop_index(batch_op.f("ix_process_instance_process_key_status"))
        batch_op.drop_index(batch_op.f("ix_process_instance_process_key_business_key"))
        batch_op.drop_index(batch_op.f("ix_process_instance_process_definition_id"))
        batch_op.drop_index(batch_op.f("ix_process_instance_period"))
        batch_op.drop_index(batch_op.f("ix_process_instance_number"))
        batch_op.drop_index(batch_op.f("ix_process_instance_folder_key"))

    op.drop_table("process_instance")
    op.drop_table("setting")
    with op.batch_alter_table("role_assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_assignment_user_id_role"))
        batch_op.drop_index(batch_op.f("ix_role_assignment_role_unit_id"))

    op.drop_table("role_assignment")
    op.drop_table("relative")
    with op.batch_alter_table("process_definition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_process_definition_key"))

    op.drop_table("process_definition")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_session_user_id"))

    op.drop_table("login_session")
    with op.batch_alter_table("leader_charge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leader_charge_unit_id"))

    op.drop_table("leader_charge")
    op.drop_table("deployment_resource")
    op.drop_table("congress_session")
    with op.batch_alter_table("archived_value", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_archived_value_name_text"))

    op.drop_table("archived_value")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_unit_id"))
        batch_op.drop_index(batch_op.f("ix_user_name"))

    op.drop_table("user")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_name"))

    op.drop_table("unit")
    with op.batch_alter_table("search_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_entry_folder_key_period"))

    op.drop_table("search_entry")
    with op.batch_alter_table("login_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_attempt_login_hash_attempted_at"))

    op.drop_table("login_attempt")

    op.drop_table("handled_request")
    with op.batch_alter_table("deployment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deployment_key"))

    op.drop_table("deployment")
    op.drop_table("counter")
    op.drop_table("congress_term")
    op.drop_table("calendar_day")
    with op.batch_alter_table("archived_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_archived_case_period"))

    op.drop_table("archived_case")
    with op.batch_alter_table("administration_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_administration_event_at"))

    op.drop_table("administration_event")
