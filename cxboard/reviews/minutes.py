"""The minutes: what a review was, frozen as text when it is closed, so that nothing that happens later changes them.

Sentences are kept in both languages. What is about an EX problem carries its id, so that readers who may not see a
restricted problem don't read about it; that is looked at when the minutes are read (`for_reader`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale

from ..accounts.models import Department, User
from ..actions.models import Action, ActionStatus, Decision
from ..causes.models import Problem
from ..db import db
from ..discussion.models import Comment
from ..history import Event
from ..history.sentences import icon, sentence
from ..issues.models import Issue
from ..issues.status import Status
from ..language import LANGUAGES
from . import afterwards, preparing, queries
from .agenda import not_reached, that_stand
from .models import AgendaItem, Presence, Review
from .preparing import Preparation
from .steps import Step

OWN_HEADINGS = ("review", "decision", "action")  # what happens to these stands under headings of their own, not among the changes
REFUSALS = ("declined", "parked", "action_dropped", "undone")  # what `not_doing` needs to know of
Entry = dict[str, Any]


def freeze(review: Review) -> Entry:
    """Everything that the minutes say, as it is at this moment."""
    events = queries.events_of(review)
    steps = steps_of(events)
    decisions, actions = queries.captured(review)
    said = queries.said_in(review)
    changes = [e for e in that_stand(events, events) if (e.issue_id or e.problem_id) and e.subject not in OWN_HEADINGS]
    return {
        "format": 1,
        "week": review.week,
        "starts_at": review.starts_at.isoformat(),
        "started_at": review.started_at.isoformat() if review.started_at else None,
        "closed_at": review.closed_at.isoformat() if review.closed_at else None,
        "zone": review.zone,
        "place": review.place,
        "entered": afterwards.told(review),
        "chair": review.chair.name if review.chair else "",
        "attendance": attendance(review),
        "rating": {"count": len(review.ratings), "mean": review.mean},
        "wins": [about_issue(i) for i in review.points(Step.CUSTOMER) if i.why == "win"],
        "voice": next((about_issue(i) | {"text": i.issue.story, "quote": i.issue.quote} for i in review.points(Step.CUSTOMER) if i.why == "voice" and i.issue), None),
        "numbers": numbers(review),
        "steps": [step_of(review, step, decisions, actions, said, changes, events, steps) for step in Step],
        "not_reached": [about_issue(i) for i in not_reached(review.items)],
        "not_doing": not_doing(events),
        "skipped": [skipped(p) for p in preparing.of(review) if p.is_skipped],
    }


def skipped(point: Preparation) -> Entry:
    """A point that was left out, and why."""
    about = subject_of(point.action.issue, point.action.problem) | {"title": point.action.title} if point.action else subject_of(point.issue, None)
    return about | {"reason": point.skipped_why, "by": point.skipped_by.name if point.skipped_by else ""}


def in_both(say: Callable[[], Any]) -> dict[str, str]:
    """The same sentence in every language."""
    said = {}
    for code in LANGUAGES:
        with force_locale(code):
            said[code] = str(say())
    return said


def steps_of(events: list[Event]) -> dict[int, Step]:
    """On which step each event fell: pages were turned in between."""
    at, found = Step.CUSTOMER, {}
    for event in events:
        if event.kind == "review_turned":
            at = Step(event.after["step"])
        found[event.id] = at
    return found


def attendance(review: Review) -> Entry:
    """Who was there, by department, as names."""
    groups: dict[int, Entry] = {}
    for department in db.session.scalars(sa.select(Department).order_by(Department.code)):
        groups[department.id] = {"code": department.code, "name": department.name, "colour": department.colour, "present": [], "excused": [], "absent": []}
    others: Entry = {"code": "", "name": "", "colour": "", "present": [], "excused": [], "absent": []}
    for row in sorted((a for a in review.attendance if a.user), key=lambda a: a.user.name if a.user else ""):
        assert row.user is not None
        group = groups[row.user.departments[0].id] if row.user.departments else others
        group[row.presence.value].append(row.user.name)
    filled = [g for g in [*groups.values(), others] if g["present"] or g["excused"] or g["absent"]]
    guests = [a.guest for a in review.attendance if a.guest]
    present = sum(a.presence == Presence.PRESENT for a in review.attendance)
    return {"departments": filled, "guests": guests, "present": present, "marked": len(review.attendance)}


def about_issue(item: AgendaItem) -> Entry:
    """An agenda point as text."""
    from .sentences import why

    issue = item.issue
    assert issue is not None
    return {
        "issue": issue.id, "key": issue.key, "title": issue.title, "step": item.step.value, "carried": item.carried,
        "departments": [{"code": d.code, "name": d.name, "colour": d.colour} for d in issue.departments], "again": item.comes_again,
        "status": in_both(lambda: issue.status.label), "why": in_both(lambda: why(item)),
    }  # fmt: skip


def numbers(review: Review) -> list[Entry]:
    """The figures of step two as they are now; those for which restricted problems count are left out."""
    figures = queries.figures(review, None)
    return [{"name": f.name, "label": in_both(lambda f=f: f.label), "value": f.value, "of": f.of} for f in figures]  # type: ignore[misc]


def step_of(
    review: Review, step: Step, decisions: list[Decision], actions: list[Action], said: list[tuple[Comment, int]],
    changes: list[Event], events: list[Event], steps: dict[int, Step],
) -> Entry:  # fmt: skip
    """One step: how long, what was discussed, decided, promised, said and changed."""
    box = review.box(step)
    asked_about = [i.action for i in review.points(step) if i.action]
    later = changed_since(asked_about, review)
    listed = [i for i in review.points(step) if i.issue and i.discussed_at and i.why not in ("win", "voice")]
    return {
        "step": step.value,
        "minutes": box.minutes,
        "spent": box.spent_minutes,
        "notes": box.notes,
        "items": [about_issue(i) for i in listed],
        "promises": [promise(a, later, review.was_held_until) for a in asked_about],
        "decisions": [decision(d) for d in decisions if step_of_capture(d, events, steps) == step],
        "actions": [promise(a) for a in actions if step_of_capture(a, events, steps) == step],
        "said": [comment(c) for c, told in said if step_at(told, steps) == step],
        "changes": [change(e) for e in changes if steps[e.id] == step],
    }


def step_of_capture(thing: Decision | Action, events: list[Event], steps: dict[int, Step]) -> Step:
    """The step in which it was written down: what it says itself, else the page that was shown then."""
    if thing.step in {s.value for s in Step}:
        return Step(thing.step)
    subject = "decision" if isinstance(thing, Decision) else "action"
    own = next((e for e in events if e.subject == subject and e.subject_id == thing.id), None)
    return steps[own.id] if own else Step.WRAP_UP


def step_at(event_id: int, steps: dict[int, Step]) -> Step:
    """The page that was shown when something happened that is none of the events of the review itself."""
    return next((step for id, step in reversed(steps.items()) if id < event_id), Step.CUSTOMER)


def subject_of(issue: Issue | None, problem: Problem | None) -> Entry:
    """What something is about, as text, with the problem by which its readers are chosen."""
    thing = issue or problem
    return {
        "key": thing.key if thing else "", "title": thing.title if thing else "", "issue": issue.id if issue else None,
        "problem": problem.id if problem else None,
    }  # fmt: skip


def decision(decision: Decision) -> Entry:
    return subject_of(decision.issue, decision.problem) | {"text": decision.text, "by": decision.by.name}


def comment(comment: Comment) -> Entry:
    return subject_of(comment.issue, comment.problem) | {"text": comment.text, "by": comment.author.name, "comment": comment.id}


def promise(action: Action, later: Sequence[Event] = (), until: datetime | None = None) -> Entry:
    """A promise as it is; or, of a review entered afterwards, as it was at its end (`until`), before what happened `later`."""
    own = [e for e in later if e.subject_id == action.id]
    now: Entry = {"text": action.title, "owner": action.owner.name, "due": action.due.isoformat(), "status": action.status.value}
    for event in reversed(own):
        if event.kind == "action_carried":
            now["due"] = event.before["was"]
        elif event.kind == "action_revised":
            now |= {"text": event.before["was"], "owner": event.before["owner"], "due": event.before["due"]}
    if until and action.closed_at and action.closed_at >= until:
        now["status"] = ActionStatus.OPEN.value
    put_off = sum(e.kind in ("action_carried", "action_left_open") for e in own)
    return subject_of(action.issue, action.problem) | now | {"carried": action.carried - put_off}


def changed_since(actions: Sequence[Action], review: Review) -> list[Event]:
    """What happened to these promises after the day of a review that is entered afterwards, in order; nothing for another one."""
    until = review.was_held_until
    if until is None:
        return []
    where = (Event.subject == "action", Event.subject_id.in_([a.id for a in actions]), Event.at >= until, Event.review_id.is_distinct_from(review.id))
    return list(db.session.scalars(sa.select(Event).where(*where).order_by(Event.id)))


def change(event: Event) -> Entry:
    """Something that changed on the board during the review, in a sentence."""
    issue = db.session.get(Issue, event.issue_id) if event.issue_id else None
    problem = db.session.get(Problem, event.problem_id) if event.problem_id else None
    return subject_of(issue, problem) | {"text": in_both(lambda: sentence(event).striptags()), "icon": icon(event)}


def not_doing(events: list[Event]) -> list[Entry]:
    """What we said no to: declined, parked or dropped during the review, and not taken back."""
    found: list[Entry] = []
    for event in that_stand(events, events):
        if event.kind in ("declined", "parked"):
            issue = db.session.get(Issue, event.issue_id)
            if issue and issue.status == (Status.DECLINED if event.kind == "declined" else Status.PARKED):
                entry = subject_of(issue, None) | {"reason": event.reason or "", "until": event.after.get("until") if event.kind == "parked" else None}
                found = [f for f in found if f["issue"] != issue.id] + [entry | {"kind": event.kind}]
        elif event.kind == "action_dropped":
            action = db.session.get(Action, event.subject_id)
            if action and action.status == ActionStatus.DROPPED:
                found.append(subject_of(action.issue, action.problem) | {"kind": "dropped", "title": action.title, "reason": event.reason or "", "until": None})
    return found


# reading


def per_subject(changes: list[Entry]) -> list[list[Entry]]:
    """What changed, together for each issue and problem, in the order in which they first came up."""
    found: dict[str, list[Entry]] = {}
    for entry in changes:
        found.setdefault(entry["key"], []).append(entry)
    return list(found.values())


def for_reader(review: Review, person: User) -> Entry:
    """The minutes without what is about a problem that this person may not see."""
    whole: Entry = review.minutes or {}
    ids = set(_problems(whole))
    allowed = set(db.session.scalars(sa.select(Problem.id).where(Problem.id.in_(ids), Problem.visible_to(person)))) if ids else set()
    return _without(whole, ids - allowed)  # type: ignore[no-any-return]


def _problems(value: Any) -> list[int]:
    if isinstance(value, dict):
        own = [value["problem"]] if value.get("problem") else []
        return own + [p for v in value.values() for p in _problems(v)]
    return [p for v in value for p in _problems(v)] if isinstance(value, list) else []


def _without(value: Any, hidden: set[int]) -> Any:
    if isinstance(value, dict):
        return {k: _without(v, hidden) for k, v in value.items()}
    if isinstance(value, list):
        return [_without(v, hidden) for v in value if not (isinstance(v, dict) and v.get("problem") in hidden)]
    return value
