"""Runs the migrations on the app's own engine. On SQLite a table rebuild must not cascade, so foreign keys rest meanwhile."""

from alembic import context

from cxboard.db import Base, Moment, db


def write_moment(kind: str, item: object, autogen: object) -> str | bool:
    """A migration knows no class of ours: a Moment is written as what it is in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def is_ours(_thing: object, name: str | None, kind: str, _reflected: bool, _model: object) -> bool:
    """What the models mean. The index that search reads is made by its migration, for each database another way."""
    return not (kind == "table" and (name or "").startswith("search_"))


app = context.config.attributes["app"]

with app.app_context():
    connection = db.engine.connect()
    sqlite = connection.dialect.name == "sqlite"
    raw = connection.connection.dbapi_connection
    if sqlite:
        raw.execute("pragma foreign_keys=off")
    try:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=sqlite,
            compare_type=True,
            render_item=write_moment,
            include_object=is_ours,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if sqlite and (broken := raw.execute("pragma foreign_key_check").fetchall()):
                raise RuntimeError(f"the migration leaves rows that point nowhere: {broken[:5]}")
    finally:
        if sqlite:
            raw.execute("pragma foreign_keys=on")
        connection.close()
