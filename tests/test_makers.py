"""The shortcut by which tests make people and departments leaves what the verbs leave, row by row."""

import sqlalchemy as sa

from cxboard.accounts.models import Department, Role, User
from cxboard.db import Base, db
from tests.makers import PASSWORD, make_department, make_person


def everything() -> dict[str, list[dict[str, object]]]:
    """All rows of all tables, but for the salt of a password, and the news for open pages (nobody has one open yet)."""
    kept = {}
    for table in Base.metadata.sorted_tables:
        if table.name == "change":
            continue
        rows = db.session.execute(sa.select(table).order_by(*table.primary_key.columns)).mappings().all()
        kept[table.name] = [dict(row) | ({"password_hash": bool(row["password_hash"])} if "password_hash" in row else {}) for row in rows]
    return kept


def test_whom_the_makers_make_are_as_if_they_had_joined_by_the_verbs(app, databases, database, at):
    at("2026-11-24 09:00")
    make_department("KS", wip_limit=7)
    make_department("IT", name="Informatie")
    made = make_person("Roos van Dijk", "regisseur", ("KS", "FIN"), password=PASSWORD)
    make_person("Noor")
    assert made.has_password(PASSWORD)
    made_rows = everything()

    db.session.remove()
    databases.fresh(database.name)
    at("2026-11-24 09:00")
    ks = Department.open(name="Afdeling KS", code="KS", by=None, wip_limit=7)
    db.session.flush()
    Department.open(name="Informatie", code="IT", by=None)
    db.session.flush()
    fin = Department.open(name="Afdeling FIN", code="FIN", by=None)
    db.session.flush()
    roos = User.join(email="roos.van.dijk@example.org", name="Roos van Dijk", role=Role.REGISSEUR, departments=[ks, fin], by=None, locale="en")
    roos.set_password(PASSWORD, by=roos)
    db.session.flush()
    User.join(email="noor@example.org", name="Noor", role=Role.MEMBER, departments=[], by=None, locale="en")
    db.session.commit()

    assert made_rows == everything()
