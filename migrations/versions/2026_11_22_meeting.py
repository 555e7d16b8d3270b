"""Votes for what to discuss first, and who follows on their own screen."""

revision = "20261122_meeting"
down_revision = "20261122_preparing"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
