"""What customers said, the issues it supports, and the words by which it is found."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_voices"
down_revision = "20261122_meeting"
branch_labels = None
depends_on = None

# On SQLite FTS5 keeps which word is where, and triggers tell it what changed; on PostgreSQL a column does.
SQLITE = (
    "create virtual table search_voice_words using fts5(words, content='search_voice', content_rowid='id', tokenize='ascii', detail=none)",
    ("create trigger search_voice_added after insert on search_voice begin"
    " insert into search_voice_words(rowid, words) values (new.id, new.words); end"),
    ("create trigger search_voice_removed after delete on search_voice begin"
    " insert into search_voice_words(search_voice_words, rowid, words) values ('delete', old.id, old.words); end"),
    ("create trigger search_voice_changed after update of words on search_voice when old.words <> new.words begin"
    " insert into search_voice_words(search_voice_words, rowid, words) values ('delete', old.id, old.words);"
    " insert into search_voice_words(rowid, words) values (new.id, new.words); end"),
)
POSTGRESQL = (
    ("alter table search_voice add column vector tsvector"
    " generated always as (array_to_tsvector(array_remove(string_to_array(words, ' '), ''))) stored"),
    "create index search_voice_vector on search_voice using gin (vector)",
)


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    # Here, for a voice names it; the next migration is free to add to it.
    op.create_table(
        "voice_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("file", sa.String(200), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("beat_at", moment, nullable=False),
        sa.Column("finished_at", moment, nullable=True),
        sa.Column("undone_at", moment, nullable=True),
        sa.Column("failed_why", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_voice_import_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_import")),
    )
    op.create_table(
        "voice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("reference", sa.String(120), nullable=True),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("segment", sa.String(60), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("scale", sa.Enum("nps", "csat", "ces", name="scale", native_enum=False, length=20), nullable=True),
        sa.Column("band", sa.Enum("good", "middling", "bad", name="band", native_enum=False, length=20), nullable=True),
        sa.Column("issue_count", sa.Integer(), nullable=False),
        sa.Column("logged_by_id", sa.Integer(), nullable=True),
        sa.Column("logged_at", moment, nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("set_aside_at", moment, nullable=True),
        sa.Column("set_aside_by_id", sa.Integer(), nullable=True),
        sa.Column("set_aside_why", sa.String(300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_voice_stage_id_stage")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_voice_department_id_department")),
        sa.ForeignKeyConstraint(["logged_by_id"], ["person.id"], name=op.f("fk_voice_logged_by_id_person")),
        sa.ForeignKeyConstraint(["import_id"], ["voice_import.id"], name=op.f("fk_voice_import_id_voice_import")),
        sa.ForeignKeyConstraint(["set_aside_by_id"], ["person.id"], name=op.f("fk_voice_set_aside_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice")),
        sa.UniqueConstraint("source", "reference", name=op.f("uq_voice_source_reference")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_voice_reading",
        "voice",
        ["said_on", "id", "stage_id", "department_id", "band", "issue_count", "set_aside_at", "import_id", "scale", "score", "channel", "source"],
    )
    for column in ("stage_id", "department_id", "channel", "band", "source"):
        op.create_index(f"ix_voice_{column}", "voice", [column, "said_on", "id"])
    for name, columns, where in (
        ("supporting", ["said_on", "id"], "issue_count > 0"),
        ("set_aside", ["said_on", "id"], "set_aside_at IS NOT NULL"),
        ("import_id", ["import_id"], "import_id IS NOT NULL"),
    ):
        op.create_index(f"ix_voice_{name}", "voice", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    op.create_table(
        "voice_tag",
        sa.Column("voice_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(60), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["voice_id"], ["voice.id"], name=op.f("fk_voice_tag_voice_id_voice")),
        sa.PrimaryKeyConstraint("voice_id", "tag", name=op.f("pk_voice_tag")),
    )
    op.create_index("ix_voice_tag_tag", "voice_tag", ["tag", "said_on", "voice_id"])
    op.create_table(
        "voice_support",
        sa.Column("voice_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("pinned_at", moment, nullable=True),
        sa.Column("came_from_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["voice_id"], ["voice.id"], name=op.f("fk_voice_support_voice_id_voice")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_voice_support_issue_id_issue")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_voice_support_by_id_person")),
        sa.ForeignKeyConstraint(["came_from_id"], ["issue.id"], name=op.f("fk_voice_support_came_from_id_issue")),
        sa.PrimaryKeyConstraint("voice_id", "issue_id", name=op.f("pk_voice_support")),
    )
    op.create_index("ix_voice_support_issue_id", "voice_support", ["issue_id", "pinned_at"])
    op.create_index("ix_voice_support_came_from_id", "voice_support", ["came_from_id"])
    op.create_table(
        "voice_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("voices", sa.JSON(), nullable=False),
        sa.Column("undone_at", moment, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_voice_batch_by_id_person")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_voice_batch_issue_id_issue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_batch")),
    )
    op.add_column("issue", sa.Column("voice_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("issue", sa.Column("confidence_follows", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "search_voice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("voice_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_voice"),
        sa.UniqueConstraint("voice_id", name="uq_search_voice_voice_id"),
    )
    for statement in SQLITE if on_sqlite else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("added", "removed", "changed"):
            op.execute(f"drop trigger search_voice_{name}")
        op.execute("drop table search_voice_words")
    op.drop_table("search_voice")
    op.execute("alter table issue drop column confidence_follows")
    op.execute("alter table issue drop column voice_count")
    op.execute("delete from event where subject = 'voice'")
    for table in ("voice_batch", "voice_support", "voice_tag", "voice", "voice_import"):
        op.drop_table(table)
