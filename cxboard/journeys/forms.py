"""What people send to keep journeys, their stages, and what stands in their lanes."""

from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l
from wtforms import ValidationError

from ..accounts.queries import departments
from ..forms import Choice, Choices, Form, HiddenField, Line, Prose, Version
from .models import Stage
from .moodline import signed
from .moods import BEST, MOOD_WORDS, WORST, Lane
from .touchpoints import LONGEST_TOOL


class JourneyForm(Form):
    name = Line(_l("Name of the journey"), at_most=80)
    version = Version()


class StageForm(Form):
    name = Line(_l("Stage"), at_most=80)
    after = HiddenField()


class TouchpointForm(Form):
    name = Line(_l("Touchpoint"), at_most=80)
    channel = Line(_l("Channel"), at_most=40, required=False)
    version = Version()


class NameForm(Form):
    value = Line(_l("Stage"), at_most=80)
    version = Version()


class WorkForm(Form):
    value = Prose(_l("What employees do there"), at_most=2_000)
    version = Version()


class ToolsForm(Form):
    value = Prose(_l("Tools they use"), at_most=2_000)
    version = Version()

    def validate_value(self, field: Prose) -> None:
        if any(len(name) > LONGEST_TOOL for name in tools_in(field.data or "")):
            raise ValidationError(_("The name of a tool is at most %(num)s characters.", num=LONGEST_TOOL))


class DepartmentsForm(Form):
    value = Choices(_l("Departments"))
    version = Version()


class MoodForm(Form):
    value = Choice(_l("Mood"), ids=False)
    version = Version()


FACTS: dict[str, type[Form]] = {
    "name": NameForm, "work": WorkForm, "tools": ToolsForm, "departments": DepartmentsForm, "customer": MoodForm, "employee": MoodForm,
}  # fmt: skip
LANES = {lane.value: lane for lane in Lane}


def fact_form(name: str, stage: Stage) -> Any:
    """The form for one fact of a stage, filled with what is now."""
    if name in LANES:
        now = stage.mood(LANES[name])
        form: Any = MoodForm(data={"value": str(now.value) if now else "", "version": now.id if now else 0})
        form.value.choices = [("", _("not set"))] + [(str(v), f"{signed(v)} {MOOD_WORDS[v]}") for v in range(BEST, WORST - 1, -1)]
        form.value.label.text = _("Mood of customers") if name == Lane.CUSTOMER.value else _("Mood of employees")
        return form
    now = {"tools": "\n".join(stage.tools), "departments": [d.id for d in stage.departments]}.get(name, getattr(stage, name))
    form = FACTS[name](data={"value": now, "version": stage.seen_as(name)})
    if name == "departments":
        form.value.choices = [(d.id, f"{d.name} ({d.code})") for d in departments(archived=True) if d.archived_at is None or d in stage.departments]
    return form


def tools_in(text: str) -> list[str]:
    """The names of tools in what somebody typed, each once: one on each line, or with commas between."""
    found: dict[str, str] = {}
    for part in text.replace(";", "\n").replace(",", "\n").splitlines():
        if name := " ".join(part.split()):
            found.setdefault(name.casefold(), name)
    return list(found.values())
