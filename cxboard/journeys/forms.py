"""What people send to keep journeys and their stages."""

from flask_babel import lazy_gettext as _l

from ..forms import Form, Line, Prose, Version


class JourneyForm(Form):
    name = Line(_l("Name of the journey"), at_most=80)
    version = Version()


class StageForm(Form):
    name = Line(_l("Stage"), at_most=80)
    work = Prose(_l("What employees do there"), at_most=2_000)
    version = Version()
