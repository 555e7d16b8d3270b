"""Saved views: a filter with a name."""

revision = "20261122_views"
down_revision = "20261122_search"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
