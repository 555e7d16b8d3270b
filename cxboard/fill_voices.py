"""`cxboard fill --voices N`: many voices with a believable spread, for measuring."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from . import clock
from .accounts.models import Department, User
from .db import db
from .issues.models import Issue
from .issues.queries import is_open
from .journeys.models import Stage
from .voices.bulk import add_many
from .voices.evidence import weigh
from .voices.finding import tidy
from .voices.models import Scale, Voice

BATCH = 5_000
DAYS = 1_100
CHANNELS = ("phone", "email", "chat", "survey", "social", "counter", "letter", "review")
SOURCES = ("Klantonderzoek", "Contactcentrum", "Webreviews", "cxboard")
LABELS = [f"label {n}" for n in range(1, 41)] + ["wachttijd", "uitleg", "nota", "brief", "monteur", "verhuizen", "app", "voorschot"]
OPENINGS = ("Ik heb al drie keer gebeld over", "Nog steeds geen antwoord op mijn vraag over", "Waarom duurt het zo lang met", "Heel tevreden over", "Niemand kon mij uitleg geven over", "Mijn moeder begreep niets van")  # fmt: skip
SUBJECTS = "de eindnota|mijn verhuizing|het voorschot|de storing|de meterstand|de afspraak met de monteur|de incassobrief|de welkomstbrief|de machtiging|de overstap|het contract|de teruglevering".split("|")  # fmt: skip
ENDINGS = (
    "en elke keer moet ik alles opnieuw vertellen|want het bedrag klopt niet|terwijl de brief iets anders zegt|en nu krijg ik een aanmaning|maar de medewerker was vriendelijk|"
    "en de app geeft een foutmelding|dus ik overweeg om op te zeggen|en dat binnen een dag geregeld"
).split("|")  # fmt: skip


def fill_voices(many: int, *, seed: int = 11) -> int:
    """Add so many voices, one in fifty supporting an open issue; commits in batches."""
    chance = random.Random(seed)  # noqa: S311 - the same data every time
    stages = list(db.session.scalars(sa.select(Stage.id).order_by(Stage.id)))
    departments = list(db.session.scalars(sa.select(Department.id).order_by(Department.id)))
    issues = list(db.session.scalars(sa.select(Issue.id).where(is_open()).order_by(Issue.rank).limit(200)))
    by = db.session.scalar(sa.select(User.id).order_by(User.id).limit(1))
    for first in range(0, many, BATCH):
        rows = [one(chance, stages, departments, issues if by else []) for _ in range(min(BATCH, many - first))]
        ids = add_many(rows, logged_by_id=by)
        some = ids[::97]
        db.session.execute(sa.update(Voice).where(Voice.id.in_(some)).values(set_aside_at=clock.now(), set_aside_why="Dubbel", set_aside_by_id=by))
        db.session.commit()
    weigh(issues)
    db.session.commit()
    tidy()
    return many


def one(chance: random.Random, stages: list[Any], departments: list[Any], issues: list[int]) -> dict[str, Any]:
    scale = chance.choice((None, *Scale))
    quote = f"{chance.choice(OPENINGS)} {chance.choice(SUBJECTS)}, {chance.choice(ENDINGS)}."
    if chance.random() < 0.002:
        quote += f" Dossier zeldzaam{chance.randrange(200)}."
    return {
        "said_on": clock.today() - timedelta(days=int(DAYS * chance.random() ** 1.5)),
        "quote": quote,
        "source": chance.choices(SOURCES, weights=(70, 20, 9, 1))[0],
        "stage_id": chance.choice([*stages, None]),
        "department_id": chance.choice([*departments, None]),
        "channel": chance.choices(CHANNELS, weights=(30, 20, 15, 20, 8, 4, 2, 1))[0],
        "segment": chance.choice(("", "particulier", "zakelijk")),
        "scale": scale,
        "score": chance.choice(scale.scores) if scale else None,
        "tags": chance.sample(LABELS, chance.choice((0, 1, 1, 2, 3))),
        "issues": [chance.choice(issues)] if issues and chance.random() < 0.02 else [],
    }
