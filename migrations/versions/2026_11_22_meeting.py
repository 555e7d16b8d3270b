"""Votes for what to discuss first, and who follows on their own screen."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_meeting"
down_revision = "20261122_preparing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    with op.batch_alter_table("attendance") as table:
        table.add_column(sa.Column("came_at", moment, nullable=True))
    op.create_table(
        "ballot",
        sa.Column("review_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opened_at", moment, nullable=False),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("voters", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_ballot_review_id_review")),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_ballot")),
    )
    op.create_table(
        "vote",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_vote_review_id_review")),
        sa.ForeignKeyConstraint(["item_id"], ["agenda_item.id"], name=op.f("fk_vote_item_id_agenda_item")),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_vote_user_id_person")),
        sa.PrimaryKeyConstraint("review_id", "item_id", "user_id", name=op.f("pk_vote")),
    )


def downgrade() -> None:
    op.drop_table("vote")
    op.drop_table("ballot")
    with op.batch_alter_table("attendance") as table:
        table.drop_column("came_at")
