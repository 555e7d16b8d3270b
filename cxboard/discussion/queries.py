"""The stream of an issue or a problem: what was said and what happened, newest first, as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import joinedload, selectinload

from .. import clock
from ..accounts.models import User
from ..causes.models import Problem, about_nothing_hidden
from ..db import BIGGEST_ID, db
from ..history import Event
from ..history.sentences import icon, sentence
from ..issues.models import Issue
from .models import Comment
from .text import keys_in, show

PAGE = 30
MOST_PAGES = 40

# The reviews are a slice above; of them only the week is known here.
REVIEW = sa.table("review", sa.column("id", sa.Integer), sa.column("week", sa.String))


@dataclass(frozen=True)
class Said:
    """One comment, ready to show."""

    comment: Comment
    html: Markup
    week: int | None = None


@dataclass(frozen=True)
class Happened:
    """One event, ready to show: its sentence, its icon, and the week of the review that it was part of."""

    event: Event
    text: Markup
    icon: str
    week: int | None = None


@dataclass(frozen=True)
class Stream:
    """A piece of a stream: the newest `pages` x PAGE things, and whether there is more."""

    rows: list[Said | Happened]
    only_comments: bool
    pages: int
    more: bool


def stream(
    person: User, *, issue_ids: Sequence[int] = (), problem_id: int | None = None, only_comments: bool = False, pages: int = 1
) -> Stream:
    """What was said and what happened about these issues (one with those merged into it), or about this problem."""

    def about(kind: type[Any]) -> sa.ColumnElement[bool]:
        return kind.problem_id == problem_id if problem_id is not None else kind.issue_id.in_(issue_ids)

    pages = min(max(pages, 1), MOST_PAGES)
    many = pages * PAGE + 1
    said = sa.select(Comment, REVIEW.c.week).outerjoin(REVIEW, REVIEW.c.id == Comment.review_id).where(about(Comment))
    said = said.options(joinedload(Comment.author).options(selectinload(User.departments)))
    rows: list[tuple[Any, str | None]] = [tuple(r) for r in db.session.execute(said.order_by(Comment.at.desc(), Comment.id.desc()).limit(many))]
    if not only_comments:
        own = Event.problem_id == problem_id if problem_id is not None else Event.issue_id.in_(issue_ids[:1])  # of merged ones only what was said
        happened = sa.select(Event, REVIEW.c.week).outerjoin(REVIEW, REVIEW.c.id == Event.review_id).where(own, about_nothing_hidden(Event.problem_id, person))
        rows += [tuple(r) for r in db.session.execute(happened.order_by(Event.at.desc(), Event.id.desc()).limit(many))]
        rows.sort(key=lambda r: (r[0].at, isinstance(r[0], Comment), r[0].id), reverse=True)
    ready = shown(rows[: many - 1], person)
    return Stream(ready, only_comments, pages, len(rows) >= many)


def shown(rows: Sequence[tuple[Comment | Event, str | None]], person: User) -> list[Said | Happened]:
    """Comments and events with their words, links and weeks."""
    texts = [row.text for row, _week in rows if isinstance(row, Comment)]
    issues = existing(Issue, {n for t in texts for n in keys_in(t, "CX")})
    problems = existing(Problem, {n for t in texts for n in keys_in(t, "EX")}, Problem.visible_to(person))
    ready: list[Said | Happened] = []
    for row, week in rows:
        number = clock.week_number(week) if week else None
        if isinstance(row, Comment):
            ready.append(Said(row, show(row.text, issues, problems), number))
        else:
            ready.append(Happened(row, sentence(row), icon(row), number))
    return ready


def existing(kind: type[Any], ids: set[int], *conditions: sa.ColumnElement[bool]) -> set[int]:
    """Those of these ids that are there (and meet the conditions)."""
    known = [i for i in ids if i <= BIGGEST_ID]
    return set(db.session.scalars(sa.select(kind.id).where(kind.id.in_(known), *conditions))) if known else set()
