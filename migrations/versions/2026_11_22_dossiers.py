"""The case for solving a problem: its assumptions, and the private links to it."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_dossiers"
down_revision = "20261122_whys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assumption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("low", sa.Double(), nullable=True),
        sa.Column("likely", sa.Double(), nullable=True),
        sa.Column("high", sa.Double(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("guess", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_assumption_problem_id_problem")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_assumption_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assumption")),
    )
    own, all_ = sa.text("problem_id IS NOT NULL"), sa.text("problem_id IS NULL")
    op.create_index("uq_assumption_of_problem", "assumption", ["problem_id", "name"], unique=True, sqlite_where=own, postgresql_where=own)
    op.create_index("uq_assumption_of_all", "assumption", ["name"], unique=True, sqlite_where=all_, postgresql_where=all_)

    op.create_table(
        "dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("decide_by", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_dossier_problem_id_problem")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
        sa.UniqueConstraint("problem_id", name=op.f("uq_dossier_problem_id")),
    )

    op.create_table(
        "dossier_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("receiver", sa.String(length=80), nullable=False),
        sa.Column("locale", sa.String(length=5), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_dossier_link_problem_id_problem")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_dossier_link_made_by_id_person")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_dossier_link_ended_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_dossier_link_token_hash")),
    )
    op.create_index(op.f("ix_dossier_link_problem_id"), "dossier_link", ["problem_id"], unique=False)

    op.create_table(
        "dossier_visits",
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["dossier_link.id"], name=op.f("fk_dossier_visits_link_id_dossier_link")),
        sa.PrimaryKeyConstraint("link_id", name=op.f("pk_dossier_visits")),
    )

    op.create_table(
        "letterhead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letterhead")),
    )


def downgrade() -> None:
    for table in ("letterhead", "dossier_visits", "dossier_link", "dossier", "assumption"):
        op.drop_table(table)
