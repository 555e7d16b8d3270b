"""What customers said, and the issues it supports."""

revision = "20261122_voices"
down_revision = "20261122_meeting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
