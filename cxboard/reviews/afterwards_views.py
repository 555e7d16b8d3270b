"""After the meeting: writing up what was held without the screen, and the minutes on paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, url_for
from flask_babel import gettext as _, lazy_gettext as _l

from .. import clock
from ..accounts.models import User
from ..accounts.queries import people
from ..actions.forms import CaptureForm, Id
from ..actions.models import Action
from ..authorization import find, me, requires
from ..db import db
from ..forms import Choice, Choices, Form, Line, Version, tidy
from ..handoffs.forms import read_ask, usual_asking
from ..handoffs.queries import departments_to_ask
from ..issues.models import Issue
from ..rendering import changed, page, to_page
from . import afterwards, bp, minutes, pdf, queries
from .afterwards import ACTION, DECISION, HELP, TALKED, WrittenLine
from .forms import Clocktime
from .models import Presence, Review
from .rhythms import wall_time
from .sentences import why
from .steps import Step

KIND_NAMES = ((DECISION, _l("Decision"), "gavel"), (ACTION, _l("Action"), "list-todo"), (HELP, _l("Help"), "hand-helping"))


class LineForm(CaptureForm):
    """One line about one point: a decision, an action, a request for help; or only that it was talked about."""

    kind = Choice(_l("Kind"), choices=[*((name, label) for name, label, _icon in KIND_NAMES), (TALKED, _l("Talked about"))])
    asked = Choice(_l("Which department?"), ids=True)
    promise = Id()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.departments = departments_to_ask()
        self.asked.choices = [("", _("Choose a department")), *((d.id, d.name) for d in self.departments)]

    @property
    def asks(self) -> bool:
        return bool(super().asks or self.asked.errors)

    def read_help(self, issue: Issue | None) -> dict[str, Any] | None:
        """What is asked of which department by when; None when something has to be asked, which the fields then say."""
        said, meant = read_ask(self.text.data or "", self.departments)
        asked = next((d for d in self.departments if d.id == self.asked.data), None) or meant
        due = self.due.data or said.due
        if issue is None:
            self.text.errors = (_("Another department is asked for help about an issue."),)
        elif not said.title:
            self.text.errors = (_("What do you need from the other department? Write it in one line."),)
        if asked is None:
            self.asked.errors = (_("Which department is asked? Choose one."),)
        if due is None:
            self.due.errors = (_("By when is it needed? Choose a date."),)
        elif due < clock.today():
            self.due.errors = (_("That day is behind us. Choose a later one."),)
        if self.errors or issue is None or asked is None:
            return None
        return {"text": said.title, "asked": asked, "asking": usual_asking([d for d in self.departments if d.id != asked.id], me(), issue), "due": due}


class TimesForm(Form):
    """When it was held, and who was there."""

    began = Clocktime(_l("It began at"))
    ended = Clocktime(_l("It ended at"))
    present = Choices(_l("Present"))
    guests = Line(_l("Guests, with a comma between them"), at_most=400, required=False)
    version = Version()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present.choices = [(p.id, p.name) for p in people()]


@dataclass
class Row:
    """A point, and what was entered about it."""

    step: Step
    title: str
    key: str = ""
    issue: Issue | None = None
    action: Action | None = None
    why: str = ""
    lines: list[WrittenLine] = field(default_factory=list)

    @property
    def name(self) -> str:
        """For ids."""
        thing = f"issue-{self.issue.id}" if self.issue else f"action-{self.action.id}" if self.action else "all"
        return f"{self.step.value}-{thing}"


def row_of(step: Step, issue: Issue | None, action: Action | None) -> Row:
    if issue:
        return Row(step, issue.title, issue.key, issue)
    return Row(step, action.title if action else _("About the whole, or about nothing on the agenda"), action=action)


def sheet(review: Review, person: User) -> dict[Step, list[Row]]:
    """The points per step as this person may read them, also those that went off the agenda since something was entered."""
    found: dict[Step, dict[afterwards.Thing, Row]] = {step: {} for step in afterwards.STEPS}
    for item in queries.points_of(review, person):
        if item.step in found and item.why != "promise_kept":
            row = found[item.step][item.issue_id, item.action_id] = row_of(item.step, item.issue, item.action)
            row.why = why(item)
    found[Step.WRAP_UP][None, None] = row_of(Step.WRAP_UP, None, None)
    for line in afterwards.lines_of(review, person):
        rows = found[line.step]
        rows.setdefault(line.thing, row_of(line.step, line.issue, line.action)).lines.append(line)
    return {step: list(rows.values()) for step, rows in found.items()}


@bp.app_template_global("can_be_written_up")
def can_be_written_up(review: Review) -> bool:
    """Whether the page of a planned review offers to enter what was agreed."""
    return afterwards.can_be_written_up(review)


@bp.app_template_global("frozen_at")
def frozen_at(entry: minutes.Entry) -> datetime | None:
    """When minutes that were entered afterwards were made; None for those of a meeting that was live."""
    return datetime.fromisoformat(entry["entered"]["at"]) if entry.get("entered") else None


@bp.get("/reviews/<int:id>/afterwards")
@requires("review.run", Review)
def write_up(review: Review) -> Response:
    """The points with a line each, when it was held, and who was there."""
    if review.is_closed:
        return to_page(url_for(".show", id=review.id))
    afterwards.must_be_open_for(review)
    return _sheet(review, _times(review))


def _times(review: Review) -> TimesForm:
    """As it was entered, else as it was planned, with nobody ticked."""
    entered = afterwards.of(review)
    if entered is None:
        planned_end = wall_time(review.local_day, review.time, review.zone).timestamp() + review.duration * 60
        return TimesForm(formdata=None, data={"began": review.time, "ended": _clock(review, planned_end), "present": [], "version": 0})
    return TimesForm(
        formdata=None,
        data={
            "began": _clock(review, entered.began_at.timestamp()), "ended": _clock(review, entered.ended_at.timestamp()),
            "present": entered.present, "guests": ", ".join(entered.guests), "version": afterwards.version_of(review),
        },
    )  # fmt: skip


def _clock(review: Review, seconds: float) -> str:
    """A moment on the clocks of where it was held."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(review.zone)).strftime("%H:%M")


def _sheet(review: Review, times: TimesForm, status: int = 200) -> Response:
    room = queries.room(review)
    excused = {p.id for g in room.groups for p, presence in g.people if presence == Presence.EXCUSED}
    return page(
        "reviews/afterwards.html", status=status, review=review, sheet=sheet(review, me()), times=times, entered=afterwards.of(review), groups=room.groups, excused=excused,
        kinds=KIND_NAMES, TALKED=TALKED, HELP=HELP,
    )  # fmt: skip


@bp.post("/reviews/<int:id>/afterwards/lines")
@requires("review.run", Review)
def enter_line(review: Review) -> Response:
    """Keep one line. A day in it is read as somebody in the meeting meant it."""
    afterwards.must_be_open_for(review)
    with clock.at(review.starts_at):
        form = LineForm()
        issue = find(Issue, form.issue.data) if form.issue.data else None
        action = find(Action, form.promise.data) if form.promise.data and not issue else None
        step = next((s for s in afterwards.STEPS if s.value == form.step.data), Step.WRAP_UP)
        said = _said(form, issue)
    if said is None:
        kind = form.kind.data if form.kind.data in (DECISION, ACTION, HELP) else DECISION
        row = row_of(step, issue, action)
        return page("reviews/afterwards_line.html", fragment="reviews/_afterwards_line.html", status=422, review=review, row=row, form=form, kind=kind, kinds=KIND_NAMES, HELP=HELP)
    afterwards.write(review, step, by=me(), issue=issue, action=action, **said)
    db.session.commit()
    return changed(url_for(".write_up", id=review.id))


def _said(form: LineForm, issue: Issue | None) -> dict[str, Any] | None:
    """What a line says; None when something has to be asked."""
    if form.kind.data == TALKED:
        return {"kind": TALKED, "text": ""}
    if not form.validate_on_submit():
        return None
    if form.kind.data == HELP:
        asked = form.read_help(issue)
        return asked and {"kind": HELP, **asked}
    if form.is_decision and not form.promises_anyway:
        return {"kind": DECISION, "text": form.text.data or ""}
    promised = form.read_line()
    return promised and {"kind": ACTION, **dict(zip(("text", "owner", "due"), promised, strict=True))}


@bp.post("/reviews/<int:id>/afterwards/lines/<int:line>/removal")
@requires("review.run", Review)
def strike_line(review: Review, line: int) -> Response:
    known = db.session.get(WrittenLine, line)
    if known is None or known.review_id != review.id or not known.may_be_read_by(me()):
        abort(404)
    afterwards.strike(known, by=me())
    db.session.commit()
    return changed(url_for(".write_up", id=review.id))


@bp.post("/reviews/<int:id>/afterwards/times")
@requires("review.run", Review)
def settle_times(review: Review) -> Response:
    """When it was held and who was there."""
    form = TimesForm()
    afterwards.must_be_open_for(review)
    if not form.validate_on_submit():
        return _sheet(review, form, 422)
    began, ended = (wall_time(review.local_day, at or "", review.zone) for at in (form.began.data, form.ended.data))
    there = [p for p in people() if p.id in (form.present.data or [])]
    guests = [g for g in (tidy(name, at_most=80) for name in (form.guests.data or "").split(",")) if g]
    afterwards.settle(review, began_at=began, ended_at=ended, present=there, guests=guests, by=me(), seen=form.version.data)
    db.session.commit()
    return changed(url_for(".write_up", id=review.id), message=_("Kept."))


@bp.post("/reviews/<int:id>/afterwards/closing")
@requires("review.run", Review)
def close_afterwards(review: Review) -> Response:
    afterwards.close(review, by=me())
    db.session.commit()
    return to_page(url_for(".show", id=review.id))


# on paper


@bp.get("/reviews/<int:id>/minutes.pdf")
@requires("review.view", Review)
def minutes_as_pdf(review: Review) -> Response:
    """The minutes as a PDF, as this person may read them."""
    if not review.is_closed:
        abort(404)
    file = Response(pdf.as_pdf(review, minutes.for_reader(review, me())), mimetype="application/pdf")
    file.headers["Content-Disposition"] = f'attachment; filename="cxboard-{review.week}.pdf"'
    file.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    file.headers["Cache-Control"] = "private, no-store"
    return file
