"""The cast of the tests: five people of one company. Their password is `makers.PASSWORD`."""

import sqlalchemy as sa

from cxboard.accounts.models import User
from cxboard.db import db
from tests.makers import PASSWORD, make_person

PEOPLE = {
    "Roos": ("Roos van Dijk", "regisseur", ("KS",)),
    "Mo": ("Mo Amrani", "member", ("KS",)),
    "Eva": ("Eva Smit", "member", ("IT",)),
    "Finn": ("Finn Visser", "viewer", ("FIN",)),
    "Ada": ("Ada Bakker", "admin", ()),
}


def person(first_name: str) -> User:
    """One of the cast, who joins when asked for the first time."""
    name, role, departments = PEOPLE[first_name]
    found = db.session.scalar(sa.select(User).where(User.name == name))
    return found or make_person(name, role, departments, password=PASSWORD)
