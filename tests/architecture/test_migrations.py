"""The database that the migrations make is the one that the models mean, on both databases, and the way back works with data in it."""

import sqlalchemy as sa
from alembic import command

from cxboard.db import Base, alembic_config, db, downgrade, revisions, upgrade


def tables(app) -> set[str]:
    """Those that models mean; the index of search is made by its migration alone."""
    with app.app_context():
        return {t for t in sa.inspect(db.engine).get_table_names() if t != "alembic_version" and not t.startswith("search_")}


def test_models_and_migrations_agree(new_app):
    app = new_app()
    upgrade(app)

    command.check(alembic_config(app))

    assert tables(app) == set(Base.metadata.tables)


def test_down_and_up_again(new_app):
    app = new_app()
    upgrade(app)
    downgrade(app, "base")
    assert tables(app) == set()

    upgrade(app)
    current, newest, known = revisions(app)
    assert (current, known) == (newest, True)
    assert tables(app) == set(Base.metadata.tables)


def test_the_way_down_and_up_holds_with_data_in_it(new_app, at):
    from tests.architecture.house import furnish

    at("2026-11-24 10:00")
    app = new_app()
    upgrade(app)
    with app.app_context():
        assert furnish()["issues"]
        db.session.remove()
    downgrade(app, "base")
    upgrade(app)
    with app.app_context():
        assert db.session.scalar(sa.text("select count(*) from issue")) == 0
        db.session.rollback()


def test_every_constraint_has_a_name(new_app):
    nameless = [f"{t.name}: {c}" for t in Base.metadata.sorted_tables for c in t.constraints if not c.name]

    assert nameless == []
