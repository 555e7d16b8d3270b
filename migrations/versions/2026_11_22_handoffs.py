"""Hand-offs: questions between departments."""

revision = "20261122_handoffs"
down_revision = "20261122_live"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
