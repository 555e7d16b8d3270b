"""Comment: one thing one person said about an issue or a problem; whom it mentions, and how others reacted."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _, lazy_gettext as _l
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from .. import clock
from ..accounts.models import Department, User
from ..causes.models import Problem, about_nothing_hidden
from ..db import Model, db
from ..domain import Refused, Stale
from ..history import Event, HasHistory
from ..history.models import LIVE_REVIEW
from ..issues.models import UNDO_GRACE, UNDO_SECONDS, Issue
from ..live import announce
from . import meant

UNDO = timedelta(seconds=UNDO_SECONDS + UNDO_GRACE)


class Reacting(Enum):
    """The few ways to react without words."""

    THANKS = "thanks"
    AGREE = "agree"
    SEEN = "seen"
    CELEBRATE = "celebrate"
    QUESTION = "question"

    @property
    def label(self) -> str:
        return str(REACTION_LABELS[self])

    @property
    def icon(self) -> str:
        return REACTION_ICONS[self]


REACTION_LABELS = {
    Reacting.THANKS: _l("Thank you"),
    Reacting.AGREE: _l("I agree"),
    Reacting.SEEN: _l("I have seen it"),
    Reacting.CELEBRATE: _l("Well done"),
    Reacting.QUESTION: _l("I have a question"),
}
REACTION_ICONS = {
    Reacting.THANKS: "heart",
    Reacting.AGREE: "thumbs-up",
    Reacting.SEEN: "eye",
    Reacting.CELEBRATE: "party-popper",
    Reacting.QUESTION: "circle-help",
}


class Comment(HasHistory, Model):
    """Markdown. What it said before an edit is kept beside it until it is removed."""

    __tablename__ = "comment"
    __table_args__ = (sa.Index("ix_comment_issue", "issue_id", "id"), sa.Index("ix_comment_problem", "problem_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"))
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problem.id"))
    review_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=0)
    edited_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))

    author: Mapped[User] = relationship(lazy="joined", foreign_keys=[author_id])
    removed_by: Mapped[User | None] = relationship(foreign_keys=[removed_by_id])
    issue: Mapped[Issue | None] = relationship()
    problem: Mapped[Problem | None] = relationship()
    mentions: Mapped[list[Mention]] = relationship(back_populates="comment", order_by="Mention.id", cascade="all, delete-orphan")
    earlier: Mapped[list[EarlierText]] = relationship(order_by="EarlierText.version", cascade="all, delete-orphan")

    @classmethod
    def visible_to(cls, person: User) -> sa.ColumnElement[bool]:
        """Whoever may see the problem that it is about; everybody what is said about an issue."""
        return about_nothing_hidden(cls.problem_id, person)

    @property
    def by_id(self) -> int:
        return self.author_id

    @property
    def reactions(self) -> tuple[Reacting, ...]:
        """What one can react with."""
        return tuple(Reacting)

    @property
    def is_removed(self) -> bool:
        return self.removed_at is not None

    def reaches(self, person: User) -> bool:
        """Whether somebody who is mentioned here may be told so."""
        return person.is_active and not self.is_removed and (self.problem is None or self.problem.is_visible_to(person))

    def reached(self) -> dict[User, Mention]:
        """Everybody who is mentioned, by name or with their department, and may know; never the author."""
        found: dict[User, Mention] = {}
        for mention in sorted(self.mentions, key=lambda m: m.person_id is None):
            for person in mention.people:
                if person.id != self.author_id and self.reaches(person):
                    found.setdefault(person, mention)
        return found

    # saying

    @classmethod
    def say(cls, text: str, *, by: User, issue: Issue | None = None, problem: Problem | None = None) -> Comment:
        """Add a comment; an issue that is talked about does not stand still. Raises Refused for one that was merged."""
        if issue and issue.merged_into:
            raise Refused(_l("%(key)s was merged into %(other)s. Say it there.", key=issue.key, other=issue.merged_into.key))
        comment = cls(
            text=text, author=by, at=clock.now(), review_id=LIVE_REVIEW.scalar_subquery(), issue=issue, problem=problem, version=0
        )
        if issue:
            issue.touched_at = clock.now()
        db.session.add(comment)
        comment._mention(text)
        comment.record("commented", by=by, after={"mentions": [m.id for m in comment.mentions]})
        return comment

    def edit(self, text: str, *, by: User, version: int | None = None) -> Event | None:
        """Say it in other words. Raises Stale when it was changed after `version`, Refused when it was removed."""
        self._must_be_there()
        if version is not None and version != self.version and text != self.text:
            raise Stale(self.last_changed_by(), {_("Comment"): (text, self.text)})
        if text == self.text:
            return None
        known = {m.id for m in self.mentions}
        self.earlier.append(EarlierText(version=self.version, text=self.text, until=clock.now()))
        self.text, self.edited_at = text, clock.now()
        self._mention(text)
        return self.record("comment_edited", by=by, after={"mentions": [m.id for m in self.mentions if m.id not in known]})

    def remove(self, *, by: User) -> None:
        """Take it back; the words themselves go once it can't be undone any more (`forget_removed`)."""
        self._must_be_there()
        self.removed_at, self.removed_by = clock.now(), by
        self.record("comment_removed", by=by)

    def restore(self, *, by: User) -> None:
        """Undo the removal, within ten seconds. Raises Refused when it is too late."""
        if self.removed_at is None or self.removed_by_id != by.id or clock.now() - self.removed_at > UNDO:
            raise Refused(_l("This can't be undone any more. Write it again."))
        self.removed_at, self.removed_by = None, None
        self.record("comment_restored", by=by)

    def react(self, kind: Reacting, *, by: User) -> bool:
        """React, or take the reaction back; whether it stands now."""
        self._must_be_there()
        key = {"comment_id": self.id, "person_id": by.id, "kind": kind.value}
        gone = db.session.execute(sa.delete(Reaction).filter_by(**key))
        if not gone.rowcount:  # type: ignore[attr-defined]
            dialect = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
            db.session.execute(dialect.insert(Reaction).values(**key, at=clock.now()).on_conflict_do_nothing())
        announce(f"issue-{self.issue_id}" if self.issue_id else f"problem-{self.problem_id}", about=self.problem_id)
        return not gone.rowcount  # type: ignore[attr-defined]

    def record(self, kind: str, **details: Any) -> Event:
        return super().record(kind, issue_id=self.issue_id, problem_id=self.problem_id, **details)

    def _must_be_there(self) -> None:
        if self.is_removed:
            raise Refused(_l("This comment was removed."))

    def _mention(self, text: str) -> None:
        """Write down who is meant; who was meant already keeps their mark of having seen it."""
        wanted: dict[tuple[str, int], str] = {}
        if "@" in text:
            for written, who in meant.read(text, meant.candidates(self.problem)):
                wanted.setdefault((who.kind, who.id), written)
        for mention in list(self.mentions):
            if mention.key not in wanted:
                self.mentions.remove(mention)
            else:
                mention.written = wanted.pop(mention.key)
        for (kind, id), written in wanted.items():
            self.mentions.append(Mention(**{f"{kind}_id": id}, written=written, at=clock.now()))
        db.session.flush()


class EarlierText(Model):
    """What a comment said before it was edited, and until when."""

    __tablename__ = "earlier_text"

    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comment.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text)
    until: Mapped[datetime]


class Mention(Model):
    """A person or a department that a comment calls in; `written` is how it stands in the text."""

    __tablename__ = "mention"
    __table_args__ = (
        sa.CheckConstraint("(person_id IS NULL) <> (department_id IS NULL)", name="one"),
        sa.UniqueConstraint("comment_id", "person_id"),
        sa.UniqueConstraint("comment_id", "department_id"),
        sa.Index(None, "person_id", "id"),
        sa.Index(None, "department_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comment.id"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("department.id"))
    written: Mapped[str] = mapped_column(sa.String(120))
    at: Mapped[datetime]

    comment: Mapped[Comment] = relationship(back_populates="mentions")
    person: Mapped[User | None] = relationship()
    department: Mapped[Department | None] = relationship()

    @classmethod
    def visible_to(cls, person: User) -> sa.ColumnElement[bool]:
        """Whom it calls in."""
        said = aliased(Comment)  # asked of each mention by itself: a list of all comments is long
        there = sa.exists().where(said.id == cls.comment_id, said.removed_at.is_(None), said.author_id != person.id, said.visible_to(person))
        return sa.and_(sa.or_(cls.person_id == person.id, cls.department_id.in_(person.department_ids)), there)

    @property
    def key(self) -> tuple[str, int]:
        return ("person", self.person_id) if self.person_id is not None else ("department", self.department_id or 0)

    @property
    def people(self) -> list[User]:
        return [self.person] if self.person else list(self.department.people) if self.department else []

    def see(self, *, by: User) -> None:
        """This person has seen it. All of a comment that calls in the same person is seen at once."""
        mine = sa.select(Mention.id).where(Mention.comment_id == self.comment_id, Mention.visible_to(by))
        for id in db.session.scalars(mine):
            if db.session.get(MentionSeen, (id, by.id)) is None:
                db.session.add(MentionSeen(mention_id=id, person_id=by.id, at=clock.now()))
        announce(f"person-{by.id}")


class MentionSeen(Model):
    """Who has seen a mention, and when: each of a department for themselves."""

    __tablename__ = "mention_seen"

    mention_id: Mapped[int] = mapped_column(sa.ForeignKey("mention.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    at: Mapped[datetime]


class Reaction(Model):
    """How one person reacted to a comment, without words."""

    __tablename__ = "reaction"

    comment_id: Mapped[int] = mapped_column(sa.ForeignKey("comment.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    at: Mapped[datetime]
