"""The customer lane and the employee lane of a journey: touchpoints, tools, departments and moods of its stages."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_lanes"
down_revision = "20261122_voice_imports"
branch_labels = None
depends_on = None

LANES = ("customer", "employee")


def upgrade() -> None:
    op.create_table(
        "touchpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touchpoint")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_touchpoint_stage_id_stage")),
    )
    op.create_index(op.f("ix_touchpoint_stage_id"), "touchpoint", ["stage_id"])
    op.create_table(
        "stage_tool",
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("stage_id", "position", name=op.f("pk_stage_tool")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_stage_tool_stage_id_stage")),
    )
    op.create_table(
        "stage_department",
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("stage_id", "department_id", name=op.f("pk_stage_department")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_stage_department_stage_id_stage")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_stage_department_department_id_department")),
    )
    op.create_index(op.f("ix_stage_department_department_id"), "stage_department", ["department_id"])
    op.create_table(
        "mood",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("lane", sa.Enum(*LANES, name="lane", native_enum=False, length=20), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mood")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_mood_stage_id_stage")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_mood_set_by_id_person")),
    )
    now = sa.text("until IS NULL")
    op.create_index("ix_mood_now", "mood", ["stage_id", "lane"], unique=True, sqlite_where=now, postgresql_where=now)


def downgrade() -> None:
    for table in ("mood", "stage_department", "stage_tool", "touchpoint"):
        op.drop_table(table)
