"""What people send about exceptions of the rhythm."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..forms import Choice, Day, Form, Line, Version
from .forms import chairs


class FreeDayForm(Form):
    """A day on which nobody meets."""

    day = Day(_l("Day"), required=True)
    name = Line(_l("What day is it?"), at_most=80, missing=_l("What day is it? People read why there is no review."))


class LeadForm(Form):
    """Who leads one review."""

    chair = Choice(_l("Chair"), ids=True, required=True)
    version = Version()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chair.choices = [c for c in chairs() if c[0]]
