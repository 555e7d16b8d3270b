"""The shape of what people send: one base form, and fields that take what people really type."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request
from flask_babel import gettext as _, lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Field, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional as Empty
from wtforms.widgets import CheckboxInput, Select, TextInput

from .db import BIGGEST_ID

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")

NOT_TYPED = ("csrf_token", "form_key")  # what every form brings along by itself

__all__ = [
    "Empty",
    "Form",
    "HiddenField",
    "InputRequired",
    "Length",
    "Choice",
    "Choices",
    "Day",
    "Decimals",
    "Line",
    "NOT_TYPED",
    "Number",
    "Prose",
    "Version",
]


class Form(FlaskForm):
    """A form of cxboard: protected against forgery, wording in the reader's language, unknown fields ignored."""

    class Meta(FlaskForm.Meta):
        locales = False

        def wrap_formdata(self, form: object, formdata: object) -> object:
            """Only what a form sends: JSON, which Flask-WTF would read too, is nothing of ours (and can be endlessly deep)."""
            if formdata is not None and request.is_json:
                return None
            given = super().wrap_formdata(form, formdata)
            # A text that is sent as a file is no text; the one form that takes a file reads it itself.
            return request.form if isinstance(given, CombinedMultiDict) else given

        def get_translations(self, form: object) -> object:
            from flask_wtf.i18n import translations

            return translations

    @property
    def first_error(self) -> str | None:
        """The first thing to correct, for places with room for one sentence."""
        for messages in self.errors.values():
            for message in messages:
                return str(message)
        return None


MOST_MARKS = 30  # accents on one letter; no language needs so many, and normalising takes the square of their number


def tidy(value: str | None, *, lines: bool = False, at_most: int = 100_000) -> str:
    """NFC, no control or direction-turning characters, plain line ends, no blanks around. Raises ValidationError for broken text.

    A text that is longer than `at_most` is left as it is: it will be refused for its length, so it is not worth the work.
    """
    if value is None:
        return ""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValidationError(_("This text holds characters that can't be kept.")) from None
    if len(value) > 2 * at_most + 1_000:
        return value
    if too_many_marks(value):
        raise ValidationError(_("This text holds characters that can't be kept."))
    value = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    value = BIDI.sub("", CONTROL.sub("", value))
    if not lines:
        value = " ".join(value.split())
    return value.strip()


def too_many_marks(text: str) -> bool:
    """Whether one letter carries more than 30 accents."""
    if text.isascii():
        return False
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > MOST_MARKS:
            return True
    return False


class Line(StringField):
    """One line of text."""

    def __init__(
        self, label: Any = None, *, at_most: int = 160, required: bool = True, missing: Any = None, **kwargs: Any
    ) -> None:
        checks = [InputRequired(missing or _l("Fill this in."))] if required else [Empty()]
        super().__init__(label, [*checks, Length(max=at_most, message=_l("At most %(max)d characters."))], **kwargs)
        self.at_most = at_most

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            try:
                self.data = tidy(valuelist[0], at_most=self.at_most)
            except ValidationError:
                self.data = ""
                raise

    def pre_validate(self, form: object) -> None:
        refuse_blank(self)


def refuse_blank(field: Field) -> None:
    """Blanks are no answer to a question that needs one. Raises ValidationError."""
    if field.flags.required and field.raw_data and not field.data and not field.process_errors:
        raise ValidationError(_("Fill this in."))


class Prose(TextAreaField):
    """Several lines of text."""

    def __init__(
        self, label: Any = None, *, at_most: int = 20_000, required: bool = False, missing: Any = None, **kwargs: Any
    ) -> None:
        checks = [InputRequired(missing or _l("Fill this in."))] if required else [Empty()]
        super().__init__(label, [*checks, Length(max=at_most, message=_l("At most %(max)d characters."))], **kwargs)
        self.at_most = at_most

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            try:
                self.data = tidy(valuelist[0], lines=True, at_most=self.at_most)
            except ValidationError:
                self.data = ""
                raise

    def pre_validate(self, form: object) -> None:
        refuse_blank(self)


class Decimals(Field):
    """A number as people write it: 3.200, 4,6 or 4.6. `low` and `high` are inclusive."""

    widget = TextInput()

    def __init__(
        self,
        label: Any = None,
        *,
        low: float = 0,
        high: float = 1e9,
        places: int = 2,
        required: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, [InputRequired(_l("Fill this in."))] if required else [Empty()], **kwargs)
        self.low, self.high, self.places = low, high, places

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        from .language import language

        text = f"{self.data:.{self.places}f}".rstrip("0").rstrip(".") if self.places else str(int(self.data))
        return text.replace(".", ",") if language() == "nl" else text

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        from .language import language, number

        text = valuelist[0]
        if language() == "en" and re.fullmatch(r"\s*[1-9][0-9]{0,2}(,[0-9]{3})+\s*", text):
            text = text.replace(",", "")  # as English pages write it: 3,200 is no 3.2
        value = read_number(text)
        if value is None:
            raise ValidationError(_("This is not a number. Write it as 3200 or 4,6."))
        if not self.low <= value <= self.high:
            raise ValidationError(
                _("Choose a number from %(low)s to %(high)s.", low=number(self.low), high=number(self.high))
            )
        if not self.places and value != int(value):
            raise ValidationError(
                _(
                    "“%(text)s” is no whole number from %(low)s to %(high)s.",
                    text=valuelist[0].strip()[:40], low=number(self.low), high=number(self.high),
                )
            )  # fmt: skip
        self.data = round(value, self.places) if self.places else int(value)

    def pre_validate(self, form: object) -> None:
        if self.flags.required and self.data is None and not self.process_errors:
            raise ValidationError(_l("Fill this in."))


class Number(Decimals):
    """A whole number."""

    def __init__(self, label: Any = None, *, low: int = 0, high: int = BIGGEST_ID, **kwargs: Any) -> None:
        super().__init__(label, low=low, high=high, places=0, **kwargs)


def read_number(text: str) -> float | None:
    """3.200 and 1.234,5 the Dutch way, 1,234.5 the English way, 4,6 and 4.6 alike; None for anything else.

    A single separator followed by exactly three digits is a thousands separator when it is a point in Dutch style (3.200).
    """
    text = text.strip().replace("\u00a0", "").replace(" ", "")
    if not re.fullmatch(r"[+-]?[0-9][0-9.,]{0,19}", text) or not text.isascii():
        return None
    if "," in text and "." in text:
        decimal = "," if text.rindex(",") > text.rindex(".") else "."
        text = text.replace("." if decimal == "," else ",", "").replace(decimal, ".")
    elif re.fullmatch(r"[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+", text):
        text = text.replace(".", "")
    else:
        text = text.replace(",", ".")
    try:
        value = Decimal(text) + 0  # there is no -0 of anything
    except InvalidOperation:
        return None
    return float(value) if value.is_finite() else None


class Day(Field):
    """A date: 2026-11-27 from the browser's own field, or 27-11-2026 as people type it."""

    widget = TextInput(input_type="date")

    def __init__(self, label: Any = None, *, required: bool = False, missing: Any = None, **kwargs: Any) -> None:
        super().__init__(label, [InputRequired(missing or _l("Choose a date."))] if required else [Empty()], **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        self.data = read_day(valuelist[0])
        if self.data is None:
            raise ValidationError(_("This is no date. Write it as 27-11-2026."))

    def pre_validate(self, form: object) -> None:
        if self.flags.required and self.data is None and not self.process_errors:
            raise ValidationError(_l("Choose a date."))


def read_day(text: str) -> date | None:
    """2026-11-27, 27-11-2026, 27/11/2026 or 27.11.2026; years 1990 to 2199; None for anything else."""
    text = text.strip()
    if m := re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", text):
        year, month, day = (int(g) for g in m.groups())
    elif m := re.fullmatch(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})", text):
        day, month, year = (int(g) for g in m.groups())
    else:
        return None
    try:
        return date(year, month, day) if 1990 <= year <= 2199 else None
    except ValueError:
        return None


def _whole(value: Any) -> int | None:
    """An id from a form; None when empty. Raises ValueError for anything that is no id of ours."""
    if value in (None, "", "None"):
        return None
    text = str(value)
    if not re.fullmatch("[0-9]{1,10}", text) or int(text) > BIGGEST_ID:
        raise ValueError(text)
    return int(text)


def read_id(text: str | None) -> int | None:
    """The number that something of ours may have; None for anything else."""
    found = re.fullmatch("[0-9]{1,10}", text or "")
    return int(found[0]) if found and 0 < int(found[0]) <= BIGGEST_ID else None


class QuickSelect(Select):
    """A list of options without attributes of their own, written straight away: a page has hundreds."""

    @classmethod
    def render_option(cls, choice: SelectChoice, **kwargs: Any) -> Markup:
        if choice.render_kw or kwargs:
            return Markup(super().render_option(choice, **kwargs))
        return Markup(f'<option{" selected" if choice.selected else ""} value="{escape(choice.value)}">{escape(choice.label or choice.value)}</option>')  # type: ignore[attr-defined]


class Choice(SelectField):
    """One of a list. With `ids=True` the values are ids, and an empty choice is None."""

    widget = QuickSelect()

    def __init__(
        self, label: Any = None, *, ids: bool = False, required: bool = False, missing: Any = None, **kwargs: Any
    ) -> None:
        checks = [InputRequired(missing or _l("Choose one."))] if required else [Empty()]
        choices = [SelectChoice(*c) for c in kwargs.pop("choices", [])]
        super().__init__(label, checks, coerce=_whole if ids else (lambda v: v or ""), choices=choices, **kwargs)
        self._later: Callable[[], list[Any]] | None = None

    def later(self, choices: Callable[[], list[Any]]) -> None:
        """Ask the database for the choices only when somebody gets to see them, or has chosen."""
        self._later = choices

    def iter_choices(self) -> Any:
        if self._later:
            self.choices, self._later = self._later(), None
        return super().iter_choices()

    def pre_validate(self, form: object) -> None:
        if self.data in (None, ""):
            return
        if not any(str(c.value) == str(self.data) for c in self.iter_choices()):
            raise ValidationError(_("Choose one from the list."))

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        try:
            self.data = self.coerce(valuelist[0])
        except ValueError:
            self.data = None
            raise ValidationError(_("Choose one from the list.")) from None


class Choices(SelectMultipleField):
    """Any of a list of ids, as checkboxes."""

    option_widget: Any = CheckboxInput()

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, [], coerce=_whole, choices=kwargs.pop("choices", []), **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            self.data = [v for v in (self.coerce(x) for x in valuelist) if v is not None]
        except ValueError:
            self.data = []
            raise ValidationError(_("Choose from the list.")) from None

    def pre_validate(self, form: object) -> None:
        allowed = {str(c.value) for c in self.iter_choices()}
        if any(str(v) not in allowed for v in self.data or []):
            raise ValidationError(_("Choose from the list."))


class Version(HiddenField):
    """The version that the form was opened with; without one, the newest is meant."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if re.fullmatch("[0-9]{1,9}", text) else None
