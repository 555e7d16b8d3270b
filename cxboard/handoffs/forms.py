"""The shape of a question to another department, and of what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l

from .. import clock
from ..accounts.models import Department, User
from ..actions.capture import Capture, read
from ..forms import Choice, Day, Form, Line, Prose, Version
from ..issues.models import Issue
from ..language import language
from .models import Handoff
from .queries import departments_to_ask


@dataclass(frozen=True)
class Name:
    """A department as a line can call it: by its code or by its name."""

    id: int
    name: str


def read_ask(line: str, departments: list[Department]) -> tuple[Capture, Department | None]:
    """What a line like "@it vr Kan de datum in het scherm?" says, and which department it means."""
    names = [Name(d.id, name) for d in departments for name in (d.code, d.name)]
    said = read(line, names, clock.today(), language())
    meant = {n.id for n in (*said.candidates, *([said.owner] if said.owner else []))}
    asked = next((d for d in departments if d.id in meant), None) if len(meant) == 1 else None
    if asked and said.owner is None:  # its code and its name both fit: the @name does not belong to the question
        exact = [Name(asked.id, asked.code), Name(asked.id, asked.name)]
        said = next((c for c in (read(line, [n], clock.today(), language()) for n in exact) if c.owner), said)
    return said, asked


class AskForm(Form):
    """One line: a question, with the department and the day in the line or in fields of their own, which win."""

    text = Line(_l("What do you ask, of whom and by when?"), at_most=500, missing=_l("What do you need from the other department? Write it in one line."))
    asked = Choice(_l("Which department?"), ids=True)
    needed_by = Day(_l("Needed by"))
    asking = Choice(_l("On behalf of"), ids=True)

    def __init__(self, person: User, issue: Issue, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.departments = departments_to_ask()
        mine = [d for d in self.departments if person.is_regisseur or d.id in person.department_ids]
        self.asked.choices = [("", _("Choose a department")), *((d.id, d.name) for d in self.departments)]
        self.asking.choices = [(d.id, d.name) for d in mine]
        self.mine, self.usual = mine, usual_asking(mine, person, issue)
        if self.asking.data is None:
            self.asking.data = self.usual.id if self.usual else None

    def read_line(self) -> tuple[str, Department, Department, date] | None:
        """The question, who asks, who is asked and by when; None when something has to be asked, which the fields then say."""
        said, meant = read_ask(self.text.data or "", self.departments)
        asked = next((d for d in self.departments if d.id == self.asked.data), None) or meant
        asking = next((d for d in self.mine if d.id == self.asking.data), None) or self.usual
        due = self.needed_by.data or said.due
        if not said.title:
            self.text.errors = (_("What do you need from the other department? Write it in one line."),)
        if asked is None:
            self._ask_whom(said)
        elif asking is not None and asked.id == asking.id:
            self.asked.errors = (_("%(department)s needs no hand-off to ask itself. Write an action.", department=asked.name),)
        if asking is None:
            self.asking.errors = (_("Which department asks this? Choose one."),)
        if due is None:
            self.needed_by.errors = (_("By when is it needed? Choose a date."),)
        elif due < clock.today():
            self.needed_by.errors = (_("That day is behind us. Choose a later one."),)
        return None if self.errors else (said.title, asking, asked, due)  # type: ignore[return-value]

    def _ask_whom(self, said: Capture) -> None:
        if said.candidates:
            named = ", ".join(dict.fromkeys(d.name for d in self.departments if d.id in {c.id for c in said.candidates}))
            self.asked.errors = (_("Which department is @%(name)s: %(departments)s?", name=said.unknown, departments=named),)
        elif said.unknown:
            self.asked.errors = (_("No department is called @%(name)s. Choose one.", name=said.unknown),)
        else:
            self.asked.errors = (_("Which department do you ask? Choose one."),)

    @property
    def asks(self) -> bool:
        """Whether something beside the line is asked for, so that its fields stand open."""
        return bool(self.asked.errors or self.needed_by.errors or self.asking.errors)


def usual_asking(mine: list[Department], person: User, issue: Issue) -> Department | None:
    """On whose behalf somebody most likely asks: their department that leads the issue, then one that contributes, then their first."""
    own = [d for d in mine if d.id in person.department_ids]
    involved = [d.id for d in issue.departments]
    return next((d for d in own if d.id in involved), None) or next((d for d in mine if d.id == issue.lead_id), None) or next(iter(own), None) or next(iter(mine), None)


class AnswerForm(Form):
    """What comes back."""

    answer = Prose(_l("Your answer"), at_most=5_000, required=True, missing=_l("What is the answer? Write it in a line."))
    version = Version()


class DeclineForm(Form):
    """Why not."""

    reason = Line(_l("Why not? The other department reads the reason."), at_most=500, missing=_l("Why not? The other department reads the reason."))
    version = Version()


class SeenForm(Form):
    """Accepting: only the version that was read."""

    version = Version()


class ChangeForm(Form):
    """Another text or day."""

    ask = Line(_l("What do you ask?"), at_most=500, missing=_l("What do you need from the other department? Write it in one line."))
    needed_by = Day(_l("Needed by"), required=True)
    version = Version()

    def __init__(self, handoff: Handoff, **kwargs: Any) -> None:
        super().__init__(data={"ask": handoff.ask, "needed_by": handoff.needed_by}, **kwargs)
