"""How a file of voices is to be read, as somebody chose it on the page."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import ValidationError

from ..forms import read_id, tidy
from ..journeys import queries as journeys
from ..voices.models import Scale
from .columns import IGNORE
from .voices_columns import LABELS, Mapping
from .voices_plan import NEW

Choices = list[tuple[str, str]]


def chosen(known: Mapping) -> Mapping:
    """The mapping with what the form says; what it does not say stays."""
    said: MultiDict[str, str] = request.form
    fields = [f if (f := said.get(f"c{at}", IGNORE)) in LABELS else IGNORE for at in range(len(known.fields))]
    return Mapping(
        source=source_said(said.get("source")), fields=fields, day_first=said.get("day_first", "1") != "0",
        scale=scale if (scale := said.get("scale", "")) in {s.value for s in Scale} else "", best_low="best_low" in said, mask="mask" in said,
        without_words="without_words" in said, skip_wrong="skip_wrong" in said, stages=known.stages, departments=known.departments,
    )  # fmt: skip


def source_said(text: str | None) -> str:
    """The name of the source; none when what was sent can't be kept."""
    try:
        return tidy(text)[:60].strip()
    except ValidationError:
        return ""


def with_values(known: Mapping, unknown: dict[str, dict[str, int]]) -> Mapping:
    """The mapping with what each unknown stage and department is; `all` makes those new that nothing was chosen for."""
    said = request.form
    made = {"stage": dict(known.stages), "department": dict(known.departments)}
    for name, values in unknown.items():
        for at, text in enumerate(values):
            choice = said.get(f"{name}{at}", "")
            if not choice and said.get("all") == name:
                choice = NEW
            if choice == NEW or read_id(choice):
                made[name][text] = choice
            else:
                made[name].pop(text, None)
    known.stages, known.departments = made["stage"], made["department"]
    return known


def stage_choices() -> Choices:
    return [(str(id), f"{journey}: {stage}") for id, journey, stage in journeys.stages()]


def date_orders() -> Choices:
    return [("1", _("day first: 31-12-2026")), ("0", _("month first: 12-31-2026"))]
