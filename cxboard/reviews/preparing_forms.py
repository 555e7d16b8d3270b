"""What people send while a review is prepared."""

from typing import Any

from flask_babel import lazy_gettext as _l

from ..accounts.queries import people
from ..forms import Choice, Form, Line, Number, Prose
from .preparing import LONGEST_ANSWER, LONGEST_POINT, OPEN_TO_ALL


class PointForm(Form):
    """An issue to bring to the table: by its number, or by words of its title."""

    text = Line(_l("Which issue?"), at_most=160, missing=_l("Which issue? Give its number, or words from its title."))
    step = Choice(_l("Step"), required=True)
    chosen = Line(at_most=20, required=False)
    was = Line(at_most=160, required=False)
    why = Line(_l("Why, in one line?"), at_most=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step.choices = [(s.value, s.label) for s in OPEN_TO_ALL]


    @property
    def wanted(self) -> str:
        """What was chosen of the issues with these words, else the words themselves."""
        return str((self.chosen.data if self.was.data == self.text.data else "") or self.text.data or "")


class AnswerForm(Form):
    """What somebody has ready to say about a point; empty for nothing to add."""

    text = Prose(_l("Your answer"), at_most=LONGEST_ANSWER)


class SkipForm(Form):
    """Why a point is left out."""

    reason = Line(_l("Why is it skipped?"), at_most=300, missing=_l("Why is it skipped? People read the reason on the agenda."))


class MinutesForm(Form):
    """How long a point takes."""

    minutes = Number(_l("Minutes"), low=0, high=LONGEST_POINT, required=True)


class ExcuseForm(Form):
    """Whom to ask instead of somebody who can't be there."""

    stand_in = Choice(_l("Who can be asked instead?"), ids=True)

    def __init__(self, person: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stand_in.choices = [("", str(_l("Nobody"))), *[(p.id, p.name) for p in people() if p.id != person.id]]
