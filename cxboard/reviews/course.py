"""Whether each focus issue is on course, and if not, why: what the meeting wants to know of its priorities first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _, ngettext

from .. import clock
from ..actions.models import Action, ActionStatus
from ..causes.models import Problem
from ..db import db
from ..handoffs.queries import late_of
from ..issues.models import Issue
from ..issues.queries import STILL_DAYS, standing_still
from ..issues.status import Status

WANTS_A_NEXT_STEP = (Status.ANALYSING, Status.READY, Status.IN_PROGRESS)


def courses(issues: Sequence[Issue], since: datetime, day: date) -> dict[int, dict[str, Any]]:
    """What stands in the way of each issue, and what has moved it since `since`; `day` is that of the review."""
    ids = [i.id for i in issues]
    if not ids:
        return {}
    still = set(db.session.scalars(sa.select(Issue.id).where(Issue.id.in_(ids), standing_still())))
    late = sa.func.sum(sa.case((Action.due < day, 1), else_=0))
    # The agenda is the same for everybody: what is promised about a restricted problem is not counted in it.
    for_all = sa.or_(Action.problem_id.is_(None), Action.problem_id.in_(sa.select(Problem.id).where(~Problem.restricted)))
    of_issue = sa.select(Action.issue_id, sa.func.count(), late).where(Action.issue_id.in_(ids), Action.status == ActionStatus.OPEN, for_all)
    promised = {id: (int(open), int(late)) for id, open, late in db.session.execute(of_issue.group_by(Action.issue_id))}
    waits = {h.issue_id: h for h in reversed(late_of(ids))}
    return {issue.id: _course(issue, since, issue.id in still, *promised.get(issue.id, (0, 0)), waits.get(issue.id)) for issue in issues}


def _course(issue: Issue, since: datetime, still: bool, open: int, late: int, waits: Any) -> dict[str, Any]:
    quiet = (clock.today() - clock.local(issue.touched_at).date()).days
    off: list[dict[str, Any]] = []
    if still and quiet > STILL_DAYS:
        off.append({"what": "quiet", "days": quiet})
    elif still:
        off.append({"what": "long", "days": issue.days})
    if late:
        off.append({"what": "late", "n": late})
    if waits:
        off.append({"what": "waits", "turn": waits.turn.code, "days": waits.days})
    if not open and issue.status in WANTS_A_NEXT_STEP:
        off.append({"what": "no_step"})
    return {"off": off, "status": issue.status.value, "moved": issue.status_since > since, "open": open}


def sentence(place: int, course: dict[str, Any]) -> str:
    """The course in one sentence."""
    status = Status(course["status"]).label
    if course["off"]:
        return _("Focus %(place)s is off course: %(why)s.", place=place, why="; ".join(_reason(r, status) for r in course["off"]))
    if course["moved"]:
        return _("Focus %(place)s is on course: it came to %(status)s since the last review.", place=place, status=status)
    if course["open"]:
        return ngettext(
            "Focus %(place)s is on course: %(num)s promise is open and not late.", "Focus %(place)s is on course: %(num)s promises are open and none is late.",
            course["open"], place=place,
        )  # fmt: skip
    return _("Focus %(place)s is on course: nothing is late.", place=place)


def _reason(reason: dict[str, Any], status: Any) -> str:
    match reason["what"]:
        case "quiet":
            return ngettext("nothing happened for %(num)s day", "nothing happened for %(num)s days", reason["days"])
        case "long":
            return ngettext("%(num)s day in %(status)s, longer than usual", "%(num)s days in %(status)s, longer than usual", reason["days"], status=status)
        case "late":
            return ngettext("%(num)s promise is late", "%(num)s promises are late", reason["n"])
        case "waits":
            return ngettext("%(department)s has had to act for %(num)s day", "%(department)s has had to act for %(num)s days", reason["days"], department=reason["turn"])
        case _:
            return _("nobody has promised a next step")
