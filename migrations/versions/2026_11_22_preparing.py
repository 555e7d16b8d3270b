"""What people bring to a review before it begins."""

revision = "20261122_preparing"
down_revision = "20261122_calendar"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
