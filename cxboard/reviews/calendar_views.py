"""The rhythm and its exceptions, and reviews in a person's own calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, current_app, make_response, request, url_for
from flask_babel import force_locale, gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from .. import clock, language
from ..accounts.models import User
from ..authorization import me, public, requires
from ..db import db
from ..places import add_panel
from ..rendering import changed, page
from . import bp, ics
from .calendar import CalendarLink, FreeDay, RhythmChange, ask_to_lead, coming_weeks, differs, in_calendar, led_as_seen
from .calendar_forms import FreeDayForm, LeadForm
from .forms import RhythmForm
from .models import Review, Series
from .sentences import WEEKDAYS

FRESH_FOR = 300  # seconds that a calendar may keep what it read


# the rhythm


@bp.get("/reviews/rhythm")
@requires("review.plan")
def rhythm() -> Response:
    return rhythm_page(rhythm_as_it_is())


def rhythm_as_it_is() -> RhythmForm:
    """The form with the rhythm of now, or with a first proposal."""
    series = Series.current()
    if series is None:
        return RhythmForm(formdata=None, weekday="1", at="10:00", zone=clock.zone().key, duration=60, chair=current_user.id)
    return RhythmForm(
        formdata=None, weekday=str(series.weekday), at=series.at, zone=series.zone, duration=series.duration, chair=series.chair_id, place=series.place,
        version=series.seen_as,
    )  # fmt: skip


def rhythm_page(form: RhythmForm, free_day: FreeDayForm | None = None, status: int = 200) -> Response:
    """The rhythm with all that differs from it; one of the forms may be there to correct."""
    series = Series.current()
    return page(
        "reviews/rhythm.html", status=status, form=form, series=series, changes=series.changes if series else [], weekdays=WEEKDAYS,
        coming=coming_weeks(), differs=differs, free_days=[f for f in FreeDay.coming() if f.day >= clock.today()], free_day_form=free_day or FreeDayForm(formdata=None),
    )  # fmt: skip


@bp.post("/reviews/rhythm")
@requires("review.plan")
def set_rhythm() -> Response:
    """At once, or from a later day on."""
    form = RhythmForm()
    if not form.validate_on_submit():
        return rhythm_page(form, status=422)
    facts: dict[str, Any] = {
        "weekday": int(form.weekday.data), "at": form.at.data or "", "zone": form.zone.data, "duration": form.duration.data, "place": form.place.data or "",
        "chair": db.session.get(User, form.chair.data) if form.chair.data else None, "by": current_user, "seen": form.version.data,
    }  # fmt: skip
    series, from_day = Series.current(), form.from_day.data
    if series and from_day and from_day > clock.today():
        planned = RhythmChange.plan(series, from_day, **facts)
        first = planned.first_day
        db.session.commit()
        return changed(url_for(".rhythm"), message=_("From %(day)s on the other rhythm counts; until then all stays as it is.", day=language.weekday(first)))
    Series.set(**facts)
    db.session.commit()
    return changed(url_for(".index"), message=_("The rhythm is set; the coming four weeks are planned."))


@bp.post("/reviews/rhythms/<int:id>/removal")
@requires("review.plan", RhythmChange)
def take_back_rhythm(change: RhythmChange) -> Response:
    change.take_back(by=current_user)
    db.session.commit()
    return changed(url_for(".rhythm"), message=_("That rhythm will not begin; the coming weeks are planned as before."))


@bp.post("/reviews/free-days")
@requires("review.plan")
def keep_free() -> Response:
    form = FreeDayForm()
    if not form.validate_on_submit():
        return rhythm_page(rhythm_as_it_is(), form, status=422)
    assert isinstance(form.day.data, date)
    free = FreeDay.keep(form.day.data, form.name.data or "", by=current_user)
    db.session.commit()
    return changed(url_for(".rhythm"), message=_("Nobody meets on %(day)s; a review on that day is skipped.", day=language.weekday(free.day)))


@bp.post("/reviews/free-days/<int:id>/removal")
@requires("review.plan", FreeDay)
def give_back(free: FreeDay) -> Response:
    free.give_back(by=current_user)
    db.session.commit()
    return changed(url_for(".rhythm"), message=_("%(day)s is an ordinary day again.", day=language.weekday(free.day)))


# one review


@bp.get("/reviews/<int:id>/lead")
@requires("review.plan", Review)
def lead(review: Review) -> Response:
    """The form that asks somebody else to lead this one."""
    form = LeadForm(chair=review.chair_id, version=led_as_seen(review))
    return page("reviews/lead.html", fragment="reviews/_lead_form.html", review=review, form=form)


@bp.post("/reviews/<int:id>/lead")
@requires("review.plan", Review)
def change_lead(review: Review) -> Response:
    form = LeadForm()
    chair = db.session.get(User, form.chair.data) if form.validate_on_submit() else None
    if chair is None:
        return page("reviews/lead.html", fragment="reviews/_lead_form.html", status=422, review=review, form=form)
    ask_to_lead(review, chair, by=current_user, seen=form.version.data)
    db.session.commit()
    return changed(url_for(".show", id=review.id), message=_("%(name)s leads this review.", name=chair.name))


@bp.get("/reviews/<int:id>/invitation.ics")
@requires("review.view", Review)
def invitation(review: Review) -> Response:
    """One review, for a calendar that is not subscribed."""
    file = calendar_file(ics.calendar([review]))
    file.headers["Content-Disposition"] = f'attachment; filename="cxboard-{review.week}.ics"'
    return file


# a person's own calendar


@bp.get("/calendar/<token>.ics")
@public
def feed(token: str) -> Response:
    """All reviews, for whoever has this private address."""
    link = CalendarLink.of(token)
    if link is None:
        abort(404)
    with force_locale(link.person.locale):
        file = calendar_file(ics.calendar(in_calendar(), name=_("Weekly review of customer experience")))
    file.headers["Cache-Control"] = f"private, max-age={FRESH_FOR}"
    file.headers["X-Robots-Tag"] = "noindex"
    file.add_etag()
    return file.make_conditional(request)


def calendar_file(body: bytes) -> Response:
    file = make_response(body)
    file.headers["Content-Type"] = "text/calendar; charset=utf-8"
    return file


@bp.post("/profile/calendar")
@requires("profile.edit")
def make_calendar_link() -> Response:
    """A new private address, which is told once; an earlier one stops working."""
    token = CalendarLink.make(me())
    db.session.commit()
    address = f"{current_app.config['BASE_URL']}{url_for('.feed', token=token)}"
    return page("reviews/calendar_link.html", link=CalendarLink.of_person(me()), address=address)


@bp.post("/profile/calendar/removal")
@requires("profile.edit")
def revoke_calendar_link() -> Response:
    CalendarLink.revoke(me())
    db.session.commit()
    return changed(url_for("accounts.profile") + "#your-calendar", message=_("The calendar link is revoked: nothing is under that address any more."))


def of_profile(person: Any, _reader: Any) -> dict[str, Any]:
    """The section of the profile page."""
    return {"link": CalendarLink.of_person(person), "address": None}


add_panel("profile", 20, "reviews/_calendar_panel.html", of_profile)
