"""What can be found: for each kind of thing where its words stand, and what its hit says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from ..actions.models import Action, Decision
from ..causes.models import Problem
from ..db import db
from ..discussion.models import Comment
from ..handoffs.models import Handoff
from ..issues.models import Issue, IssueTag
from ..reviews.models import Remark, Review


@dataclass(frozen=True)
class Words:
    """The text of one thing, the issue and the problem that it hangs on, and when it was made."""

    thing_id: int
    issue_id: int | None
    problem_id: int | None
    at: datetime
    title: str
    body: str


@dataclass(frozen=True)
class Kind:
    """One kind of thing that can be found. `read(ids)` gives the words of those that are there and may be found at all."""

    name: str
    label: Any
    model: type[Any]
    read: Callable[[Sequence[int]], Iterable[Words]]
    watched: frozenset[str]  # the columns whose change changes its words; empty: any
    there: Callable[[], sa.ColumnElement[bool]] = sa.true  # which rows can be found


def _plain(model: type[Any], *columns: Any, there: Callable[[], sa.ColumnElement[bool]] = sa.true) -> Callable[[Sequence[int]], Iterator[Words]]:
    """Reads rows of (id, issue, problem, at, title, body)."""

    def read(ids: Sequence[int]) -> Iterator[Words]:
        rows = db.session.connection().execute(sa.select(*columns).where(model.id.in_(ids), there()).order_by(model.id))
        return (Words(*row) for row in rows)

    return read


NOTHING = sa.literal(None, sa.Integer)
NO_TEXT = sa.literal("")


def read_issues(ids: Sequence[int]) -> Iterator[Words]:
    """Title; story and labels."""
    connection = db.session.connection()
    labels: dict[int, str] = {}
    for id, name in connection.execute(sa.select(IssueTag.issue_id, IssueTag.name).where(IssueTag.issue_id.in_(ids))):
        labels[id] = f"{labels.get(id, '')} {name}"
    for id, at, title, story in connection.execute(sa.select(Issue.id, Issue.created_at, Issue.title, Issue.story).where(Issue.id.in_(ids)).order_by(Issue.id)):
        yield Words(id, id, None, at, title, story + labels.get(id, ""))


def read_minutes(ids: Sequence[int]) -> Iterator[Words]:
    """What closed minutes say of what everybody may read about, and the remarks under them."""
    connection = db.session.connection()
    remarks: dict[int, str] = {}
    for id, text in connection.execute(sa.select(Remark.review_id, Remark.text).where(Remark.review_id.in_(ids))):
        remarks[id] = f"{remarks.get(id, '')}\n{text}"
    rows = connection.execute(sa.select(Review.id, Review.starts_at, Review.minutes).where(Review.id.in_(ids), closed()).order_by(Review.id))
    return (Words(id, None, None, at, "", minutes_text(minutes) + remarks.get(id, "")) for id, at, minutes in rows)


def minutes_text(minutes: Any) -> str:
    """The words of minutes, but for what hangs on a problem: that can be restricted, and is found by itself."""
    if isinstance(minutes, list):
        return "\n".join(minutes_text(m) for m in minutes)
    if not isinstance(minutes, dict) or minutes.get("problem"):
        return ""
    own = [str(minutes[name]) for name in ("title", "notes", "text", "reason", "key") if isinstance(minutes.get(name), str)]
    return "\n".join([*own, *(minutes_text(v) for v in minutes.values() if isinstance(v, dict | list))])


def closed() -> sa.ColumnElement[bool]:
    return Review.closed_at.is_not(None)


def stands() -> sa.ColumnElement[bool]:
    return Decision.withdrawn_at.is_(None)


def unremoved() -> sa.ColumnElement[bool]:
    return Comment.removed_at.is_(None)


def answers() -> Any:
    return Handoff.ask + " " + Handoff.answer + " " + Handoff.reason


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("issue", _l("Issues"), Issue, read_issues, frozenset({"title", "story"})),
        Kind("problem", _l("EX problems"), Problem, _plain(Problem, Problem.id, NOTHING, Problem.id, Problem.created_at, Problem.title, Problem.description), frozenset({"title", "description"})),
        Kind("action", _l("Actions"), Action, _plain(Action, Action.id, Action.issue_id, Action.problem_id, Action.created_at, Action.title, NO_TEXT), frozenset({"title", "issue_id", "problem_id"})),
        Kind("decision", _l("Decisions"), Decision, _plain(Decision, Decision.id, Decision.issue_id, Decision.problem_id, Decision.at, NO_TEXT, Decision.text, there=stands), frozenset(), stands),
        Kind("minutes", _l("Minutes of reviews"), Review, read_minutes, frozenset({"minutes"}), closed),
        Kind("handoff", _l("Hand-offs"), Handoff, _plain(Handoff, Handoff.id, Handoff.issue_id, NOTHING, Handoff.asked_at, NO_TEXT, answers()), frozenset({"ask", "answer", "reason"})),
        Kind("comment", _l("Comments"), Comment, _plain(Comment, Comment.id, Comment.issue_id, Comment.problem_id, Comment.at, NO_TEXT, Comment.text, there=unremoved), frozenset(), unremoved),
    )
}  # fmt: skip
WITH_TITLE = ("issue", "problem", "action")
# What is no thing to find itself, but changes the words of one: the kind, and the column that says which.
PARTS: dict[type[Any], tuple[str, str]] = {IssueTag: ("issue", "issue_id"), Remark: ("minutes", "review_id")}
