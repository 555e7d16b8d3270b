"""Comments that are edited and removed, whom they mention, how people react, and attachments."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_conversation"
down_revision = "20261122_handoffs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("comment", sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("comment", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("comment", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("comment", sa.Column("removed_by_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("comment") as table:
        table.alter_column("version", server_default=None)
        table.create_foreign_key(op.f("fk_comment_removed_by_id_person"), "person", ["removed_by_id"], ["id"])
    op.create_table(
        "earlier_text",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_earlier_text_comment_id_comment")),
        sa.PrimaryKeyConstraint("comment_id", "version", name=op.f("pk_earlier_text")),
    )
    op.create_table(
        "mention",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("written", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (department_id IS NULL)", name=op.f("ck_mention_one")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_mention_comment_id_comment")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mention_person_id_person")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_mention_department_id_department")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
        sa.UniqueConstraint("comment_id", "person_id", name=op.f("uq_mention_comment_id_person_id")),
        sa.UniqueConstraint("comment_id", "department_id", name=op.f("uq_mention_comment_id_department_id")),
    )
    op.create_index(op.f("ix_mention_person_id_id"), "mention", ["person_id", "id"])
    op.create_index(op.f("ix_mention_department_id_id"), "mention", ["department_id", "id"])
    op.create_table(
        "mention_seen",
        sa.Column("mention_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mention_id"], ["mention.id"], name=op.f("fk_mention_seen_mention_id_mention"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mention_seen_person_id_person")),
        sa.PrimaryKeyConstraint("mention_id", "person_id", name=op.f("pk_mention_seen")),
    )
    op.create_table(
        "reaction",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_reaction_comment_id_comment")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reaction_person_id_person")),
        sa.PrimaryKeyConstraint("comment_id", "person_id", "kind", name=op.f("pk_reaction")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("stored", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(issue_id IS NULL) <> (problem_id IS NULL)", name=op.f("ck_attachment_about")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_attachment_issue_id_issue")),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_attachment_problem_id_problem")),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_attachment_comment_id_comment")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_attachment_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("stored", name=op.f("uq_attachment_stored")),
    )
    op.create_index(op.f("ix_attachment_issue_id"), "attachment", ["issue_id"])
    op.create_index(op.f("ix_attachment_problem_id"), "attachment", ["problem_id"])
    op.create_index(op.f("ix_attachment_comment_id"), "attachment", ["comment_id"])


def downgrade() -> None:
    # What was removed stays removed: the words of the last minutes go now, as they would have by the clock.
    op.execute("update comment set text = '' where removed_at is not null")
    for table in ("attachment", "reaction", "mention_seen", "mention", "earlier_text"):
        op.drop_table(table)
    with op.batch_alter_table("comment") as table:
        table.drop_constraint(op.f("fk_comment_removed_by_id_person"), type_="foreignkey")
        for column in ("removed_by_id", "removed_at", "edited_at", "version"):
            table.drop_column(column)
