"""The inbox and its bell, the choice of what is mailed, and the link that switches a kind of mail off."""

from __future__ import annotations

import re
from typing import Any

from flask import abort, request, url_for
from flask_babel import force_locale, gettext as _
from werkzeug.wrappers import Response

from .. import mail
from ..authorization import me, public, requires
from ..db import db
from ..extensions import csrf
from ..language import LANGUAGES
from ..places import add_panel
from ..rendering import answer, changed, is_htmx, page, part
from . import bp, digest, queries
from .forms import MailForm
from .models import MAILED, Notification, Silence
from .unsubscribing import read, switch_off
from .words import how_many, icon, path, said, sentence


@bp.get("/inbox")
@requires("inbox.read")
def index() -> Response:
    """What I was told, grouped by thing."""
    return page("notifications/index.html", inbox=queries.inbox(me()), sentence=sentence, said=said, path=path, icon_of=icon)


@bp.get("/inbox/bell")
@requires("inbox.read")
def bell() -> Response:
    """How much is unread; fetched after a page is there, so that no page waits for it."""
    return page("notifications/bell.html", fragment="notifications/_bell.html", **_bell())


def _bell() -> dict[str, Any]:
    unread = queries.unread(me())
    return {"unread": unread, "spoken": how_many(unread)}


@bp.post("/inbox/<int:id>/reading")
@requires("inbox.read", Notification)
def mark_read(notification: Notification) -> Response:
    """I have read this one."""
    Notification.read(me(), Notification.id == notification.id)
    return _answered()


@bp.post("/inbox/reading")
@requires("inbox.read")
def mark_all_read() -> Response:
    """I have read all there is."""
    Notification.read(me())
    return _answered(_("All of it is read."))


def _answered(message: str | None = None) -> Response:
    db.session.commit()
    return changed(url_for(".index"), message=message)


@bp.post("/inbox/about/<thing>/reading")
@requires("inbox.read")
def mark_thing_read(thing: str) -> Response:
    """What I was told about one thing (`issue-12`); its own page says so by itself when it is opened."""
    known = re.fullmatch("(issue|problem|review|actions)-([0-9]{1,9})", thing)
    if known is None:
        abort(404)
    Notification.read(me(), queries.about(me(), known[1], int(known[2])))
    if is_htmx() and request.form.get("opened"):
        db.session.commit()
        return answer(part("bell", "notifications/_bell.html", **_bell()))
    return _answered()


# what is mailed


@bp.post("/profile/mail")
@requires("profile.edit")
def choose_mail() -> Response:
    """Which kinds come by mail, and when the week does."""
    form = MailForm()
    if not form.validate_on_submit():
        return page("notifications/mail.html", status=422, **_choices(form))
    for kind in MAILED:
        (Silence.end if kind.value in (form.kinds.data or []) else Silence.keep)(me(), kind)
    digest.choose(me(), weekday=form.weekday.data, hour=form.hour.data)
    db.session.commit()
    return changed(url_for("accounts.profile") + "#your-mail", message=_("Saved"))


def of_profile(person: Any, _reader: Any) -> dict[str, Any]:
    """The section of the profile page."""
    return _choices(MailForm.of(person))


def _choices(form: MailForm) -> dict[str, Any]:
    return {"form": form, "mail_is_set": mail.is_set()}


@bp.route("/mail/off/<token>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator] # a mail program that is asked to unsubscribe has no session (RFC 8058); the signature is what counts
@public
def unsubscribe(token: str) -> Response:
    """Switch off one kind of mail: asked first, done by a POST, so that no program that only follows links does it."""
    known = read(token)
    if known is None:
        abort(404)
    person, kinds = known
    done = request.method == "POST"
    if done:
        switch_off(person, kinds)
        db.session.commit()
    chosen = request.args.get("lang")
    with force_locale(chosen if chosen in LANGUAGES else person.locale):
        return page("notifications/unsubscribe.html", kinds=[k.label for k in kinds], done=done, token=token)


def unread_about(kind: str) -> Any:
    """A panel that says, as soon as the page is there, that what was told about this thing is read."""

    def load(thing: Any, person: Any) -> dict[str, Any] | None:
        id = getattr(thing, "id", 0)
        return {"thing": f"{kind}-{id}"} if queries.anything_unread(person, kind, id) else None

    return load


add_panel("profile", 10, "notifications/_mail.html", of_profile)
for kind in ("issue", "problem", "review", "actions"):
    add_panel(kind, 99, "notifications/_opened.html", unread_about(kind))
