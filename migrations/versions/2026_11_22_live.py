"""What changed just now, for whoever has it open."""

revision = "20261122_live"
down_revision = "20261122_form_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
