"""The index that search reads."""

revision = "20261122_search"
down_revision = "20261122_conversation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
