"""Voice: one thing that one customer said or scored; what it is about, and the issues that it supports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import Department, User
from ..db import Model, db
from ..domain import Refused, Stale
from ..history import HasHistory
from ..issues.models import Issue, plain
from ..issues.status import Status
from ..journeys.models import Stage
from .evidence import lock, weigh
from .hidden import shown_where
from .importing import VoiceImport

MOST_TAGS = 60  # a survey brings one for each of its answers
LONGEST_TAG = 60
EVENT_FIELDS = {"department": "about_department"}  # an EX problem's department has other words
BY_HAND = "cxboard"  # the source of what was logged here


class Band(Enum):
    """Whether a score is good, middling or bad, by the custom of its scale."""

    GOOD = "good"
    MIDDLING = "middling"
    BAD = "bad"

    @property
    def label(self) -> str:
        return str({Band.GOOD: _l("Good"), Band.MIDDLING: _l("Middling"), Band.BAD: _l("Bad")}[self])


class Scale(Enum):
    """What a score is on.

    NPS 0-10, how likely one is to recommend: 9 and 10 promoters, 7 and 8 passive, the rest detractors (Reichheld 2003).
    CSAT 1-5, how satisfied: 4 and 5 satisfied. CES 1-7, "they made it easy for me", 7 agrees most (CES 2.0, CEB 2013):
    5 and more agree, 4 is neither. So on every scale the highest is best.
    """

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"

    @property
    def label(self) -> str:
        return self.value.upper()

    @property
    def question(self) -> str:
        """What the customer was asked."""
        return str(
            {
                Scale.NPS: _l("How likely are they to recommend us? 0 not at all, 10 certainly"),
                Scale.CSAT: _l("How satisfied are they? 1 very dissatisfied, 5 very satisfied"),
                Scale.CES: _l("Did we make it easy? 1 not at all, 7 very easy"),
            }[self]
        )

    @property
    def low(self) -> int:
        return 0 if self == Scale.NPS else 1

    @property
    def high(self) -> int:
        return {Scale.NPS: 10, Scale.CSAT: 5, Scale.CES: 7}[self]

    @property
    def scores(self) -> range:
        return range(self.low, self.high + 1)

    def good(self, score: float) -> float:
        """Where a score, or a mean of scores, stands between the worst (0) and the best (1) of its scale."""
        return (score - self.low) / (self.high - self.low)

    def band(self, score: int) -> Band:
        middling = {Scale.NPS: (7, 8), Scale.CSAT: (3,), Scale.CES: (4,)}[self]
        return Band.MIDDLING if score in middling else Band.GOOD if score > middling[-1] else Band.BAD


def band_of(score: int | None, scale: Scale | None) -> Band | None:
    """The band of a score; None without one."""
    return scale.band(score) if scale is not None and score is not None else None


def band_of_row(context: Any) -> Band | None:
    """The band of a row that is being written, whoever writes it."""
    row = context.get_current_parameters()
    scale = row.get("scale")
    return band_of(row.get("score"), Scale(scale) if isinstance(scale, str) else scale)


class Voice(HasHistory, Model):
    """One thing that one customer said or scored. Who that was is not kept."""

    __tablename__ = "voice"
    __table_args__ = (
        sa.UniqueConstraint("source", "reference"),
        # What a list is narrowed by, newest first; the first holds all of it, so that any filters together read one index.
        sa.Index(
            "ix_voice_reading", "said_on", "id", "stage_id", "department_id", "band", "issue_count", "set_aside_at", "import_id",
            "scale", "score", "channel", "source",
        ),
        sa.Index("ix_voice_stage_id", "stage_id", "said_on", "id"),
        sa.Index("ix_voice_department_id", "department_id", "said_on", "id"),
        sa.Index("ix_voice_channel", "channel", "said_on", "id"),
        sa.Index("ix_voice_band", "band", "said_on", "id"),
        sa.Index("ix_voice_source", "source", "said_on", "id"),
        sa.Index("ix_voice_supporting", "said_on", "id", sqlite_where=sa.text("issue_count > 0"), postgresql_where=sa.text("issue_count > 0")),
        sa.Index("ix_voice_set_aside", "said_on", "id", sqlite_where=sa.text("set_aside_at IS NOT NULL"), postgresql_where=sa.text("set_aside_at IS NOT NULL")),
        sa.Index("ix_voice_import_id", "import_id", sqlite_where=sa.text("import_id IS NOT NULL"), postgresql_where=sa.text("import_id IS NOT NULL")),
        {"sqlite_autoincrement": True},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(60), default=BY_HAND)
    reference: Mapped[str | None] = mapped_column(sa.String(120))
    said_on: Mapped[date]
    quote: Mapped[str] = mapped_column(sa.Text, default="")
    stage_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stage.id"))
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("department.id"))
    channel: Mapped[str] = mapped_column(sa.String(40), default="")
    segment: Mapped[str] = mapped_column(sa.String(60), default="")
    score: Mapped[int | None]
    scale: Mapped[Scale | None]
    band: Mapped[Band | None] = mapped_column(default=band_of_row)
    issue_count: Mapped[int] = mapped_column(default=0)
    logged_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    logged_at: Mapped[datetime] = mapped_column(default=clock.now)
    import_id: Mapped[int | None] = mapped_column(sa.ForeignKey("voice_import.id"))
    set_aside_at: Mapped[datetime | None]
    set_aside_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    set_aside_why: Mapped[str] = mapped_column(sa.String(300), default="")
    version: Mapped[int] = mapped_column(default=0)

    stage: Mapped[Stage | None] = relationship()
    department: Mapped[Department | None] = relationship()
    logged_by: Mapped[User | None] = relationship(foreign_keys=[logged_by_id])
    set_aside_by: Mapped[User | None] = relationship(foreign_keys=[set_aside_by_id])
    imported: Mapped[VoiceImport | None] = relationship()
    tag_rows: Mapped[list[VoiceTag]] = relationship(back_populates="voice", cascade="all, delete-orphan", order_by="VoiceTag.tag")
    supports: Mapped[list[Support]] = relationship(back_populates="voice", cascade="all, delete-orphan", order_by="Support.at, Support.issue_id")

    # reading

    @property
    def tags(self) -> list[str]:
        return [t.tag for t in self.tag_rows]

    @property
    def is_set_aside(self) -> bool:
        return self.set_aside_at is not None

    @property
    def in_short(self) -> str:
        """The quote in a line of history; its score where it has no words."""
        if not self.quote:
            return f"{self.scale.label} {self.score}" if self.scale else ""
        return self.quote if len(self.quote) <= 120 else self.quote[:119].rsplit(" ", 1)[0] + "…"

    @classmethod
    def visible_to(cls, person: User) -> sa.ColumnElement[bool]:
        """Everybody sees every voice, but for those of an import that runs, failed or was undone: nobody does."""
        return sa.and_(sa.true(), *shown_where(cls.import_id))

    def belongs_to(self, person: User) -> bool:
        """Whether this person logged it, or it is about a department of theirs."""
        return self.logged_by_id == person.id or (self.department_id is not None and self.department_id in person.department_ids)

    # logging and editing

    @classmethod
    def log(
        cls,
        *,
        by: User,
        quote: str = "",
        said_on: date | None = None,
        stage: Stage | None = None,
        department: Department | None = None,
        channel: str = "",
        segment: str = "",
        score: int | None = None,
        scale: Scale | None = None,
        tags: Iterable[str] = (),
        source: str = BY_HAND,
        reference: str | None = None,
    ) -> Voice:
        """Write down what a customer said. Raises Refused for one that says nothing, of a day to come, or a score off its scale."""
        voice = cls(
            quote=quote, said_on=said_on or clock.today(), stage=stage, department=department, channel=channel, segment=segment,
            score=score, scale=scale if score is not None else None, source=source, reference=reference, logged_by=by,
            logged_at=clock.now(), issue_count=0, set_aside_why="", version=0,
        )  # fmt: skip
        voice._check()
        voice.tag_rows = [VoiceTag(tag=t, said_on=voice.said_on) for t in tidy_tags(tags)]
        db.session.add(voice)
        db.session.flush()
        voice.record("voice_logged", by=by)
        return voice

    def _check(self) -> None:
        if not self.quote and self.score is None:
            raise Refused(_l("What did the customer say? Write it down, or choose a score."))
        if self.said_on > clock.today():
            raise Refused(_l("That day is still to come. Choose the day on which the customer said it."))
        if self.score is not None and (self.scale is None or self.score not in self.scale.scores):
            raise Refused(_l("Choose a score that is on its scale."))
        self.band = band_of(self.score, self.scale)

    def edit(self, *, by: User, version: int | None = None, **facts: Any) -> None:
        """Put right what was written down. Raises Stale when one of these facts changed after `version`."""
        if "tags" in facts:
            facts["tags"] = tidy_tags(facts["tags"])
        if "score" in facts and facts["score"] is None:
            facts["scale"] = None
        changes = {name: value for name, value in facts.items() if getattr(self, name) != value}
        if not changes:
            return
        if version is not None and (meanwhile := self.changed_since(version, {EVENT_FIELDS.get(n, n) for n in changes})):
            raise self._stale({e.field for e in meanwhile if e.field}, changes)
        before = {name: plain_fact(getattr(self, name)) for name in changes}
        for name, value in changes.items():
            if name == "tags":
                self.tag_rows = [next((t for t in self.tag_rows if t.tag == tag), None) or VoiceTag(tag=tag) for tag in value]
            else:
                setattr(self, name, value)
        self._check()
        for row in self.tag_rows:
            row.said_on = self.said_on
        for name, value in changes.items():
            self._tell(name, before[name], plain_fact(value), by)

    def _tell(self, name: str, before: Any, after: Any, by: User) -> None:
        blank: tuple[Any, ...] = (None, "", [])
        kind = "rewritten" if name == "quote" else "filled" if before in blank else "cleared" if after in blank else "changed"
        self.record(kind, by=by, field=EVENT_FIELDS.get(name, name), before=before, after=after)

    def _stale(self, names: set[str], mine: dict[str, Any]) -> Stale:
        from ..history.sentences import FIELDS, value_of

        both = {n: (plain_fact(mine[n]), plain_fact(getattr(self, n))) for n in mine if EVENT_FIELDS.get(n, n) in names}
        fields = {
            str(FIELDS[EVENT_FIELDS.get(n, n)]): (value_of(n, own), value_of(n, theirs)) for n, (own, theirs) in both.items()
        }  # fmt: skip
        return Stale(self.last_changed_by(), fields)

    # what it supports

    def support(self, issue: Issue, *, by: User, tell: bool = True) -> None:
        """It says that this issue is real. Raises Refused for an issue that was merged or declined, or a voice that was set aside.

        Of many at once (`together.py`) the issue is told once; each by itself then does not `tell`.
        """
        if tell:
            lock(issue)
        if self.is_set_aside:
            raise Refused(_l("This voice was set aside. Take it back before it supports something."))
        if issue.status in (Status.MERGED, Status.DECLINED):
            raise Refused(_l("%(key)s is %(status)s. Choose an issue that is still there.", key=issue.key, status=issue.status.label.lower()))
        if any(s.issue_id == issue.id for s in self.supports):
            return
        self.supports.append(Support(issue_id=issue.id, by_id=by.id, at=clock.now()))
        self.issue_count += 1
        self.record("voice_supports", by=by, after={"key": issue.key})
        if tell:
            issue.record("issue_heard", by=by, after={"text": self.in_short, "voice": self.id})
            weigh([issue.id])

    def withdraw(self, issue: Issue, *, by: User, tell: bool = True) -> None:
        """It is about something else after all."""
        if tell:
            lock(issue)
        support = next((s for s in self.supports if s.issue_id == issue.id), None)
        if support is None:
            return
        self.supports.remove(support)
        self.issue_count -= 1
        self.record("voice_withdrawn", by=by, after={"key": issue.key})
        if tell:
            issue.record("issue_unheard", by=by, after={"text": self.in_short, "voice": self.id})
            weigh([issue.id])

    def pin(self, issue: Issue, *, by: User) -> None:
        """Show it first with this issue: it tells best what customers feel. Raises Refused when it does not support the issue."""
        self._pinned(issue).pinned_at = clock.now()
        self.record("voice_pinned", by=by, after={"key": issue.key})

    def unpin(self, issue: Issue, *, by: User) -> None:
        """No longer first."""
        self._pinned(issue).pinned_at = None
        self.record("voice_unpinned", by=by, after={"key": issue.key})

    def _pinned(self, issue: Issue) -> Support:
        for support in self.supports:
            if support.issue_id == issue.id:
                return support
        raise Refused(_l("This voice does not support %(key)s.", key=issue.key))

    # set aside

    def set_aside(self, why: str, *, by: User) -> None:
        """It is nothing to work with; it counts nowhere until it is taken back. Raises Refused without a reason."""
        if not why:
            raise Refused(_l("Why is it set aside? One line is enough."))
        if self.is_set_aside:
            return
        self.set_aside_at, self.set_aside_by, self.set_aside_why = clock.now(), by, why
        self.record("voice_set_aside", by=by, reason=why)
        weigh([s.issue_id for s in self.supports])

    def take_back(self, *, by: User) -> None:
        """It counts again."""
        if not self.is_set_aside:
            return
        self.set_aside_at, self.set_aside_by, self.set_aside_why = None, None, ""
        self.record("voice_taken_back", by=by)
        weigh([s.issue_id for s in self.supports])


class Support(Model):
    """This voice says that this issue is real."""

    __tablename__ = "voice_support"
    __table_args__ = (sa.Index("ix_voice_support_issue_id", "issue_id", "pinned_at"),)

    voice_id: Mapped[int] = mapped_column(sa.ForeignKey("voice.id"), primary_key=True)
    issue_id: Mapped[int] = mapped_column(sa.ForeignKey("issue.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    pinned_at: Mapped[datetime | None]
    came_from_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"), index=True)  # the duplicate it was given to

    voice: Mapped[Voice] = relationship(back_populates="supports")
    issue: Mapped[Issue] = relationship(foreign_keys=[issue_id])
    by: Mapped[User] = relationship()


class VoiceTag(Model):
    """A free word on a voice; it keeps the voice's day, so that a list of one tag is in order by itself."""

    __tablename__ = "voice_tag"
    __table_args__ = (sa.Index("ix_voice_tag_tag", "tag", "said_on", "voice_id"),)

    voice_id: Mapped[int] = mapped_column(sa.ForeignKey("voice.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(sa.String(LONGEST_TAG), primary_key=True)
    said_on: Mapped[date]

    voice: Mapped[Voice] = relationship(back_populates="tag_rows")


def tidy_tags(tags: Iterable[str]) -> list[str]:
    """Lower case, without doubles, in order. Raises Refused for too many or too long ones."""
    tidied = sorted({" ".join(t.lower().split()) for t in tags} - {""})
    if len(tidied) > MOST_TAGS:
        raise Refused(_l("At most %(most)s tags on one voice.", most=MOST_TAGS))
    if any(len(t) > LONGEST_TAG for t in tidied):
        raise Refused(_l("A tag has at most %(most)s characters.", most=LONGEST_TAG))
    return tidied


def plain_fact(value: Any) -> Any:
    """A fact of a voice as history keeps it."""
    return value.value if isinstance(value, Scale) else plain(value)
