"""What people choose: which kinds come by mail, and when the week does."""

from __future__ import annotations

from datetime import date, timedelta

from babel.dates import format_date
from flask_babel import get_locale, lazy_gettext as _l
from wtforms.fields.choices import SelectChoice, SelectMultipleField

from ..accounts.models import User
from ..forms import Choice, Form
from .models import HOURS, MAILED, Digest, wanted

MONDAY = date(2026, 1, 5)


class MailForm(Form):
    """The kinds with a tick, and the day and hour of the digest."""

    kinds = SelectMultipleField(_l("By mail"), choices=[])
    weekday = Choice(_l("On"), ids=True, required=True)
    hour = Choice(_l("At"), ids=True, required=True)

    def __init__(self, *given: object, **settings: object) -> None:
        super().__init__(*given, **settings)
        self.kinds.choices = [SelectChoice(k.value, k.label) for k in MAILED]
        self.weekday.choices = [SelectChoice(str(n), format_date(MONDAY + timedelta(days=n), "EEEE", get_locale())) for n in range(7)]
        self.hour.choices = [SelectChoice(str(h), f"{h:02d}:00") for h in HOURS]

    @classmethod
    def of(cls, person: User) -> MailForm:
        """As this person has chosen."""
        digest, own = Digest.of(person), wanted(person)
        chosen = {"kinds": [k.value for k in MAILED if k in own], "weekday": digest.weekday, "hour": digest.hour}
        return cls(formdata=None, data=chosen)
