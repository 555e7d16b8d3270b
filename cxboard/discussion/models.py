"""Comment: one thing one person said about an issue or a problem."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import User
from ..causes.models import Problem
from ..db import Model, db
from ..issues.models import Issue
from ..live import announce


class Comment(Model):
    """Plain text, said once; its lines are kept."""

    __tablename__ = "comment"
    __table_args__ = (sa.Index("ix_comment_issue", "issue_id", "id"), sa.Index("ix_comment_problem", "problem_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"))
    problem_id: Mapped[int | None] = mapped_column(sa.ForeignKey("problem.id"))
    review_id: Mapped[int | None] = mapped_column(sa.ForeignKey("review.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(default=clock.now)

    author: Mapped[User] = relationship(lazy="joined")

    @classmethod
    def say(cls, text: str, *, by: User, issue: Issue | None = None, problem: Problem | None = None) -> Comment:
        """Add a comment; an issue that is talked about does not stand still."""
        from ..history.models import LIVE_REVIEW

        comment = cls(
            text=text, author=by, at=clock.now(), review_id=LIVE_REVIEW.scalar_subquery(),
            issue_id=issue.id if issue else None, problem_id=problem.id if problem else None,
        )  # fmt: skip
        if issue:
            issue.touched_at = clock.now()
        db.session.add(comment)
        about = problem.id if problem else None
        announce(*([f"issue-{issue.id}"] if issue else []), *([f"problem-{about}"] if about else []), "review-live", about=about)
        return comment
