"""The week of one person: what others changed in the issues that are theirs, and what waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _, ngettext

from .. import clock, language, mail
from ..accounts.models import User
from ..actions.models import Action, ActionStatus
from ..causes.models import about_nothing_hidden
from ..db import db
from ..discussion.models import Comment
from ..domain import Refused
from ..handoffs.queries import waiting_on
from ..history.models import Event
from ..history.sentences import sentence
from ..issues.models import Issue, contribution
from ..reviews.agenda import that_stand
from ..reviews.rhythms import wall_time
from . import outbox
from .hearing import SETTLED
from .models import HOURS, Digest, Kind, Notification, Silence
from .words import address, how_many, link

WEEK = timedelta(days=7)
LONGEST = timedelta(days=14)  # no digest looks back further
MOST_ISSUES, MOST_EVENTS, MOST_ACTIONS = 15, 3, 10
SOON = timedelta(days=7)
NOISE = ("ranked", "undone")  # no news to anybody

Row = tuple[str, str, str]  # what happened, what it is about, where it is shown


@dataclass
class Week:
    """What one digest says."""

    changed: list[Row] = field(default_factory=list)
    waiting: list[Row] = field(default_factory=list)
    issues: int = 0


def queue_due() -> int:
    """Queue the digests whose day and hour have come, one for each person and ISO week; returns how many.

    Commits after each person: on a Monday morning nobody's page waits until all of them are done.
    """
    if not mail.is_set():
        return 0
    now, queued = clock.now(), 0
    silent = sa.select(Silence.person_id).where(Silence.kind == Kind.DIGEST)
    known = {d.person_id: d for d in db.session.scalars(sa.select(Digest))}
    for person in db.session.scalars(sa.select(User).where(User.deactivated_at.is_(None), User.id.not_in(silent)).order_by(User.id)).all():
        try:
            digest = known.get(person.id) or start(Digest.of(person), now)
            if digest.week == clock.iso_week(clock.today()) or moment_of(digest, now) > now:
                continue
            digest.week = week = clock.iso_week(clock.today())
            until = now - SETTLED
            facts = {"since": max(digest.told_until or until - WEEK, until - LONGEST).isoformat(), "until": until.isoformat()}
            digest.told_until = until
            if anything_changed(person, facts) and outbox.queue(f"digest:{week}:{person.id}", person, "digest", **facts):
                queued += 1
            db.session.commit()
        except Exception:  # what goes wrong for one must not keep the others from their digest
            db.session.rollback()
            current_app.logger.exception("digest failed")
    return queued


def anything_changed(person: User, facts: dict[str, Any]) -> bool:
    """Whether there is anything to tell at all."""
    since, until = between(facts)
    return bool(happened(person, since, until) or said(person, since, until))


def between(facts: dict[str, Any]) -> tuple[datetime, datetime]:
    """The two moments that a digest is about."""
    return datetime.fromisoformat(facts["since"]), datetime.fromisoformat(facts["until"])


def start(digest: Digest, now: datetime) -> Digest:
    """From now on it comes; not at once, when this week's hour is over."""
    if moment_of(digest, now) <= now:
        digest.week = clock.iso_week(clock.today())
    db.session.add(digest)
    return digest


def choose(person: User, *, weekday: int, hour: int) -> None:
    """Another day and hour, from the next time on. Raises Refused for a day or hour that is not offered."""
    if not 0 <= weekday <= 6 or hour not in HOURS:
        raise Refused(_("Choose a day of the week and a whole hour."))
    digest = Digest.of(person)
    if (weekday, hour) != (digest.weekday, digest.hour):
        digest.weekday, digest.hour = weekday, hour
        start(digest, clock.now())


def moment_of(digest: Digest, now: datetime) -> datetime:
    """When it comes in the week of this moment: at that hour on the team's clocks, summer and winter alike."""
    zone = clock.zone()
    today = now.astimezone(ZoneInfo(zone.key)).date()
    return wall_time(today - timedelta(days=today.weekday()) + timedelta(days=digest.weekday), f"{digest.hour:02d}:00", zone.key)


def of(person: User, facts: dict[str, Any]) -> Week:
    """What changed between two moments, and what waits now; as far as this person may see it."""
    since, until = between(facts)
    found = Week()
    events = happened(person, since, until)
    comments = said(person, since, until)
    ids = list(dict.fromkeys([e.issue_id for e in reversed(events) if e.issue_id] + list(comments)))
    found.issues = len(ids)
    issues = {i.id: i for i in db.session.scalars(sa.select(Issue).where(Issue.id.in_(ids[:MOST_ISSUES])))}
    for id in ids[:MOST_ISSUES]:
        issue = issues[id]
        url = link(address("issues.show", id=id))
        own = [e for e in events if e.issue_id == id]
        texts = [sentence(e).striptags() for e in own[-MOST_EVENTS:]]
        if len(own) > MOST_EVENTS:
            texts.insert(0, ngettext("%(num)s earlier change", "%(num)s earlier changes", len(own) - MOST_EVENTS))
        if n := comments.get(id):
            texts.append(ngettext("%(num)s comment", "%(num)s comments", n))
        found.changed.append(("\n".join(texts), f"{issue.key} {issue.title}", url))
    if len(ids) > MOST_ISSUES:
        more = ngettext("And %(num)s more issue.", "And %(num)s more issues.", len(ids) - MOST_ISSUES)
        found.changed.append((more, "", link(address("issues.board"))))
    if found.changed:
        found.waiting = waiting(person)
    return found


def mine(person: User) -> sa.ColumnElement[bool]:
    """Issues that I own, reported, or that are of a department of mine."""
    departments = person.department_ids
    with_us = Issue.id.in_(sa.select(contribution.c.issue_id).where(contribution.c.department_id.in_(departments)))
    return sa.or_(Issue.owner_id == person.id, Issue.reporter_id == person.id, Issue.lead_id.in_(departments), with_us)


def happened(person: User, since: datetime, until: datetime) -> Sequence[Event]:
    """What others did to my issues, oldest first; what was taken back did not happen."""
    events = db.session.scalars(
        sa.select(Event)
        .join(Issue, Issue.id == Event.issue_id)
        .where(Event.at > since, Event.at <= until, Event.subject != "comment", mine(person), about_nothing_hidden(Event.problem_id, person))
        .where(sa.or_(Event.by_id.is_(None), Event.by_id != person.id))
        .order_by(Event.id)
    ).all()
    undone = [e for e in events if e.kind == "undone"]
    return that_stand((e for e in events if e.kind not in NOISE), undone)


def said(person: User, since: datetime, until: datetime) -> dict[int, int]:
    """How many comments of others my issues got."""
    rows = db.session.execute(
        sa.select(Comment.issue_id, sa.func.count())
        .join(Issue, Issue.id == Comment.issue_id)
        .where(Comment.at > since, Comment.at <= until, Comment.author_id != person.id, Comment.removed_at.is_(None), mine(person))
        .group_by(Comment.issue_id)
        .order_by(Comment.issue_id)
    )
    return {id: n for id, n in rows if id is not None}


def waiting(person: User) -> list[Row]:
    """What I promised for these days or before, what my departments were asked, and what is unread in the inbox."""
    soon = sa.select(Action).where(
        Action.owner_id == person.id, Action.status == ActionStatus.OPEN, Action.due <= clock.today() + SOON, Action.visible_to(person)
    )
    rows: list[Row] = []
    for action in db.session.scalars(soon.order_by(Action.due, Action.id).limit(MOST_ACTIONS)):
        about = action.issue or action.problem
        text = _("%(text)s, by %(day)s", text=action.title, day=language.weekday(action.due))
        rows.append((text, f"{about.key} {about.title}" if about else "", link(address("actions.index"))))
    for handoff in waiting_on(person.department_ids)[:MOST_ACTIONS]:
        text = _("%(asking)s waits for %(asked)s: “%(text)s”", asking=handoff.asking.name, asked=handoff.asked.name, text=handoff.ask)
        rows.append((text, f"{handoff.issue.key} {handoff.issue.title}", link(address("issues.show", id=handoff.issue_id))))
    unread = sa.select(sa.func.count()).select_from(Notification).where(Notification.visible_to(person), Notification.read_at.is_(None))
    if n := db.session.scalar(unread):
        rows.append((how_many(n), "", link(address("notifications.index"))))
    return rows
