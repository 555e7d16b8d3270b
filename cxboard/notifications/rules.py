"""Who hears of what. Nobody of their own acts, and nobody of what they may not see: `tell` looks after both.

A hand-off asked is told to the lead person of the asked department (to all its people when it has none); what becomes of it to
whoever asked it and to the owner of the issue. A mention of a department is told to everybody in it.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from .. import clock, markdown
from ..accounts.models import Department, User
from ..actions.models import Action, ActionStatus
from ..causes.models import about_nothing_hidden
from ..db import db
from ..discussion.models import Comment
from ..handoffs.models import Handoff, HandoffStatus
from ..history.models import Event
from ..issues.models import Issue
from ..issues.status import Status
from ..reviews.models import Review
from . import outbox
from .hearing import forget, hears, tell
from .models import Kind, Notification

MORNING = 8  # the local hour from which is told what was promised for tomorrow
FRIDAY = 4
LONGEST_SAID = 600


@hears("promised")
def promised(event: Event) -> None:
    """Somebody wrote down an action for me."""
    action = db.session.get(Action, event.subject_id)
    if action and action.status == ActionStatus.OPEN:
        assigned(action, event)


@hears("action_revised")
def handed_over(event: Event) -> None:
    """An action of somebody else is mine from now on."""
    action = db.session.get(Action, event.subject_id)
    if action and action.status == ActionStatus.OPEN and event.before["owner"] != event.after["owner"] == action.owner.name:
        assigned(action, event)


def assigned(action: Action, event: Event) -> None:
    tell(
        action.owner, Kind.ASSIGNED, f"assigned:{action.id}:{event.id}", event=event, subject=("action", action.id),
        text=action.title, due=action.due.isoformat(),
    )  # fmt: skip


def tell_of_promises_due() -> int:
    """From the morning of the day before: what I promised for tomorrow (on Fridays also for the Monday). Returns how many were told.

    What was only promised on this very day is fresh in mind.
    """
    now = clock.local(clock.now())
    if now.hour < MORNING:
        return 0
    today = now.date()
    until = today + timedelta(days=3 if today.weekday() == FRIDAY else 1)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    due = sa.select(Action).where(Action.status == ActionStatus.OPEN, Action.due > today, Action.due <= until, Action.created_at < midnight)
    told = [
        tell(
            action.owner, Kind.DUE, f"due:{action.id}:{action.due}", subject=("action", action.id), issue_id=action.issue_id,
            problem_id=action.problem_id, text=action.title, due=action.due.isoformat(),
        )
        for action in db.session.scalars(due.order_by(Action.id))
    ]  # fmt: skip
    return sum(n is not None for n in told)


@hears("moved", "moved_anyway", "parked", "declined", "merged")
def outcome(event: Event) -> None:
    """What became of what I reported. A newer outcome takes the place of an older one that I have not read yet."""
    issue = db.session.get(Issue, event.issue_id)
    if issue is None or issue.reporter_id == event.by_id:
        return
    before, after = Status(event.before["status"]), Status(event.after["status"])
    telling = before == Status.NEW or after in (Status.IN_PROGRESS, Status.DONE, Status.PARKED, Status.DECLINED, Status.MERGED)
    if not telling or issue.status != after:  # it was taken back, or went on meanwhile
        return
    older = sa.delete(Notification).where(
        Notification.person_id == issue.reporter_id, Notification.kind == Kind.OUTCOME, Notification.issue_id == issue.id, Notification.read_at.is_(None)
    )
    db.session.execute(older, execution_options={"synchronize_session": "fetch"})
    tell(
        issue.reporter, Kind.OUTCOME, f"outcome:{event.id}", event=event, subject=("issue", issue.id), status=after.value,
        reason=event.reason if after in (Status.DECLINED, Status.PARKED) else None, until=event.after.get("until"), into=event.after.get("key"),
    )  # fmt: skip


@hears("filled", "changed")
def made_owner(event: Event) -> None:
    """I own an issue from now on."""
    issue = db.session.get(Issue, event.issue_id) if event.subject == "issue" and event.field == "owner" else None
    if issue and issue.owner and issue.owner.name == event.after:
        tell(issue.owner, Kind.OWNER, f"owner:{event.id}", event=event, subject=("issue", issue.id))


@hears("commented", "comment_edited")
def mentioned(event: Event) -> None:
    """A comment calls in me, or my department: told once for each comment, in the words that it has now."""
    comment = db.session.get(Comment, event.subject_id)
    if comment is None or comment.is_removed:
        return
    reached, text = comment.reached(), plain(comment.text)
    for told in db.session.scalars(sa.select(Notification).where(Notification.subject == "comment", Notification.subject_id == comment.id)):
        if told.person in reached:
            told.facts = told.facts | {"text": text}
        else:
            db.session.delete(told)
    for person, mention in reached.items():
        tell(
            person, Kind.MENTION, f"mention:{comment.id}", event=event, subject=("comment", comment.id), text=text,
            department=mention.department.name if mention.department else None,
        )  # fmt: skip


@hears("comment_removed")
def removed(event: Event) -> None:
    """What was taken back is read nowhere any more."""
    comment = db.session.get(Comment, event.subject_id)
    if comment is None or comment.is_removed:
        forget("comment", event.subject_id)


def plain(text: str) -> str:
    """What was written in Markdown, as one line of plain words."""
    words = markdown.render(text).striptags()
    return words if len(words) <= LONGEST_SAID else words[: LONGEST_SAID - 1].rstrip() + "…"


@hears("handoff_asked", "handoff_asked_again")
def asked(event: Event) -> None:
    """Another department asks mine for help."""
    handoff = db.session.get(Handoff, event.subject_id)
    if handoff and handoff.status == HandoffStatus.ASKED:
        for person in speaks_for(handoff.asked):
            tell_of_handoff(person, handoff, event, text=handoff.ask, due=handoff.needed_by.isoformat())


@hears("handoff_accepted", "handoff_answered", "handoff_declined")
def reacted(event: Event) -> None:
    """What I asked, or what was asked about my issue, got a reaction."""
    handoff = db.session.get(Handoff, event.subject_id)
    if handoff is None or handoff.status.value != step_of(event):  # taken back, or gone on meanwhile
        return
    words = {"handoff_answered": handoff.answer, "handoff_declined": handoff.reason}.get(event.kind, handoff.ask)
    for person in {handoff.asked_by, handoff.issue.owner} - {None}:
        tell_of_handoff(person, handoff, event, text=words)


@hears("handoff_withdrawn", "handoff_ended")
def withdrawn(event: Event) -> None:
    """Nobody needs to answer any more: who has not read the question need not, who has hears so."""
    handoff = db.session.get(Handoff, event.subject_id)
    if handoff is None or handoff.status != HandoffStatus.WITHDRAWN:
        return
    about = (Notification.subject == "handoff", Notification.subject_id == handoff.id, Notification.kind == Kind.HANDOFF)
    knew = set(db.session.scalars(sa.select(Notification.person_id).where(*about, Notification.read_at.is_not(None))))
    forget("handoff", handoff.id, unread=True)
    for person in [*speaks_for(handoff.asked), handoff.accepted_by]:
        if person and person.id in knew:
            tell_of_handoff(person, handoff, event, text=handoff.ask)


def speaks_for(department: Department) -> list[User]:
    """The lead person of a department; everybody in it when it has none."""
    if department.lead and department.lead.is_active:
        return [department.lead]
    return list(department.people)


def tell_of_handoff(person: User | None, handoff: Handoff, event: Event, *, text: str, due: str | None = None) -> None:
    tell(
        person, Kind.HANDOFF, f"handoff:{event.id}", event=event, subject=("handoff", handoff.id), step=step_of(event),
        asking=handoff.asking.name, asked=handoff.asked.name, text=text, due=due,
    )  # fmt: skip


def step_of(event: Event) -> str:
    """`asked_again`, from `handoff_asked_again`."""
    return event.kind.removeprefix("handoff_")


@hears("review_closed")
def review_closed(event: Event) -> None:
    """One message per person: to those who were marked, and to those who promised something in it or were asked something.

    Whoever closed it knows; what others asked of them in it still comes along.
    """
    review = db.session.get(Review, event.subject_id)
    if review is None:
        return
    marked = {a.user_id for a in review.attendance if a.user_id}
    promised = set(db.session.scalars(sa.select(Action.owner_id).where(Action.review_id == review.id)))
    asked = set(db.session.scalars(sa.select(Notification.person_id).where(Notification.held_by_id == review.id)))
    for id in sorted(marked | promised | asked):
        person = db.session.get(User, id)
        if person is None or not person.is_active:
            continue
        if id not in marked and id not in asked and not promises_of(person, review):
            continue
        told = tell(person, Kind.REVIEW, f"review:{review.id}", event=event, subject=("review", review.id), week=review.week)
        if told or id in asked:
            outbox.queue_review(person, review)


def promises_of(person: User, review: Review) -> list[Action]:
    """What this person promised in a review and is still to do, as far as they may see it."""
    own = sa.select(Action).where(
        Action.review_id == review.id, Action.owner_id == person.id, Action.status == ActionStatus.OPEN, about_nothing_hidden(Action.problem_id, person)
    )
    return list(db.session.scalars(own.order_by(Action.due, Action.id)))


__all__ = ["forget", "promises_of", "tell_of_promises_due"]
