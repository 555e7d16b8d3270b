"""What changed just now, for whoever has it open."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_live"
down_revision = "20261122_form_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.Column("about", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_change"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_change_at", "change", ["at"])


def downgrade() -> None:
    op.drop_index("ix_change_at", "change")
    op.drop_table("change")
