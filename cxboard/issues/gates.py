"""The four gates of the board: what a status asks for before an issue enters it. A gate asks; it never blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from ..db import db
from .status import Status

if TYPE_CHECKING:
    from .models import Issue


@dataclass(frozen=True)
class Gap:
    """One thing that is missing: its name (also the field of the dialog that fills it) and the question to ask."""

    name: str
    question: Any


LEAD = Gap("lead", _l("Which department takes the lead?"))
OWNER = Gap("owner", _l("Start without an owner?"))
CAUSE = Gap("cause", _l("Start without a root cause?"))
WIP = Gap("wip", _l("Start while the department is at its limit?"))
EFFECT = Gap("effect", _l("Which number should change, and from what to what?"))
VERDICT = Gap("verdict", _l("Did it help?"))


def missing(issue: Issue, to: Status) -> list[Gap]:
    """What is missing for a move to `to`, most important first."""
    gaps = []
    if to in (Status.ANALYSING, Status.READY, Status.IN_PROGRESS, Status.VERIFYING) and issue.lead is None:
        gaps.append(LEAD)
    if to == Status.IN_PROGRESS:
        if issue.owner is None:
            gaps.append(OWNER)
        if not issue.causes and not issue.no_cause_note:
            gaps.append(CAUSE)
        if issue.lead and in_progress(issue) >= issue.lead.wip_limit:
            gaps.append(WIP)
    if to == Status.VERIFYING and not issue.expected_effect:
        gaps.append(EFFECT)
    if to == Status.DONE and issue.verdict is None and not issue.verdict_note:
        gaps.append(VERDICT)
    return gaps


def in_progress(issue: Issue) -> int:
    """How many other issues the lead department has in progress."""
    from .models import Issue as Other

    return (
        db.session.scalar(
            sa.select(sa.func.count()).where(
                Other.lead_id == issue.lead_id, Other.status == Status.IN_PROGRESS, Other.id != issue.id
            )
        )
        or 0
    )
