"""What people send about dossiers: what they try out, what they keep, what is asked, a link."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l
from wtforms import BooleanField, ValidationError

from ..forms import Choice, Day, Form, HiddenField, Line, Prose, Version, read_number, tidy
from ..language import LANGUAGES, language, number
from .assumptions import KINDS, Kind
from .links import LIVES, LONGEST_RECEIVER, USUAL_LIFE
from .models import LONGEST_ASK, LONGEST_SOURCE
from .reckoning import Name, Range

ENDS = ("low", "likely", "high")


def read(text: str, kind: Kind) -> float | None:
    """A number as people type it; None for nothing. Raises ValidationError with what to do."""
    text = text.strip().removeprefix("€").removesuffix("%").strip()
    if not text:
        return None
    if language() == "en" and re.fullmatch(r"[1-9][0-9]{0,2}(,[0-9]{3})+", text):
        text = text.replace(",", "")
    value = read_number(text)
    if value is None:
        raise ValidationError(_("“%(text)s” is not a number. Write it as 3200 or 4,6.", text=tidy(text)[:20]))
    if not 0 <= value <= kind.most:
        raise ValidationError(_("Choose a number from %(low)s to %(high)s.", low=number(0), high=number(kind.most)))
    return round(value, kind.places) if kind.places else float(round(value))


def read_range(texts: Mapping[str, str], kind: Kind, *, widen: bool = False) -> Range | None:
    """Low, likely and high; None when there is no likely one. Raises ValidationError for what is no range.

    `widen`: the ends give way to the likely value, because nobody touched them.
    """
    low, likely, high = (read(texts.get(end, ""), kind) for end in ENDS)
    if likely is None:
        if low is not None or high is not None:
            raise ValidationError(_("What is likely? Fill in the middle one."))
        return None
    if not widen and ((low is not None and low > likely) or (high is not None and high < likely)):
        raise ValidationError(_("The likely value lies between the low and the high one."))
    return Range.around(likely, low, high)


def field_name(kind: Kind, end: str) -> str:
    """`hours` for what is likely, `hours.low` and `hours.high` for the ends."""
    return kind.column if end == "likely" else f"{kind.column}.{end}"


def tried(args: Mapping[str, str], as_shown: Mapping[Name, tuple[str, str, str]]) -> tuple[dict[Name, Range | None], dict[Name, str]]:
    """What is tried out, and what can't be read, from the query string. What stands there as it was shown is not tried out."""
    found: dict[Name, Range | None] = {}
    wrong: dict[Name, str] = {}
    for name, kind in KINDS.items():
        texts = {end: args[field_name(kind, end)] for end in ENDS if field_name(kind, end) in args}
        if not texts or all(texts.get(end, shown).strip() == shown for end, shown in zip(ENDS, as_shown[name], strict=True)):
            continue
        given = {**dict(zip(ENDS, as_shown[name], strict=True)), **texts}
        ends_as_shown = (given["low"].strip(), given["high"].strip()) == (as_shown[name][0], as_shown[name][2])
        try:
            found[name] = None if ends_as_shown and not given["likely"].strip() else read_range(given, kind, widen=ends_as_shown)
        except ValidationError as error:
            wrong[name] = str(error)
    return found, wrong


def in_address(values: Mapping[Name, Range | None]) -> dict[str, str]:
    """The query string of a version, the same for every reader's language."""
    found = {}
    for name, value in values.items():
        kind = KINDS[name]
        for end in ENDS:
            found[field_name(kind, end)] = "" if value is None or (end != "likely" and not value.is_open) else f"{getattr(value, end):.{kind.places}f}"
    return found


class Seen(HiddenField):
    """Which values were kept when the form was opened: `hours:123 weeks:45`."""

    def process_formdata(self, valuelist: list[str]) -> None:
        pairs = re.findall(r"([a-z_]{1,20}):([0-9]{1,10})", valuelist[0][:2_000] if valuelist else "")
        self.data: Any = {name: int(number) for name, number in pairs}


class KeepForm(Form):
    """Keep what was tried out."""

    source = Line(_l("Where does it come from?"), at_most=LONGEST_SOURCE, required=False)
    guess = BooleanField(_l("It is a guess"))
    version = Seen()


class Figure(HiddenField):
    """A part of a range, as it was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0][:40] if valuelist else ""


class AssumptionForm(KeepForm):
    """One assumption: its range, where it comes from, and whether that is a guess."""

    low, likely, high = Figure(_l("Low")), Figure(_l("Likely")), Figure(_l("High"))

    def __init__(self, kind: Kind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.held: Range | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        good: bool = super().validate(extra_validators)
        try:
            self.held = read_range({end: self[end].data or "" for end in ENDS}, self.kind)
        except ValidationError as error:
            self.likely.errors = (str(error),)
            return False
        return good


class AskForm(Form):
    """What is asked with a problem, and by when somebody should decide."""

    ask = Prose(_l("What for?"), at_most=LONGEST_ASK)
    decide_by = Day(_l("Decision asked by"))
    version = Version()


class LinkForm(Form):
    """A private link: for whom, how long, in which language."""

    receiver = Line(_l("For whom (only you see this)"), at_most=LONGEST_RECEIVER, required=False)
    days = Choice(_l("Works for"), required=True, choices=[(str(n), str(n)) for n in LIVES], default=str(USUAL_LIFE))
    locale = Choice(_l("Language"), required=True, choices=list(LANGUAGES.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days.choices = [(str(n), _("%(num)s days", num=n)) for n in LIVES]


class LetterheadForm(Form):
    """The name that stands under each dossier."""

    organisation = Line(_l("Name of the organisation"), at_most=80, required=False)
