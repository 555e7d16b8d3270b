"""The first tables: people and departments, issues, problems and causes, reviews, history."""

import sqlalchemy as sa
from alembic import op

revision = "20261121_first_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "department",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("colour", sa.String(length=10), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("wip_limit", sa.Integer(), nullable=False),
        sa.Column("change_limit", sa.Integer(), nullable=False),
        sa.Column("mandate", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["person.id"], name=op.f("fk_department_lead_id_person"), use_alter=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department")),
        sa.UniqueConstraint("code", name=op.f("uq_department_code")),
    )
    op.create_table(
        "job",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job")),
    )
    op.create_table(
        "journey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey")),
        sa.UniqueConstraint("name", name=op.f("uq_journey_name")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column(
            "role",
            sa.Enum("regisseur", "member", "viewer", "admin", name="role", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("theme", sa.String(length=6), nullable=False),
        sa.Column("single_keys", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_attempt_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_attempt_key"), ["key"], unique=False)

    op.create_table(
        "membership",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_membership_department_id_department")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_membership_user_id_person")),
        sa.PrimaryKeyConstraint("user_id", "department_id", name=op.f("pk_membership")),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_department_id"), ["department_id"], unique=False)

    op.create_table(
        "problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "skills",
                "policy",
                "systems",
                "process",
                "structure",
                "culture",
                "workload",
                name="category",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "signalled",
                "confirmed",
                "funded",
                "fixing",
                "resolved",
                "rejected",
                name="problemstatus",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("sponsor_id", sa.Integer(), nullable=True),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("employees", sa.Integer(), nullable=True),
        sa.Column("hours_lost", sa.Double(), nullable=True),
        sa.Column("investment", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_problem_department_id_department")),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_problem_reporter_id_person")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["person.id"], name=op.f("fk_problem_sponsor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("problem", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_problem_category"), ["category"], unique=False)
        batch_op.create_index(batch_op.f("ix_problem_department_id"), ["department_id"], unique=False)

    op.create_table(
        "review_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("duration", sa.Integer(), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["chair_id"], ["person.id"], name=op.f("fk_review_series_chair_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_series")),
    )
    op.create_table(
        "stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("journey_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_stage_journey_id_journey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage")),
        sa.UniqueConstraint("journey_id", "name", name=op.f("uq_stage_journey_id_name")),
    )
    op.create_table(
        "user_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_user_link_user_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_link_token_hash")),
    )
    with op.batch_alter_table("user_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agent", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_user_session_user_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "new",
                "analysing",
                "ready",
                "in_progress",
                "verifying",
                "done",
                "parked",
                "declined",
                "merged",
                name="status",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("status_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("reporter_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("reach", sa.Double(), nullable=True),
        sa.Column("severity", sa.Integer(), nullable=True),
        sa.Column(
            "confidence",
            sa.Enum("low", "medium", "high", name="confidence", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column("effort", sa.Double(), nullable=True),
        sa.Column("staff_effect", sa.Integer(), nullable=True),
        sa.Column("no_cause_note", sa.Text(), nullable=True),
        sa.Column("expected_effect", sa.Text(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "improved",
                "no_effect_seen",
                "worsened",
                "too_little_data",
                name="verdict",
                native_enum=False,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("verdict_note", sa.Text(), nullable=True),
        sa.Column("parked_until", sa.Date(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=120), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["department.id"], name=op.f("fk_issue_lead_id_department")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["issue.id"], name=op.f("fk_issue_merged_into_id_issue")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_issue_owner_id_person")),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_issue_reporter_id_person")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_issue_stage_id_stage")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue")),
        sa.UniqueConstraint("source", "reference", name=op.f("uq_issue_source_reference")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issue_created_at"), ["created_at"], unique=False)
        batch_op.create_index("ix_issue_lead_status", ["lead_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_issue_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index(
            "ix_issue_open",
            ["status", "rank"],
            unique=False,
            sqlite_where=sa.text("status IN ('new', 'analysing', 'ready', 'in_progress', 'verifying')"),
            postgresql_where=sa.text("status IN ('new', 'analysing', 'ready', 'in_progress', 'verifying')"),
        )
        batch_op.create_index(batch_op.f("ix_issue_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_issue_parked_until"), ["parked_until"], unique=False)
        batch_op.create_index(batch_op.f("ix_issue_rank"), ["rank"], unique=False)
        batch_op.create_index(batch_op.f("ix_issue_reporter_id"), ["reporter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_issue_stage_id"), ["stage_id"], unique=False)
        batch_op.create_index("ix_issue_status_since", ["status", "status_since"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=True),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("duration", sa.Integer(), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum("planned", "live", "closed", "cancelled", name="reviewstatus", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "step",
            sa.Enum(
                "customer",
                "numbers",
                "promises",
                "new",
                "stuck",
                "focus",
                "wrap_up",
                name="step",
                native_enum=False,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["chair_id"], ["person.id"], name=op.f("fk_review_chair_id_person")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_review_item_id_agenda_item"), use_alter=True
        ),
        sa.ForeignKeyConstraint(["series_id"], ["review_series.id"], name=op.f("fk_review_series_id_review_series")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("series_id", "day", name=op.f("uq_review_series_id_day")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_starts_at"), ["starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_week"), ["week"], unique=False)
        batch_op.create_index(
            "uq_review_live",
            ["status"],
            unique=True,
            sqlite_where=sa.text("status = 'live'"),
            postgresql_where=sa.text("status = 'live'"),
        )

    op.create_table(
        "action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(length=20), nullable=True),
        sa.Column(
            "status",
            sa.Enum("open", "done", "dropped", name="actionstatus", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("carried", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_action_by_id_person")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_action_department_id_department")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_action_issue_id_issue")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_action_owner_id_person")),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_action_problem_id_problem")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_action_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action")),
    )
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_issue_id"), ["issue_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_problem_id"), ["problem_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_review_id"), ["review_id"], unique=False)
        batch_op.create_index("ix_action_status_due", ["status", "due"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("guest", sa.String(length=80), nullable=True),
        sa.Column(
            "presence",
            sa.Enum("present", "excused", "absent", name="presence", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_attendance_review_id_review")),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_attendance_user_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("review_id", "user_id", name=op.f("uq_attendance_review_id_user_id")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_review_id"), ["review_id"], unique=False)

    op.create_table(
        "cause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column(
            "certainty",
            sa.Enum("suspected", "likely", "proven", name="certainty", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_cause_author_id_person")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_cause_confirmed_by_id_person")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_cause_issue_id_issue")),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_cause_problem_id_problem")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cause")),
        sa.UniqueConstraint("issue_id", "problem_id", name=op.f("uq_cause_issue_id_problem_id")),
    )
    with op.batch_alter_table("cause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cause_problem_id"), ["problem_id"], unique=False)

    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_comment_author_id_person")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_comment_issue_id_issue")),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_comment_problem_id_problem")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_comment_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index("ix_comment_issue", ["issue_id", "id"], unique=False)
        batch_op.create_index("ix_comment_problem", ["problem_id", "id"], unique=False)

    op.create_table(
        "contribution",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_contribution_department_id_department")
        ),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_contribution_issue_id_issue")),
        sa.PrimaryKeyConstraint("issue_id", "department_id", name=op.f("pk_contribution")),
    )
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contribution_department_id"), ["department_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("step", sa.String(length=20), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_decision_by_id_person")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_decision_issue_id_issue")),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_decision_problem_id_problem")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_decision_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_issue_id"), ["issue_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_problem_id"), ["problem_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_review_id"), ["review_id"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_event_by_id_person")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_event_issue_id_issue")),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_event_problem_id_problem")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_event_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_at"), ["at"], unique=False)
        batch_op.create_index("ix_event_issue", ["issue_id", "id"], unique=False)
        batch_op.create_index("ix_event_problem", ["problem_id", "id"], unique=False)
        batch_op.create_index("ix_event_review", ["review_id", "id"], unique=False)
        batch_op.create_index("ix_event_subject", ["subject", "subject_id", "id"], unique=False)

    op.create_table(
        "focus",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_focus_by_id_person")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_focus_issue_id_issue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_focus")),
    )
    with op.batch_alter_table("focus", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_focus_until"), ["until"], unique=False)
        batch_op.create_index(
            "uq_focus_issue_open",
            ["issue_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "issue_tag",
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_issue_tag_issue_id_issue")),
        sa.PrimaryKeyConstraint("issue_id", "name", name=op.f("pk_issue_tag")),
    )
    with op.batch_alter_table("issue_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_issue_tag_name"), ["name"], unique=False)

    op.create_table(
        "rating",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_rating_review_id_review")),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_rating_user_id_person")),
        sa.PrimaryKeyConstraint("review_id", "user_id", name=op.f("pk_rating")),
    )
    op.create_table(
        "remark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_remark_by_id_person")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_remark_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
    )
    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_remark_review_id"), ["review_id"], unique=False)

    op.create_table(
        "review_step",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "customer",
                "numbers",
                "promises",
                "new",
                "stuck",
                "focus",
                "wrap_up",
                name="step",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_step_review_id_review")),
        sa.PrimaryKeyConstraint("review_id", "step", name=op.f("pk_review_step")),
    )
    op.create_table(
        "stay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "new",
                "analysing",
                "ready",
                "in_progress",
                "verifying",
                "done",
                "parked",
                "declined",
                "merged",
                name="status",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_stay_issue_id_issue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stay")),
    )
    with op.batch_alter_table("stay", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stay_issue_id"), ["issue_id"], unique=False)
        batch_op.create_index("ix_stay_status_until", ["status", "until"], unique=False)

    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "customer",
                "numbers",
                "promises",
                "new",
                "stuck",
                "focus",
                "wrap_up",
                name="step",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=30), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("carried", sa.Integer(), nullable=False),
        sa.Column("discussed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_agenda_item_action_id_action")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_agenda_item_issue_id_issue")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_agenda_item_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("review_id", "step", "action_id", name=op.f("uq_agenda_item_review_id_step_action_id")),
        sa.UniqueConstraint("review_id", "step", "issue_id", name=op.f("uq_agenda_item_review_id_step_issue_id")),
    )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_item_action_id"), ["action_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agenda_item_issue_id"), ["issue_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agenda_item_review_id"), ["review_id"], unique=False)

    op.create_table(
        "why",
        sa.Column("cause_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["cause_id"], ["cause.id"], name=op.f("fk_why_cause_id_cause")),
        sa.PrimaryKeyConstraint("cause_id", "position", name=op.f("pk_why")),
    )
    if op.get_bind().dialect.name != "sqlite":
        # The two circles between tables: SQLite took them along above, others want them afterwards.
        op.create_foreign_key("fk_department_lead_id_person", "department", "person", ["lead_id"], ["id"])
        op.create_foreign_key("fk_review_item_id_agenda_item", "review", "agenda_item", ["item_id"], ["id"])


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("fk_department_lead_id_person", "department")
        op.drop_constraint("fk_review_item_id_agenda_item", "review")
    op.drop_table("why")
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_item_review_id"))
        batch_op.drop_index(batch_op.f("ix_agenda_item_issue_id"))
        batch_op.drop_index(batch_op.f("ix_agenda_item_action_id"))

    op.drop_table("agenda_item")
    with op.batch_alter_table("stay", schema=None) as batch_op:
        batch_op.drop_index("ix_stay_status_until")
        batch_op.drop_index(batch_op.f("ix_stay_issue_id"))

    op.drop_table("stay")
    op.drop_table("review_step")
    with op.batch_alter_table("remark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_remark_review_id"))

    op.drop_table("remark")
    op.drop_table("rating")
    with op.batch_alter_table("issue_tag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_issue_tag_name"))

    op.drop_table("issue_tag")
    with op.batch_alter_table("focus", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_focus_issue_open", sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_focus_until"))

    op.drop_table("focus")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_subject")
        batch_op.drop_index("ix_event_review")
        batch_op.drop_index("ix_event_problem")
        batch_op.drop_index("ix_event_issue")
        batch_op.drop_index(batch_op.f("ix_event_at"))

    op.drop_table("event")
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_decision_review_id"))
        batch_op.drop_index(batch_op.f("ix_decision_problem_id"))
        batch_op.drop_index(batch_op.f("ix_decision_issue_id"))

    op.drop_table("decision")
    with op.batch_alter_table("contribution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contribution_department_id"))

    op.drop_table("contribution")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index("ix_comment_problem")
        batch_op.drop_index("ix_comment_issue")

    op.drop_table("comment")
    with op.batch_alter_table("cause", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cause_problem_id"))

    op.drop_table("cause")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_review_id"))

    op.drop_table("attendance")
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.drop_index("ix_action_status_due")
        batch_op.drop_index(batch_op.f("ix_action_review_id"))
        batch_op.drop_index(batch_op.f("ix_action_problem_id"))
        batch_op.drop_index(batch_op.f("ix_action_owner_id"))
        batch_op.drop_index(batch_op.f("ix_action_issue_id"))

    op.drop_table("action")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_review_live", sqlite_where=sa.text("status = 'live'"), postgresql_where=sa.text("status = 'live'")
        )
        batch_op.drop_index(batch_op.f("ix_review_week"))
        batch_op.drop_index(batch_op.f("ix_review_starts_at"))

    op.drop_table("review")
    with op.batch_alter_table("issue", schema=None) as batch_op:
        batch_op.drop_index("ix_issue_status_since")
        batch_op.drop_index(batch_op.f("ix_issue_stage_id"))
        batch_op.drop_index(batch_op.f("ix_issue_reporter_id"))
        batch_op.drop_index(batch_op.f("ix_issue_rank"))
        batch_op.drop_index(batch_op.f("ix_issue_parked_until"))
        batch_op.drop_index(batch_op.f("ix_issue_owner_id"))
        batch_op.drop_index(
            "ix_issue_open",
            sqlite_where=sa.text("status IN ('new', 'analysing', 'ready', 'in_progress', 'verifying')"),
            postgresql_where=sa.text("status IN ('new', 'analysing', 'ready', 'in_progress', 'verifying')"),
        )
        batch_op.drop_index(batch_op.f("ix_issue_merged_into_id"))
        batch_op.drop_index("ix_issue_lead_status")
        batch_op.drop_index(batch_op.f("ix_issue_created_at"))

    op.drop_table("issue")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_user_id"))

    op.drop_table("user_session")
    with op.batch_alter_table("user_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_link_user_id"))

    op.drop_table("user_link")
    op.drop_table("stage")
    op.drop_table("review_series")
    with op.batch_alter_table("problem", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_problem_department_id"))
        batch_op.drop_index(batch_op.f("ix_problem_category"))

    op.drop_table("problem")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_department_id"))

    op.drop_table("membership")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_attempt_key"))
        batch_op.drop_index(batch_op.f("ix_sign_in_attempt_at"))

    op.drop_table("sign_in_attempt")
    op.drop_table("person")
    op.drop_table("journey")
    op.drop_table("job")
    op.drop_table("department")
