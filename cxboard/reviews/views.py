"""The weekly review: the list, the rhythm, the agenda, the live meeting and the minutes."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Response, abort, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from .. import clock, markdown
from ..accounts.models import User
from ..accounts.queries import people as everybody
from ..actions.forms import new_capture
from ..authorization import requires
from ..db import db
from ..domain import Refused, Stale
from ..handoffs.queries import in_review
from ..history.sentences import icon as event_icon, sentence
from ..issues.queries import ageing
from ..language import weekday
from ..rendering import answer, changed, for_everybody, here, is_htmx, page, part, to_page
from ..voices.panels import voice_at_the_table
from . import bp, looking, minutes, news, one_page, presence, queries, voting
from .agenda import left_on_the_board, not_reached
from .dates import dated, frozen, held
from .forms import (
    CancelForm,
    GuestForm,
    MomentForm,
    NoteForm,
    PlanForm,
    PresenceForm,
    RatingForm,
    RemarkForm,
    TurnForm,
)
from .models import AgendaItem, Attendance, Presence, Review, ReviewStatus
from .sentences import WEEKDAYS, put_off, why
from .steps import Step

# The words that the agenda, the stage and the minutes use for what the database keeps.
WORDS: dict[str, Any] = {
    "Step": Step, "why": why, "put_off": put_off, "ageing": ageing, "event_sentence": sentence, "event_icon": event_icon, "date_of": date.fromisoformat, "held": held, "frozen": frozen, "dated": dated, "per_subject": minutes.per_subject, "words": markdown.render, "not_reached": not_reached, "week": timedelta(weeks=1),
}  # fmt: skip


@bp.get("/reviews")
@requires("review.view")
def index() -> Response:
    """The coming review, the rhythm, and the earlier ones."""
    number = request.args.get("page", "1")
    at = max(int(number), 1) if re.fullmatch("[0-9]{1,4}", number) else 1
    return page("reviews/index.html", overview=queries.overview(current_user, at), at=at, weekdays=WEEKDAYS, **WORDS)


@bp.get("/reviews/promises")
@requires("review.view")
def promises() -> Response:
    """The promises behind the figure "done on time"."""
    return page("reviews/promises.html", actions=queries.promises_lately(current_user), on_time=queries.on_time(current_user))


# planning


@bp.get("/reviews/new")
@requires("review.plan")
def new() -> Response:
    """The form for an extra review."""
    form = PlanForm(day=clock.today(), at="10:00", duration=60, chair=current_user.id)
    return page("reviews/new.html", fragment="reviews/_new_form.html", form=form)


@bp.post("/reviews")
@requires("review.plan")
def plan() -> Response:
    form = PlanForm()
    if not form.validate_on_submit():
        return page("reviews/new.html", fragment="reviews/_new_form.html", status=422, form=form)
    chair = db.session.get(User, form.chair.data) if form.chair.data else None
    review = Review.plan_one(form.moment, by=current_user, duration=form.duration.data, chair=chair, place=form.place.data or "", zone=form.zone)
    db.session.commit()
    if review.starts_at + timedelta(minutes=review.duration) <= clock.now():
        return changed(url_for(".write_up", id=review.id), message=_("Now enter what was agreed in it."))
    return changed(url_for(".show", id=review.id), message=_("The review is planned."))


@bp.get("/reviews/<int:id>/moment")
@requires("review.plan", Review)
def moment(review: Review) -> Response:
    """The form for holding it at another moment."""
    form = MomentForm(day=review.local_day, at=review.time, version=review.seen_at, zone=review.zone)
    return page("reviews/moment.html", fragment="reviews/_moment_form.html", review=review, form=form)


@bp.post("/reviews/<int:id>/moment")
@requires("review.plan", Review)
def move(review: Review) -> Response:
    form = MomentForm(zone=review.zone)
    if not form.validate_on_submit():
        return page("reviews/moment.html", fragment="reviews/_moment_form.html", status=422, review=review, form=form)
    review.move(form.moment, by=current_user, seen=form.version.data)
    db.session.commit()
    return changed(url_for(".show", id=review.id), message=_("The review is moved."))


@bp.get("/reviews/<int:id>/cancellation")
@requires("review.plan", Review)
def cancellation(review: Review) -> Response:
    """The form that asks why it is cancelled."""
    return page("reviews/cancellation.html", fragment="reviews/_cancellation_form.html", review=review, form=CancelForm())


@bp.post("/reviews/<int:id>/cancellation")
@requires("review.plan", Review)
def cancel(review: Review) -> Response:
    form = CancelForm()
    if not form.validate_on_submit():
        return page("reviews/cancellation.html", fragment="reviews/_cancellation_form.html", status=422, review=review, form=form)
    review.cancel(reason=form.reason.data or "", by=current_user)
    db.session.commit()
    message = _("The review is cancelled; its agenda comes back in the next one.")
    return changed(url_for(".show", id=review.id), message=message, undo=url_for(".restore", id=review.id) if review.can_be_restored else None)


@bp.post("/reviews/<int:id>/restoration")
@requires("review.plan", Review)
def restore(review: Review) -> Response:
    """A cancelled review is planned again."""
    review.restore(by=current_user)
    db.session.commit()
    return changed(url_for(".show", id=review.id), message=_("The review of %(moment)s is planned again.", moment=f"{weekday(review.local_day)}, {review.time}"))


# one review: agenda, stage or minutes


@bp.get("/reviews/<int:id>")
@requires("review.view", Review)
def show(review: Review) -> Response:
    """The agenda while it is planned, the stage while it is live, the minutes when it is closed."""
    if review.is_live:
        return page("reviews/live.html", **stage(review, request.args))
    if review.is_closed:
        return page("reviews/minutes.html", review=review, minutes=minutes.for_reader(review, current_user), form=RemarkForm(), **WORDS)
    items = queries.points_of(review, current_user) if review.is_planned else []
    left = left_on_the_board(review, items) if review.is_planned else {}
    figures = queries.figures(review, current_user) if review.is_planned else []
    reason = queries.why_cancelled(review) if not review.is_planned else None
    return page("reviews/agenda.html", review=review, items=items, left=left, figures=figures, reason=reason, **WORDS)


NOBODY = {"runs": False, "chairs": False, "leads": False}  # what a page for everybody says of its reader


def turned_page(review: Review, asked: Mapping[str, str]) -> dict[str, Any]:
    """What the page shows that an address asks for: the step, its points and the one on the table."""
    items = queries.points_of(review, current_user)
    meeting, shown = looking.meeting(review), looking.looked_at(review, items, asked)
    points, item, pulse = [i for i in items if i.step == shown.step], shown.item, queries.pulse(review)
    context: dict[str, Any] = {
        **WORDS, "at": looking.Place, "review": review, "items": items, "points": points, "item": item, "steps": {s.step: s for s in review.steps},
        "pulse": pulse, "timer": queries.timer(review), "meeting": meeting, "shown": shown, "away": shown != meeting, "ballot": None, "vote_called": False,
        "left": left_on_the_board(review, items), "spot": queries.spotlight(item.issue, review, current_user) if item and item.issue else None,
        "said": queries.said(item.issue, review) if item and item.issue else [],
    }  # fmt: skip
    if shown.step == Step.CUSTOMER:
        context["told"] = voice_at_the_table(next((p.issue for p in points if p.why == "voice"), None))
    if shown.step == Step.FOCUS:
        ballot = voting.ballot_of(review)
        context |= {"ballot": ballot, "vote_called": voting.is_called_for(review), "each": voting.EACH, "own_votes": voting.votes_of(review, current_user), "voted": voting.voters(review)}
    if shown.step == Step.NUMBERS:
        told = queries.pulse_of_numbers()
        context["numbers"] = one_page.of(review.id, told, reader=current_user, part="numbers", make=lambda: numbers_page(review, told))
    if shown.step == Step.WRAP_UP:
        own = next((r.score for r in review.ratings if r.user_id == current_user.id), None)
        refusals = [r for r in minutes.not_doing(queries.events_of(review, minutes.REFUSALS)) if r["problem"] is None or current_user.is_regisseur]
        decisions, actions = queries.captured(review, current_user)
        context |= {"own_rating": own, "refusals": refusals, "questions": in_review(review.id), "decisions": decisions, "actions": actions, "next_review": queries.next_planned(review)}
    return context


def stage(review: Review, asked: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the live screen shows: the page that an address asks for, who is there, what is agreed and the line to write."""
    context = turned_page(review, asked)
    if "decisions" not in context:
        context["decisions"], context["actions"] = queries.captured(review, current_user)
    items, item, shown, decisions, actions = (context[name] for name in ("items", "item", "shown", "decisions", "actions"))
    about = item.issue_id if item else None
    return context | {
        "presence": one_page.of(review.id, context["pulse"], part="presence", make=lambda: for_everybody("reviews/_presence.html", room=queries.room(review))),
        "own_presence": queries.presence_of(current_user, review), "Presence": Presence, "stay": presence.STAY,
        "following": shown.beside(items, 1), "preceding": shown.beside(items, -1),
        "here": [d for d in decisions if d.issue_id == about] if about else [d for d in decisions if d.step == shown.step.value and not d.issue_id],
        "promised_here": [a for a in actions if a.issue_id == about] if about else [a for a in actions if a.step == shown.step.value and not a.issue_id],
        "capture": new_capture(issue=item.issue if item else None, step=shown.step.value, kind="decision", place=item.issue.key if item and item.issue else str(shown.step.label)),
    }  # fmt: skip


def numbers_page(review: Review, pulse: str) -> str:
    """The step of the numbers: the same for all who may see the same. What counts issues alone is the same for everybody, and made once."""
    departments = one_page.of(review.id, pulse, part="departments", make=lambda: for_everybody("reviews/_news_departments.html", departments=news.of_departments(review)).strip())
    flow = one_page.of(review.id, pulse, part="flow", make=lambda: for_everybody("reviews/_flow.html", columns=queries.per_column(), flow=queries.flow(clock.now())))
    return for_everybody("reviews/_numbers.html", review=review, figures=queries.figures(review, current_user), problems=news.of_problems(review, current_user), departments=departments, flow=flow)


@bp.get("/reviews/<int:id>/pulse")
@requires("review.view")
def pulse(id: int) -> Response:
    """Whether there is something new to see: 204 while the screen that asks has seen it all.

    A screen that follows the meeting says which page it has (`turned`); when the page was turned it gets the new one at once,
    without what only its own reader may do, which it fetches after that.
    """
    now = one_page.moment(id) or abort(404)
    if request.args.get("seen") == now.pulse:
        return make_response("", 204)
    if now.mark and request.args.get("turned", now.mark) != now.mark:
        return make_response(one_page.of(id, now.pulse, reader=current_user, make=lambda: page_for_everybody(id)))
    told = make_response(now.pulse, 200)
    told.mimetype = "text/plain"
    return told


def page_for_everybody(id: int) -> str:
    return for_everybody("reviews/_page.html", **turned_page(db.session.get_one(Review, id), {}), **NOBODY)


@bp.get("/reviews/<int:id>/numbers/<name>")
@requires("review.view", Review)
def numbers(review: Review, name: str) -> Response:
    """The rows behind one figure."""
    if name not in queries.FIGURES or review.status == ReviewStatus.CLOSED:
        abort(404)  # closed minutes hold the figures as they were; the rows behind them have moved on
    rows = queries.rows_of(review, name, current_user)
    return page("reviews/numbers.html", fragment="reviews/_rows.html", review=review, name=name, label=str(queries.FIGURES[name]), rows=rows)


# the meeting


@bp.post("/reviews/<int:id>/opening")
@requires("review.run", Review)
def start(review: Review) -> Response:
    review.start(by=current_user)
    db.session.commit()
    return to_page(url_for(".show", id=review.id))


def must_lead(review: Review) -> None:
    """One person at a time turns the pages. Whoever handed that over, on whatever page of before, asks for it back first."""
    if review.is_live and not review.is_led_by(current_user):
        raise Refused(_("%(name)s leads this review now. Take over first, then you turn the pages.", name=review.chair.name if review.chair else ""))


@bp.post("/reviews/<int:id>/page")
@requires("review.run", Review)
def turn(review: Review) -> Response:
    """Show everybody another step or another point."""
    must_lead(review)
    form = TurnForm()
    if not form.validate_on_submit():
        raise Refused(_("This page is not in the review. Choose one of its steps."))
    item = None
    if form.item.data:
        item = db.session.get(AgendaItem, form.item.data)
        if item is None or item.review_id != review.id:
            raise Refused(_("This point is not on the agenda of this step."))
    there = looking.turn(review, looking.Place(Step(form.step.data), item), seen=form.seen.data or "", by=current_user, later=bool(form.later.data))
    db.session.commit()
    return changed(url_for(".show", id=review.id), message=None if there else _("The page was turned just before you. This is where the meeting is."))


@bp.post("/reviews/<int:id>/time")
@requires("review.run", Review)
def lengthen(review: Review) -> Response:
    review.lengthen(by=current_user)
    db.session.commit()
    return changed(here(url_for(".show", id=review.id)))


@bp.post("/reviews/<int:id>/notes")
@requires("review.take_part", Review)
def note(review: Review) -> Response:
    """Notes of a step; when somebody else wrote meanwhile, both texts are shown."""
    form = NoteForm()
    if not form.validate_on_submit():
        raise Refused(form.first_error or _("This can't be kept."))
    step = Step(form.step.data)
    text, was = form.text.data or "", form.was.data or ""
    kept = review.box(step).notes if review.is_live else was
    if kept not in (was, text):
        mine = text[len(was) :] if text.startswith(was) else text  # what was there already is in theirs
        raise Stale(None, {str(form.text.label.text): (text, kept)}, seen={"was": kept}, joined={"text": f"{kept.rstrip()}\n{mine.strip()}"})
    review.note(step, text, by=current_user)
    db.session.commit()
    return changed(here(url_for(".show", id=review.id)), message=_("The notes are kept."))


@bp.get("/reviews/<int:id>/attendance")
@requires("review.view", Review)
def attendance(review: Review) -> Response:
    """Who is there, by department."""
    return page("reviews/attendance.html", fragment="reviews/_attendance.html", review=review, room=queries.room(review), Presence=Presence)


def marked(review: Review) -> Response:
    """The list again, in the dialog that stays open; or the page that it is without script."""
    db.session.commit()
    if is_htmx():
        return answer(part("attendance", "reviews/_attendance_list.html", review=review, room=queries.room(review), Presence=Presence))
    return changed(url_for(".attendance", id=review.id))


@bp.post("/reviews/<int:id>/attendance")
@requires("review.run", Review)
def mark(review: Review) -> Response:
    form = PresenceForm()
    person = db.session.get(User, form.person.data) if form.validate_on_submit() else None
    if person is None:
        raise Refused(_("Choose a person, and whether they are present, excused or absent."))
    review.mark(person, Presence(form.presence.data), by=current_user)
    return marked(review)


@bp.post("/reviews/<int:id>/attendance/everyone")
@requires("review.run", Review)
def mark_everyone_present(review: Review) -> Response:
    review.mark_everyone_present(everybody(), by=current_user)
    return marked(review)


@bp.post("/reviews/<int:id>/guests")
@requires("review.run", Review)
def welcome(review: Review) -> Response:
    form = GuestForm()
    if not form.validate_on_submit():
        raise Refused(form.first_error or _("Who is the guest?"))
    review.welcome(form.name.data or "", by=current_user)
    return marked(review)


@bp.post("/reviews/<int:id>/guests/<int:guest>/end")
@requires("review.run", Review)
def see_off(review: Review, guest: int) -> Response:
    row = db.session.get(Attendance, guest)
    if row is None or row.review_id != review.id or row.guest is None:
        abort(404)
    review.see_off(row, by=current_user)
    return marked(review)


@bp.post("/reviews/<int:id>/ratings")
@requires("review.rate", Review)
def rate(review: Review) -> Response:
    form = RatingForm()
    if not form.validate_on_submit():
        raise Refused(_("Give a mark from 1 to 10."))
    review.rate(form.score.data, by=current_user)
    db.session.commit()
    return changed(here(url_for(".show", id=review.id)))


@bp.post("/reviews/<int:id>/closing")
@requires("review.run", Review)
def close(review: Review) -> Response:
    must_lead(review)
    review.close(by=current_user)
    db.session.commit()
    return to_page(url_for(".show", id=review.id))


# afterwards


@bp.post("/reviews/<int:id>/remarks")
@requires("review.remark", Review)
def remark(review: Review) -> Response:
    form = RemarkForm()
    if not form.validate_on_submit():
        if not review.is_closed:
            raise Refused(_("There are no minutes yet. Write it in the notes of the step."))
        return page("reviews/minutes.html", status=422, review=review, minutes=minutes.for_reader(review, current_user), form=form, **WORDS)
    review.remark(form.text.data or "", by=current_user)
    db.session.commit()
    return changed(url_for(".show", id=review.id), message=_("The remark stands under the minutes."))


@bp.get("/reviews/<int:id>/minutes.md")
@requires("review.view", Review)
def download(review: Review) -> Response:
    """The minutes as Markdown, for whoever keeps them elsewhere."""
    if not review.is_closed:
        abort(404)
    text = render_template("reviews/minutes.md", review=review, minutes=minutes.for_reader(review, current_user), **WORDS)
    file = make_response(text)
    file.headers["Content-Type"] = "text/markdown; charset=utf-8"
    file.headers["Content-Disposition"] = f'attachment; filename="cxboard-{review.week}.md"'
    return file
