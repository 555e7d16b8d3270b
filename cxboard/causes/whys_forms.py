"""What people send while they build a tree of whys."""

import re
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l
from wtforms import SubmitField, ValidationError

from ..db import BIGGEST_ID
from ..forms import Choice, Form, HiddenField, Line, Prose, Version
from .forms import NEW, categories, owners
from .models import LONGEST_WHY
from .whys import REF

NOT_OURS, OPEN = "not_ours", "open"


class Ref(HiddenField):
    """The name of an answer; empty when there is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data: Any = text if REF.fullmatch(text) else None
        if text and self.data is None:
            raise ValidationError(_("That answer is not there any more."))


class AnswerForm(Form):
    """One answer: under which one (`parent`), behind which one (`after`), by which name (`ref`) the page calls it."""

    text = Line(_l("Answer"), at_most=LONGEST_WHY, missing=_l("Why does it happen? One line is enough."))
    ref = Ref()
    parent = Ref()
    after = Ref()


class RewordForm(Form):
    """An answer in better words."""

    text = Line(_l("Answer"), at_most=LONGEST_WHY, missing=_l("Why does it happen? One line is enough."))
    version = Version()


class EvidenceForm(Form):
    """How we know."""

    evidence = Prose(_l("How do we know?"), at_most=2_000)
    version = Version()


class PlaceForm(Form):
    """Up or down among the answers to the same why."""

    way = Choice(_l("Where to?"), required=True, choices=[("up", _l("Up")), ("down", _l("Down"))])


class End(HiddenField):
    """What it ends in: ("problem", 7), ("issue", 12), or a word alone; None for anything else."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        if found := re.fullmatch("(problem|issue)-([0-9]{1,10})", text):
            self.data: Any = (found[1], int(found[2])) if 0 < int(found[2]) <= BIGGEST_ID else None
        else:
            self.data = (text, 0) if text in (NEW, NOT_OURS, OPEN) else None


class EndForm(Form):
    """Where an answer ends: one of the list, a new problem named by `text`, or not ours to change, `text` saying why."""

    text = Line(_l("What is behind it?"), at_most=LONGEST_WHY, required=False)
    end = End()
    find = SubmitField(_l("Search"))
    category = Choice(_l("Kind"))
    department = Choice(_l("Whose house is it in?"), ids=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = [("", _("Choose a kind")), *categories()]
        self.department.choices = owners()

    def validate_end(self, field: End) -> None:
        if field.data is None:
            raise ValidationError(_("Choose one of the list, or one of the last lines."))

    def validate(self, extra_validators: Any = None) -> bool:
        """A new problem wants a name and a kind; what is not ours wants a reason."""
        good, kind = super().validate(extra_validators), (self.end.data or ("", 0))[0]
        if kind == NEW and not self.text.data and not self.text.errors:
            self.text.errors = (_("Say in one line what employees run into."),)
        if kind == NEW and len(self.text.data or "") > 160 and not self.text.errors:
            self.text.errors = (_("At most %(max)d characters.") % {"max": 160},)
        if kind == NEW and not self.category.data and not self.category.errors:
            self.category.errors = (_("Choose what kind of problem it is."),)
        if kind == NOT_OURS and not self.text.data and not self.text.errors:
            self.text.errors = (_("Why is it not ours to change?"),)
        return good and not self.errors
