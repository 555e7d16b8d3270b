"""Attachment: a file that somebody put with an issue, a problem or a comment. What it is was read from its content."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import User
from ..causes.models import Problem, about_nothing_hidden
from ..db import Model
from ..history import HasHistory
from ..issues.models import Issue
from .models import Comment


class Attachment(HasHistory, Model):
    """One file. `stored` is its generated name in the folder, `name` what people called it, `kind` what it is (png, pdf …)."""

    __tablename__ = "attachment"
    __table_args__ = (sa.CheckConstraint("(issue_id IS NULL) <> (problem_id IS NULL)", name="about"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"), index=True)
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problem.id"), index=True)
    comment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("comment.id"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
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
    comment: Mapped[Comment | None] = relationship(backref="attachments")

    @classmethod
    def visible_to(cls, person: User) -> sa.ColumnElement[bool]:
        """Whoever may see what it is put with."""
        return about_nothing_hidden(cls.problem_id, person)
