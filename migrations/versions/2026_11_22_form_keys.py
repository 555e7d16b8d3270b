"""What a form already brought about, so that sending it twice makes one thing."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_form_keys"
down_revision = "20261121_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("shown", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_form_key_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_key")),
        sa.UniqueConstraint("person_id", "key_hash", name=op.f("uq_form_key_person_id_key_hash")),
    )
    with op.batch_alter_table("form_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_key_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_form_key_person_id_body_hash"), ["person_id", "body_hash"], unique=False)


def downgrade() -> None:
    op.drop_table("form_key")
