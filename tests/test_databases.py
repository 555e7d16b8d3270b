"""What tests run on is new for each of them, whatever is left over from the one before."""

import sqlite3

import pytest
import sqlalchemy as sa

from cxboard.db import db
from tests.makers import make_person


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("again", [False, True])
def test_who_still_holds_the_last_tests_database_does_nothing_to_the_next_ones(app, databases, database, again):
    if again:  # the first one of a process lies elsewhere
        databases.fresh("sqlite")
    make_person("Roos van Dijk")
    db.session.commit()
    left_over = sqlite3.connect(database.folder / "1.db")  # such as a request that a browser no longer waits for: it has yet to begin

    db.session.remove()
    databases.fresh("sqlite")
    make_person("Noor")
    db.session.commit()
    assert left_over.execute("select count(*) from person where name = 'Noor'").fetchone() == (0,)
    make_person("Bas")
    db.session.commit()
    left_over.close()

    other = sa.create_engine(db.engine.url)
    with other.connect() as somebody:
        assert somebody.scalars(sa.text("select name from person order by id")).all() == ["Noor", "Bas"]
    other.dispose()
    assert db.session.scalars(sa.text("select name from person order by id")).all() == ["Noor", "Bas"]
