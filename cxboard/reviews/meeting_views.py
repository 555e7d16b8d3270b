"""During the meeting: coming in, handing over the chair, voting, and what can be written down about the point on the table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import make_response, request, url_for
from flask_babel import gettext as _, lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from .. import clock
from ..accounts.models import User
from ..actions.forms import CaptureForm, MoreKind, add_kind
from ..actions.views import ask_again
from ..authorization import me, requires
from ..causes.models import Cause, Problem
from ..causes.queries import problems_to_link
from ..db import db
from ..discussion.models import Comment
from ..domain import Refused
from ..forms import Choice, Form, HiddenField, Number, tidy
from ..issues.models import Issue
from ..rendering import changed, here, is_htmx, page
from . import bp, presence, voting
from .forms import chairs
from .models import AgendaItem, Review
from .views import marked

# who is there, and who leads


class ArrivalForm(Form):
    """Whether a screen says so because it was open for so long."""

    stayed = HiddenField()


@bp.post("/reviews/<int:id>/presence")
@requires("review.take_part", Review)
def arrive(review: Review) -> Response:
    """Somebody says that they are there; or their screen, when they have stayed for a while."""
    since = clock.now() - timedelta(seconds=presence.STAY) if ArrivalForm().stayed.data else None
    presence.arrive(review, me(), since=since)
    db.session.commit()
    return make_response("", 204) if is_htmx() else changed(here(url_for(".show", id=review.id)))


@bp.post("/reviews/<int:id>/presence/end")
@requires("review.take_part", Review)
def only_look(review: Review) -> Response:
    presence.only_looks(review, me())
    return marked(review)


class ChairForm(Form):
    """Who leads from here."""

    chair = Choice(_l("Who leads from here?"), ids=True, required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chair.choices = [c for c in chairs() if c[0]]


@bp.get("/reviews/<int:id>/chair")
@requires("review.run", Review)
def chair(review: Review) -> Response:
    """The form that hands the chair over; somebody else than the chair is offered to take it."""
    proposed = current_user.id if review.chair_id != current_user.id else None
    return page("reviews/chair.html", fragment="reviews/_chair_form.html", review=review, form=ChairForm(chair=proposed))


@bp.post("/reviews/<int:id>/chair")
@requires("review.run", Review)
def hand_over(review: Review) -> Response:
    form = ChairForm()
    person = db.session.get(User, form.chair.data) if form.validate_on_submit() and form.chair.data else None
    if person is None:
        return page("reviews/chair.html", fragment="reviews/_chair_form.html", status=422, review=review, form=form)
    presence.hand_over(review, person, by=me())
    db.session.commit()
    return changed(here(url_for(".show", id=review.id)), message=_("%(name)s leads from here.", name=person.name))


# what to discuss first


class VoteForm(Form):
    """A vote for one point, or taken back."""

    item = Number(low=1, required=True)
    wanted = HiddenField()


@bp.post("/reviews/<int:id>/vote/opening")
@requires("review.run", Review)
def open_vote(review: Review) -> Response:
    voting.open_vote(review, by=me())
    return _voted(review)


@bp.post("/reviews/<int:id>/votes")
@requires("review.take_part", Review)
def vote(review: Review) -> Response:
    form = VoteForm()
    item = db.session.get(AgendaItem, form.item.data) if form.validate_on_submit() else None
    if item is None:
        raise Refused(_("This point can't be voted for."))
    voting.vote(review, item, by=me(), wanted=bool(form.wanted.data))
    return _voted(review)


@bp.post("/reviews/<int:id>/vote/closing")
@requires("review.run", Review)
def close_vote(review: Review) -> Response:
    voting.close_vote(review, by=me())
    return _voted(review)


def _voted(review: Review) -> Response:
    db.session.commit()
    return changed(here(url_for(".show", id=review.id)))


# one line about the point on the table


def write_comment(issue: Issue) -> Response:
    """Say something in the stream of the issue, from the stage."""
    form = CaptureForm()
    if not form.text.data:
        form.text.errors = (_("What do you want to say? Write it in one line."),)
        return ask_again(form, "comment", issue=issue, step=form.step.data or None)
    Comment.say(form.text.data, by=me(), issue=issue)
    db.session.commit()
    return changed(here(url_for("issues.show", id=issue.id)), message=_("The comment stands with %(key)s.", key=issue.key))


def link_cause(issue: Issue) -> Response:
    """Link the EX problem that a line names: by its key, or by words that only one has."""
    form = CaptureForm()
    problem = _meant(issue, form.text.data or "")
    if problem is None:
        form.text.errors = (_("Which EX problem is it? Write its key, such as EX-7, or words that only one has. A new one is written down under “Why does it happen?”."),)
        return ask_again(form, "cause", issue=issue, step=form.step.data or None)
    Cause.link(issue=issue, problem=problem, by=me())
    db.session.commit()
    return changed(here(url_for("issues.show", id=issue.id)), message=_("%(problem)s stands behind %(issue)s now.", problem=problem.key, issue=issue.key))


def _meant(issue: Issue, text: str) -> Problem | None:
    """The one problem that a line names."""
    found = problems_to_link(issue, me(), text) if text else []
    return found[0] if len(found) == 1 else None


def read_comment(_text: str) -> Response:
    """A comment names nobody that has to be recognised."""
    return page("reviews/reading.html", fragment="reviews/_reading.html", text="", found=[])


def read_cause(written: str) -> Response:
    """The EX problems that a line could mean, while it is being typed."""
    text = tidy(written.encode(errors="ignore").decode())
    issue = db.session.get(Issue, request.args.get("issue", 0, type=int))
    found = problems_to_link(issue, me(), text) if issue and text else []
    return page("reviews/reading.html", fragment="reviews/_reading.html", text=text, found=found)


add_kind(MoreKind("comment", _l("Comment"), "message-circle", "c", _l("The customers of last week have not been called yet"), "issue.comment", write_comment, read_comment))
add_kind(MoreKind("cause", _l("Cause"), "puzzle", "w", _l("EX-7, or words from its title"), "cause.link", link_cause, read_cause))
