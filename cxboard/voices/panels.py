"""Voices on the pages of other things: an issue, Today, and the customer at the table of a review."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from .. import charts, clock
from ..accounts.models import User
from ..db import db
from ..issues.models import Issue
from ..language import day, number
from ..permissions import allows
from ..places import add_panel
from .hidden import unseen
from .importing import VoiceImport
from .models import Support, Voice
from .queries import FEWEST_SCORES, Told, counting, heard_about, voices_of_issue

MOST_PINNED = 4
SHOWN = 2  # while none is pinned


def of_issue(issue: Issue, person: User) -> dict[str, Any] | None:
    """What customers say for an issue; asks nothing while no voice supports it."""
    may_log = allows(person, "voice.log") and issue.merged_into_id is None
    if not issue.voice_count:
        return {"issue": issue, "about": None, "told": [], "may_log": may_log} if may_log else None
    told = [t for t in voices_of_issue(issue, limit=12) if t.voice.quote]
    pinned = [t for t in told if t.pinned][:MOST_PINNED]
    about = heard_about(issue)
    trend = charts.spark([charts.Reading(str(day(monday)), n) for monday, n in about.weeks], width=96, height=28)
    this_week = about.weeks[-1][1]
    return {
        "issue": issue, "about": about, "told": pinned or told[:SHOWN], "may_log": may_log, "trend": trend, "this_week": this_week,
        "trend_words": _("Voices a week, the last twelve weeks: %(numbers)s", numbers=", ".join(number(n) for _monday, n in about.weeks)),
    }  # fmt: skip


def suggested(issue: Issue, person: User) -> dict[str, Any] | None:
    """Reach and severity as the voices tell them, where nobody said so or somebody said otherwise."""
    if not issue.voice_count or not allows(person, "issue.edit", issue):
        return None
    about = heard_about(issue)
    reach = about.a_month if about.a_month and about.a_month > (issue.reach or 0) else None
    severity = about.severity if about.severity != issue.severity else None
    if reach is None and severity is None:
        return None
    return {"issue": issue, "about": about, "reach": reach, "severity": severity, "fewest": FEWEST_SCORES}


def newest_voice() -> Voice | None:
    """The newest voice with words, with the issues that it supports."""
    there = sa.or_(Voice.import_id.is_(None), Voice.import_id.not_in(sa.select(VoiceImport.id).where(unseen())))
    newest = sa.select(Voice).where(Voice.quote != "", Voice.set_aside_at.is_(None), there).options(joinedload(Voice.stage)).order_by(Voice.said_on.desc(), Voice.id.desc())
    return db.session.scalars(newest.limit(1)).first()


def voice_at_the_table(issue: Issue | None = None) -> Told | None:
    """One voice to begin a review with: the telling one of this issue; else the one that was pinned last week, or the newest with
    words that supports an issue.
    """
    if issue is not None and issue.voice_count:
        told = next((t for t in voices_of_issue(issue, limit=5) if t.voice.quote), None)
        if told is not None:
            return told
    since = clock.now() - timedelta(days=7)
    select = (
        sa.select(Voice, Support.pinned_at, Support.issue_id)
        .join(Support, Support.voice_id == Voice.id)
        .where(Voice.quote != "", Voice.issue_count > sa.literal_column("0"), counting())
        .options(joinedload(Voice.stage))
    )
    lately = Voice.said_on > clock.today() - timedelta(days=90)
    pinned_first = sa.case((Support.pinned_at >= since, 0), else_=1)
    found = db.session.execute(select.where(lately).order_by(pinned_first, Voice.said_on.desc(), Voice.id.desc()).limit(1)).first()
    return Told(found[0], found[1] is not None, found[2]) if found else None


add_panel("issue", 10, "voices/_issue_voices.html", of_issue)
add_panel("issue-weight", 10, "voices/_issue_weight.html", suggested)
