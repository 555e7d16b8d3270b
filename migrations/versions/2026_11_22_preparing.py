"""What people bring to a review before it begins, who wants mail about that, and what is entered after it."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_preparing"
down_revision = "20261122_calendar"
branch_labels = None
depends_on = None

STEPS = ("customer", "numbers", "promises", "new", "stuck", "focus", "wrap_up")
KINDS = ("mention", "handoff", "assigned", "due", "review", "outcome", "owner", "digest", "preparing")


def upgrade() -> None:
    op.create_table(
        "preparation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Enum(*STEPS, name="step", native_enum=False, length=20), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_why", sa.String(length=300), nullable=False),
        sa.Column("skipped_by_id", sa.Integer(), nullable=True),
        sa.Column("skipped_why", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_preparation_review_id_review")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_preparation_issue_id_issue")),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_preparation_action_id_action")),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_preparation_added_by_id_person")),
        sa.ForeignKeyConstraint(["skipped_by_id"], ["person.id"], name=op.f("fk_preparation_skipped_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation")),
        sa.UniqueConstraint("review_id", "step", "action_id", name=op.f("uq_preparation_review_id_step_action_id")),
        sa.UniqueConstraint("review_id", "step", "issue_id", name=op.f("uq_preparation_review_id_step_issue_id")),
    )
    for column in ("review_id", "issue_id", "action_id"):
        op.create_index(op.f(f"ix_preparation_{column}"), "preparation", [column], unique=False)

    op.create_table(
        "prepared_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("preparation_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["preparation_id"], ["preparation.id"], name=op.f("fk_prepared_answer_preparation_id_preparation")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_prepared_answer_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepared_answer")),
        sa.UniqueConstraint("preparation_id", "by_id", name=op.f("uq_prepared_answer_preparation_id_by_id")),
    )
    op.create_index(op.f("ix_prepared_answer_preparation_id"), "prepared_answer", ["preparation_id"], unique=False)

    op.create_table(
        "excuse",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("stand_in_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_excuse_review_id_review")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_excuse_person_id_person")),
        sa.ForeignKeyConstraint(["stand_in_id"], ["person.id"], name=op.f("fk_excuse_stand_in_id_person")),
        sa.PrimaryKeyConstraint("review_id", "person_id", name=op.f("pk_excuse")),
    )
    op.create_table(
        "mail_wish",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="kind", native_enum=False, length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_wish_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_mail_wish")),
    )
    op.create_table(
        "written_up",
        sa.Column("review_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("guests", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_written_up_review_id_review")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_written_up_by_id_person")),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_written_up")),
    )
    op.create_table(
        "written_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Enum(*STEPS, name="step", native_enum=False, length=20), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("asking_id", sa.Integer(), nullable=True),
        sa.Column("asked_id", sa.Integer(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_written_line_review_id_review")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_written_line_issue_id_issue")),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_written_line_action_id_action")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_written_line_owner_id_person")),
        sa.ForeignKeyConstraint(["asking_id"], ["department.id"], name=op.f("fk_written_line_asking_id_department")),
        sa.ForeignKeyConstraint(["asked_id"], ["department.id"], name=op.f("fk_written_line_asked_id_department")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_written_line_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_written_line")),
    )
    op.create_index(op.f("ix_written_line_review_id"), "written_line", ["review_id"], unique=False)


def downgrade() -> None:
    op.drop_table("written_line")
    op.drop_table("written_up")
    op.drop_table("mail_wish")
    op.drop_table("excuse")
    op.drop_table("prepared_answer")
    op.drop_table("preparation")
