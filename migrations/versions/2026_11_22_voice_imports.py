"""Bringing in a file of voices, with progress and a way back."""

revision = "20261122_voice_imports"
down_revision = "20261122_voices"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
