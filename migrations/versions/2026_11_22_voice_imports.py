"""Bringing in a file of voices, with progress and a way back."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_voice_imports"
down_revision = "20261122_voices"
branch_labels = None
depends_on = None

MOMENTS = ("claimed_at", "stop_at", "cleared_at")
COUNTS = ("added", "here", "doubles", "empty", "wrong")
TEXTS = {"headers_key": 64, "token": 40}


def upgrade() -> None:
    for name in MOMENTS:
        op.add_column("voice_import", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for name in COUNTS:
        op.add_column("voice_import", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name, length in TEXTS.items():
        op.add_column("voice_import", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    op.create_index("ix_voice_import_headers_key", "voice_import", ["headers_key", "id"])


def downgrade() -> None:
    op.drop_index("ix_voice_import_headers_key", "voice_import")
    for name in (*TEXTS, *COUNTS, *MOMENTS):
        op.execute(f"alter table voice_import drop column {name}")
