"""Letters, written when they are sent: what was asked of somebody, a closed review, a coming one, the week. In the reader's language.

A letter is one list of parts from which the text and the HTML are made alike, so that neither says more than the other.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app, render_template
from flask_babel import force_locale, gettext as _, ngettext

from .. import clock, language
from ..actions.models import Action, ActionStatus
from ..db import db
from ..delivery import envelope, one_line
from ..discussion.models import Comment
from ..handoffs.models import Handoff
from ..reviews.minutes import for_reader
from ..reviews.models import Review
from ..reviews.sentences import why
from . import digest, preparing
from .models import DIRECT, Kind, Mail, Notification, Silence, wanted
from .rules import promises_of
from .unsubscribing import off_link
from .words import address, link, path, said, sentence, where

LONGEST_SUBJECT = 110
MOST_DECISIONS = 12


@dataclass(frozen=True)
class Line:
    """One thing: what it is about, a sentence, the words that people wrote, and where it is shown."""

    text: str
    about: str = ""
    quote: str = ""
    url: str = ""


@dataclass
class Part:
    """A few lines under a heading ('' for none)."""

    heading: str
    lines: list[Line] = field(default_factory=list)


@dataclass
class Letter:
    """What one mail says."""

    subject: str
    parts: list[Part]
    kinds: list[Kind]  # what it holds, and what its link switches off
    open: tuple[str, str] = ("", "")  # the button: words and address

    @property
    def is_empty(self) -> bool:
        return not any(part.lines for part in self.parts)


def write(mail: Mail) -> EmailMessage | None:
    """The mail, ready to hand over; None when there is nothing left to say to this person."""
    person = mail.person
    if not person.is_active:
        return None
    with force_locale(person.locale):
        letter = {"direct": direct, "review": review, "digest": week, "preparing": to_prepare}[mail.kind](mail)
        if letter is None or letter.is_empty:
            return None
        shown = {
            "letter": letter,
            "language": person.locale,
            "hello": _("Hello %(name)s,", name=person.first_name),
            "why": _("You get this mail because you work with cxboard."),
            "off": [(_("No more mail of this kind (%(kind)s)", kind=kind.label), off_link(person, [kind])) for kind in letter.kinds],
            "all_choices": _("Choose what comes by mail"),
            "settings": link(address("accounts.profile")) + "#your-mail",
        }
        text = render_template("notifications/letter.txt", **shown)
        html = render_template("notifications/letter.html", **shown)
    message = envelope(to=person.email, subject=letter.subject, sender=str(current_app.config["MAIL_FROM"]))
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = message_id(mail)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["List-Unsubscribe"] = f"<{off_link(person, letter.kinds)}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    return message


def message_id(mail: Mail) -> str:
    """The same for every try of one letter, and told by nobody who does not know the secret."""
    secret = str(current_app.secret_key).encode()
    mark = hmac.new(secret, mail.key.encode(), hashlib.sha256).hexdigest()[:24]
    return f"<{mail.id}.{mark}@{urlsplit(str(current_app.config['BASE_URL'])).hostname}>"


# requests


def direct(mail: Mail) -> Letter | None:
    """What others asked of this person in these few minutes."""
    return requests(list(still_to_say(mail)))


def requests(told: list[Notification]) -> Letter | None:
    if not told:
        return None
    subject = ngettext("%(num)s request for you", "%(num)s requests for you", len(told))
    if len(told) == 1:
        subject = brief(": ".join(filter(None, [where(told[0]), sentence(told[0])])))
    kinds = [k for k in DIRECT if any(n.kind == k for n in told)]
    return Letter(subject, [Part("", [line(n) for n in told])], kinds, open_(told[0]) if len(told) == 1 else inbox())


def still_to_say(mail: Mail) -> Iterator[Notification]:
    """What of this letter still holds: visible, not read meanwhile, not switched off, not done."""
    person, silent = mail.person, Silence.of(mail.person)
    own = sa.select(Notification).where(Notification.mail_id == mail.id, Notification.visible_to(person), Notification.read_at.is_(None))
    for told in db.session.scalars(own.order_by(Notification.at, Notification.id)):
        if told.kind not in silent and holds(told):
            yield told


def holds(told: Notification) -> bool:
    """Whether what was asked is still open."""
    if told.subject == "comment":
        comment = db.session.get(Comment, told.subject_id)
        return comment is not None and told.person in comment.reached()
    if told.subject == "handoff":
        handoff = db.session.get(Handoff, told.subject_id)
        return handoff is not None and told.facts["step"].removesuffix("_again") == handoff.status.value
    if told.subject != "action":
        return True
    action = db.session.get(Action, told.subject_id)
    if action is None or action.status != ActionStatus.OPEN or action.owner_id != told.person_id:
        return False
    return told.kind != Kind.DUE or action.due.isoformat() == told.facts["due"]


def line(told: Notification) -> Line:
    return Line(sentence(told), where(told), said(told), link(path(told)))


def brief(text: str) -> str:
    """Short enough for a subject, and on one line."""
    text = one_line(text)
    return text if len(text) <= LONGEST_SUBJECT else text[: LONGEST_SUBJECT - 1].rstrip() + "…"


def open_(told: Notification) -> tuple[str, str]:
    return _("Open it in cxboard"), link(path(told))


def inbox() -> tuple[str, str]:
    return _("Open your inbox"), link(address("notifications.index"))


# a closed review


def review(mail: Mail) -> Letter | None:
    """One's own promises on top, then what others asked, then what was decided. Where this kind is switched off, only what was asked."""
    held = db.session.get(Review, mail.facts["review"])
    told, person = list(still_to_say(mail)), mail.person
    if held is None or Kind.REVIEW in Silence.of(person):
        return requests(told)
    own = promises_of(person, held)
    promised = {a.id for a in own}
    asked = [n for n in told if not (n.subject == "action" and n.subject_id in promised)]
    parts = [
        Part(_("What you promised"), [promise(a) for a in own]),
        Part(_("Asked of you during the review"), [line(n) for n in asked]),
        Part(_("Decided"), list(decided(held, mail))),
    ]
    subject = _("Review of week %(week)s: what was agreed", week=held.number)
    if own:
        subject = ngettext("Review of week %(week)s: %(num)s action for you", "Review of week %(week)s: %(num)s actions for you", len(own), week=held.number)
    parts = [p for p in parts if p.lines] or [Part("", [Line(_("Nothing was decided or promised that concerns you; the minutes have the rest."))])]
    return Letter(subject, parts, [Kind.REVIEW], (_("Read the minutes"), link(address("reviews.show", id=held.id))))


def promise(action: Action) -> Line:
    about = action.issue or action.problem
    url = link(address("issues.show", id=action.issue_id) if action.issue_id else address("actions.index"))
    return Line(_("%(text)s, by %(day)s", text=action.title, day=language.weekday(action.due)), f"{about.key} {about.title}" if about else "", "", url)


def decided(held: Review, mail: Mail) -> Iterator[Line]:
    """The decisions, as the minutes have them for this reader."""
    steps = for_reader(held, mail.person).get("steps", [])
    found = [d for step in steps for d in step["decisions"]]
    for entry in found[:MOST_DECISIONS]:
        yield Line(entry["text"], " ".join(filter(None, [entry["key"], entry["title"]])))
    if len(found) > MOST_DECISIONS:
        yield Line(ngettext("And %(num)s more decision.", "And %(num)s more decisions.", len(found) - MOST_DECISIONS))


# the week


def week(mail: Mail) -> Letter | None:
    """What changed since the last one, and what waits."""
    if Kind.DIGEST in Silence.of(mail.person):
        return None
    found = digest.of(mail.person, mail.facts)
    if not found.changed:
        return None
    parts = [
        Part(_("What waits for you"), [Line(text, about, "", url) for text, about, url in found.waiting]),
        Part(_("What changed"), [Line(text, about, "", url) for text, about, url in found.changed]),
    ]
    subject = ngettext("Your week: %(num)s issue changed", "Your week: %(num)s issues changed", found.issues)
    return Letter(subject, [p for p in parts if p.lines], [Kind.DIGEST], (_("Open cxboard"), link("/")))


# the day before a review


def to_prepare(mail: Mail) -> Letter | None:
    """What this person's departments can prepare for the review, as the page Today has it at this moment."""
    if Kind.PREPARING not in wanted(mail.person):
        return None
    review = preparing.still_to_come(mail.facts)
    points = preparing.concerned(review, mail.person) if review else []
    if review is None or not points:
        return None
    lines = [Line(why(p), f"{p.issue.key} {p.issue.title}", "", link(address("issues.show", id=p.issue.id))) for p in points if p.issue]
    day = language.weekday(review.local_day)
    subject = ngettext("Review on %(day)s: %(num)s point to prepare", "Review on %(day)s: %(num)s points to prepare", len(lines), day=day)
    heading = _("To prepare for the review on %(day)s at %(time)s", day=day, time=review.time)
    return Letter(subject, [Part(heading, lines)], [Kind.PREPARING], (_("Prepare it in cxboard"), link("/") + "#today-prepare"))
