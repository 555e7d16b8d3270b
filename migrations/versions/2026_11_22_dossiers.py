"""The case for solving a problem: its assumptions, and the private links to it."""

revision = "20261122_dossiers"
down_revision = "20261122_whys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
