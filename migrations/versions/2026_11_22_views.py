"""Saved views: a filter with a name; and what was changed to many issues together, so that it can be taken back together."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_views"
down_revision = "20261122_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("page", sa.String(10), nullable=False),
        sa.Column("query", sa.String(2000), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id_person")),
    )
    op.create_index("ix_saved_view_person_id", "saved_view", ["person_id", "position"])
    op.create_index("ix_saved_view_shared", "saved_view", ["shared"])
    op.create_table(
        "many_changed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_many_changed")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_many_changed_by_id_person")),
    )
    op.create_index(op.f("ix_many_changed_by_id"), "many_changed", ["by_id"])


def downgrade() -> None:
    op.drop_table("many_changed")
    op.drop_table("saved_view")
