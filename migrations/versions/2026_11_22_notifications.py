"""The inbox, the outbox, and what each person wants to hear."""

revision = "20261122_notifications"
down_revision = "20261122_views"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
