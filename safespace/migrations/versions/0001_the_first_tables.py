"""The first tables.

Revision: 0001, after: none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The database's own refusal to change the log. Literal, since a revision never changes afterwards.
PROTECT = {
    "sqlite": (
        "CREATE TRIGGER audit_entries_no_update BEFORE update ON audit_entries BEGIN SELECT RAISE(ABORT, 'entries of the log are never changed or removed'); END",
        "CREATE TRIGGER audit_entries_no_delete BEFORE delete ON audit_entries BEGIN SELECT RAISE(ABORT, 'entries of the log are never changed or removed'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_entries_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'entries of the log are never changed or removed'; END $$",
        "CREATE TRIGGER audit_entries_no_change BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION audit_entries_are_kept()",
        "CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_are_kept()",
    ),
}
RELEASE = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS audit_entries_no_update",
        "DROP TRIGGER IF EXISTS audit_entries_no_delete",
    ),
    "postgresql": (
        "DROP TRIGGER IF EXISTS audit_entries_no_change ON audit_entries",
        "DROP TRIGGER IF EXISTS audit_entries_no_truncate ON audit_entries",
        "DROP FUNCTION IF EXISTS audit_entries_are_kept()",
    ),
}


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("youth", "staff", name="accountkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("sign_in_index", sa.String(length=64), nullable=False),
        sa.Column("sign_in_name", sa.LargeBinary(), nullable=False),
        sa.Column("passphrase_hash", sa.String(length=200), nullable=False),
        sa.Column("recovery_hash", sa.String(length=200), nullable=False),
        sa.Column("staff_name", sa.LargeBinary(), nullable=True),
        sa.Column("role_title", sa.LargeBinary(), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_last_step", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("theme", sa.String(length=10), nullable=False),
        sa.Column("calm", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("sign_in_index", name=op.f("uq_accounts_sign_in_index")),
    )
    op.create_table(
        "audience_cursors",
        sa.Column(
            "kind",
            sa.Enum(
                "group",
                "staff",
                "member",
                "access",
                name="audiencekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "audience_id", name=op.f("pk_audience_cursors")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sa.UniqueConstraint("chain_id", "number", name=op.f("uq_audit_entries_chain_id_number")),
    )
    op.create_table(
        "audit_heads",
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "audit_people",
        sa.Column("audit_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit_people")),
        sa.UniqueConstraint("account_id", name=op.f("uq_audit_people_account_id")),
    )
    op.create_table(
        "help_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name_nl", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("purpose_nl", sa.String(length=400), nullable=False),
        sa.Column("purpose_en", sa.String(length=400), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("tel", sa.String(length=40), nullable=False),
        sa.Column("chat", sa.String(length=200), nullable=False),
        sa.Column("site", sa.String(length=200), nullable=False),
        sa.Column("hours_nl", sa.String(length=200), nullable=False),
        sa.Column("hours_en", sa.String(length=200), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=True),
        sa.Column("max_age", sa.Integer(), nullable=True),
        sa.Column("fixed", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_lines")),
        sa.UniqueConstraint("key", name=op.f("uq_help_lines_key")),
    )
    op.create_table(
        "installation_marks",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_installation_marks")),
    )
    op.create_table(
        "locations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("crisis_phone", sa.String(length=30), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("closed_on_holidays", sa.Boolean(), nullable=False),
        sa.Column(
            "after_hours",
            sa.Enum("drafts_only", "queue", name="afterhours", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("norms", sa.JSON(), nullable=False),
        sa.Column("second_location_id", sa.Uuid(), nullable=True),
        sa.Column("training_required", sa.Boolean(), nullable=False),
        sa.Column("blind_share", sa.SmallInteger(), nullable=False),
        sa.Column("names", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["second_location_id"], ["locations.id"], name=op.f("fk_locations_second_location_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
        sa.UniqueConstraint("name", name=op.f("uq_locations_name")),
    )
    op.create_table(
        "outbox_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "group",
                "staff",
                "member",
                "access",
                name="audiencekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("audience_id", sa.Uuid(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_events")),
        sa.UniqueConstraint("kind", "audience_id", "cursor", name=op.f("uq_outbox_events_kind_audience_id_cursor")),
    )
    op.create_index(
        "ix_outbox_waiting", "outbox_events", ["at"], unique=False, postgresql_where=sa.text("delivered_at IS NULL")
    )
    op.create_table(
        "spent_keys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key_index", sa.String(length=64), nullable=False),
        sa.Column("body_index", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spent_keys")),
        sa.UniqueConstraint("account_id", "key_index", name=op.f("uq_spent_keys_account_id_key_index")),
    )
    op.create_index(op.f("ix_spent_keys_at"), "spent_keys", ["at"], unique=False)
    op.create_table(
        "account_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_account_sessions_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_account_sessions_token_hash")),
    )
    op.create_index(op.f("ix_account_sessions_account_id"), "account_sessions", ["account_id"], unique=False)
    op.create_table(
        "alert_routes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("email", "webhook", name="channel", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_alert_routes_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_alert_routes_location_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_routes")),
    )
    op.create_index(op.f("ix_alert_routes_account_id"), "alert_routes", ["account_id"], unique=False)
    op.create_index("ix_alert_routes_location", "alert_routes", ["location_id", "position"], unique=False)
    op.create_table(
        "desks",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=False),
        sa.Column("keys_on", sa.Boolean(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("rested_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_desks_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_desks")),
    )
    op.create_table(
        "enrolment_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_enrolment_links_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_enrolment_links_token_hash")),
    )
    op.create_index(op.f("ix_enrolment_links_account_id"), "enrolment_links", ["account_id"], unique=False)
    op.create_table(
        "groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("about", sa.String(length=400), nullable=False),
        sa.Column(
            "profile",
            sa.Enum(
                "general", "eating", "autism", name="groupprofile", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum("group", "waiting_list", name="groupkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open", "read_only", "closed", name="groupstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_groups_location_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_groups")),
        sa.UniqueConstraint("location_id", "name", name=op.f("uq_groups_location_id_name")),
    )
    op.create_index(op.f("ix_groups_location_id"), "groups", ["location_id"], unique=False)
    op.create_table(
        "handovers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["given_by"], ["accounts.id"], name=op.f("fk_handovers_given_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_handovers_location_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["accounts.id"], name=op.f("fk_handovers_taken_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    op.create_index("ix_handovers_location", "handovers", ["location_id", "given_at"], unique=False)
    op.create_table(
        "learned_models",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column(
            "head",
            sa.Enum("urgent", "high", "harm", name="head", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "live",
                "earlier",
                "refused",
                "rolled_back",
                name="modelstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("numbers", sa.LargeBinary(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("positives", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("live_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_learned_models_location_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learned_models")),
    )
    op.create_index("ix_learned_models_place", "learned_models", ["location_id", "head", "made_at"], unique=False)
    op.create_index(
        "ux_learned_models_live",
        "learned_models",
        ["location_id", "head"],
        unique=True,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_table(
        "learning_rounds",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_learning_rounds_location_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("location_id", name=op.f("pk_learning_rounds")),
    )
    op.create_index(op.f("ix_learning_rounds_due_at"), "learning_rounds", ["due_at"], unique=False)
    op.create_table(
        "library_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("title_en", sa.LargeBinary(), nullable=True),
        sa.Column("body_en", sa.LargeBinary(), nullable=True),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_library_items_location_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_items")),
    )
    op.create_index(op.f("ix_library_items_location_id"), "library_items", ["location_id"], unique=False)
    op.create_table(
        "rule_hits",
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_rule_hits_location_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("location_id", "mark", "day", name=op.f("pk_rule_hits")),
    )
    op.create_index(op.f("ix_rule_hits_day"), "rule_hits", ["day"], unique=False)
    op.create_table(
        "rule_proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("new", "change", "remove", name="draftkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "approved",
                "dropped",
                name="proposalstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("rules_version", sa.String(length=60), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_note", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("rank BETWEEN 0 AND 4", name=op.f("ck_rule_proposals_rank")),
        sa.ForeignKeyConstraint(["by"], ["accounts.id"], name=op.f("fk_rule_proposals_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["accounts.id"], name=op.f("fk_rule_proposals_closed_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_rule_proposals_location_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_proposals")),
    )
    op.create_index(op.f("ix_rule_proposals_at"), "rule_proposals", ["at"], unique=False)
    op.create_table(
        "rule_suggestions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("phrase", sa.LargeBinary(), nullable=False),
        sa.Column("phrase_index", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "accepted",
                "dropped",
                name="suggestionstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["accounts.id"], name=op.f("fk_rule_suggestions_answered_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_rule_suggestions_location_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_suggestions")),
        sa.UniqueConstraint("location_id", "phrase_index", name=op.f("uq_rule_suggestions_location_id_phrase_index")),
    )
    op.create_table(
        "shifts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("moderator", "on_call", name="shiftrole", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_shifts_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_shifts_location_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index(op.f("ix_shifts_account_id"), "shifts", ["account_id"], unique=False)
    op.create_index("ix_shifts_location", "shifts", ["location_id", "ends_at"], unique=False)
    op.create_table(
        "staff_roles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "clinician",
                "peer_worker",
                "administrator",
                "quality",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("works_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_staff_roles_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_staff_roles_location_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_roles")),
    )
    op.create_index(op.f("ix_staff_roles_location_id"), "staff_roles", ["location_id"], unique=False)
    op.create_index(
        "ux_staff_roles_live",
        "staff_roles",
        ["account_id", "location_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "training_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "approve",
                "approve_with_notes",
                "ask_reword",
                "redact",
                "decline",
                "hold",
                "second_look",
                "hide",
                "keep",
                "confirm",
                "close",
                "answer",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_training_answers_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_answers")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_training_answers_account_id_key")),
    )
    op.create_table(
        "invitation_batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["groups.id"], name=op.f("fk_invitation_batches_group_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation_batches")),
    )
    op.create_index(op.f("ix_invitation_batches_group_id"), "invitation_batches", ["group_id"], unique=False)
    op.create_table(
        "live_hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_live_hours_group_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["accounts.id"], name=op.f("fk_live_hours_opened_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_hours")),
    )
    op.create_index(
        "ux_live_hours_open",
        "live_hours",
        ["group_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("alias", sa.LargeBinary(), nullable=False),
        sa.Column("alias_index", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active", "paused", "left", name="membershipstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.LargeBinary(), nullable=True),
        sa.Column("return_plan", sa.LargeBinary(), nullable=True),
        sa.Column("longer_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("longer_asked_by", sa.Uuid(), nullable=True),
        sa.Column("longer_asked_location_id", sa.Uuid(), nullable=True),
        sa.Column("longer_left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rules_version", sa.String(length=20), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("care_reference", sa.LargeBinary(), nullable=True),
        sa.Column("safety_contact", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_memberships_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_memberships_group_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["longer_asked_location_id"],
            ["locations.id"],
            name=op.f("fk_memberships_longer_asked_location_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("group_id", "account_id", name=op.f("uq_memberships_group_id_account_id")),
        sa.UniqueConstraint("group_id", "alias_index", name=op.f("uq_memberships_group_id_alias_index")),
    )
    op.create_index(op.f("ix_memberships_account_id"), "memberships", ["account_id"], unique=False)
    op.create_table(
        "rule_approvals",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_rule_approvals_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_rule_approvals_location_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["rule_proposals.id"], name=op.f("fk_rule_approvals_proposal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("proposal_id", "account_id", name=op.f("pk_rule_approvals")),
    )
    op.create_table(
        "threads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "experience",
                "tip",
                "question",
                "offline_idea",
                name="posttype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("last_position", sa.Integer(), nullable=False),
        sa.Column("last_released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lock_note", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_threads_group_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
    )
    op.create_index("ix_threads_group_active", "threads", ["group_id", "last_released_at", "id"], unique=False)
    op.create_table(
        "folded_threads",
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_folded_threads_membership_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_folded_threads_thread_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("membership_id", "thread_id", name=op.f("pk_folded_threads")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code_index", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("care_reference", sa.LargeBinary(), nullable=True),
        sa.Column("handed_out_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["invitation_batches.id"], name=op.f("fk_invitations_batch_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_invitations_group_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_index", name=op.f("uq_invitations_code_index")),
    )
    op.create_index(op.f("ix_invitations_batch_id"), "invitations", ["batch_id"], unique=False)
    op.create_index(op.f("ix_invitations_group_id"), "invitations", ["group_id"], unique=False)
    op.create_table(
        "posts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column(
            "type",
            sa.Enum(
                "experience",
                "tip",
                "question",
                "offline_idea",
                name="posttype",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opens_thread", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "pending",
                "published",
                "changes_requested",
                "declined",
                "held",
                "hidden",
                "withdrawn",
                name="poststate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("content_notes", sa.JSON(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=True),
        sa.Column("pending_id", sa.Uuid(), nullable=True),
        sa.Column("release_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(membership_id IS NULL) <> (staff_id IS NULL)", name=op.f("ck_posts_one_author")),
        sa.CheckConstraint("(position IS NULL) = (revision_id IS NULL)", name=op.f("ck_posts_position_with_revision")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_posts_group_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_posts_membership_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["accounts.id"], name=op.f("fk_posts_staff_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_posts_thread_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("thread_id", "position", name=op.f("uq_posts_thread_id_position")),
    )
    op.create_index(op.f("ix_posts_group_id"), "posts", ["group_id"], unique=False)
    op.create_index("ix_posts_membership", "posts", ["membership_id", "created_at"], unique=False)
    op.create_index(
        "ix_posts_release", "posts", ["release_at"], unique=False, postgresql_where=sa.text("release_at IS NOT NULL")
    )
    op.create_table(
        "alarms",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "crisis_item",
                "escalation",
                "emergency_reveal",
                "test",
                name="alarmkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["accounts.id"], name=op.f("fk_alarms_acknowledged_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_alarms_group_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_alarms_location_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_alarms_post_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_alarms_kind_subject_id")),
    )
    op.create_index("ix_alarms_location", "alarms", ["location_id", "acknowledged_at"], unique=False)
    op.create_index(
        "ix_alarms_next", "alarms", ["next_at"], unique=False, postgresql_where=sa.text("next_at IS NOT NULL")
    )
    op.create_index(op.f("ix_alarms_post_id"), "alarms", ["post_id"], unique=False)
    op.create_table(
        "flags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["accounts.id"], name=op.f("fk_flags_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_flags_post_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flags")),
        sa.UniqueConstraint("post_id", "category", name=op.f("uq_flags_post_id_category")),
    )
    op.create_table(
        "good_news",
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["accounts.id"], name=op.f("fk_good_news_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_good_news_post_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_good_news")),
    )
    op.create_table(
        "pins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("post_id", sa.Uuid(), nullable=True),
        sa.Column("pinned_by", sa.Uuid(), nullable=False),
        sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_for", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unpinned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(item_id IS NULL) <> (post_id IS NULL)", name=op.f("ck_pins_one_thing")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_pins_group_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["item_id"], ["library_items.id"], name=op.f("fk_pins_item_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_pins_post_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_pins_thread_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pins")),
    )
    op.create_index(
        "ix_pins_live", "pins", ["group_id", "thread_id"], unique=False, postgresql_where=sa.text("unpinned_at IS NULL")
    )
    op.create_index(
        "ix_pins_planned",
        "pins",
        ["planned_for"],
        unique=False,
        sqlite_where=sa.text("shown_at IS NULL"),
        postgresql_where=sa.text("shown_at IS NULL"),
    )
    op.create_table(
        "post_revisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("content_notes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("redacted_from", sa.Uuid(), nullable=True),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_revisions_post_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_revisions")),
        sa.UniqueConstraint("post_id", "number", name=op.f("uq_post_revisions_post_id_number")),
    )
    op.create_table(
        "alarms_to_see",
        sa.Column("alarm_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_alarms_to_see_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["alarm_id"], ["alarms.id"], name=op.f("fk_alarms_to_see_alarm_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alarm_id", "account_id", name=op.f("pk_alarms_to_see")),
    )
    op.create_index(op.f("ix_alarms_to_see_account_id"), "alarms_to_see", ["account_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "new",
                "edit",
                "reworded",
                "follow_up",
                "report",
                "appeal",
                "second_look",
                name="reviewkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open", "contact", "closed", name="reviewstate", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("engine_rank", sa.SmallInteger(), nullable=False),
        sa.Column("human_rank", sa.SmallInteger(), nullable=True),
        sa.Column("needs_help", sa.Boolean(), nullable=False),
        sa.Column("first_post", sa.Boolean(), nullable=False),
        sa.Column("assessment", sa.LargeBinary(), nullable=False),
        sa.Column("rules_version", sa.String(length=60), nullable=False),
        sa.Column("likely", sa.SmallInteger(), nullable=False),
        sa.Column("topics", sa.String(length=900), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "follow_up",
            sa.Enum(
                "none",
                "message",
                "own_clinician",
                "crisis",
                name="followup",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("not_by", sa.Uuid(), nullable=True),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("asked_location_id", sa.Uuid(), nullable=True),
        sa.Column("question", sa.LargeBinary(), nullable=True),
        sa.Column("held_by", sa.Uuid(), nullable=True),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("rank BETWEEN 0 AND 4", name=op.f("ck_reviews_rank")),
        sa.ForeignKeyConstraint(
            ["asked_location_id"], ["locations.id"], name=op.f("fk_reviews_asked_location_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_reviews_group_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["held_by"], ["accounts.id"], name=op.f("fk_reviews_held_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["not_by"], ["accounts.id"], name=op.f("fk_reviews_not_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_reviews_post_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["post_revisions.id"], name=op.f("fk_reviews_revision_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_asked_location_id"), "reviews", ["asked_location_id"], unique=False)
    op.create_index(op.f("ix_reviews_held_by"), "reviews", ["held_by"], unique=False)
    op.create_index("ix_reviews_post", "reviews", ["post_id", "opened_at"], unique=False)
    op.create_index(
        "ix_reviews_queue",
        "reviews",
        ["group_id", "state", sa.literal_column("rank DESC"), sa.literal_column("first_post DESC"), "opened_at"],
        unique=False,
    )
    op.create_table(
        "rings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alarm_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name=op.f("fk_rings_alarm_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rings")),
        sa.UniqueConstraint("alarm_id", "step", "route_id", name=op.f("uq_rings_alarm_id_step_route_id")),
    )
    op.create_index("ix_rings_unsent", "rings", ["sent_at", "due_at"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "approve",
                "approve_with_notes",
                "ask_reword",
                "redact",
                "decline",
                "hold",
                "second_look",
                "hide",
                "keep",
                "confirm",
                "close",
                "answer",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("internal_note", sa.LargeBinary(), nullable=True),
        sa.Column("content_notes", sa.JSON(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column(
            "follow_up",
            sa.Enum(
                "none",
                "message",
                "own_clinician",
                "crisis",
                name="followup",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("judged_id", sa.Uuid(), nullable=True),
        sa.Column("chosen_rank", sa.SmallInteger(), nullable=True),
        sa.Column(
            "stance",
            sa.Enum(
                "promotes",
                "requests",
                "discloses",
                "recovers",
                "concern",
                "quotes",
                "neutral",
                name="stance",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("was_rank", sa.SmallInteger(), nullable=False),
        sa.Column("was_human_rank", sa.SmallInteger(), nullable=True),
        sa.Column("was_follow_up", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["accounts.id"], name=op.f("fk_decisions_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["judged_id"], ["post_revisions.id"], name=op.f("fk_decisions_judged_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_decisions_post_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_decisions_review_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["post_revisions.id"], name=op.f("fk_decisions_revision_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_judged_id"), "decisions", ["judged_id"], unique=False)
    op.create_index(op.f("ix_decisions_post_id"), "decisions", ["post_id"], unique=False)
    op.create_index(op.f("ix_decisions_review_id"), "decisions", ["review_id"], unique=False)
    op.create_table(
        "escalations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("summary", sa.LargeBinary(), nullable=True),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contact_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "contact_safe",
                "contact_plan_made",
                "handed_to_own_clinician",
                "handed_to_crisis_service",
                "emergency_services",
                "not_reached",
                "false_alarm",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("closing_note", sa.LargeBinary(), nullable=True),
        sa.Column("note_to_author", sa.LargeBinary(), nullable=True),
        sa.Column("check_back_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_escalations_level")),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["accounts.id"], name=op.f("fk_escalations_closed_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_escalations_group_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_escalations_location_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_escalations_membership_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["opened_by"], ["accounts.id"], name=op.f("fk_escalations_opened_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["accounts.id"], name=op.f("fk_escalations_owner_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_escalations_post_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_escalations_review_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
    )
    op.create_index(op.f("ix_escalations_membership_id"), "escalations", ["membership_id"], unique=False)
    op.create_index("ix_escalations_open", "escalations", ["location_id", "closed_at"], unique=False)
    op.create_index(op.f("ix_escalations_post_id"), "escalations", ["post_id"], unique=False)
    op.create_index(op.f("ix_escalations_review_id"), "escalations", ["review_id"], unique=False)
    op.create_index(
        "ux_escalations_open_post",
        "escalations",
        ["post_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "labels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_labels_review_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["post_revisions.id"], name=op.f("fk_labels_revision_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
    )
    op.create_index(op.f("ix_labels_review_id"), "labels", ["review_id"], unique=False)
    op.create_table(
        "passed_on",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_passed_on_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_passed_on_review_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("review_id", "account_id", name=op.f("pk_passed_on")),
    )
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("worried", "not_right", name="reportkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["accounts.id"], name=op.f("fk_reports_answered_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_reports_membership_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_reports_post_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_reports_review_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
    )
    op.create_index("ix_reports_membership", "reports", ["membership_id", "at"], unique=False)
    op.create_index(op.f("ix_reports_post_id"), "reports", ["post_id"], unique=False)
    op.create_index(op.f("ix_reports_review_id"), "reports", ["review_id"], unique=False)
    op.create_table(
        "review_views",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_review_views_account_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_views_review_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["post_revisions.id"], name=op.f("fk_review_views_revision_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("review_id", "account_id", "version", "revision_id", name=op.f("pk_review_views")),
    )
    op.create_index("ix_review_views_account", "review_views", ["account_id", "at"], unique=False)
    op.create_table(
        "appeals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decisions.id"], name=op.f("fk_appeals_decision_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_appeals_review_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_appeals_decision_id")),
    )
    op.create_index(op.f("ix_appeals_review_id"), "appeals", ["review_id"], unique=False)
    op.create_table(
        "care_tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "debrief",
                "group_check",
                "check_back",
                "reveal_review",
                name="taskkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["done_by"], ["accounts.id"], name=op.f("fk_care_tasks_done_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalations.id"], name=op.f("fk_care_tasks_escalation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_care_tasks_location_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_tasks")),
    )
    op.create_index(op.f("ix_care_tasks_escalation_id"), "care_tasks", ["escalation_id"], unique=False)
    op.create_index("ix_care_tasks_open", "care_tasks", ["location_id", "done_at", "due_at"], unique=False)
    op.create_table(
        "escalation_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["done_by"], ["accounts.id"], name=op.f("fk_escalation_steps_done_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalations.id"], name=op.f("fk_escalation_steps_escalation_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_steps")),
        sa.UniqueConstraint("escalation_id", "key", name=op.f("uq_escalation_steps_escalation_id_key")),
    )
    op.create_table(
        "reveals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("emergency", sa.Boolean(), nullable=False),
        sa.Column("shown_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delay_reason", sa.LargeBinary(), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_note", sa.LargeBinary(), nullable=True),
        sa.Column("asked_location_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_location_id"], ["locations.id"], name=op.f("fk_reveals_asked_location_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["accounts.id"], name=op.f("fk_reveals_decided_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalations.id"], name=op.f("fk_reveals_escalation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_reveals_location_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["memberships.id"], name=op.f("fk_reveals_membership_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["accounts.id"], name=op.f("fk_reveals_requested_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["accounts.id"], name=op.f("fk_reveals_reviewed_by"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveals")),
    )
    op.create_index(op.f("ix_reveals_escalation_id"), "reveals", ["escalation_id"], unique=False)
    op.create_index("ix_reveals_location", "reveals", ["location_id", "requested_at"], unique=False)
    op.create_index(op.f("ix_reveals_membership_id"), "reveals", ["membership_id"], unique=False)
    op.create_table(
        "talk_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("escalation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["escalation_id"], ["escalations.id"], name=op.f("fk_talk_messages_escalation_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["accounts.id"], name=op.f("fk_talk_messages_staff_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_messages")),
        sa.UniqueConstraint("escalation_id", "number", name=op.f("uq_talk_messages_escalation_id_number")),
    )
    op.create_index(
        "ix_talk_messages_unseen",
        "talk_messages",
        ["escalation_id", "at"],
        unique=False,
        sqlite_where=sa.text("staff_id IS NULL AND read_at IS NULL"),
        postgresql_where=sa.text("staff_id IS NULL AND read_at IS NULL"),
    )
    for statement in PROTECT[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Take the tables back to the revision before."""
    for statement in RELEASE[op.get_bind().dialect.name]:
        op.execute(statement)
    op.drop_table("talk_messages")
    op.drop_table("reveals")
    op.drop_table("escalation_steps")
    op.drop_table("care_tasks")
    op.drop_table("appeals")
    op.drop_table("review_views")
    op.drop_table("reports")
    op.drop_table("passed_on")
    op.drop_table("labels")
    op.drop_table("escalations")
    op.drop_table("decisions")
    op.drop_table("rings")
    op.drop_table("reviews")
    op.drop_table("alarms_to_see")
    op.drop_table("post_revisions")
    op.drop_table("pins")
    op.drop_table("good_news")
    op.drop_table("flags")
    op.drop_table("alarms")
    op.drop_table("posts")
    op.drop_table("invitations")
    op.drop_table("folded_threads")
    op.drop_table("threads")
    op.drop_table("rule_approvals")
    op.drop_table("memberships")
    op.drop_table("live_hours")
    op.drop_table("invitation_batches")
    op.drop_table("training_answers")
    op.drop_table("staff_roles")
    op.drop_table("shifts")
    op.drop_table("rule_suggestions")
    op.drop_table("rule_proposals")
    op.drop_table("rule_hits")
    op.drop_table("library_items")
    op.drop_table("learning_rounds")
    op.drop_table("learned_models")
    op.drop_table("handovers")
    op.drop_table("groups")
    op.drop_table("enrolment_links")
    op.drop_table("desks")
    op.drop_table("alert_routes")
    op.drop_table("account_sessions")
    op.drop_table("spent_keys")
    op.drop_table("outbox_events")
    op.drop_table("locations")
    op.drop_table("installation_marks")
    op.drop_table("help_lines")
    op.drop_table("audit_people")
    op.drop_table("audit_heads")
    op.drop_table("audit_entries")
    op.drop_table("audience_cursors")
    op.drop_table("accounts")
