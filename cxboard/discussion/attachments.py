"""Attachment: a file that somebody put with an issue, a problem or a comment. What it is was read from its content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _, lazy_gettext as _l
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from .. import clock, language
from ..accounts.models import User
from ..causes.models import Problem, about_nothing_hidden
from ..db import Model, db, one_at_a_time
from ..domain import Refused
from ..history import Event, HasHistory
from ..issues.models import Issue
from . import pictures, store
from .kinds import KINDS, Kind, harmless, kind_of
from .models import Comment

QUOTA_LOCK = 7_044
DRAFT_LIFE = timedelta(days=1)
AT_ONCE = 10  # files in one form
WIDEST, HIGHEST = 320, 176  # of a picture on a page


@dataclass(frozen=True)
class Upload:
    """What somebody sent, looked at and cleaned, and not kept yet."""

    name: str
    kind: str
    data: bytes
    small: bytes | None = None
    width: int | None = None
    height: int | None = None


def look_at(data: bytes, name: str) -> Upload:
    """See what it is, and clean it when it is a picture. Raises Refused for what cxboard does not take."""
    shown = " ".join(name.split())[-60:] or _("this file")
    if not data:
        raise Refused(_("“%(name)s” is empty.", name=shown))
    kind = kind_of(data, name)
    if kind is None:
        raise Refused(_("“%(name)s” can't be attached. cxboard takes pictures (PNG, JPEG, GIF, WebP), PDF, Word, Excel, PowerPoint and OpenDocument without macros, and plain text.", name=shown))
    if not KINDS[kind].is_picture:
        return Upload(harmless(name, kind), kind, data)
    try:
        clean = pictures.clean(data, kind)
    except pictures.Unreadable:
        raise Refused(_("“%(name)s” is broken, or larger than 50 million pixels. Save it smaller and try again.", name=shown)) from None
    stem = name[: -len(".gif")] if kind == "gif" and name.lower().endswith(".gif") else name
    return Upload(harmless(stem, clean.kind), clean.kind, clean.data, clean.small, clean.width, clean.height)


class Attachment(HasHistory, Model):
    """One file. `stored` is its name in the folder, `name` what people called it, `kind` what it is (png, pdf …).

    Until it is attached it is a draft that only its owner sees, for a day.
    """

    __tablename__ = "attachment"
    __table_args__ = (sa.CheckConstraint("(issue_id IS NULL) <> (problem_id IS NULL)", name="about"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problem.id"), index=True)
    comment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("comment.id"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    attached_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[str] = mapped_column(sa.String(20))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    stored: Mapped[str] = mapped_column(sa.String(40), unique=True)
    width: Mapped[int | None]
    height: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=0)

    by: Mapped[User] = relationship()
    issue: Mapped[Issue | None] = relationship()
    problem: Mapped[Problem | None] = relationship()
    comment: Mapped[Comment | None] = relationship()

    @classmethod
    def visible_to(cls, person: User) -> sa.ColumnElement[bool]:
        """Whoever may see what it is put with, unless that comment was removed; a draft only who made it."""
        said = aliased(Comment)
        unremoved = sa.exists().where(said.id == cls.comment_id, said.removed_at.is_(None))
        return sa.and_(
            about_nothing_hidden(cls.problem_id, person),
            sa.or_(cls.attached_at.is_not(None), cls.by_id == person.id),
            sa.or_(cls.comment_id.is_(None), unremoved),
        )

    @property
    def what(self) -> Kind:
        return KINDS[self.kind]

    @property
    def is_draft(self) -> bool:
        return self.attached_at is None

    @property
    def small_size(self) -> tuple[int, int]:
        """Width and height at which a picture is shown on a page."""
        width, height = self.width or 1, self.height or 1
        scale = min(1.0, WIDEST / width, HIGHEST / height)
        return max(1, round(width * scale)), max(1, round(height * scale))

    @property
    def size_in_words(self) -> str:
        """`240 kB`, `3,2 MB`."""
        if self.size < 1_000_000:
            return _("%(size)s kB", size=language.number(max(1, self.size / 1_000), 0))
        return _("%(size)s MB", size=language.number(self.size / 1_000_000))

    @classmethod
    def take(cls, upload: Upload, *, by: User, about: Issue | Problem) -> Attachment:
        """Keep a file as a draft. Raises Refused where there is no room for it, or nothing is attached any more."""
        if isinstance(about, Issue) and about.merged_into:
            raise Refused(_l("%(key)s was merged into %(other)s. Attach it there.", key=about.key, other=about.merged_into.key))
        one_at_a_time(QUOTA_LOCK)
        here = {"issue_id": about.id} if isinstance(about, Issue) else {"problem_id": about.id}
        size = len(upload.data) + len(upload.small or b"")
        many, total = db.session.execute(
            sa.select(sa.func.count().filter(*(getattr(cls, n) == v for n, v in here.items())), sa.func.coalesce(sa.func.sum(cls.size), 0))
        ).one()
        if many >= current_app.config["FILES_EACH"]:
            raise Refused(_("%(key)s has %(many)s files already, and that is the most. Remove one that nobody needs.", key=about.key, many=many))
        if total + size > current_app.config["FILES_BYTES"]:
            raise Refused(_l("There is no room for more files. Ask the administrator."))
        attachment = cls(
            **here, by=by, at=clock.now(), name=upload.name, kind=upload.kind, size=size, sha256=hashlib.sha256(upload.data).hexdigest(),
            stored=store.keep(upload.data, upload.small), width=upload.width, height=upload.height, version=0,
        )  # fmt: skip
        db.session.add(attachment)
        db.session.flush()
        return attachment

    def attach(self, *, by: User, comment: Comment | None = None) -> Event:
        """Put the draft with its issue or problem, or with a comment about it."""
        if not self.is_draft or self.by_id != by.id:
            raise Refused(_l("This file is attached already."))
        if comment is not None and (comment.issue_id, comment.problem_id) != (self.issue_id, self.problem_id):
            raise Refused(_l("This file was meant for something else."))
        self.comment, self.attached_at = comment, clock.now()
        told = {"by": by, "after": {"text": self.name}}
        return comment.record("comment_attached", **told) if comment else self.record("attached", **told)

    def detach(self, *, by: User) -> None:
        """Remove it; the file goes once that is committed."""
        if not self.is_draft:
            self.record("detached", by=by, before={"text": self.name})
        self.forget()

    def forget(self) -> None:
        """Row and file go."""
        store.let_go(self.stored)
        db.session.delete(self)

    def record(self, kind: str, **details: Any) -> Event:
        return super().record(kind, issue_id=self.issue_id, problem_id=self.problem_id, **details)
