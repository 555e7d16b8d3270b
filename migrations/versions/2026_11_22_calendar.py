"""Private calendar links, days on which nobody meets, and who leads one review."""

revision = "20261122_calendar"
down_revision = "20261122_notifications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
