"""Issue, and everything people do with one: report, edit, move, park, decline, merge, rank, undo."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import Department, User
from ..db import Model, db, one_at_a_time
from ..domain import Refused, Stale
from ..history import Event, HasHistory
from ..journeys.models import Stage
from ..live import announce
from . import gates
from .status import Confidence, Status, Verdict

if TYPE_CHECKING:
    from ..causes.models import Cause
    from ..causes.whys import Why
    from ..focus.models import Focus
    from ..handoffs.models import Handoff

RANK_STEP = 65_536
RANK_LOCK = 7_041
UNDO_SECONDS = 10
UNDO_GRACE = 20  # the click may leave the browser late
UNDOABLE = ("moved", "moved_anyway", "parked", "declined", "merged", "ranked")  # taking back has no way back itself

# What happened to an issue without anybody working on it: it may stand still all the same.
QUIET = {"confidence_followed", "confidence_unknown"}
# What slices above do with the duplicate and the issue that stays, when the one is merged into the other and when that is taken back.
WHEN_MERGED: list[Callable[[Issue, Issue], None]] = []
WHEN_UNMERGED: list[Callable[[Issue, Issue], None]] = []

contribution = sa.Table(
    "contribution",
    Model.metadata,
    sa.Column("issue_id", sa.ForeignKey("issue.id"), primary_key=True),
    sa.Column("department_id", sa.ForeignKey("department.id"), primary_key=True, index=True),
)


class IssueTag(Model):
    """A free word on an issue."""

    __tablename__ = "issue_tag"

    issue_id: Mapped[int] = mapped_column(sa.ForeignKey("issue.id"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True, index=True)


class Stay(Model):
    """How long an issue stood in one status; what "usual" means on the board is computed from these."""

    __tablename__ = "stay"
    __table_args__ = (sa.Index("ix_stay_status_until", "status", "until"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    status: Mapped[Status]
    since: Mapped[datetime]
    until: Mapped[datetime | None]


def not_of(lead: Department, owner: User) -> Refused:
    """The owner is somebody of the lead department."""
    return Refused(_l("%(name)s does not work at %(department)s. The owner is somebody of the lead department.", name=owner.name, department=lead.name))


class Issue(HasHistory, Model):
    """Something customers experience that should be better."""

    __tablename__ = "issue"
    __table_args__ = (
        sa.Index(
            "ix_issue_open",
            "status",
            "rank",
            sqlite_where=sa.text("status IN ('new', 'analysing', 'ready', 'in_progress', 'verifying')"),
            postgresql_where=sa.text("status IN ('new', 'analysing', 'ready', 'in_progress', 'verifying')"),
        ),
        sa.Index("ix_issue_status_since", "status", "status_since"),
        sa.Index("ix_issue_lead_status", "lead_id", "status"),
        sa.UniqueConstraint("source", "reference"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(160))
    story: Mapped[str] = mapped_column(sa.Text, default="")
    status: Mapped[Status] = mapped_column(default=Status.NEW)
    status_since: Mapped[datetime] = mapped_column(default=clock.now)
    rank: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    lead_id: Mapped[int | None] = mapped_column(sa.ForeignKey("department.id"))
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    reporter_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    stage_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stage.id"), index=True)
    due: Mapped[date | None]
    reach: Mapped[float | None]
    severity: Mapped[int | None]
    confidence: Mapped[Confidence | None]
    confidence_follows: Mapped[bool] = mapped_column(default=False)  # from how many voices there are: nobody set it by hand
    voice_count: Mapped[int] = mapped_column(default=0)
    effort: Mapped[float | None]
    staff_effect: Mapped[int | None]
    no_cause_note: Mapped[str | None] = mapped_column(sa.Text)
    expected_effect: Mapped[str | None] = mapped_column(sa.Text)
    verdict: Mapped[Verdict | None]
    verdict_note: Mapped[str | None] = mapped_column(sa.Text)
    parked_until: Mapped[date | None] = mapped_column(index=True)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    source: Mapped[str | None] = mapped_column(sa.String(120))
    reference: Mapped[str | None] = mapped_column(sa.String(120))
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    touched_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=0)

    lead: Mapped[Department | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    reporter: Mapped[User] = relationship(foreign_keys=[reporter_id])
    stage: Mapped[Stage | None] = relationship()
    contributing: Mapped[list[Department]] = relationship(secondary=contribution, order_by=Department.code)
    tag_rows: Mapped[list[IssueTag]] = relationship(cascade="all, delete-orphan", order_by=IssueTag.name)
    stays: Mapped[list[Stay]] = relationship(order_by=Stay.id)
    merged_into: Mapped[Issue | None] = relationship(
        remote_side=[id], foreign_keys=[merged_into_id], back_populates="merged"
    )
    merged: Mapped[list[Issue]] = relationship(
        foreign_keys=[merged_into_id], back_populates="merged_into", order_by="Issue.id"
    )
    causes: Mapped[list[Cause]] = relationship("Cause", back_populates="issue", order_by="Cause.id")
    whys: Mapped[list[Why]] = relationship("Why", foreign_keys="Why.issue_id", back_populates="issue", order_by="Why.id")
    handoffs: Mapped[list[Handoff]] = relationship("Handoff", back_populates="issue", order_by="Handoff.id")
    focus: Mapped[Focus | None] = relationship(
        "Focus", primaryjoin="and_(Focus.issue_id == Issue.id, Focus.until.is_(None))", viewonly=True, uselist=False
    )

    # reading

    @property
    def key(self) -> str:
        return f"CX-{self.id}"

    @property
    def tags(self) -> list[str]:
        return [t.name for t in self.tag_rows]

    @property
    def departments(self) -> list[Department]:
        """The lead department first, then those that contribute."""
        return [d for d in [self.lead, *self.contributing] if d]

    @property
    def days(self) -> int:
        """Whole local days in this status."""
        return (clock.today() - clock.local(self.status_since).date()).days

    @property
    def pain(self) -> float | None:
        """Reach x severity x confidence: customers a month, weighed (the R, I and C of RICE). None while one is unknown."""
        if self.reach is None or self.severity is None or self.confidence is None:
            return None
        return self.reach * self.severity * self.confidence.factor

    @property
    def score(self) -> float | None:
        """Pain a day of effort (RICE). None while an input is unknown or the effort is nothing."""
        return self.pain / self.effort if self.pain is not None and self.effort else None

    def belongs_to(self, person: User) -> bool:
        """Whether it is an own department's item of this person."""
        mine = person.department_ids
        return (
            self.lead_id in mine
            or person.id in (self.owner_id, self.reporter_id)
            or any(d.id in mine for d in self.contributing)
        )

    @property
    def quote(self) -> str | None:
        """What a customer literally said, as the story tells it: its first block quote, else its first words in quotation marks."""
        if block := re.search(r"(?m)(?:^> ?.*\n?)+", self.story):
            return " ".join(line.lstrip("> ").strip() for line in block[0].splitlines()).strip(' "“”') or None
        said = re.search(r"[“\"]([^“”\"]{15,400})[”\"]", self.story)
        return said[1].strip() if said else None

    @property
    def merged_ids(self) -> list[int]:
        """This issue and those merged into it, so that their causes, comments and actions are read together."""
        return [self.id, *(i.id for i in self.merged)]

    # reporting and editing

    @classmethod
    def report(
        cls,
        *,
        title: str,
        by: User,
        story: str = "",
        lead: Department | None = None,
        source: str | None = None,
        reference: str | None = None,
        created_at: datetime | None = None,
        status: Status = Status.NEW,
        until: date | None = None,
    ) -> Issue:
        """A new issue at the end of the ranking. Without a lead it gets the reporter's department, if there is just one.

        One that was kept elsewhere before may have been reported earlier (`created_at`) and stand in another `status`, as
        far as anybody knows since now; what was finished there was not finished today, and keeps its own day.
        """
        if lead is None and len(by.departments) == 1:
            lead = by.departments[0]
        now = clock.now()
        reported = created_at or now
        since = reported if status in (Status.DONE, Status.DECLINED) else now
        issue = cls(
            title=title, story=story, reporter=by, lead=lead, rank=last_rank() + RANK_STEP, source=source, reference=reference,
            created_at=reported, status_since=since, touched_at=now, status=status, parked_until=until, version=0,
        )  # fmt: skip
        issue.stays = [Stay(status=status, since=since)]
        db.session.add(issue)
        issue.record("reported", by=by, after={"text": title})
        return issue

    def record(self, kind: str, **details: Any) -> Event:
        if kind not in QUIET:
            self.touched_at = clock.now()
        return super().record(kind, **details)

    def edit(self, *, by: User, version: int | None = None, **facts: Any) -> list[Event]:
        """Change one or more facts. Raises Stale when one of them changed after `version`, Refused for what can't be.

        Other people's changes to other facts are no conflict.
        """
        changes = {name: value for name, value in facts.items() if self._by_hand(name) != value}
        if not changes:
            return []
        if self.status == Status.MERGED:
            raise Refused(_l("A merged issue is read under the one it was merged into. Change that one."))
        if version is not None and (meanwhile := self.changed_since(version, set(changes))):
            raise self._stale(meanwhile, changes)
        if "owner" in changes or "lead" in changes:
            changes = self._owner_of_lead(changes)
        lead, contributing = changes.get("lead"), changes.get("contributing", self.contributing)
        if lead in contributing:
            changes |= {"contributing": [d for d in contributing if d is not lead]}
        return [event for name, value in changes.items() if (event := self._set(name, value, by))]

    def _owner_of_lead(self, changes: dict[str, Any]) -> dict[str, Any]:
        """The owner is a person of the lead department: refuse another, and drop one that no longer fits."""
        lead = changes.get("lead", self.lead)
        owner = changes.get("owner", self.owner)
        if owner and lead and lead.id not in owner.department_ids:
            if "owner" in changes:
                raise not_of(lead, owner)
            return changes | {"owner": None}
        return changes

    def _stale(self, meanwhile: list[Event], mine: dict[str, Any]) -> Stale:
        from ..history.sentences import FIELDS, value_of

        fields = {
            e.field: (
                str(FIELDS[e.field]),
                value_of(e.field, plain(mine[e.field])),
                value_of(e.field, plain(getattr(self, e.field))),
            )
            for e in meanwhile
            if e.field
        }
        return Stale(
            meanwhile[-1].by.name if meanwhile[-1].by else None,
            {label: (own, theirs) for label, own, theirs in fields.values()},
        )

    def _set(self, name: str, value: Any, by: User) -> Event | None:
        before, after = plain(getattr(self, name)), plain(value)
        if name == "confidence":
            if value is None and self.voice_count:
                return self._follow_voices("confidence_given_back", by)
            self.confidence_follows = False
        if name == "tags":
            self.tag_rows = [next((t for t in self.tag_rows if t.name == n), None) or IssueTag(name=n) for n in value]
        else:
            setattr(self, name, value)
        long = name in ("story", "no_cause_note", "expected_effect", "verdict_note")
        kind = (
            "rewritten"
            if long
            else "changed"
            if before not in (None, "", []) and after not in (None, "", [])
            else "filled"
            if after not in (None, "", [])
            else "cleared"
        )
        return self.record(kind, by=by, field=name, before=before, after=after)

    # evidence

    def _by_hand(self, name: str) -> Any:
        """The fact as somebody set it: a confidence that follows from the voices was set by nobody."""
        return None if name == "confidence" and self.confidence_follows else getattr(self, name)

    def hear(self, voices: int) -> None:
        """So many voices support it now. Its confidence follows from that, until somebody sets it by hand."""
        self.voice_count = voices
        if self.confidence is None or self.confidence_follows:
            self._follow_voices("confidence_followed", None)

    def _follow_voices(self, kind: str, by: User | None) -> Event | None:
        before, follows = self.confidence, Confidence.of_voices(self.voice_count)
        self.confidence, self.confidence_follows = follows, follows is not None
        if follows == before and kind == "confidence_followed":
            return None
        told = {"voices": self.voice_count}
        if follows is None:
            return self.record("confidence_unknown", by=by, field="confidence", before=plain(before))
        return self.record(kind, by=by, field="confidence", before=plain(before), after=told | {"confidence": follows.value, "percent": round(100 * follows.factor)})

    # moving

    def missing(self, to: Status) -> list[gates.Gap]:
        """What the gate of that status still asks for; empty when the way is free."""
        return gates.missing(self, to)

    def move(
        self,
        to: Status,
        *,
        by: User | None,
        reason: str | None = None,
        until: date | None = None,
        before: Issue | None = None,
    ) -> Event | None:
        """Move to another status. A gate that is not met wants a `reason`, which comes back in the next review.

        With `before` it also takes the place before that issue in the ranking; undoing takes both back.

        Raises Refused with the question to ask. Parking wants `until` (a later day), declining a reason.
        """
        if to == self.status and not (to == Status.PARKED and until != self.parked_until):
            return None
        if to == Status.MERGED or self.status == Status.MERGED:
            raise Refused(_l("A merged issue moves with the one it was merged into."))
        if to == Status.PARKED and (until is None or until <= clock.today()):
            raise Refused(_l("Until when? Choose a day after today."))
        if to == Status.DECLINED and not reason:
            raise Refused(_l("Why is it declined? The reporter reads the reason."))
        gaps = self.missing(to)
        if gaps and not reason:
            raise Refused(gaps[0].question)
        kind = {Status.PARKED: "parked", Status.DECLINED: "declined"}.get(to, "moved_anyway" if gaps else "moved")
        if self.status == Status.PARKED and by is None:
            kind = "returned"
        stood = self._standing()
        self._stand(to, until=until if to == Status.PARKED else None)
        if before is not None and before is not self:
            self._place_before(before)
        stands = self._standing() | ({"missing": [g.name for g in gaps]} if gaps else {})
        if to in (Status.DONE, Status.DECLINED):
            stands |= {"handoffs": {str(h.id): h.let_go(by=by) for h in self.handoffs if h.is_open}}
        return self.record(kind, by=by, field="status", before=stood, after=stands, reason=reason)

    def park(self, *, until: date, by: User, reason: str | None = None) -> Event | None:
        """Take it off the board until a day; it comes back by itself to where it was."""
        return self.move(Status.PARKED, by=by, until=until, reason=reason)

    def decline(self, *, by: User, reason: str) -> Event | None:
        """Say no, with a reason that the reporter reads."""
        return self.move(Status.DECLINED, by=by, reason=reason)

    def come_back(self) -> Event | None:
        """A parked issue whose day has come returns to the status it was parked from."""
        # Not the newest "parked": who parks it once more, until another day, parks it from where it is parked already.
        select = sa.select(Stay.status).where(Stay.issue_id == self.id, Stay.status != Status.PARKED)
        to = db.session.scalar(select.order_by(Stay.id.desc()).limit(1))
        return self.move(to if to and to.is_open else Status.NEW, by=None, reason=str(_l("Its day has come.")))

    def _standing(self) -> dict[str, Any]:
        return {
            "status": self.status.value,
            "since": self.status_since.isoformat(),
            "until": plain(self.parked_until),
            "rank": self.rank,
        }

    def _stand(self, to: Status, *, until: date | None = None, since: datetime | None = None) -> None:
        now = clock.now()
        db.session.flush()
        # An issue that went to and fro for years has hundreds: only the newest count here.
        newest = list(db.session.scalars(sa.select(Stay).where(Stay.issue_id == self.id).order_by(Stay.id.desc()).limit(2)))
        if since is None:
            if newest:
                newest[0].until = now
            db.session.add(Stay(issue_id=self.id, status=to, since=now))
        elif len(newest) > 1:
            db.session.delete(newest[0])
            newest[1].until = None
        self.status, self.status_since, self.parked_until = to, since or now, until

    def undo(self, event: Event, *, by: User) -> None:
        """Take the newest move back, within ten seconds. Raises Refused when it is too late or something came after."""
        late = clock.now() - event.at > timedelta(seconds=UNDO_SECONDS + UNDO_GRACE)
        if (
            event.issue_id != self.id
            or event.by_id != by.id
            or event.kind not in UNDOABLE
            or late
            or event.version != self.version
        ):
            raise Refused(
                _l(
                    "This can't be undone any more: it was too long ago, or somebody changed something after it. Move it back by hand."
                )
            )
        if event.field == "rank":
            self._stand_at(event.before["rank"])
        else:
            was = event.before
            if event.kind == "merged":
                self._unmerge(event, by)
            ended = event.after.get("handoffs")
            for handoff in [h for h in self.handoffs if str(h.id) in ended] if ended else []:
                handoff.take_up(ended[str(handoff.id)], by=by)
            self._stand(
                Status(was["status"]),
                since=datetime.fromisoformat(was["since"]),
                until=date.fromisoformat(was["until"]) if was["until"] else None,
            )
            self._stand_at(was["rank"])
        self.record("undone", by=by, field=event.field, before=event.after, after=event.before)

    # duplicates

    def merge(self, *, into: Issue, by: User) -> Event:
        """This is a duplicate of `into`: its text is read there, its causes count there once, its address leads there."""
        if into.id == self.id:
            raise Refused(_l("An issue can't be merged with itself."))
        if into.status == Status.MERGED or self.status == Status.MERGED or self.merged:
            raise Refused(_l("One of the two was merged already. Choose the issue that is still open."))
        before, known = self._standing(), {c.problem_id for c in into.causes}
        moved = [c for c in self.causes if c.problem_id not in known]
        shares = {str(c.id): c.share for c in moved}
        into.record("took_over", by=by, after={"key": self.key, "text": self.title})
        for cause in moved:
            cause.hand_to(into)
        first_whys = [w for w in self.whys if not w.parent_id]
        for why in first_whys:
            why.hand_to(into, by=by)
        asked = [h for h in self.handoffs if h.is_open]
        for handoff in asked:
            handoff.hand_to(into, by=by)
        self.merged_into = into
        self._stand(Status.MERGED)
        for follow in WHEN_MERGED:
            follow(self, into)
        return self.record(
            "merged",
            by=by,
            field="status",
            before=before,
            after=self._standing() | {"into": into.id, "key": into.key, "causes": [c.id for c in moved], "shares": shares, "asked": [h.id for h in asked], "whys": [w.id for w in first_whys]},
        )

    def unmerge(self, *, by: User) -> None:
        """Not a duplicate after all: back to where it stood, with its own causes. Raises Refused when it is not merged."""
        event = db.session.scalars(
            sa.select(Event).where(Event.issue_id == self.id, Event.kind == "merged").order_by(Event.id.desc()).limit(1)
        ).first()
        if self.status != Status.MERGED or event is None:
            raise Refused(_l("This issue is not merged."))
        self._unmerge(event, by)
        until = event.before["until"]
        self._stand(Status(event.before["status"]), until=date.fromisoformat(until) if until else None)
        self.record("unmerged", by=by, field="status", before=event.after, after=self._standing())

    def _unmerge(self, event: Event, by: User) -> None:
        for cause in list(self.merged_into.causes) if self.merged_into else []:
            if cause.id in event.after["causes"]:
                cause.share = cause.share or event.after.get("shares", {}).get(str(cause.id))
                cause.hand_to(self)
        for handoff in list(self.merged_into.handoffs) if self.merged_into else []:
            if handoff.id in event.after.get("asked", []):
                handoff.hand_to(self, by=by)
        whys = [w for w in self.merged_into.whys if w.id in event.after.get("whys", [])] if self.merged_into else []
        stays, self.merged_into = self.merged_into, None
        for why in whys:
            why.hand_to(self, by=by)
        if stays is not None:
            for follow in WHEN_UNMERGED:
                follow(self, stays)

    # rank

    def rank_before(self, other: Issue | None, *, by: User) -> Event | None:
        """Put it right before `other` in the one ranking; None is the end. Nothing happens when it stands there already."""
        before = {"rank": self.rank}
        if other is self or not self._place_before(other):
            return None
        return self.record(
            "ranked", by=by, field="rank", before=before, after={"rank": self.rank, "key": other.key if other else None}
        )

    def _stand_at(self, rank: int) -> None:
        """Take this rank again, or the place before whoever has it now."""
        lock_ranking()
        other = db.session.scalar(sa.select(Issue).where(Issue.rank == rank, Issue.id != self.id).limit(1))
        if other is None:
            self.rank = rank
        else:
            self._place_before(other)

    def _place_before(self, other: Issue | None) -> bool:
        """Take the rank between `other` and the one above it; whether that changed anything."""
        lock_ranking()
        # Asked again: whoever had the lock before may have moved it.
        upper = db.session.scalar(sa.select(Issue.rank).where(Issue.id == other.id)) if other else None
        others = sa.select(sa.func.max(Issue.rank)).where(Issue.id != self.id)
        lower = db.session.scalar(others.where(Issue.rank < upper) if upper is not None else others)
        if (lower is None or lower < self.rank) and (upper is None or self.rank < upper):
            return False
        if upper is None:
            self.rank = (lower or 0) + RANK_STEP
            return True
        new = (lower + upper) // 2 if lower is not None else upper - RANK_STEP
        if new == lower:
            spread_ranks()
            return self._place_before(other)
        self.rank = new
        return True


def lock_ranking() -> None:
    """Until the commit nobody else gives out a rank."""
    one_at_a_time(RANK_LOCK)


def last_rank() -> int:
    """The rank of the last issue; 0 when there is none."""
    lock_ranking()
    return db.session.scalar(sa.select(sa.func.max(Issue.rank))) or 0


def spread_ranks() -> None:
    """Make room between all ranks again, keeping the order."""
    db.session.flush()
    numbered = sa.select(
        Issue.id, (sa.func.row_number().over(order_by=(Issue.rank, Issue.id)) * RANK_STEP).label("new")
    ).subquery()
    db.session.execute(
        sa.update(Issue).values(rank=sa.select(numbered.c.new).where(numbered.c.id == Issue.id).scalar_subquery()),
        execution_options={"synchronize_session": False},
    )
    db.session.expire_all()
    announce("board")


def plain(value: Any) -> Any:
    """A value as history keeps it: names and codes for people and departments, text for dates."""
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, User):
        return value.name
    if isinstance(value, Department):
        return value.code
    if isinstance(value, Stage):
        return value.name
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Status | Confidence | Verdict):
        return value.value
    return value
