"""What a form already brought about, so that sending it twice makes one thing."""

revision = "20261122_form_keys"
down_revision = "20261121_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
