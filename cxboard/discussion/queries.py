"""The stream of an issue or a problem: what was said and what happened, newest first, as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy.orm import aliased, joinedload, selectinload

from .. import clock, markdown
from ..accounts.models import Department, User
from ..causes.models import Problem, about_nothing_hidden
from ..db import db
from ..history import Event
from ..history.sentences import icon, sentence
from ..issues.models import Issue
from .attachments import Attachment
from .models import Comment, Mention, MentionSeen, Reacting, Reaction

PAGE = 30
MOST_PAGES = 40

# The reviews are a slice above; of them only the week is known here.
REVIEW = sa.table("review", sa.column("id", sa.Integer), sa.column("week", sa.String), sa.column("minutes", sa.JSON))


@dataclass(frozen=True)
class Reacted:
    """One kind of reaction to a comment: whose, and whether the reader's own is among them."""

    kind: Reacting
    names: tuple[str, ...]
    mine: bool


@dataclass(frozen=True)
class Said:
    """One comment, ready to show."""

    comment: Comment
    html: Markup
    week: int | None = None
    reactions: tuple[Reacted, ...] = ()
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Happened:
    """One event, ready to show: its sentence, its icon, and the week of the review that it was part of."""

    event: Event
    text: Markup
    icon: str
    week: int | None = None


@dataclass(frozen=True)
class Stream:
    """A piece of a stream: the newest `pages` x PAGE things, and whether there is more."""

    rows: list[Said | Happened]
    only_comments: bool
    pages: int
    more: bool


def stream(
    person: User, *, issue_ids: Sequence[int] = (), problem_id: int | None = None, only_comments: bool = False, pages: int = 1
) -> Stream:
    """What was said and what happened about these issues (one with those merged into it), or about this problem."""

    def about(kind: type[Any]) -> Any:
        return kind.problem_id == problem_id if problem_id is not None else kind.issue_id.in_(issue_ids)

    pages = min(max(pages, 1), MOST_PAGES)
    many = pages * PAGE + 1
    said = sa.select(Comment, REVIEW.c.week).outerjoin(REVIEW, REVIEW.c.id == Comment.review_id).where(about(Comment)).options(*with_people())
    rows: list[tuple[Any, str | None]] = [tuple(r) for r in db.session.execute(said.order_by(Comment.at.desc(), Comment.id.desc()).limit(many))]
    if not only_comments:
        own = Event.problem_id == problem_id if problem_id is not None else Event.issue_id.in_(issue_ids[:1])  # of merged ones only what was said
        happened = sa.select(Event, REVIEW.c.week).outerjoin(REVIEW, REVIEW.c.id == Event.review_id)
        # What happens to a comment shows on the comment itself.
        happened = happened.where(own, Event.subject != "comment", about_nothing_hidden(Event.problem_id, person))
        rows += [tuple(r) for r in db.session.execute(happened.order_by(Event.at.desc(), Event.id.desc()).limit(many))]
        rows.sort(key=lambda r: (r[0].at, isinstance(r[0], Comment), r[0].id), reverse=True)
    ready = shown(rows[: many - 1], person)
    return Stream(ready, only_comments, pages, len(rows) >= many)


def in_minutes_of(comment: Comment) -> int | None:
    """The number of the week in whose closed minutes a comment stands; those stay as they are, whatever becomes of it."""
    found = db.session.execute(sa.select(REVIEW.c.week, REVIEW.c.minutes).where(REVIEW.c.id == comment.review_id)).first() if comment.review_id else None
    told = (said["comment"] for step in ((found and found.minutes) or {}).get("steps", ()) for said in step.get("said", ()))
    return clock.week_number(found.week) if found and comment.id in told else None


def with_people() -> tuple[Any, ...]:
    """What a comment needs to be shown: who said it and who removed it."""
    return (joinedload(Comment.author).options(selectinload(User.departments)), joinedload(Comment.removed_by))


def shown(rows: Sequence[tuple[Comment | Event, str | None]], person: User) -> list[Said | Happened]:
    """Comments and events with their words, links, reactions and weeks."""
    comments = [row for row, _at in rows if isinstance(row, Comment) and not row.is_removed]
    ids = [c.id for c in comments]
    html, reacted, files = worded(comments, person), reactions(ids, person), files_of(ids)
    ready: list[Said | Happened] = []
    for row, week in rows:
        number = clock.week_number(week) if week else None
        if isinstance(row, Event):
            ready.append(Happened(row, sentence(row), icon(row), number))
        elif row.is_removed:
            ready.append(Said(row, removed(row), number))
        else:
            ready.append(Said(row, html[row.id], number, reacted.get(row.id, ()), tuple(files.get(row.id, ()))))
    return ready


def worded(comments: Sequence[Comment], person: User) -> dict[int, Markup]:
    """Per comment its words as this reader sees them: keys as links, and the names that call somebody in."""
    words, called = markdown.links([c.text for c in comments], person), chips(comments, person)
    return {c.id: markdown.render(c.text, (*markdown.known_in(c.text, words), *called.get(c.id, ()))) for c in comments}


def removed(comment: Comment) -> Markup:
    """What stands in the place of a comment that was removed."""
    by = comment.removed_by
    whose = _("%(who)s removed a comment of %(author)s") if by and by.id != comment.author_id else _("%(who)s removed a comment")
    names = {"who": by.name if by else "", "author": comment.author.name}
    return Markup(escape(whose)) % {k: Markup("<b>%s</b>") % name for k, name in names.items()}


def one(comment: Comment, person: User) -> Said:
    """One comment by itself."""
    week = db.session.scalar(sa.select(REVIEW.c.week).where(REVIEW.c.id == comment.review_id)) if comment.review_id else None
    (row,) = shown([(comment, week)], person)
    assert isinstance(row, Said)
    return row


def chips(comments: Iterable[Comment], person: User) -> dict[int, tuple[tuple[str, Markup], ...]]:
    """Per comment the names in it that call somebody in, and how each is shown."""
    ids = [c.id for c in comments if "@" in c.text]
    if not ids:
        return {}
    select = sa.select(Mention.comment_id, Mention.written, Mention.person_id, Mention.department_id, User.name, Department.name)
    select = select.outerjoin(User, User.id == Mention.person_id).outerjoin(Department, Department.id == Mention.department_id)
    found: dict[int, tuple[tuple[str, Markup], ...]] = {}
    for id, written, who, department, name, department_name in db.session.execute(select.where(Mention.comment_id.in_(ids)).order_by(Mention.id)):
        mine = who == person.id or department in person.department_ids
        chip = Markup('<span class="mention"%s title="%s">%s</span>') % (Markup(" data-mine") if mine else "", name or department_name, written)
        found[id] = (*found.get(id, ()), (written, chip))
    return found


def reactions(ids: Sequence[int], person: User) -> dict[int, tuple[Reacted, ...]]:
    """Per comment how people reacted, in the order in which the first of each kind did."""
    if not ids:
        return {}
    rows = db.session.execute(
        sa.select(Reaction.comment_id, Reaction.kind, User.id, User.name)
        .join(User, User.id == Reaction.person_id)
        .where(Reaction.comment_id.in_(ids))
        .order_by(Reaction.at, User.name)
    )
    names: dict[int, dict[str, list[tuple[int, str]]]] = {}
    for id, kind, who, name in rows:
        names.setdefault(id, {}).setdefault(kind, []).append((who, name))
    return {
        id: tuple(Reacted(Reacting(kind), tuple(n for _id, n in people), any(who == person.id for who, _name in people)) for kind, people in kinds.items())
        for id, kinds in names.items()
    }


def place_of(comment: Comment) -> int:
    """On which page of the comments about the same thing this one stands."""
    about = Comment.problem_id == comment.problem_id if comment.problem_id else Comment.issue_id == comment.issue_id
    newer = sa.or_(Comment.at > comment.at, sa.and_(Comment.at == comment.at, Comment.id > comment.id))
    return (db.session.scalar(sa.select(sa.func.count()).select_from(Comment).where(about, newer)) or 0) // PAGE + 1


# where one is called in


@dataclass(frozen=True)
class Mentioned:
    """A comment that calls somebody in: by name, or as one of a `department`; `seen_at` says whether they have seen it."""

    mention: Mention
    comment: Comment
    html: Markup
    department: str | None = None
    seen_at: datetime | None = field(default=None)

    @property
    def about(self) -> Any:
        """The issue (the one that it was merged into) or the problem."""
        issue = self.comment.issue
        return (issue.merged_into or issue) if issue else self.comment.problem


def mentions_for(person: User, since: datetime | None = None, *, unseen: bool = True, limit: int = 50) -> list[Mentioned]:
    """Where this person is called in, newest first, each comment once: what they have not seen, or everything.

    Never their own words, never what was removed or what they may not see (any more).
    """
    by_name = aliased(Mention)
    select = (
        sa.select(Mention, MentionSeen.at)
        .join(Comment, Comment.id == Mention.comment_id)
        .outerjoin(MentionSeen, sa.and_(MentionSeen.mention_id == Mention.id, MentionSeen.person_id == person.id))
        .where(Mention.visible_to(person), sa.or_(Mention.person_id.is_not(None), ~sa.exists().where(by_name.comment_id == Mention.comment_id, by_name.person_id == person.id)))
        .options(
            joinedload(Mention.comment).options(*with_people(), joinedload(Comment.issue).joinedload(Issue.merged_into), joinedload(Comment.problem)),
            joinedload(Mention.department),
        )
        .order_by(Comment.at.desc(), Comment.id.desc(), Mention.id)
    )
    if since is not None:
        select = select.where(Mention.at >= since)
    if unseen:
        select = select.where(MentionSeen.at.is_(None))
    first: dict[int, tuple[Mention, datetime | None]] = {}
    for mention, seen_at in db.session.execute(select.limit(limit * 2)):
        first.setdefault(mention.comment_id, (mention, seen_at))
    kept = list(first.values())[:limit]
    html = worded([m.comment for m, _at in kept], person)
    return [Mentioned(m, m.comment, html[m.comment_id], m.department.name if m.department else None, at) for m, at in kept]


# files


def drafts(ids: Sequence[int], *, by: User, about: Issue | Problem) -> list[Attachment]:
    """Those of these drafts that are this person's own, for this issue or problem."""
    here = Attachment.issue_id == about.id if isinstance(about, Issue) else Attachment.problem_id == about.id
    mine = sa.select(Attachment).where(Attachment.id.in_(ids), Attachment.by_id == by.id, Attachment.attached_at.is_(None), here)
    return list(db.session.scalars(mine.order_by(Attachment.id)))


def files_of(comment_ids: Sequence[int]) -> dict[int, list[Attachment]]:
    """The files of each of these comments, oldest first."""
    found: dict[int, list[Attachment]] = {}
    if comment_ids:
        for a in db.session.scalars(sa.select(Attachment).where(Attachment.comment_id.in_(comment_ids)).order_by(Attachment.id)):
            found.setdefault(a.comment_id or 0, []).append(a)
    return found


def attached_to(*, issue_ids: Sequence[int] = (), problem_id: int | None = None) -> list[Attachment]:
    """The files that are put with these issues or this problem themselves, oldest first."""
    here = Attachment.problem_id == problem_id if problem_id is not None else Attachment.issue_id.in_(issue_ids)
    own = sa.select(Attachment).where(here, Attachment.comment_id.is_(None), Attachment.attached_at.is_not(None))
    return list(db.session.scalars(own.order_by(Attachment.id)))
