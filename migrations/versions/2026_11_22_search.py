"""The index that search reads: the words of each thing, and what the database itself makes of them."""

import sqlalchemy as sa
from alembic import op

revision = "20261122_search"
down_revision = "20261122_conversation"
branch_labels = None
depends_on = None

# On SQLite the words stand in search_entry; FTS5 keeps which word is where, and triggers tell it what changed.
SQLITE = (
    "create virtual table search_words using fts5(words, content='search_entry', content_rowid='id', tokenize='ascii', detail=none, prefix='4 5 6 7 8')",
    ("create trigger search_entry_added after insert on search_entry begin"
    " insert into search_words(rowid, words) values (new.id, new.words); end"),
    ("create trigger search_entry_removed after delete on search_entry begin"
    " insert into search_words(search_words, rowid, words) values ('delete', old.id, old.words); end"),
    ("create trigger search_entry_changed after update of words on search_entry when old.words <> new.words begin"
    " insert into search_words(search_words, rowid, words) values ('delete', old.id, old.words);"
    " insert into search_words(rowid, words) values (new.id, new.words); end"),
)
# The words as they are: they were folded and stemmed before.
POSTGRESQL = (
    ("alter table search_entry add column vector tsvector"
    " generated always as (array_to_tsvector(array_remove(string_to_array(words, ' '), ''))) stored"),
    # No list of what is still to be put into the index: every search would read all of it, for each word of each kind.
    "create index search_entry_vector on search_entry using gin (vector) with (fastupdate = off)",
)


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_entry"),
        sa.UniqueConstraint("kind", "thing_id", name="uq_search_entry_kind_thing_id"),
        sqlite_autoincrement=True,
    )
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("added", "removed", "changed"):
            op.execute(f"drop trigger search_entry_{name}")
        op.execute("drop table search_words")
    op.drop_table("search_entry")
