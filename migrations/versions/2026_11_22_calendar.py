"""Private calendar links, another rhythm from a date on, and days on which nobody meets."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_calendar"
down_revision = "20261122_notifications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_link_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_link_token_hash")),
    )
    op.create_index(op.f("ix_calendar_link_person_id"), "calendar_link", ["person_id"], unique=False)
    counts = sa.text("ended_at IS NULL")
    op.create_index("uq_calendar_link_person", "calendar_link", ["person_id"], unique=True, sqlite_where=counts, postgresql_where=counts)

    op.create_table(
        "rhythm_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("duration", sa.Integer(), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["review_series.id"], name=op.f("fk_rhythm_change_series_id_review_series")),
        sa.ForeignKeyConstraint(["chair_id"], ["person.id"], name=op.f("fk_rhythm_change_chair_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rhythm_change")),
        sa.UniqueConstraint("series_id", "from_day", name=op.f("uq_rhythm_change_series_id_from_day")),
    )

    op.create_table(
        "free_day",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_free_day")),
    )
    free = sa.text("removed_at IS NULL")
    op.create_index("uq_free_day_day", "free_day", ["day"], unique=True, sqlite_where=free, postgresql_where=free)

    op.create_table(
        "review_skip",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("free_day_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_skip_review_id_review")),
        sa.ForeignKeyConstraint(["free_day_id"], ["free_day.id"], name=op.f("fk_review_skip_free_day_id_free_day")),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_review_skip")),
    )
    op.create_index(op.f("ix_review_skip_free_day_id"), "review_skip", ["free_day_id"], unique=False)


def downgrade() -> None:
    for table in ("review_skip", "free_day", "rhythm_change", "calendar_link"):
        op.drop_table(table)
