"""The shape of what is captured in a meeting, and of what is changed about a promise afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l
from werkzeug.wrappers import Response

from .. import clock
from ..accounts.models import User
from ..accounts.queries import doers, people, people_of
from ..causes.models import Problem
from ..db import BIGGEST_ID
from ..forms import Choice, Day, Form, HiddenField, Line, Version
from ..issues.models import Issue
from ..language import language
from .capture import Capture, read
from .models import Action

KINDS = [("decision", _l("Decision")), ("action", _l("Action"))]


@dataclass(frozen=True)
class MoreKind:
    """Something else that a slice above lets people write down in one line, in a review about an issue.

    `write` answers the form, `read` says what is recognised in a line; `permission` is asked about the issue.
    """

    name: str
    label: Any
    icon: str
    key: str
    example: Any
    permission: str
    write: Callable[[Issue], Response]
    read: Callable[[str], Response]


MORE_KINDS: dict[str, MoreKind] = {}


def add_kind(kind: MoreKind) -> None:
    """Offer another kind beside decisions and actions."""
    MORE_KINDS[kind.name] = kind


class Id(HiddenField):
    """The id of something; anything else is none of ours (-1, which nothing has)."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        known = re.fullmatch("[0-9]{1,10}", text) and int(text) <= BIGGEST_ID
        self.data = (int(text) if known else -1) if text else None


class CaptureForm(Form):
    """One line: a decision, or a promise with its owner and date in the line or in fields of their own, which win."""

    kind = Choice(_l("Kind"), choices=KINDS)
    text = Line(_l("What was decided, or who does what by when?"), at_most=500, missing=_l("What was agreed? Write it in one line."))
    owner = Choice(_l("Who does it?"), ids=True)
    due = Day(_l("By when?"))
    issue = Id()
    problem = Id()
    step = Line(at_most=20, required=False)
    review = Id()  # sent by the stage of a review: what it is part of

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.owner.later(lambda: [("", _("Choose a person")), *people_of(None)])

    @cached_property
    def everybody(self) -> list[User]:
        """Whom a line can name."""
        return doers()

    @property
    def is_decision(self) -> bool:
        return bool(self.kind.data == "decision")

    @property
    def promises_anyway(self) -> bool:
        """A line that names a person and a day is a promise, whichever kind was chosen."""
        line = read(self.text.data or "", self.everybody, clock.today(), language())
        return bool(line.owner and line.due and line.due >= clock.today() and 0 < len(line.title) <= 300)

    def read_line(self) -> tuple[str, User, date] | None:
        """What has to be done, who does it and by when; None when something has to be asked, which the fields then say."""
        line = read(self.text.data or "", self.everybody, clock.today(), language())
        owner = next((p for p in self.everybody if p.id == self.owner.data), None) or line.owner
        due = self.due.data or line.due
        if not line.title:
            self.text.errors = (_("What has to be done? Write it after the name and the day."),)
        if len(line.title) > 300:
            self.text.errors = (_("At most %(max)d characters.", max=300),)
        if owner is None:
            self._ask_who(line)
        if due is None:
            self.due.errors = (_("By when? Choose a date."),)
        elif due < clock.today():
            self.due.errors = (_("That day is behind us. Choose a later one."),)
        return None if self.errors else (line.title, owner, due)  # type: ignore[return-value]

    def _ask_who(self, line: Capture) -> None:
        if line.candidates:
            named = ", ".join(p.name for p in line.candidates)
            self.owner.errors = (_("Who is @%(name)s: %(people)s?", name=line.unknown, people=named),)
            first = {p.id for p in line.candidates}
            self.owner.later(lambda: [("", _("Choose a person")), *sorted(people_of(None), key=lambda p: p[0] not in first)])
        elif line.unknown and (viewer := read(f"@{line.unknown}", [p for p in people() if p not in self.everybody], clock.today()).owner):
            self.owner.errors = (_("%(name)s only looks on, and can't take an action. Choose somebody else.", name=viewer.name),)
        elif line.unknown:
            self.owner.errors = (_("Nobody here is called @%(name)s. Choose a person.", name=line.unknown),)
        else:
            self.owner.errors = (_("Who does it? Choose a person."),)

    @property
    def asks(self) -> bool:
        """Whether the owner or the date is asked for, so that their fields stand open."""
        return bool(self.owner.errors or self.due.errors)


@dataclass(frozen=True)
class NewCapture:
    """What the capture form needs: what it is about, in which step of the review, which kind is chosen, and the form.

    `place` is how people call what a line in a review is about: the issue's key, else the step.
    """

    form: CaptureForm
    issue: Issue | None = None
    problem: Problem | None = None
    step: str | None = None
    kind: str = "action"
    place: str = ""

    @property
    def more_kinds(self) -> list[MoreKind]:
        """What else can be written down here: only in a review, about the issue on the table."""
        return list(MORE_KINDS.values()) if self.issue and self.step else []


def new_capture(issue: Issue | None = None, problem: Problem | None = None, step: str | None = None, kind: str = "action", place: str = "") -> NewCapture:
    """An empty capture form for `actions/_capture.html`."""
    return NewCapture(CaptureForm(formdata=None), issue, problem, step, kind, place)


class CarryForm(Form):
    """A later day."""

    due = Day(_l("Carry over to"), required=True)


class DropForm(Form):
    """Why it will not be done."""

    reason = Line(_l("Why will it not be done?"), at_most=300, missing=_l("Why will it not be done?"))


class RevisionForm(Form):
    """What, who and by when, put right."""

    title = Line(_l("What has to be done?"), at_most=300)
    owner = Choice(_l("Who does it?"), ids=True, required=True)
    due = Day(_l("By when?"), required=True)
    version = Version()

    def __init__(self, action: Action, **kwargs: Any) -> None:
        super().__init__(data={"title": action.title, "owner": action.owner_id, "due": action.due}, **kwargs)
        self.everybody = doers()
        if action.owner not in self.everybody:
            self.everybody.append(action.owner)
        self.owner.choices = [(p.id, p.name) for p in self.everybody]

    @property
    def chosen(self) -> User:
        return next(p for p in self.everybody if p.id == self.owner.data)
