"""Hand-offs: questions between departments."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_handoffs"
down_revision = "20261122_live"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "handoff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("asking_id", sa.Integer(), nullable=False),
        sa.Column("asked_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("ask", sa.String(length=500), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("asked", "accepted", "answered", "declined", "withdrawn", name="handoffstatus", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("turn_at", moment, nullable=False),
        sa.Column("reacted_at", moment, nullable=True),
        sa.Column("bounces", sa.Integer(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("accepted_at", moment, nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", moment, nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("declined_at", moment, nullable=True),
        sa.Column("declined_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", moment, nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_handoff_issue_id_issue")),
        sa.ForeignKeyConstraint(["asking_id"], ["department.id"], name=op.f("fk_handoff_asking_id_department")),
        sa.ForeignKeyConstraint(["asked_id"], ["department.id"], name=op.f("fk_handoff_asked_id_department")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_handoff_review_id_review")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_handoff_asked_by_id_person")),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["person.id"], name=op.f("fk_handoff_accepted_by_id_person")),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"], name=op.f("fk_handoff_answered_by_id_person")),
        sa.ForeignKeyConstraint(["declined_by_id"], ["person.id"], name=op.f("fk_handoff_declined_by_id_person")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["person.id"], name=op.f("fk_handoff_withdrawn_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff")),
    )
    op.create_index("ix_handoff_issue_id", "handoff", ["issue_id", "status"])
    op.create_index("ix_handoff_asked_id", "handoff", ["asked_id", "status"])
    op.create_index("ix_handoff_asking_id", "handoff", ["asking_id", "status"])
    op.create_index("ix_handoff_asked_at", "handoff", ["asked_at"])
    op.create_index("ix_handoff_review_id", "handoff", ["review_id"])


def downgrade() -> None:
    op.drop_table("handoff")
