"""What people send about problems and causes."""

from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l
from wtforms import BooleanField, Field, SubmitField, ValidationError

from ..accounts.queries import departments, people
from ..db import BIGGEST_ID
from ..forms import Choice, Decimals, Form, HiddenField, Line, Number, Prose, Version, tidy
from .models import LONGEST_WHY, MOST_WHYS, Category, Certainty, Problem, ProblemStatus

NEW = "new"


class Whys(Field):
    """The chain of answers, one field each, in order; empty ones are left out."""

    def _value(self) -> str:
        return ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [why for why in (tidy(value) for value in valuelist) if why]
        if len(self.data) > MOST_WHYS:
            raise ValidationError(_("Seven whys at most. Take a step that says more."))
        if any(len(why) > LONGEST_WHY for why in self.data):
            raise ValidationError(_("At most %(max)d characters a why.") % {"max": LONGEST_WHY})

    @property
    def lines(self) -> list[str]:
        """As many as there may be, for a form."""
        given = list(self.data or [])[:MOST_WHYS]
        return given + [""] * (MOST_WHYS - len(given))


class Pick(HiddenField):
    """The id of what was chosen from the list, or `new`."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else 0
        self.data: Any = NEW if text == NEW else number if 0 < number <= BIGGEST_ID else None


def categories() -> list[tuple[str, str]]:
    return [(c.value, c.label) for c in Category]


def owners(now: Problem | None = None) -> list[tuple[int | str, str]]:
    """The departments, with the archived one that has this problem; and none."""
    found = departments()
    if now and now.department and now.department not in found:
        found.append(now.department)
    return [("", _("No department yet")), *((d.id, d.name) for d in found)]


class ProblemForm(Form):
    """Something that hinders employees."""

    title = Line(_l("What do employees run into?"), missing=_l("Say in one line what employees run into."))
    category = Choice(_l("Kind"), required=True, missing=_l("Choose what kind of problem it is."))
    department = Choice(_l("Whose house is it in?"), ids=True)
    description = Prose(_l("Tell more"))
    restricted = BooleanField(_l("Restricted"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = [("", _("Choose a kind")), *categories()]
        self.department.choices = owners()


class CauseForm(Form):
    """What is said about the link between an issue and a problem. The whys between are changed in the tree."""

    share = Number(_l("Share"), low=1, high=100)
    evidence = Prose(_l("How do we know?"), at_most=4_000)
    version = Version()


class WithWhys(CauseForm):
    """A new link may bring its whys along: a quick branch for the tree."""

    whys = Whys(_l("Why does it happen?"), name="why")


class LinkForm(WithWhys):
    """Which problem is behind an issue: one from the list, or a new one named by `text`."""

    text = Line(_l("Which EX problem is behind it?"), required=False)
    problem = Pick()
    find = SubmitField(_l("Search"))
    category = Choice(_l("Kind"))
    department = Choice(_l("Whose house is it in?"), ids=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = [("", _("Choose a kind")), *categories()]
        self.department.choices = owners()

    def validate_problem(self, field: Pick) -> None:
        if field.data is None:
            raise ValidationError(_("Choose a problem from the list, or the last line for a new one."))

    def validate(self, extra_validators: Any = None) -> bool:
        """A new problem wants a name and a kind."""
        good = super().validate(extra_validators)
        if self.problem.data == NEW and not self.text.data and not self.text.errors:
            self.text.errors = (_("Say in one line what employees run into."),)
        if self.problem.data == NEW and not self.category.data and not self.category.errors:
            self.category.errors = (_("Choose what kind of problem it is."),)
        return good and not self.errors


class LinkIssueForm(WithWhys):
    """Which issue a problem causes: one from the list, or a new one named by `text`."""

    text = Line(_l("What does the customer notice of it?"), required=False)
    issue = Pick()
    find = SubmitField(_l("Search"))

    def validate_issue(self, field: Pick) -> None:
        if field.data is None:
            raise ValidationError(_("Choose an issue from the list, or the last line for a new one."))

    def validate(self, extra_validators: Any = None) -> bool:
        """A new issue wants a name."""
        good = super().validate(extra_validators)
        if self.issue.data == NEW and not self.text.data and not self.text.errors:
            self.text.errors = (_("Say in one line what the customer notices."),)
        return good and not self.errors


class CertaintyForm(Form):
    """How sure the department is."""

    certainty = Choice(_l("How sure are you?"), required=True, choices=[(c.value, c.value) for c in Certainty])


class FactForm(Form):
    """One fact of a problem, edited in its place. `value` is the field, `name` says of what."""

    value: Any
    version = Version()


FACTS: dict[str, Any] = {
    "title": lambda: Line(_l("Title"), missing=_l("Say in one line what employees run into.")),
    "description": lambda: Prose(_l("What employees run into")),
    "category": lambda: Choice(_l("Kind"), required=True),
    "department": lambda: Choice(_l("Department"), ids=True),
    "status": lambda: Choice(_l("Status"), required=True),
    "sponsor": lambda: Choice(_l("Sponsor"), ids=True),
    "restricted": lambda: Choice(_l("Who sees it")),
    "employees": lambda: Number(_l("Employees")),
    "hours_lost": lambda: Decimals(_l("Hours lost"), high=168),
    "investment": lambda: Number(_l("Asked")),
}


def fact_form(name: str, problem: Problem) -> FactForm:
    """The form for one fact, filled with what it is now. Raises KeyError for what is no fact."""
    form: FactForm = type("FactForm", (FactForm,), {"value": FACTS[name]()})(data={"value": _stored(problem, name), "version": problem.version})
    if name == "category":
        form.value.choices = categories()
    elif name == "department":
        form.value.choices = owners(problem)
    elif name == "status":
        form.value.choices = [(s.value, s.label) for s in ProblemStatus]
    elif name == "sponsor":
        found = people()
        if problem.sponsor and problem.sponsor not in found:
            found.append(problem.sponsor)
        form.value.choices = [("", _("No sponsor yet")), *((p.id, p.name) for p in found)]
    elif name == "restricted":
        form.value.choices = [("", _("Everybody")), ("yes", _("Only the department, the sponsor and regisseurs"))]
    return form


def _stored(problem: Problem, name: str) -> Any:
    value = getattr(problem, name)
    if name == "restricted":
        return "yes" if value else ""
    if name in ("department", "sponsor"):
        return value.id if value else None
    return getattr(value, "value", value)
