"""Comments on problems, mentions, reactions and attachments."""

revision = "20261122_conversation"
down_revision = "20261122_handoffs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
