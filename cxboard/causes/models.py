"""Problem (what hinders employees), Cause (the link from an issue to it), and the chain of whys between."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import Department, User
from ..db import Model, db
from ..domain import Refused, Stale
from ..history import Event, HasHistory
from ..issues.models import Issue, plain

MOST_WHYS = 7


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
        return sa.or_(cls.restricted.is_(False), cls.sponsor_id == person.id, cls.department_id.in_(person.department_ids))

    def is_visible_to(self, person: User) -> bool:
        """The same rule as `visible_to`, for one problem in hand."""
        return not self.restricted or person.is_regisseur or person.id == self.sponsor_id or self.department_id in person.department_ids

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

        Who restricts a problem, or hands it to another department, must still be able to see it.
        """
        from ..history.sentences import FIELDS, value_of

        changes = {name: value for name, value in facts.items() if getattr(self, name) != value}
        if version is not None and changes and (meanwhile := self.changed_since(version, set(changes))):
            raise Stale(
                meanwhile[-1].by.name if meanwhile[-1].by else None,
                {str(FIELDS[e.field]): (value_of(e.field, plain_fact(changes[e.field])), value_of(e.field, plain_fact(getattr(self, e.field)))) for e in meanwhile if e.field},
            )
        events = []
        for name, value in changes.items():
            before, after = plain_fact(getattr(self, name)), plain_fact(value)
            setattr(self, name, value)
            empty = (None, "", [])
            kind = "rewritten" if name == "description" else "changed" if before not in empty and after not in empty else "filled" if after not in empty else "cleared"
            events.append(self.record(kind, by=by, field=name, before=before, after=after))
        if self.restricted and not self.is_visible_to(by):
            raise Refused(_l("You would not be able to see this any more yourself. Ask the CX regisseur to do it."))
        return events


def plain_fact(value: Any) -> Any:
    """A value as history keeps it."""
    return value.value if isinstance(value, Category | ProblemStatus | Certainty) else plain(value)


class Why(Model):
    """One answer in the chain from the symptom to the problem."""

    __tablename__ = "why"

    cause_id: Mapped[int] = mapped_column(sa.ForeignKey("cause.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(300))


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
    why_rows: Mapped[list[Why]] = relationship(order_by=Why.position, cascade="all, delete-orphan")

    @classmethod
    def visible_to(cls, person: User) -> sa.ColumnElement[bool]:
        """A cause is seen by whoever sees its problem."""
        return cls.problem_id.in_(sa.select(Problem.id).where(Problem.visible_to(person)))

    @property
    def whys(self) -> list[str]:
        return [w.text for w in self.why_rows]

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

        Raises Refused when the pair is linked already, or when the shares of the issue would pass 100 %.
        """
        if any(c.problem_id == problem.id for c in issue.causes):
            raise Refused(_l("%(problem)s is a cause of %(issue)s already.", problem=problem.key, issue=issue.key))
        cause = cls(problem=problem, author=by, evidence=evidence, version=0, certainty=Certainty.SUSPECTED)
        cause.issue = issue
        db.session.add(cause)
        db.session.flush()
        cause.record("cause_linked", by=by, after={"key": problem.key, "issue": issue.key, "text": problem.title})
        cause._set_share(share)
        cause._set_whys(whys or [])
        return cause

    def unlink(self, *, by: User) -> None:
        """Not a cause after all."""
        self.record("cause_unlinked", by=by, before={"key": self.problem.key, "issue": self.issue.key})
        self.issue.causes.remove(self)
        db.session.delete(self)

    def revise(self, *, by: User, version: int | None = None, share: int | None = None, whys: list[str] | None = None, evidence: str | None = None) -> None:
        """Change the share, the whys or the evidence. Raises Stale or Refused."""
        if version is not None and version < self.version:
            events = self.changed_since(version, {"share", "whys", "evidence"})
            if events:
                raise Stale(events[-1].by.name if events[-1].by else None, {str(_l("Share")): (str(share or "–"), str(self.share or "–")), str(_l("Whys")): ("\n".join(whys or []), "\n".join(self.whys))})
        if share != self.share:
            before = self.share
            self._set_share(share)
            self.record("cause_share", by=by, field="share", before=before, after={"share": share, "key": self.problem.key})
        if whys is not None and whys != self.whys:
            before_whys = self.whys
            self._set_whys(whys)
            self.record("cause_whys", by=by, field="whys", before=before_whys, after={"key": self.problem.key, "whys": self.whys})
        if evidence is not None and evidence != self.evidence:
            before_evidence, self.evidence = self.evidence, evidence
            self.record("cause_evidence", by=by, field="evidence", before=before_evidence, after={"key": self.problem.key, "evidence": evidence})

    def confirm(self, certainty: Certainty, *, by: User) -> None:
        """The problem's own department says how sure it is; `suspected` takes a confirmation back."""
        if certainty == self.certainty:
            return
        before, self.certainty = self.certainty, certainty
        confirmed = certainty != Certainty.SUSPECTED
        self.confirmed_by, self.confirmed_at = (by, clock.now()) if confirmed else (None, None)
        self.record("cause_confirmed", by=by, field="certainty", before=before.value, after={"certainty": certainty.value, "key": self.problem.key})

    def hand_to(self, issue: Issue) -> None:
        """Move the link to another issue (merging, and undoing a merge). A share that no longer fits is left open."""
        free = 100 - sum(c.share or 0 for c in issue.causes if c is not self)
        self.issue = issue
        if self.share is not None and self.share > free:
            self.share = None

    def _set_share(self, share: int | None) -> None:
        others = sum(c.share or 0 for c in self.issue.causes if c is not self)
        if share is not None and not 0 < share <= 100:
            raise Refused(_l("A share is 1 to 100 percent."))
        if share is not None and share + others > 100:
            raise Refused(_l("The causes of %(key)s would explain more than 100 %%: %(free)s %% is left.", key=self.issue.key, free=100 - others))
        self.share = share

    def _set_whys(self, whys: list[str]) -> None:
        texts = [w.strip() for w in whys if w.strip()]
        if len(texts) > MOST_WHYS:
            raise Refused(_l("Seven whys at most. Take a step that says more."))
        self.why_rows = [
            next((r for r in self.why_rows if r.position == n and r.text == text), None) or Why(position=n, text=text[:300])
            for n, text in enumerate(texts, 1)
        ]
