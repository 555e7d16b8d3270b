"""The whys of an issue as a tree: each chain of answers becomes a branch that ends in its cause."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "20261122_whys"
down_revision = "20261122_lanes"
branch_labels = None
depends_on = None

CHAINS = sa.text(
    "select why.cause_id, why.text, cause.issue_id, cause.author_id, cause.created_at, problem.id as problem_id, problem.restricted "
    "from why join cause on cause.id = why.cause_id join problem on problem.id = cause.problem_id order by why.cause_id, why.position"
).columns(created_at=sa.DateTime(timezone=True), restricted=sa.Boolean())


def upgrade() -> None:
    chains: dict[int, list[sa.Row]] = {}
    for row in op.get_bind().execute(CHAINS).all():
        chains.setdefault(row.cause_id, []).append(row)
    op.drop_table("why")
    tree = op.create_table(
        "why",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("issue_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=90), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("cause_id", sa.Integer(), nullable=True),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("not_ours", sa.String(length=300), nullable=True),
        sa.Column("circle_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_why_by_id_person")),
        sa.ForeignKeyConstraint(["cause_id"], ["cause.id"], name=op.f("fk_why_cause_id_cause")),
        sa.ForeignKeyConstraint(["circle_id"], ["problem.id"], name=op.f("fk_why_circle_id_problem")),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name=op.f("fk_why_issue_id_issue")),
        sa.ForeignKeyConstraint(["other_id"], ["issue.id"], name=op.f("fk_why_other_id_issue")),
        sa.ForeignKeyConstraint(["parent_id"], ["why.id"], name=op.f("fk_why_parent_id_why")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_why")),
        sa.UniqueConstraint("ref", name=op.f("uq_why_ref")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_why_issue", "why", ["issue_id", "path"])
    op.create_index(op.f("ix_why_parent_id"), "why", ["parent_id"])
    op.create_index(op.f("ix_why_cause_id"), "why", ["cause_id"])
    for place, (cause, rows) in enumerate(chains.items(), 1):
        above, path = None, ""
        for depth, row in enumerate(rows, 1):
            facts = {
                "ref": secrets.token_hex(8), "issue_id": row.issue_id, "parent_id": above, "path": "", "depth": depth, "position": place if depth == 1 else 1,
                "text": row.text, "evidence": "", "stands": False, "cause_id": cause if depth == len(rows) else None, "by_id": row.author_id,
                "at": row.created_at, "circle_id": row.problem_id if row.restricted else None, "version": 0,
            }  # fmt: skip
            above = op.get_bind().execute(sa.insert(tree).values(facts)).inserted_primary_key[0]
            path += f"{above}/"
            op.get_bind().execute(sa.update(tree).where(tree.c.id == above).values(path=path))


def downgrade() -> None:
    ends = op.get_bind().execute(sa.text("select cause_id, path from why where cause_id is not null and removed_at is null order by id desc")).all()
    texts = {row.id: row.text for row in op.get_bind().execute(sa.text("select id, text from why"))}
    op.drop_index(op.f("ix_why_cause_id"), table_name="why")
    op.drop_index(op.f("ix_why_parent_id"), table_name="why")
    op.drop_index("ix_why_issue", table_name="why")
    op.drop_table("why")
    chain = op.create_table(
        "why",
        sa.Column("cause_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["cause_id"], ["cause.id"], name=op.f("fk_why_cause_id_cause")),
        sa.PrimaryKeyConstraint("cause_id", "position", name=op.f("pk_why")),
    )
    first = {cause: [int(id) for id in path.split("/") if id] for cause, path in ends}  # of several, the one given first
    rows = [{"cause_id": cause, "position": n, "text": texts[id]} for cause, ids in first.items() for n, id in enumerate(ids, 1)]
    if rows:
        op.bulk_insert(chain, rows)
