"""Which issue a voice may support: the open ones that share words with it. Only ever proposed; a person decides."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from ..db import db
from ..issues.models import Issue
from ..issues.queries import is_open
from ..words import STOP_WORDS, WORD, fold, folded, stem

MOST_LOOKED_FOR = 24  # different words of the quote, the longest first
SHORTLIST = 200
FEWEST_LETTERS = 4
# Words that every second customer says: they tell nothing of what it is about.
SAY_NOTHING = frozenset(
    stem(w)
    for w in "klant klanten keer weer steeds altijd nooit alles iets niets geen hebben worden wordt werd geworden moest moet moeten kunnen kan kon komt komen "
    "gaat gaan ging goed slecht heel erg snel graag even daar hier toen want omdat terwijl zonder tegen tussen onder hele jullie bedrijf medewerker "
    "dagen week weken maand maanden jaar vandaag gisteren customer customers always never again still very much good bad company they've week weeks day days month".split()
)


@dataclass(frozen=True)
class Suggestion:
    """An issue, and the words that it shares with the quote, as the customer wrote them."""

    issue: Issue
    words: tuple[str, ...]


def issues_for(quote: str, *, stage_id: int | None = None, but: Collection[int] = (), limit: int = 4) -> list[Suggestion]:
    """Open issues that share at least two words with this quote, in title or story; the title and the same stage count more."""
    said: dict[str, str] = {}  # stem: as it was written
    for found in WORD.finditer(quote):
        word = fold(found[0])
        if len(word) >= FEWEST_LETTERS and word not in STOP_WORDS and (s := stem(word)) not in SAY_NOTHING:
            said.setdefault(s, found[0])
    looked_for = sorted(said, key=lambda s: (-len(s), s))[:MOST_LOOKED_FOR]
    if len(looked_for) < 2:
        return []
    text = Issue.title + " " + Issue.story
    holds = [sa.case((text.icontains(s[:6], autoescape=True), 1), else_=0) for s in looked_for]
    shared = sum(holds[1:], holds[0])
    few = sa.select(Issue).where(is_open(), Issue.id.not_in(list(but)), shared >= 2).order_by(shared.desc(), Issue.rank).limit(SHORTLIST)
    ranked = []
    for issue in db.session.scalars(few):
        in_title = {stem(w) for w in folded(issue.title)}
        both = [s for s in said if s in in_title or s in {stem(w) for w in folded(issue.story)}]
        if len(both) >= 2:
            weight = sum(2 if s in in_title else 1 for s in both) + (stage_id is not None and issue.stage_id == stage_id)
            ranked.append((-weight, issue.rank, Suggestion(issue, tuple(said[s] for s in both))))
    return [suggestion for _weight, _rank, suggestion in sorted(ranked, key=lambda r: r[:2])[:limit]]
