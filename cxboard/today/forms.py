"""The shape of one line about where something stands."""

from flask_babel import lazy_gettext as _l

from ..forms import Form, Line


class StepForm(Form):
    """What is being done about it."""

    text = Line(_l("Where does it stand? One line is enough."), at_most=500, missing=_l("Write in one line where it stands."))
