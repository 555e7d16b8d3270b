"""The customer lane and the employee lane of a journey."""

revision = "20261122_lanes"
down_revision = "20261122_voice_imports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
