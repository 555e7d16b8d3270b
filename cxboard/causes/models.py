"""Problem (what hinders employees), Cause (the link from an issue to it), and how sure we are; the whys between stand in whys.py."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from .. import clock
from ..accounts.models import Department, User
from ..db import Model, db
from ..domain import Refused, Stale
from ..history import Event, HasHistory
from ..issues.models import Issue, plain
from ..live import announce

if TYPE_CHECKING:
    from .whys import Why

MOST_WHYS = 7
LONGEST_WHY = 300
EMPTY: tuple[Any, ...] = (None, "", [])
EVENT_FIELDS = {"status": "problem_status"}  # an issue's status has other words


class Category(Enum):
    """What kind of thing hinders employees."""

    SKILLS = "skills"
    POLICY = "policy"
    SYSTEMS = "systems"
    PROCESS = "process"
    STRUCTURE = "structure"
    CULTURE = "culture"
    WORKLOAD = "workload"

    @property
    def label(self) -> str:
        return str(CATEGORY_LABELS[self])


CATEGORY_LABELS = {
    Category.SKILLS: _l("Skills and knowledge"),
    Category.POLICY: _l("Policy and rules"),
    Category.SYSTEMS: _l("Systems and tools"),
    Category.PROCESS: _l("Process and bureaucracy"),
    Category.STRUCTURE: _l("Organisation and silos"),
    Category.CULTURE: _l("Culture and leadership"),
    Category.WORKLOAD: _l("Workload and wellbeing"),
}


class ProblemStatus(Enum):
    """How far the company is with an EX problem."""

    SIGNALLED = "signalled"
    CONFIRMED = "confirmed"
    FUNDED = "funded"
    FIXING = "fixing"
    RESOLVED = "resolved"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        return str(PROBLEM_STATUS_LABELS[self])

    @property
    def is_open(self) -> bool:
        return self not in (ProblemStatus.RESOLVED, ProblemStatus.REJECTED)


PROBLEM_STATUS_LABELS = {
    ProblemStatus.SIGNALLED: _l("Signalled"),
    ProblemStatus.CONFIRMED: _l("Confirmed"),
    ProblemStatus.FUNDED: _l("Funded"),
    ProblemStatus.FIXING: _l("Being fixed"),
    ProblemStatus.RESOLVED: _l("Resolved"),
    ProblemStatus.REJECTED: _l("Rejected"),
}


class Certainty(Enum):
    """How sure we are that this problem causes that issue. Suspected links count half."""

    SUSPECTED = "suspected"
    LIKELY = "likely"
    PROVEN = "proven"

    @property
    def label(self) -> str:
        return str({Certainty.SUSPECTED: _l("Suspected"), Certainty.LIKELY: _l("Likely"), Certainty.PROVEN: _l("Proven")}[self])

    @property
    def dots(self) -> int:
        return list(Certainty).index(self) + 1

    @property
    def factor(self) -> float:
        """What a link counts for in the leverage: half while its department has not confirmed it."""
        return 0.5 if self == Certainty.SUSPECTED else 1.0


class Problem(HasHistory, Model):
    """Something in employees' work that makes customers' experience worse."""

    __tablename__ = "problem"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(160))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    category: Mapped[Category] = mapped_column(index=True)
    status: Mapped[ProblemStatus] = mapped_column(default=ProblemStatus.SIGNALLED)
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("department.id"), index=True)
    sponsor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    reporter_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    restricted: Mapped[bool] = mapped_column(default=False)
    employees: Mapped[int | None]
    hours_lost: Mapped[float | None]
    investment: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=0)

    department: Mapped[Department | None] = relationship()
    sponsor: Mapped[User | None] = relationship(foreign_keys=[sponsor_id])
    reporter: Mapped[User] = relationship(foreign_keys=[reporter_id])
    causes: Mapped[list[Cause]] = relationship(back_populates="problem", order_by="Cause.id")

    @property
    def key(self) -> str:
        return f"EX-{self.id}"

    @classmethod
    def visible_to(cls, person: User) -> sa.ColumnElement[bool]:
        """The one filter on restricted problems: every list, page, count and search goes through it.

        A restricted problem is for its owning department, its sponsor and regisseurs (product.md section 4).
        """
        if person.is_regisseur:
            return sa.true()
        shown = [cls.id == person.shown_problem] if person.shown_problem else []  # by a private link to its dossier
        return sa.or_(cls.restricted.is_(False), cls.sponsor_id == person.id, cls.department_id.in_(person.department_ids), *shown)

    def is_visible_to(self, person: User) -> bool:
        """The same rule as `visible_to`, for one problem in hand."""
        shown = person.shown_problem == self.id
        return not self.restricted or person.is_regisseur or person.id == self.sponsor_id or self.department_id in person.department_ids or shown

    def belongs_to(self, person: User) -> bool:
        return self.department_id in person.department_ids or person.id in (self.sponsor_id, self.reporter_id)

    def judged_by(self, person: User) -> bool:
        """People who live with a problem judge it: its department, or regisseurs while no department has it."""
        return self.department_id in person.department_ids if self.department_id else person.is_regisseur

    @classmethod
    def signal(
        cls, *, title: str, category: Category, by: User, department: Department | None = None, description: str = "", restricted: bool = False
    ) -> Problem:
        """Say that something hinders employees."""
        problem = cls(title=title, category=category, department=department, description=description, reporter=by, restricted=restricted, version=0,
                      status=ProblemStatus.SIGNALLED)  # fmt: skip
        db.session.add(problem)
        problem.record("problem_signalled", by=by, after={"text": title})
        return problem

    def edit(self, *, by: User, version: int | None = None, **facts: Any) -> list[Event]:
        """Change one or more facts; the same rules on conflicts as Issue.edit. Raises Stale or Refused.

        Who restricts a problem, or hands it to another department, must still be able to see it. Only those who judge a
        problem hand it over or say how far it is; what another department had confirmed is suspected again.
        """
        from ..history.sentences import FIELDS, value_of

        changes = {name: value for name, value in facts.items() if getattr(self, name) != value}
        if version is not None and (meanwhile := self.changed_since(version, {EVENT_FIELDS.get(n, n) for n in changes})):
            mine = {EVENT_FIELDS.get(n, n): (plain_fact(v), plain_fact(getattr(self, n))) for n, v in changes.items()}
            raise Stale(
                meanwhile[-1].by.name if meanwhile[-1].by else None,
                {str(FIELDS[e.field]): (value_of(e.field, mine[e.field][0]), value_of(e.field, mine[e.field][1])) for e in meanwhile if e.field},
            )
        unclaimed = self.department is None and "status" not in changes
        if changes.keys() & {"department", "status"} and not (by.is_regisseur or self.judged_by(by) or unclaimed):
            if self.department is None:
                raise Refused(_l("Only the CX regisseur can do that, until a department has this problem."))
            raise Refused(_l("Only people of %(department)s and the CX regisseur can do that.", department=self.department.name))
        events = [self._set(name, value, by) for name, value in changes.items()]
        if "department" in changes:
            for cause in self.causes:
                cause.confirm(Certainty.SUSPECTED, by=by)
        if changes:
            # Who may not see it must not notice either; but when that itself changes, so does what everybody sees of the issues.
            announce(*(f"issue-{c.issue_id}" for c in self.causes), about=None if "restricted" in changes else self.id)
        if self.restricted and not self.is_visible_to(by):
            raise Refused(_l("You would not be able to see this any more yourself. Ask the CX regisseur to do it."))
        return events

    def _set(self, name: str, value: Any, by: User) -> Event:
        before, after = plain_fact(getattr(self, name)), plain_fact(value)
        setattr(self, name, value)
        if name == "description":
            kind = "rewritten"
        elif after in EMPTY:
            kind = "cleared"
        else:
            kind = "filled" if before in EMPTY else "changed"
        return self.record(kind, by=by, field=EVENT_FIELDS.get(name, name), before=before, after=after)


def about_nothing_hidden(problem_id: Any, person: User) -> sa.ColumnElement[bool]:
    """Whether what hangs on `problem_id` (an event, a promise, a decision) hangs on no problem, or on one that this person may see."""
    if person.is_regisseur:
        return sa.true()
    return sa.or_(problem_id.is_(None), problem_id.in_(sa.select(Problem.id).where(Problem.visible_to(person))))


def plain_fact(value: Any) -> Any:
    """A value as history keeps it."""
    return value.value if isinstance(value, Category | ProblemStatus | Certainty) else plain(value)


class Cause(HasHistory, Model):
    """The link issue <- problem: how sure, how much of the issue it explains, and why."""

    __tablename__ = "cause"
    __table_args__ = (sa.UniqueConstraint("issue_id", "problem_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(sa.ForeignKey("issue.id"))
    problem_id: Mapped[int] = mapped_column(sa.ForeignKey("problem.id"), index=True)
    certainty: Mapped[Certainty] = mapped_column(default=Certainty.SUSPECTED)
    share: Mapped[int | None]
    evidence: Mapped[str] = mapped_column(sa.Text, default="")
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=0)

    issue: Mapped[Issue] = relationship(back_populates="causes")
    problem: Mapped[Problem] = relationship(back_populates="causes")
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=[confirmed_by_id])
    leaves: Mapped[list[Why]] = relationship("Why", back_populates="cause", order_by="Why.id")
    why_rows: Mapped[list[Why]] = relationship(  # the ways from the first answers to this, one query for many causes
        "Why",
        viewonly=True,
        secondary=lambda: _leaves(),
        primaryjoin=lambda: Cause.id == foreign(_leaves().c.cause_id),
        secondaryjoin=lambda: _on_the_way(),
        order_by="Why.depth",
    )

    @classmethod
    def visible_to(cls, person: User) -> sa.ColumnElement[bool]:
        """A cause is seen by whoever sees its problem."""
        if person.is_regisseur:
            return sa.true()
        return cls.problem_id.in_(sa.select(Problem.id).where(Problem.visible_to(person)))

    @property
    def whys(self) -> list[str]:
        """The chain of answers from what the customer notices to this problem; the one given first, where several lead to it."""
        rows = list(dict.fromkeys(self.why_rows))  # an answer is on the way to several ends
        ends = [w for w in rows if w.cause_id == self.id]
        leaf = min(ends, key=lambda w: w.id) if ends else None
        return [w.text for w in rows if leaf.path.startswith(w.path)] if leaf else []

    @property
    def is_bare(self) -> bool:
        """Whether nobody has said more about it than that it is there."""
        return self.certainty == Certainty.SUSPECTED and self.share is None and not self.evidence

    def belongs_to(self, person: User) -> bool:
        return person.id == self.author_id or self.issue.belongs_to(person) or self.problem.belongs_to(person)

    def judged_by(self, person: User) -> bool:
        return self.problem.judged_by(person)

    def record(self, kind: str, **details: Any) -> Event:
        return super().record(kind, issue_id=self.issue.id, problem_id=self.problem.id, **details)

    @classmethod
    def link(
        cls, *, issue: Issue, problem: Problem, by: User, share: int | None = None, whys: list[str] | None = None, evidence: str = ""
    ) -> Cause:
        """Say that this problem causes this issue. It stays suspected until the problem's department confirms it.

        `whys`, from the symptom to the problem, become a branch of the issue's tree (whys.py). Raises Refused when the pair is linked already, or when the shares of the issue would pass 100 %.
        """
        from .whys import graft

        if issue.merged_into:
            raise Refused(_l("%(key)s was merged into %(other)s. Link the problem there.", key=issue.key, other=issue.merged_into.key))
        if any(c.problem_id == problem.id for c in issue.causes):
            raise Refused(_l("%(problem)s is a cause of %(issue)s already.", problem=problem.key, issue=issue.key))
        cause = cls(problem=problem, author=by, evidence=evidence, version=0, certainty=Certainty.SUSPECTED)
        cause.issue = issue
        db.session.add(cause)
        db.session.flush()
        cause.record("cause_linked", by=by, after={"key": problem.key, "issue": issue.key, "text": problem.title})
        cause._set_share(share, by)
        graft(cause, whys or [], by=by)
        return cause

    def unlink(self, *, by: User) -> None:
        """Not a cause after all. The answers that led to it stay, for whoever saw them, and are open again."""
        from .whys import in_their_circles

        self.record("cause_unlinked", by=by, before={"key": self.problem.key, "issue": self.issue.key})
        with in_their_circles(self.issue):
            for why in self.leaves:
                if self.problem.restricted:
                    why.circle_id = why.circle_id or self.problem_id
                why.cause = None
            db.session.flush()
            db.session.delete(self)
        db.session.expire(self.issue, ["causes"])
        db.session.expire(self.problem, ["causes"])

    def revise(self, *, by: User, version: int | None = None, **facts: Any) -> None:
        """Change `share` (percent or None) or `evidence`; what is not given stays. The whys are changed in the tree.

        Raises Stale when one of them changed after `version`, Refused for a share that does not fit.
        """
        from ..history.sentences import FIELDS, value_of

        changes = {name: value for name, value in facts.items() if getattr(self, name) != value}
        if version is not None and (meanwhile := self.changed_since(version, set(changes))):
            raise Stale(
                meanwhile[-1].by.name if meanwhile[-1].by else None,
                {str(FIELDS[e.field]): (value_of(e.field, changes[e.field]), value_of(e.field, getattr(self, e.field))) for e in meanwhile if e.field},
            )
        key = {"key": self.problem.key}
        if "share" in changes:
            before, share = self.share, changes["share"]
            self._set_share(share, by)
            kind = "cause_share" if share is not None else "cause_share_open"
            self.record(kind, by=by, field="share", before=before, after=key | {"share": share})
        if "evidence" in changes:
            evidence, self.evidence = self.evidence, changes["evidence"]
            self.record("cause_evidence", by=by, field="evidence", before=evidence, after=key | {"evidence": self.evidence})

    def confirm(self, certainty: Certainty, *, by: User) -> None:
        """The problem's own department says how sure it is; `suspected` takes a confirmation back."""
        if certainty == self.certainty:
            return
        before, self.certainty = self.certainty, certainty
        confirmed = certainty != Certainty.SUSPECTED
        self.confirmed_by, self.confirmed_at = (by, clock.now()) if confirmed else (None, None)
        self.record("cause_confirmed", by=by, field="certainty", before=before.value, after={"certainty": certainty.value, "key": self.problem.key, "issue": self.issue.key})

    def hand_to(self, issue: Issue) -> None:
        """Move the link to another issue (merging, and undoing a merge). A share that no longer fits is left open."""
        free = 100 - sum(c.share or 0 for c in issue.causes if c is not self)
        announce(*(f"issue-{i.id}" for i in (self.issue, issue)), f"problem-{self.problem_id}", about=self.problem_id)
        self.issue = issue
        if self.share is not None and self.share > free:
            self.share = None

    def _set_share(self, share: int | None, by: User) -> None:
        """Raises Refused for what does not fit.

        Nobody may learn the share of a cause they can't see by trying what still fits: who does not see every cause of
        the issue may lower a share or leave it open, but not raise one.
        """
        if share is None or (self.share is not None and share <= self.share and share > 0):
            self.share = share
            return
        if not 0 < share <= 100:
            raise Refused(_l("A share is 1 to 100 percent."))
        if any(not c.problem.is_visible_to(by) for c in self.issue.causes):
            raise Refused(_l("There is also a restricted cause, so the CX regisseur divides the shares of %(key)s. Leave the share open.", key=self.issue.key))
        free = 100 - self._shares_of_others()
        if share > free:
            raise Refused(_l("The causes of %(key)s would explain more than 100 %%: %(free)s %% is left.", key=self.issue.key, free=free))
        self.share = share

    def _shares_of_others(self) -> int:
        """What the other causes explain, in percent; the issue is locked, so that two people can't both take what is left."""
        db.session.flush()
        db.session.execute(sa.select(Issue.id).where(Issue.id == self.issue.id).with_for_update())
        return db.session.scalar(sa.select(sa.func.coalesce(sa.func.sum(Cause.share), 0)).where(Cause.issue_id == self.issue.id, Cause.id != self.id)) or 0


def _leaves() -> sa.Subquery:
    from .whys import LEAVES

    return LEAVES


def _on_the_way() -> sa.ColumnElement[bool]:
    from .whys import Why

    leaf = _leaves().c
    return sa.and_(foreign(leaf.issue_id) == Why.issue_id, foreign(leaf.path).startswith(Why.path))
