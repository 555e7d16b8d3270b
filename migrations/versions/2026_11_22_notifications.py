"""The inbox, the outbox, and what each person wants to hear."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_notifications"
down_revision = "20261122_views"
branch_labels = None
depends_on = None

KINDS = ("mention", "handoff", "assigned", "due", "review", "outcome", "owner", "digest")


def upgrade() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_mail_key")),
    )
    waiting = sa.text("sent_at IS NULL AND dropped_at IS NULL")
    op.create_index("ix_mail_due", "mail", ["next_at"], unique=False, sqlite_where=waiting, postgresql_where=waiting)
    op.create_index(op.f("ix_mail_person_id"), "mail", ["person_id"], unique=False)

    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="kind", native_enum=False, length=20), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_by_id", sa.Integer(), nullable=True),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notification_person_id_person")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_notification_by_id_person")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_notification_issue_id_issue")),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_notification_problem_id_problem")),
        sa.ForeignKeyConstraint(["held_by_id"], ["review.id"], name=op.f("fk_notification_held_by_id_review")),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_notification_mail_id_mail"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_notification_person_id_key")),
    )
    unread = sa.text("read_at IS NULL")
    op.create_index("ix_notification_person", "notification", ["person_id", "at"], unique=False)
    op.create_index("ix_notification_unread", "notification", ["person_id"], unique=False, sqlite_where=unread, postgresql_where=unread)
    op.create_index("ix_notification_subject", "notification", ["subject", "subject_id"], unique=False)
    for column in ("issue_id", "problem_id", "held_by_id", "mail_id"):
        op.create_index(op.f(f"ix_notification_{column}"), "notification", [column], unique=False)

    op.create_table(
        "silence",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="kind", native_enum=False, length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_silence_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_silence")),
    )
    op.create_table(
        "digest",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("told_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_digest_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_digest")),
    )
    op.create_table(
        "heard",
        sa.Column("event_id", sa.Integer(), nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_heard_event_id_event")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_heard")),
    )
    op.create_table(
        "hearing",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("until", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing")),
    )
    # What happened before there was anything to hear it is told to nobody any more.
    event = sa.table("event", sa.column("id", sa.Integer))
    hearing = sa.table("hearing", sa.column("id", sa.Integer), sa.column("until", sa.Integer))
    newest = sa.select(sa.literal(1), sa.func.coalesce(sa.func.max(event.c.id), 0))
    op.execute(hearing.insert().from_select(["id", "until"], newest))


def downgrade() -> None:
    for table in ("hearing", "heard", "digest", "silence", "notification", "mail"):
        op.drop_table(table)
