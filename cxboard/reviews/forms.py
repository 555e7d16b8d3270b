"""What people send about reviews."""

import re
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from .. import clock
from ..accounts.queries import people
from ..forms import Choice, Day, Form, HiddenField, Line, Number, Prose, Version
from .models import UNOPENED, Presence
from .rhythms import wall_time
from .sentences import WEEKDAYS
from .steps import Step

FURTHEST = timedelta(days=730)  # ahead


class Clocktime(Line):
    """A time of the day: 10:00, 9.30 or 9u30."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, at_most=5, missing=_l("At what time?"), **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if not valuelist or not self.data:
            return
        hours, _, minutes = self.data.replace(".", ":").replace("u", ":").partition(":")
        if not (re.fullmatch("[0-9]{1,2}", hours) and re.fullmatch("[0-9]{1,2}", minutes or "0") and int(hours) < 24 and int(minutes or 0) < 60):
            raise ValidationError(_l("This is no time. Write it as 10:00."))
        self.data = f"{int(hours):02d}:{int(minutes or 0):02d}"


def chairs() -> list[tuple[Any, str]]:
    """Who can lead a review: everybody who may run one."""
    return [("", "–"), *[(p.id, p.name) for p in people() if p.is_regisseur]]


class RhythmForm(Form):
    """The weekly rhythm."""

    weekday = Choice(_l("Day"), required=True)
    at = Clocktime(_l("Time"))
    zone = Line(_l("Time zone"), at_most=40)
    duration = Number(_l("Minutes"), low=15, high=480, required=True)
    chair = Choice(_l("Chair"), ids=True)
    place = Line(_l("Room or link"), at_most=200, required=False)
    from_day = Day(_l("From which day on"))
    version = Version()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weekday.choices = [(str(n), str(name)) for n, name in enumerate(WEEKDAYS)]
        self.chair.choices = chairs()

    def validate_from_day(self, from_day: Day) -> None:
        if from_day.data and from_day.data < clock.today():
            raise ValidationError(_l("That day has passed. Choose today or later."))

    def validate_zone(self, zone: Line) -> None:
        if zone.data not in known_zones():
            raise ValidationError(_l("This is no time zone. Write it as Europe/Amsterdam."))


@cache
def known_zones() -> frozenset[str]:
    """The names that calendars know too; the computer has more, such as `localtime` and `right/Europe/Amsterdam`."""
    return frozenset(zone for zone in available_timezones() if "/" in zone or zone == "UTC")


class MomentForm(Form):
    """Another moment for one review."""

    day = Day(_l("Day"), required=True)
    at = Clocktime(_l("Time"))
    version = Version()

    def __init__(self, *args: Any, zone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone or clock.zone().key

    @property
    def moment(self) -> datetime:
        """The chosen moment where the review is held, in UTC."""
        assert self.day.data and self.at.data
        return wall_time(self.day.data, self.at.data, self.zone)

    def validate_day(self, day: Day) -> None:
        if day.data and day.data < clock.now().astimezone(ZoneInfo(self.zone)).date():
            raise ValidationError(_l("That day has passed. Choose today or later."))


class PlanForm(MomentForm):
    """An extra review, or one that was held without cxboard and is entered now."""

    duration = Number(_l("Minutes"), low=15, high=480, required=True)
    chair = Choice(_l("Chair"), ids=True)
    place = Line(_l("Room or link"), at_most=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chair.choices = chairs()

    def validate_day(self, day: Day) -> None:
        if day.data and day.data < clock.today() - UNOPENED:
            raise ValidationError(_l("That is too long ago. Choose a day of the last four weeks, or later."))
        if day.data and day.data > clock.today() + FURTHEST:
            raise ValidationError(_l("That is more than two years ahead."))


class CancelForm(Form):
    """Why a review will not be held."""

    reason = Line(_l("Why is it cancelled?"), at_most=300, missing=_l("Why is it cancelled? People read the reason."))


class TurnForm(Form):
    """Which page everybody sees next."""

    step = Choice(choices=[(s.value, "") for s in Step], required=True)
    item = Number(low=1)
    later = HiddenField()
    seen = Line(at_most=40, required=False)  # the page that it was pressed on


class NoteForm(Form):
    """The notes of one step; `was` is what they said when the form was opened."""

    step = Choice(choices=[(s.value, "") for s in Step], required=True)
    text = Prose(_l("Notes"), at_most=5_000)
    was = Prose()


class PresenceForm(Form):
    """One person is there, excused or absent."""

    person = Number(low=1, required=True)
    presence = Choice(choices=[(p.value, "") for p in Presence], required=True)


class GuestForm(Form):
    """A guest, by name."""

    name = Line(_l("Guest"), at_most=80, missing=_l("Who is the guest?"))


class RatingForm(Form):
    """A mark from 1 to 10."""

    score = Number(low=1, high=10, required=True)


class RemarkForm(Form):
    """A correction under the minutes."""

    text = Prose(_l("What has to be put right?"), at_most=2_000, required=True)
