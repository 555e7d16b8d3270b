"""Why an issue happens, as a tree: several answers to one why, each with its evidence, each ending somewhere.

An answer ends in a problem (through a Cause), in another issue, or in what is not ours to change; until then it is open.
A cause's chain of whys is the way from the first answer to the one that ends in it.

Who sees what: an answer is seen by whoever sees one of the ends it leads to, an open one included. So what leads only to
restricted problems is seen only by those who see one of them. What was answered there stays in that circle (`circle`),
whatever becomes of the tree later. Places, numbers and limits are those of what a person sees.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship

from .. import clock
from ..accounts.models import User
from ..db import Model, db
from ..domain import Refused, Stale
from ..history import Event, HasHistory
from ..issues.models import UNDO_GRACE, UNDO_SECONDS, Issue
from ..live import announce
from ..live.models import LIVE_REVIEW
from .models import LONGEST_WHY, MOST_WHYS, Cause, Problem, about_nothing_hidden
from .stopwords import question

MOST_ANSWERS = 120  # of one tree, as far as somebody sees it: more is no conversation any more
REF = re.compile("[a-z0-9]{8,32}")
QUIET = timedelta(hours=1)  # building a tree is told once an hour on the issue's page, not answer by answer
SMALL = ("why_answered", "why_reworded", "why_evidence", "why_moved", "why_stands")


class Why(HasHistory, Model):
    """One answer to "why does it happen?", under the answer it explains. `ref` is its name on pages and in addresses.

    `path` holds the ids from the first answer to this one ("12/15/"); `depth` is 1 to 7.
    """

    __tablename__ = "why"
    __table_args__ = (sa.Index("ix_why_issue", "issue_id", "path"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(32), unique=True)
    issue_id: Mapped[int] = mapped_column(sa.ForeignKey("issue.id"))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("why.id"), index=True)
    path: Mapped[str] = mapped_column(sa.String(90), default="")
    depth: Mapped[int]
    position: Mapped[int]
    text: Mapped[str] = mapped_column(sa.String(300))
    evidence: Mapped[str] = mapped_column(sa.Text, default="")
    stands: Mapped[bool] = mapped_column(default=False)
    cause_id: Mapped[int | None] = mapped_column(sa.ForeignKey("cause.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"))
    not_ours: Mapped[str | None] = mapped_column(sa.String(300))
    circle_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problem.id"))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    removed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)

    issue: Mapped[Issue] = relationship(foreign_keys=[issue_id], back_populates="whys")
    parent: Mapped[Why | None] = relationship(remote_side=[id])
    cause: Mapped[Cause | None] = relationship(back_populates="leaves")
    other: Mapped[Issue | None] = relationship(foreign_keys=[other_id])
    circle: Mapped[Problem | None] = relationship()
    by: Mapped[User] = relationship()

    @property
    def has_end(self) -> bool:
        return bool(self.cause_id or self.other_id or self.not_ours)

    # verbs; each is given what its person sees, so that nobody learns of anything else by trying

    @classmethod
    def answer(cls, text: str, *, issue: Issue, by: User, parent: Why | None = None, after: Why | None = None, ref: str | None = None) -> Why:
        """Answer the why of `parent` (of the issue itself without one), behind the answer `after` or as the last one.

        Who sends the same `ref` once more gets the answer of the first time. Raises Refused where nothing can grow.
        """
        tree = grown(issue, by)
        if ref and (known := tree.find(ref)):
            return known.why
        if issue.merged_into:
            raise Refused(_l("%(key)s was merged into %(other)s. Ask why there.", key=issue.key, other=issue.merged_into.key))
        if parent and parent.has_end:
            raise Refused(_l("“%(text)s” has an end already. Take that away first, then go deeper.", text=parent.text))
        if parent and parent.depth >= MOST_WHYS:
            raise Refused(_l("Seven whys at most. Take a step that says more."))
        if len(tree.nodes) >= MOST_ANSWERS:
            raise Refused(_l("There are %(count)s answers here already. Remove some, or make an issue of a branch.", count=MOST_ANSWERS))
        circle = parent and (parent.circle_id or circles(issue).get(parent.id))
        why = cls._grow(text, issue=issue, by=by, parent=parent, after=after, ref=ref, circle_id=circle)
        why.record("why_answered", by=by, after={"answer": why.text})
        return why

    @classmethod
    def _grow(cls, text: str, *, issue: Issue, by: User, parent: Why | None, after: Why | None = None, ref: str | None = None, **facts: Any) -> Why:
        taken = ref is not None and db.session.scalar(sa.select(cls.id).where(cls.ref == ref)) is not None
        why = cls(
            ref=ref if ref and REF.fullmatch(ref) and not taken else secrets.token_hex(8), issue=issue, parent=parent, text=text.strip()[:LONGEST_WHY], by=by,
            position=0, depth=parent.depth + 1 if parent else 1, path="", version=0, **facts,
        )  # fmt: skip
        db.session.add(why)
        db.session.flush()
        why.path = f"{parent.path if parent else ''}{why.id}/"
        siblings = [s for s in why._siblings() if s is not why]
        siblings.insert(siblings.index(after) + 1 if after in siblings else len(siblings), why)
        place(siblings)
        return why

    def reword(self, text: str, *, by: User, version: int | None = None) -> None:
        """Say it better. Raises Stale when somebody else did so after `version`."""
        text = text.strip()[:LONGEST_WHY]
        if text == self.text:
            return
        self._fresh(version, "answer", text, self.text)
        before, self.text, self.stands = self.text, text, False
        self.record("why_reworded", by=by, field="answer", before=before, after=text)

    def prove(self, evidence: str, *, by: User, version: int | None = None) -> None:
        """Say how we know. Raises Stale when somebody else did so after `version`."""
        if evidence == self.evidence:
            return
        self._fresh(version, "evidence", evidence, self.evidence)
        before, self.evidence = self.evidence, evidence
        self.record("why_evidence", by=by, field="evidence", before=before, after=evidence)

    def _fresh(self, version: int | None, field: str, mine: str, theirs: str) -> None:
        from ..history.sentences import FIELDS, value_of

        if version is not None and (meanwhile := self.changed_since(version, {field})):
            raise Stale(meanwhile[-1].by.name if meanwhile[-1].by else None, {str(FIELDS[field]): (value_of(None, mine), value_of(None, theirs))})

    def let_stand(self, *, by: User) -> None:
        """These words say what is meant, though they are words that were asked about."""
        if not self.stands:
            self.stands = True
            self.record("why_stands", by=by)

    def move(self, steps: int, *, by: User) -> bool:
        """One place up (-1) or down (1) among the answers to the same why that this person sees; whether there was room."""
        seen = [n.why for n in grown(self.issue, by).beside(self)]
        to = seen.index(self) + steps
        if not 0 <= to < len(seen):
            return False
        siblings = [s for s in self._siblings() if s is not self]
        siblings.insert(siblings.index(seen[to]) + (1 if steps > 0 else 0), self)
        place(siblings)
        self.record("why_moved", by=by)
        return True

    def _siblings(self) -> list[Why]:
        same = Why.parent_id == self.parent_id if self.parent_id else Why.parent_id.is_(None)
        return list(db.session.scalars(sa.select(Why).where(Why.issue_id == self.issue_id, same).order_by(Why.position, Why.id)))

    # where it ends

    def end_in_problem(self, problem: Problem, *, by: User) -> Cause:
        """This is what is behind it: the cause that links the problem to the issue, found or made (suspected)."""
        self._may_end(by)
        if self.cause and self.cause.problem_id == problem.id:
            return self.cause
        with in_their_circles(self.issue):
            self._let_go(by)
            cause = next((c for c in self.issue.causes if c.problem_id == problem.id), None)
            cause = cause or Cause.link(issue=self.issue, problem=problem, by=by)
            self.cause = cause
            db.session.flush()
        self.record("why_ended_problem", by=by, after={"key": problem.key, "issue": self.issue.key}, problem_id=problem.id)
        db.session.expire(cause, ["why_rows", "leaves"])
        return cause

    def end_elsewhere(self, other: Issue, *, by: User) -> None:
        """Another issue is behind it; that one has whys of its own."""
        self._may_end(by)
        if other.id == self.issue_id:
            raise Refused(_l("%(key)s can't be the reason of itself.", key=other.key))
        if other.id == self.other_id:
            return
        with in_their_circles(self.issue):
            self._let_go(by)
            self.other = other
        self.record("why_ended_issue", by=by, after={"key": other.key, "issue": self.issue.key})

    def end_not_ours(self, reason: str, *, by: User) -> None:
        """It goes on outside of what this company can change; the reason says why."""
        self._may_end(by)
        if not reason.strip():
            raise Refused(_l("Why is it not ours to change?"))
        if reason.strip() == self.not_ours:
            return
        with in_their_circles(self.issue):
            self._let_go(by)
            self.not_ours = reason.strip()[:LONGEST_WHY]
        self.record("why_not_ours", by=by, after={"answer": self.not_ours, "issue": self.issue.key})

    def open_again(self, *, by: User) -> None:
        """It is not where it ends: the next why can be asked."""
        if self.has_end:
            with in_their_circles(self.issue):
                self._let_go(by)
            self.record("why_opened", by=by, after={"issue": self.issue.key})

    def _may_end(self, by: User) -> None:
        if grown(self.issue, by).get(self).children:
            raise Refused(_l("There are deeper answers under this one. Say for the last of those where it ends."))

    def _let_go(self, by: User) -> None:
        """Take the end away. A cause about which nobody said anything more goes along with the last answer that led to it."""
        cause, self.cause, self.other, self.not_ours = self.cause, None, None, None
        db.session.flush()
        if cause is not None:
            db.session.expire(cause, ["leaves", "why_rows"])
            if cause.is_bare and not any(w.removed_at is None for w in cause.leaves):
                cause.unlink(by=by)

    # taking away

    def remove(self, *, by: User) -> Event:
        """Take this answer away with what is under it, as far as this person sees it; what others see under it stays theirs."""
        node, hidden = grown(self.issue, by).get(self), set()
        shown = {n.why.id for n in node.branch}
        for why in self._branch():
            if why.removed_at is None and why.id not in shown:
                hidden |= {int(id) for id in why.path.split("/") if id}
        gone = [n.why for n in node.branch if n.why.id not in hidden]
        with in_their_circles(self.issue):
            now = clock.now()
            for why in gone:
                why.removed_at = now
                if why.cause:
                    db.session.expire(why.cause, ["why_rows"])
        return self.record("why_removed", by=by, before={"answer": self.text}, after={"removed": [w.id for w in gone], "issue": self.issue.key})

    @classmethod
    def put_back(cls, event: Event, *, by: User) -> None:
        """Undo a removal, within ten seconds. Raises Refused when it is too late or what it hung on is gone."""
        late = clock.now() - event.at > timedelta(seconds=UNDO_SECONDS + UNDO_GRACE)
        whys = list(db.session.scalars(sa.select(cls).where(cls.id.in_(event.after["removed"])).order_by(cls.depth)))
        first = whys[0] if whys else None
        above = first and first.parent
        if late or event.by_id != by.id or first is None or first.removed_at is None or (above and (above.removed_at or above.has_end)):
            raise Refused(_l("This can't be put back any more: it was too long ago, or somebody changed something after it."))
        for why in whys:
            why.removed_at = None
            if why.cause:
                db.session.expire(why.cause, ["why_rows"])
        first.record("why_put_back", by=by, after={"issue": first.issue.key})

    def _branch(self) -> list[Why]:
        """This answer and everything under it, what was removed too."""
        return list(db.session.scalars(sa.select(Why).where(Why.issue_id == self.issue_id, Why.path.startswith(self.path)).order_by(Why.depth)))

    # merging

    def hand_to(self, issue: Issue, *, by: User) -> None:
        """Take this first answer along to another issue, with all under it (merging, and undoing a merge); it stands last there."""
        last = db.session.scalar(sa.select(sa.func.max(Why.position)).where(Why.issue_id == issue.id, Why.parent_id.is_(None))) or 0
        branch = self._branch()
        for why in branch:
            cause = why.cause
            why.issue = issue
            if cause is not None and cause.issue is not issue:
                twin = next((c for c in issue.causes if c.problem_id == cause.problem_id), None)
                why.cause = twin or Cause.link(issue=issue, problem=cause.problem, by=by)
        self.position = last + 1
        db.session.flush()
        for cause in {w.cause for w in branch if w.cause}:
            db.session.expire(cause, ["leaves", "why_rows"])

    # history

    def record(self, kind: str, *, problem_id: int | None = None, **details: Any) -> Event:
        """What happens to an answer that only a circle sees is told to that circle alone, and never in the answer's words."""
        db.session.flush()
        about = problem_id or self.circle_id or circles(self.issue).get(self.id)
        issue_id = None if kind in SMALL and self._told(details["by"], about) else self.issue_id
        event = super().record(kind, issue_id=issue_id, problem_id=about, **details)
        announce(f"issue-{self.issue_id}", LIVE_REVIEW, about=about)
        return event

    def _told(self, by: User, about: int | None) -> bool:
        """Whether the issue's page tells already that this person works on its whys."""
        since = sa.select(Event.id).where(Event.subject == "why", Event.issue_id == self.issue_id, Event.by_id == by.id, Event.at > clock.now() - QUIET)
        return db.session.scalar(since.where(Event.problem_id == about if about else Event.problem_id.is_(None)).limit(1)) is not None


def place(siblings: list[Why]) -> None:
    """Number the answers to one why."""
    for n, why in enumerate(siblings, 1):
        if why.position != n:
            why.position = n


def graft(cause: Cause, texts: list[str], *, by: User) -> None:
    """Put a chain of answers into the tree, ending in this cause. Answers that everybody sees there already are not said twice.

    An open answer is only taken over where that hides it from nobody.
    """
    texts = [t for t in (text.strip()[:LONGEST_WHY] for text in texts) if t]
    if not texts:
        return
    if len(texts) > MOST_WHYS:
        raise Refused(_l("Seven whys at most. Take a step that says more."))
    if len(grown(cause.issue, by).nodes) + len(texts) > MOST_ANSWERS:
        raise Refused(_l("There are %(count)s answers here already. Remove some, or make an issue of a branch.", count=MOST_ANSWERS))
    parent, beside = None, grown(cause.issue, None).roots
    for n, text in enumerate(texts, 1):
        leaf = n == len(texts)
        same = [k for k in beside if k.why.text.casefold() == text.casefold() and not k.why.has_end]
        same = [k for k in same if not (k.children if leaf else cause.problem.restricted and not k.children)]
        if same and not (leaf and cause.problem.restricted):
            parent, beside = same[0].why, same[0].children
        else:
            circle = cause.problem_id if cause.problem.restricted else None
            parent, beside = Why._grow(text, issue=cause.issue, by=by, parent=parent, circle_id=circle), []
    assert parent is not None
    parent.cause = cause
    db.session.flush()
    db.session.expire(cause, ["leaves", "why_rows"])


# the tree as somebody sees it


@dataclass(eq=False)
class Node:
    """One answer in its place. `public`: everybody sees it."""

    why: Why
    own: bool  # who looks sees its circle, and where it ends
    own_public: bool
    parent: Node | None = None
    every: list[Node] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    number: int = 0
    seen: bool = False
    public: bool = False
    circle: int | None = None

    @property
    def branch(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.branch

    @property
    def question(self) -> str | None:
        """What to ask about its words, while nothing deeper was said and nobody said that they stand."""
        if self.children or self.why.stands or self.why.cause_id or self.why.other_id:
            return None
        return question(self.why.text)

    @property
    def tint(self) -> int:
        """How far from the customer, in steps of ten percent."""
        return min(90, 10 + 12 * self.why.depth // 10 * 10)

    @property
    def is_open(self) -> bool:
        return not self.children and not self.why.has_end


@dataclass(frozen=True)
class Tree:
    """The answers that somebody sees, in their order."""

    issue: Issue
    roots: list[Node]

    @property
    def nodes(self) -> list[Node]:
        return [node for root in self.roots for node in root.branch]

    @property
    def open(self) -> int:
        """How many answers nobody has followed up yet."""
        return sum(node.is_open for node in self.nodes)

    @property
    def says_more(self) -> bool:
        """Whether there is more in it than the ways to its causes."""
        return any(n.why.evidence or n.question or not (n.children or n.why.cause_id) for n in self.nodes)

    def find(self, ref: str) -> Node | None:
        return next((n for n in self.nodes if n.why.ref == ref), None)

    def get(self, why: Why) -> Node:
        """The answer's place. Raises Refused when this person does not see it (any more)."""
        node = self.find(why.ref)
        if node is None:
            raise Refused(_l("That answer is not there any more."))
        return node

    def beside(self, why: Why) -> list[Node]:
        parent = self.get(why).parent
        return parent.children if parent else self.roots


def grown(issue: Issue, person: User | None) -> Tree:
    """The tree of an issue as this person sees it; as everybody sees it without one. One query."""
    nodes = _nodes(issue, person)
    return Tree(issue, _shown([n for n in nodes if n.parent is None]))


def circles(issue: Issue) -> dict[int, int]:
    """The answers that not everybody sees, each with the problem whose circle sees it."""
    return {n.why.id: n.circle for n in _nodes(issue, None) if not n.public and n.circle}


@contextmanager
def in_their_circles(issue: Issue) -> Iterator[None]:
    """What only a circle sees does not come out because an end is taken away or a branch goes."""
    db.session.flush()
    before = circles(issue)
    yield
    db.session.flush()
    after = circles(issue)
    for id, problem in before.items():
        why = db.session.get_one(Why, id)
        if id not in after or (after[id] != problem and why.cause_id):
            why.circle_id = problem
    db.session.flush()


def _nodes(issue: Issue, person: User | None) -> list[Node]:
    """Every answer that was not removed, first ones first, each knowing who sees it."""
    restricted = sa.select(Problem.id).where(Problem.restricted)
    public = sa.and_(sa.or_(Why.circle_id.is_(None), Why.circle_id.not_in(restricted)), sa.or_(Problem.id.is_(None), Problem.restricted.is_(False)))
    seen = sa.and_(about_nothing_hidden(Why.circle_id, person), sa.or_(Problem.id.is_(None), Problem.visible_to(person))) if person else public
    rows = db.session.execute(
        sa.select(Why, seen, public)
        .outerjoin(Cause, Cause.id == Why.cause_id)
        .outerjoin(Problem, Problem.id == Cause.problem_id)
        .options(contains_eager(Why.cause).contains_eager(Cause.problem).joinedload(Problem.department), joinedload(Why.other), joinedload(Why.circle))
        .where(Why.issue_id == issue.id, Why.removed_at.is_(None))
        .order_by(Why.depth, Why.position, Why.id)
    ).all()
    found: dict[int, Node] = {}
    for why, sees, everybody in rows:
        node = found[why.id] = Node(why, bool(sees), bool(everybody), parent=found.get(why.parent_id or 0))
        if node.parent:
            node.parent.every.append(node)
    for node in reversed(found.values()):  # the deepest first
        node.seen = node.own and (any(c.seen for c in node.every) if node.every else True)
        node.public = node.own_public and (any(c.public for c in node.every) if node.every else True)
        own = node.why.cause.problem_id if node.why.cause else None
        node.circle = node.why.circle_id or own or next((c.circle for c in node.every if c.circle), None)
    return list(found.values())


def _shown(nodes: list[Node]) -> list[Node]:
    shown = [n for n in nodes if n.seen]
    for number, node in enumerate(shown, 1):
        node.number, node.children = number, _shown(node.every)
    return shown


def _leaves() -> sa.Subquery:
    """Where the chains of causes end. What is kept in the circle of one problem is nobody's reading at another."""
    why, cause, circle = Why.__table__.c, Cause.__table__.c, Problem.__table__.alias("circle").c
    return (
        sa.select(why.id, why.cause_id, why.issue_id, why.path, why.depth)
        .select_from(sa.join(Why.__table__, Cause.__table__, cause.id == why.cause_id).outerjoin(circle.id.table, circle.id == why.circle_id))
        .where(why.removed_at.is_(None), sa.or_(circle.id.is_(None), circle.id == cause.problem_id, circle.restricted.is_(False)))
        .subquery("leaf")
    )


LEAVES = _leaves()
