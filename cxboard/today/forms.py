"""The shape of one line about where something stands, and of a reply."""

from flask_babel import lazy_gettext as _l

from ..forms import Form, Line, Prose


class StepForm(Form):
    """What is being done about it."""

    text = Line(_l("Where does it stand? One line is enough."), at_most=500, missing=_l("Write in one line where it stands."))


class ReplyForm(Form):
    """What one says back."""

    text = Prose(_l("Your reply"), at_most=10_000, required=True)
