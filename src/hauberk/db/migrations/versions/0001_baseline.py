"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915 — one statement a table
    op.create_table(
        "asset",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("default_ref", sa.Text(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("deleted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("asset_pkey")),
    )
    op.create_index("asset_name_key_key", "asset", ["organization_id", "name_key"], unique=True)
    op.create_table(
        "count_delta",
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("triage", sa.SmallInteger(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("closed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("count_delta_pkey")),
    )
    op.create_table(
        "count_fold",
        sa.Column("organization_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("folds", sa.BigInteger(), nullable=False),
        sa.Column(
            "folded_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("count_fold_pkey")),
    )
    op.create_table(
        "daily_trend",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "on_day", "severity", name=op.f("daily_trend_pkey")),
    )
    op.create_table(
        "event",
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor_type", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("chain_position", sa.BigInteger(), nullable=True),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("event_pkey")),
    )
    op.create_index(
        "event_subject_idx",
        "event",
        ["organization_id", "subject_type", "subject_id", sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "event_unsealed_idx",
        "event",
        ["organization_id", "id"],
        unique=False,
        postgresql_where=sa.text("chain_position is null"),
    )
    op.create_index(
        "event_chain_key",
        "event",
        ["organization_id", "chain_position"],
        unique=True,
        postgresql_where=sa.text("chain_position is not null"),
    )
    op.create_table(
        "finding_count",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("severity", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("triage", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organization_id", "asset_id", "kind", "severity", "triage", name=op.f("finding_count_pkey")
        ),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("public_id_key", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.CheckConstraint("id = 1", name=op.f("installation_single_row_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("installation_pkey")),
    )
    op.create_table(
        "invitation",
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("accepted_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("invitation_pkey")),
    )
    op.create_index(
        "invitation_email_key",
        "invitation",
        ["organization_id", "email"],
        unique=True,
        postgresql_where=sa.text("accepted_at is null"),
    )
    op.create_index("invitation_token_hash_key", "invitation", ["token_hash"], unique=True)
    op.create_table(
        "job",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="accepted", nullable=False),
        sa.Column("arguments", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("serial_key", sa.Text(), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("max_attempts", sa.SmallInteger(), nullable=False),
        sa.Column("requested_by", sa.BigInteger(), nullable=True),
        sa.Column("progress", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "run_after", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("job_pkey")),
    )
    op.create_index(
        "job_claim_idx",
        "job",
        ["queue", "organization_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'accepted'"),
    )
    op.create_index(
        "job_created_idx",
        "job",
        ["organization_id", sa.literal_column("created_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "job_key_idx",
        "job",
        ["organization_id", "serial_key", "id"],
        unique=False,
        postgresql_where=sa.text("state in ('accepted', 'running') and serial_key is not null"),
    )
    op.create_index(
        "job_running_idx",
        "job",
        ["organization_id", "queue"],
        unique=False,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "leader_lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("leader_lease_pkey")),
    )
    op.create_table(
        "organization",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("identity_key", sa.LargeBinary(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("organization_pkey")),
        sa.UniqueConstraint("name", name=op.f("organization_name_key")),
    )
    op.create_table(
        "outbox",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("delivered", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("attempts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("dead_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "run_after", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("outbox_pkey")),
    )
    op.create_index(
        "outbox_relay_idx",
        "outbox",
        ["run_after", "id"],
        unique=False,
        postgresql_where=sa.text("dead_at is null"),
    )
    op.create_table(
        "process_heartbeat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column(
            "started_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "seen_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("process_heartbeat_pkey")),
    )
    op.create_table(
        "rule_text",
        sa.Column("content_hash", sa.Uuid(), nullable=False),
        sa.Column("scanner", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=True),
        sa.Column("rule_name", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("remediation", sa.Text(), nullable=True),
        sa.Column("references", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("identifiers", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("cwes", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False),
        sa.Column("cvss_score", sa.Double(), nullable=True),
        sa.Column("cvss", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("known_exploited", sa.Boolean(), nullable=True),
        sa.Column("has_fix", sa.Boolean(), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("rule_text_pkey")),
    )
    op.create_index("rule_text_content_key", "rule_text", ["organization_id", "content_hash"], unique=True)
    op.create_index(
        "rule_text_identifiers_idx", "rule_text", ["identifiers"], unique=False, postgresql_using="gin"
    )
    op.create_index("rule_text_rule_idx", "rule_text", ["organization_id", "rule_id"], unique=False)
    op.create_table(
        "schedule_run",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("schedule_run_pkey")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("window_started_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("sign_in_attempt_pkey")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_disabled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("last_sign_in_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("user_account_pkey")),
        sa.UniqueConstraint("email", name=op.f("user_account_email_key")),
    )
    op.create_table(
        "vulnerability",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_rule", sa.Boolean(), nullable=False),
        sa.Column("rule_text_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("vulnerability_pkey")),
    )
    op.create_index("vulnerability_name_key", "vulnerability", ["organization_id", "name"], unique=True)
    op.create_table(
        "asset_identifier",
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "asset_id"],
            ["asset.organization_id", "asset.id"],
            name=op.f("asset_identifier_organization_id_asset_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("asset_identifier_pkey")),
    )
    op.create_index(
        op.f("asset_identifier_organization_id_asset_id_idx"),
        "asset_identifier",
        ["organization_id", "asset_id"],
        unique=False,
    )
    op.create_index(
        "asset_identifier_value_key", "asset_identifier", ["organization_id", "kind", "value"], unique=True
    )
    op.create_table(
        "asset_ref",
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_tracked", sa.Boolean(), nullable=False),
        sa.Column("last_scan_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "asset_id"],
            ["asset.organization_id", "asset.id"],
            name=op.f("asset_ref_organization_id_asset_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("asset_ref_pkey")),
    )
    op.create_index("asset_ref_name_key", "asset_ref", ["organization_id", "asset_id", "name"], unique=True)
    op.create_table(
        "finding",
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_text_id", sa.BigInteger(), nullable=False),
        sa.Column("vulnerability_id", sa.BigInteger(), nullable=True),
        sa.Column("first_seen_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_seen_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "changed_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("reopened_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("duplicate_of_id", sa.BigInteger(), nullable=True),
        sa.Column("epss", sa.Double(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("open_occurrences", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("severity_reported", sa.SmallInteger(), nullable=False),
        sa.Column("severity_override", sa.SmallInteger(), nullable=True),
        sa.Column("triage", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "is_active", sa.Boolean(), sa.Computed("open_occurrences > 0", persisted=True), nullable=False
        ),
        sa.Column("scanners", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "asset_id"],
            ["asset.organization_id", "asset.id"],
            name=op.f("finding_organization_id_asset_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "rule_text_id"],
            ["rule_text.organization_id", "rule_text.id"],
            name=op.f("finding_organization_id_rule_text_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("finding_pkey")),
    )
    op.create_index(
        "finding_asset_idx",
        "finding",
        ["organization_id", "asset_id", sa.literal_column("priority desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "finding_first_seen_idx",
        "finding",
        ["organization_id", sa.literal_column("first_seen_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "finding_list_idx",
        "finding",
        ["organization_id", sa.literal_column("priority desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "finding_open_list_idx",
        "finding",
        ["organization_id", sa.literal_column("priority desc"), sa.literal_column("id desc")],
        unique=False,
        postgresql_where=sa.text("is_active and triage <= 2"),
    )
    op.create_index(
        "finding_rule_text_idx", "finding", ["organization_id", "rule_text_id", "id"], unique=False
    )
    op.create_index(
        "finding_severity_idx",
        "finding",
        ["organization_id", sa.literal_column("severity desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "finding_vulnerability_idx",
        "finding",
        ["organization_id", "vulnerability_id"],
        unique=False,
        postgresql_include=["severity", "asset_id"],
        postgresql_where=sa.text("is_active and triage <= 2"),
    )
    op.create_table(
        "job_lease",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.Uuid(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("backend_pid", sa.Integer(), nullable=True),
        sa.Column("backend_began_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "job_id"],
            ["job.organization_id", "job.id"],
            name=op.f("job_lease_organization_id_job_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "job_id", name=op.f("job_lease_pkey")),
    )
    op.create_index(op.f("job_lease_expires_at_idx"), "job_lease", ["expires_at"], unique=False)
    op.create_table(
        "membership",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("membership_organization_id_fkey")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("membership_user_id_fkey")),
        sa.PrimaryKeyConstraint("organization_id", "user_id", name=op.f("membership_pkey")),
    )
    op.create_index(op.f("membership_user_id_idx"), "membership", ["user_id"], unique=False)
    op.create_table(
        "sign_in_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("used_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("sign_in_link_user_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("sign_in_link_pkey")),
    )
    op.create_table(
        "comment",
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "finding_id"],
            ["finding.organization_id", "finding.id"],
            name=op.f("comment_organization_id_finding_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("comment_pkey")),
    )
    op.create_index(
        op.f("comment_organization_id_finding_id_idx"),
        "comment",
        ["organization_id", "finding_id"],
        unique=False,
    )
    op.create_table(
        "decision",
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("triage", sa.SmallInteger(), nullable=True),
        sa.Column("severity", sa.SmallInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("covers_all_places", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column(
            "decided_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "finding_id"],
            ["finding.organization_id", "finding.id"],
            name=op.f("decision_organization_id_finding_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("decision_pkey")),
    )
    op.create_index(
        op.f("decision_organization_id_finding_id_idx"),
        "decision",
        ["organization_id", "finding_id"],
        unique=False,
    )
    op.create_table(
        "finding_key",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("identity_version", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "finding_id"],
            ["finding.organization_id", "finding.id"],
            name=op.f("finding_key_organization_id_finding_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "asset_id", "identity_version", "fingerprint", name=op.f("finding_key_pkey")
        ),
    )
    op.create_index(
        op.f("finding_key_organization_id_finding_id_idx"),
        "finding_key",
        ["organization_id", "finding_id"],
        unique=False,
    )
    op.create_table(
        "finding_vulnerability",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("vulnerability_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("finding_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "finding_id"],
            ["finding.organization_id", "finding.id"],
            name=op.f("finding_vulnerability_organization_id_finding_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "vulnerability_id"],
            ["vulnerability.organization_id", "vulnerability.id"],
            name=op.f("finding_vulnerability_organization_id_vulnerability_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "organization_id", "vulnerability_id", "finding_id", name=op.f("finding_vulnerability_pkey")
        ),
    )
    op.create_index(
        op.f("finding_vulnerability_organization_id_finding_id_idx"),
        "finding_vulnerability",
        ["organization_id", "finding_id"],
        unique=False,
    )
    op.create_table(
        "scope",
        sa.Column("asset_id", sa.BigInteger(), nullable=False),
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("scanner", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("open_occurrences", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("tool_version", sa.Text(), nullable=True),
        sa.Column("last_scan_id", sa.BigInteger(), nullable=True),
        sa.Column("last_scan_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("last_complete_scan_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "asset_id"],
            ["asset.organization_id", "asset.id"],
            name=op.f("scope_organization_id_asset_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "ref_id"],
            ["asset_ref.organization_id", "asset_ref.id"],
            name=op.f("scope_organization_id_ref_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("scope_pkey")),
    )
    op.create_index(
        "scope_identity_key",
        "scope",
        ["organization_id", "asset_id", "ref_id", "scanner", "key"],
        unique=True,
    )
    op.create_table(
        "session",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("session_hash", sa.LargeBinary(), nullable=False),
        sa.Column("csrf_token", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("remote_address", sa.Text(), nullable=True),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column(
            "last_seen_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "user_id"],
            ["membership.organization_id", "membership.user_id"],
            name=op.f("session_organization_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("session_pkey")),
    )
    op.create_index("session_hash_key", "session", ["session_hash"], unique=True)
    op.create_table(
        "token",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_used_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "user_id"],
            ["membership.organization_id", "membership.user_id"],
            name=op.f("token_organization_id_user_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("token_pkey")),
    )
    op.create_index("token_public_id_key", "token", ["public_id"], unique=True)
    op.create_table(
        "occurrence",
        sa.Column("scope_id", sa.BigInteger(), nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_text_id", sa.BigInteger(), nullable=False),
        sa.Column("place_hash", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.BigInteger(), nullable=False),
        sa.Column("opened_scan_id", sa.BigInteger(), nullable=False),
        sa.Column("closed_scan_id", sa.BigInteger(), nullable=True),
        sa.Column("previous_id", sa.BigInteger(), nullable=True),
        sa.Column("first_seen_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("opened_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("closed_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("fingerprint", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("severity_word", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.Column("location", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("component", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("suppression", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("stable_ids", postgresql.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "finding_id"],
            ["finding.organization_id", "finding.id"],
            name=op.f("occurrence_organization_id_finding_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "scope_id"],
            ["scope.organization_id", "scope.id"],
            name=op.f("occurrence_organization_id_scope_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("occurrence_pkey")),
    )
    op.create_index("occurrence_finding_idx", "occurrence", ["organization_id", "finding_id"], unique=False)
    op.create_index(
        "occurrence_opened_idx", "occurrence", ["organization_id", "opened_scan_id", "id"], unique=False
    )
    op.create_index(
        "occurrence_closed_idx",
        "occurrence",
        ["organization_id", "closed_scan_id", "id"],
        unique=False,
        postgresql_where=sa.text("closed_scan_id is not null"),
    )
    op.create_index(
        "occurrence_history_idx",
        "occurrence",
        ["organization_id", "scope_id", "fingerprint", "place_hash"],
        unique=False,
    )
    op.create_index(
        "occurrence_open_key",
        "occurrence",
        ["organization_id", "scope_id", "fingerprint", "place_hash"],
        unique=True,
        postgresql_include=["content_hash", "id", "finding_id", "severity", "line"],
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_table(
        "scan",
        sa.Column("asset_id", sa.BigInteger(), nullable=True),
        sa.Column("scope_id", sa.BigInteger(), nullable=True),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="accepted", nullable=False),
        sa.Column("is_dry_run", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("is_partial", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("requested", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("format", sa.Text(), nullable=True),
        sa.Column("scanner", sa.Text(), nullable=True),
        sa.Column("tool_version", sa.Text(), nullable=True),
        sa.Column("identity_version", sa.SmallInteger(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("storage_key", sa.Text(), nullable=True),
        sa.Column("spool_key", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("request_hash", sa.Text(), nullable=True),
        sa.Column("uploaded_by", sa.BigInteger(), nullable=True),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("problems", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("error", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("held", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("superseded_by", sa.BigInteger(), nullable=True),
        sa.Column("scanned_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "accepted_at",
            postgresql.TIMESTAMP(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "asset_id"],
            ["asset.organization_id", "asset.id"],
            name=op.f("scan_organization_id_asset_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "scope_id"],
            ["scope.organization_id", "scope.id"],
            name=op.f("scan_organization_id_scope_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("scan_pkey")),
    )
    op.create_index(
        "scan_accepted_idx",
        "scan",
        ["organization_id", sa.literal_column("accepted_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "scan_idempotency_key_key",
        "scan",
        ["organization_id", "idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key is not null"),
    )
    op.create_index(
        "scan_scope_idx",
        "scan",
        ["organization_id", "scope_id", sa.literal_column("scanned_at desc")],
        unique=False,
    )
    op.create_table(
        "match_log",
        sa.Column("scan_id", sa.BigInteger(), nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("occurrence_id", sa.BigInteger(), nullable=False),
        sa.Column("pass_name", sa.Text(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "scan_id"],
            ["scan.organization_id", "scan.id"],
            name=op.f("match_log_organization_id_scan_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("match_log_pkey")),
    )
    op.create_index(
        op.f("match_log_organization_id_finding_id_idx"),
        "match_log",
        ["organization_id", "finding_id"],
        unique=False,
    )


def downgrade() -> None:
    raise NotImplementedError("the first release has nothing before it")
