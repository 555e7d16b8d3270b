"""The whys of an issue as a tree."""

revision = "20261122_whys"
down_revision = "20261122_lanes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
