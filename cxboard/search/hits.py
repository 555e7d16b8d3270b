"""What a hit says: its key, its title and the piece of text in which the words stand, and what it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import aliased

from .. import clock
from ..accounts.models import Department, User
from ..actions.models import Action, ActionStatus, Decision
from ..causes.models import Problem
from ..db import db
from ..discussion.models import Comment
from ..handoffs.models import Handoff
from ..issues.models import Issue
from ..language import day
from ..reviews.models import Remark, Review
from ..words import Question
from .kinds import minutes_text


@dataclass(frozen=True)
class Hit:
    """One thing that was found, ready to show."""

    kind: str
    id: int
    path: str
    icon: str
    key: str
    title: Markup
    snippet: Markup
    about: str  # its state, or what it hangs on
    closed: bool = False


def hits_of(things: Sequence[tuple[str, int]], question: Question) -> list[Hit]:
    """The hits of these things, in this order; one statement for each kind among them. Who may see them was asked before."""
    ids: defaultdict[str, list[int]] = defaultdict(list)
    for kind, id in things:
        ids[kind].append(id)
    read = {(hit.kind, hit.id): hit for kind, some in ids.items() for hit in READERS[kind](some, question)}
    return [read[thing] for thing in things if thing in read]


def issues(ids: Sequence[int], question: Question) -> Iterator[Hit]:
    for issue in db.session.execute(sa.select(Issue.id, Issue.title, Issue.story, Issue.status).where(Issue.id.in_(ids))):
        closed = not issue.status.is_open
        yield Hit(
            "issue", issue.id, f"/issues/{issue.id}", "square-kanban", f"CX-{issue.id}", question.marked(issue.title), question.snippet(issue.story), issue.status.label, closed
        )


def problems(ids: Sequence[int], question: Question) -> Iterator[Hit]:
    for p in db.session.execute(sa.select(Problem.id, Problem.title, Problem.description, Problem.status).where(Problem.id.in_(ids))):
        yield Hit("problem", p.id, f"/problems/{p.id}", "puzzle", f"EX-{p.id}", question.marked(p.title), question.snippet(p.description), p.status.label, not p.status.is_open)


def actions(ids: Sequence[int], question: Question) -> Iterator[Hit]:
    select = sa.select(Action.id, Action.title, Action.status, Action.due, Action.issue_id, Action.problem_id, User.name).join(User, User.id == Action.owner_id)
    for a in db.session.execute(select.where(Action.id.in_(ids))):
        when = _("%(name)s, by %(day)s", name=a.name, day=day(a.due)) if a.status == ActionStatus.OPEN else f"{a.name}, {a.status.label.lower()}"
        yield Hit("action", a.id, place(a, "agreed") or "/actions?whose=all", "list-todo", key_of(a), question.marked(a.title), Markup(""), when, a.status != ActionStatus.OPEN)


def decisions(ids: Sequence[int], question: Question) -> Iterator[Hit]:
    for d in db.session.execute(sa.select(Decision.id, Decision.text, Decision.at, Decision.issue_id, Decision.problem_id, Decision.review_id).where(Decision.id.in_(ids))):
        path = place(d, "agreed") or (f"/reviews/{d.review_id}" if d.review_id else "/actions?whose=all")
        yield Hit("decision", d.id, path, "gavel", key_of(d), question.snippet(d.text) or Markup.escape(d.text), Markup(""), day(d.at))


def minutes(ids: Sequence[int], question: Question) -> Iterator[Hit]:
    remarks: defaultdict[int, str] = defaultdict(str)
    for id, text in db.session.execute(sa.select(Remark.review_id, Remark.text).where(Remark.review_id.in_(ids))):
        remarks[id] += f"\n{text}"
    for r in db.session.execute(sa.select(Review.id, Review.week, Review.starts_at, Review.minutes).where(Review.id.in_(ids))):
        title = Markup.escape(_("Minutes of week %(week)s", week=clock.week_number(r.week)))
        yield Hit("minutes", r.id, f"/reviews/{r.id}", "messages-square", "", title, question.snippet(minutes_text(r.minutes) + remarks[r.id]), day(r.starts_at))


def comments(ids: Sequence[int], question: Question) -> Iterator[Hit]:
    issue, problem = aliased(Issue), aliased(Problem)
    select = sa.select(Comment.id, Comment.text, Comment.at, Comment.issue_id, Comment.problem_id, User.name, sa.func.coalesce(issue.title, problem.title).label("title"))
    select = select.join(User, User.id == Comment.author_id).outerjoin(issue, issue.id == Comment.issue_id).outerjoin(problem, problem.id == Comment.problem_id)
    for c in db.session.execute(select.where(Comment.id.in_(ids))):
        said = question.snippet(c.text) or Markup.escape(c.text[:160])
        yield Hit("comment", c.id, place(c, f"comment-{c.id}"), "message-circle", key_of(c), said, Markup(""), _("%(name)s, %(day)s", name=c.name, day=day(c.at)))


def handoffs(ids: Sequence[int], question: Question) -> Iterator[Hit]:
    asking, asked = aliased(Department), aliased(Department)
    select = sa.select(Handoff.id, Handoff.ask, Handoff.answer, Handoff.reason, Handoff.status, Handoff.issue_id, asking.code.label("asking"), asked.code.label("asked"))
    select = select.join(asking, asking.id == Handoff.asking_id).join(asked, asked.id == Handoff.asked_id)
    for h in db.session.execute(select.where(Handoff.id.in_(ids))):
        about = f"{h.asking} → {h.asked}, {h.status.label.lower()}"
        said = question.snippet(h.answer) or question.snippet(h.reason)
        yield Hit("handoff", h.id, f"/issues/{h.issue_id}#handoff-{h.id}", "hand-helping", f"CX-{h.issue_id}", question.marked(h.ask), said, about, not h.status.is_open)


def place(thing: Any, anchor: str) -> str:
    """Where one reads about a thing that hangs on an issue or a problem; '' when it hangs on neither."""
    if thing.issue_id:
        return f"/issues/{thing.issue_id}#{anchor}"
    return f"/problems/{thing.problem_id}#{anchor}" if thing.problem_id else ""


def key_of(thing: Any) -> str:
    return f"CX-{thing.issue_id}" if thing.issue_id else f"EX-{thing.problem_id}" if thing.problem_id else ""


READERS: dict[str, Callable[[Sequence[int], Question], Iterator[Hit]]] = {
    "issue": issues, "problem": problems, "action": actions, "decision": decisions, "minutes": minutes, "handoff": handoffs, "comment": comments,
}  # fmt: skip
