"""What people send about an issue."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l, ngettext
from wtforms import RadioField, ValidationError

from ..accounts.models import Department, User
from ..accounts.queries import departments, doers, people_of
from ..db import db
from ..forms import Choice, Choices, Day, Decimals, Form, Line, Prose, Version
from ..journeys.models import Stage
from ..journeys.queries import stages
from ..language import percent
from .models import Issue
from .status import BOARD, Confidence, Status, Verdict

LONGEST_TAG = 40  # characters
MOST_TAGS = 10  # of one issue


def department_choices(empty: str | None = None, now: Iterable[Department | None] = ()) -> list[tuple[Any, str]]:
    """The departments in use, as people choose them, and those that it has `now`: saving another fact takes no archived one away."""
    first: list[tuple[Any, str]] = [("", empty)] if empty is not None else []
    found = departments()
    gone = [d for d in now if d is not None and d not in found]
    return first + [(d.id, f"{d.name} ({d.code})") for d in found] + [(d.id, _("%(name)s (archived)", name=d.name)) for d in gone]


def owners_for(lead_id: int | None) -> list[tuple[int, str]]:
    """Who can own an issue: people of its lead department; of any department, with its code, while it has no lead."""
    return people_of(lead_id) if lead_id else [with_codes(p) for p in doers() if p.departments]


def with_codes(person: User) -> tuple[int, str]:
    """Somebody to choose, with the departments they work for."""
    return person.id, f"{person.name} ({', '.join(d.code for d in person.departments)})"


class ReportForm(Form):
    title = Line(_l("What does the customer notice?"), missing=_l("Write in one line what the customer notices."))
    story = Prose(_l("What happens to the customer (if you know more)"))
    lead = Choice(_l("Lead department"), ids=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lead.choices = department_choices(_("Decide later"))


class MoveForm(Form):
    """A move, and whatever its gate asked for."""

    to = Choice(_l("To"), required=True)
    until = Day(_l("Until"))
    reason = Prose(_l("Reason"), at_most=2_000)
    lead = Choice(_l("Lead department"), ids=True)
    owner = Choice(_l("Owner"), ids=True)
    no_cause_note = Prose(_l("Why is there no cause?"), at_most=2_000)
    expected_effect = Prose(_l("Expected effect"), at_most=500)
    verdict = Choice(_l("Verdict"))
    before = Choice(_l("Before"), ids=True)
    version = Version()

    def __init__(self, issue: Issue, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.to.choices = [(s.value, s.label) for s in Status if s != Status.MERGED]
        self.lead.later(lambda: department_choices(_("Choose a department"), [issue.lead]))
        self.owner.later(lambda: [("", _("Nobody yet")), *owners_for(issue.lead_id)])
        self.verdict.choices = [("", _("Not known yet")), *((v.value, v.label) for v in Verdict)]
        self.before.validate_choice = False
        self.before.pre_validate = lambda form: None  # type: ignore[method-assign]


class AcceptForm(Form):
    lead = Choice(_l("Lead department"), ids=True, required=True, missing=_l("Which department takes the lead?"))
    owner = Choice(_l("Owner"), ids=True)
    to = RadioField(_l("Next step"), default=Status.ANALYSING.value)

    def __init__(self, issue: Issue, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lead.choices = department_choices(_("Choose a department"), [issue.lead])
        # The lead can become another department here, so its people can be chosen too.
        owners = sorted((p for p in doers() if p.departments), key=lambda p: issue.lead_id not in p.department_ids)
        self.owner.choices = [("", _("Decide later")), *map(with_codes, owners)]
        self.to.choices = [(s.value, s.label) for s in (Status.ANALYSING, Status.READY)]


class MergeForm(Form):
    into = Line(
        _l("It is the same as"), at_most=160, missing=_l("Choose an issue, or fill in its number, such as CX-12.")
    )


class RankForm(Form):
    before = Choice(_l("Before"), ids=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.before.pre_validate = lambda form: None  # type: ignore[method-assign]


# facts, edited in place


class TitleForm(Form):
    title = Line(_l("Title"))
    version = Version()


class StoryForm(Form):
    story = Prose(_l("What the customer experiences"))
    version = Version()


class LeadForm(Form):
    lead = Choice(_l("Lead department"), ids=True)
    version = Version()


class ContributingForm(Form):
    contributing = Choices(_l("Contributing departments"))
    version = Version()


class OwnerForm(Form):
    owner = Choice(_l("Owner"), ids=True)
    version = Version()


class StageForm(Form):
    stage = Choice(_l("Stage"), ids=True)
    version = Version()


class TagsForm(Form):
    tags = Line(_l("Labels"), at_most=450, required=False)
    version = Version()

    def validate_tags(self, field: Any) -> None:
        found = {tag.strip().lower() for tag in (field.data or "").split(",")} - {""}
        if any(len(tag) > LONGEST_TAG for tag in found):
            raise ValidationError(_("A label has at most %(most)s characters.", most=LONGEST_TAG))
        if len(found) > MOST_TAGS:
            raise ValidationError(_("An issue has at most %(most)s labels.", most=MOST_TAGS))


class DueForm(Form):
    due = Day(_l("Target date"))
    version = Version()


class WeightForm(Form):
    reach = Decimals(_l("Reach"), high=100_000_000)
    severity = Choice(_l("Severity"), ids=True)
    confidence = Choice(_l("Confidence"))
    effort = Decimals(_l("Effort"), low=0.1, high=10_000)
    version = Version()


class StaffEffectForm(Form):
    staff_effect = Choice(_l("Effect on colleagues"))
    version = Version()


class ExpectedEffectForm(Form):
    expected_effect = Prose(_l("Expected effect"), at_most=500)
    version = Version()


class VerdictForm(Form):
    verdict = Choice(_l("Verdict"))
    verdict_note = Prose(_l("Note"), at_most=2_000)
    version = Version()


class NoCauseForm(Form):
    no_cause_note = Prose(_l("Why there is no cause"), at_most=2_000)
    version = Version()


@dataclass(frozen=True)
class Fact:
    """One fact that is edited in place: its form, filled from an issue, and what the form means."""

    form: type[Form]
    fill: Callable[[Issue, Any], None]
    read: Callable[[Any], dict[str, Any]]
    hint: Any = ""


STAFF_EFFECTS = (2, 1, 0, -1, -2)


def staff_effect_words(value: int | None) -> str:
    """What an improvement does to the people who do the work, in words."""
    words = {
        2: _("makes the work much lighter"),
        1: _("makes the work lighter"),
        0: _("makes no difference"),
        -1: _("makes the work heavier"),
        -2: _("makes the work much heavier"),
    }
    return words.get(value, "") if value is not None else ""


def _fill_lead(issue: Issue, form: Any) -> None:
    form.lead.choices = department_choices(_("Not decided yet"), [issue.lead])
    form.lead.data = issue.lead_id


def _fill_contributing(issue: Issue, form: Any) -> None:
    form.contributing.choices = [(id, name) for id, name in department_choices(now=issue.contributing) if id != issue.lead_id]
    form.contributing.data = [d.id for d in issue.contributing]


def _fill_owner(issue: Issue, form: Any) -> None:
    owners = owners_for(issue.lead_id)
    now = [(issue.owner.id, issue.owner.name)] if issue.owner and issue.owner_id not in dict(owners) else []
    form.owner.choices = [("", _("Nobody yet")), *owners, *now]
    form.owner.data = issue.owner_id


def _fill_stage(issue: Issue, form: Any) -> None:
    form.stage.choices = [("", _("Not known")), *((id, f"{journey}: {name}") for id, journey, name in stages())]
    form.stage.data = issue.stage_id


def _fill_tags(issue: Issue, form: Any) -> None:
    form.tags.data = ", ".join(issue.tags)


def _fill_due(issue: Issue, form: Any) -> None:
    form.due.data = issue.due


def _fill_weight(issue: Issue, form: Any) -> None:
    form.severity.choices = [("", "–"), *((n, str(n)) for n in range(1, 6))]
    follows = Confidence.of_voices(issue.voice_count)
    open_choice = ngettext("follows from %(num)s voice: %(percent)s", "follows from %(num)s voices: %(percent)s", issue.voice_count, percent=percent(follows.factor * 100)) if follows else "–"
    form.confidence.choices = [("", open_choice), *((c.value, f"{c.label} ({percent(c.factor * 100)})") for c in Confidence)]
    form.reach.data, form.severity.data, form.effort.data = issue.reach, issue.severity, issue.effort
    form.confidence.data = issue.confidence.value if issue.confidence and not issue.confidence_follows else ""


def _fill_staff_effect(issue: Issue, form: Any) -> None:
    form.staff_effect.choices = [
        ("", _("Not known")),
        *((str(n), f"{n:+d}, {staff_effect_words(n)}".replace("-", "−", 1) if n else staff_effect_words(0)) for n in STAFF_EFFECTS),
    ]
    form.staff_effect.data = "" if issue.staff_effect is None else str(issue.staff_effect)


def _fill_verdict(issue: Issue, form: Any) -> None:
    form.verdict.choices = [("", _("Not known yet")), *((v.value, v.label) for v in Verdict)]
    form.verdict.data = issue.verdict.value if issue.verdict else ""
    form.verdict_note.data = issue.verdict_note


def _plainly(name: str) -> Callable[[Issue, Any], None]:
    def fill(issue: Issue, form: Any) -> None:
        form[name].data = getattr(issue, name)

    return fill


def _one(name: str) -> Callable[[Any], dict[str, Any]]:
    return lambda form: {name: form[name].data or None}


def read_tags(text: str) -> list[str]:
    """Labels divided by commas: lower case, each once."""
    return sorted({tag.strip().lower() for tag in text.split(",")} - {""})


FACTS: dict[str, Fact] = {
    "title": Fact(
        TitleForm, _plainly("title"), lambda f: {"title": f.title.data}, _l("One sentence, in the customer's words.")
    ),
    "story": Fact(
        StoryForm,
        _plainly("story"),
        lambda f: {"story": f.story.data or ""},
        _l("Markdown works: **bold**, lists with a dash, [links](https://…)."),
    ),
    "lead": Fact(
        LeadForm, _fill_lead, lambda f: {"lead": db.session.get(Department, f.lead.data) if f.lead.data else None}
    ),
    "contributing": Fact(
        ContributingForm,
        _fill_contributing,
        lambda f: {"contributing": [d for d in departments(archived=True) if d.id in (f.contributing.data or [])]},
    ),
    "owner": Fact(
        OwnerForm,
        _fill_owner,
        lambda f: {"owner": db.session.get(User, f.owner.data) if f.owner.data else None},
        _l("Somebody of the lead department."),
    ),
    "stage": Fact(
        StageForm, _fill_stage, lambda f: {"stage": db.session.get(Stage, f.stage.data) if f.stage.data else None}
    ),
    "tags": Fact(TagsForm, _fill_tags, lambda f: {"tags": read_tags(f.tags.data or "")}, _l("Divided by commas.")),
    "due": Fact(DueForm, _fill_due, _one("due")),
    "weight": Fact(
        WeightForm,
        _fill_weight,
        lambda f: {
            "reach": f.reach.data,
            "severity": f.severity.data,
            "effort": f.effort.data,
            "confidence": Confidence(f.confidence.data) if f.confidence.data else None,
        },
    ),
    "staff_effect": Fact(
        StaffEffectForm,
        _fill_staff_effect,
        lambda f: {"staff_effect": int(f.staff_effect.data) if f.staff_effect.data else None},
    ),
    "expected_effect": Fact(
        ExpectedEffectForm,
        _plainly("expected_effect"),
        _one("expected_effect"),
        _l("Which number, from what to what? For example: CES moving house from 4.6 to 3.5."),
    ),
    "verdict": Fact(
        VerdictForm,
        _fill_verdict,
        lambda f: {
            "verdict": Verdict(f.verdict.data) if f.verdict.data else None,
            "verdict_note": f.verdict_note.data or None,
        },
    ),
    "no_cause_note": Fact(NoCauseForm, _plainly("no_cause_note"), _one("no_cause_note")),
}

__all__ = ["BOARD", "FACTS", "AcceptForm", "MergeForm", "MoveForm", "RankForm", "ReportForm", "staff_effect_words"]
