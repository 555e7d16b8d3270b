"""What people send about voices."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l

from .. import clock
from ..accounts.models import Department
from ..accounts.queries import departments
from ..db import db
from ..forms import Choice, Day, Form, HiddenField, Line, Prose, Version, read_id
from ..issues.models import Issue
from ..issues.queries import find_by_words
from ..journeys.models import Stage
from ..journeys.queries import stages
from .models import Scale, Voice

# Where people speak with customers. An import may bring others, which are shown as they came.
CHANNELS = {
    "phone": _l("Telephone"), "email": _l("E-mail"), "chat": _l("Chat"), "counter": _l("Counter or visit"), "survey": _l("Survey"),
    "social": _l("Social media"), "review": _l("Online review"), "letter": _l("Letter"),
}  # fmt: skip


def channel_label(channel: str) -> str:
    """A channel in words; one that an import brought is called what it is called there."""
    return str(CHANNELS.get(channel, channel))


class IssueChoice(HiddenField):
    """The id of an issue, "new" for one that is to be made, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[-1].strip() if valuelist else ""
        self.data = text if text == "new" or read_id(text) else ""


class FindsIssue(Form):
    """A form that says which issue: one that was chosen, one found by its number or words, or a new one."""

    issue = IssueChoice()
    issue_text = Line(_l("Which issue?"), at_most=160, required=False)
    title = Line(_l("What does the customer notice?"), required=False)

    hits: list[Issue]

    @property
    def makes_new(self) -> bool:
        return bool(self.issue.data == "new")

    def find(self) -> Issue | None:
        """The issue that is meant; None when none is, or when `hits` or an error says what to choose."""
        self.hits = []
        if self.issue.data and not self.makes_new:
            chosen = db.session.get(Issue, int(self.issue.data))
            if chosen is None:
                self.issue_text.errors = (_("No issue has this number, and no open one these words."),)
            return chosen
        if self.makes_new or not self.issue_text.data or self.issue_text.errors:
            return None
        self.hits = find_by_words(self.issue_text.data)
        if len(self.hits) == 1:
            return self.hits[0]
        self.issue_text.errors = (_("Choose one of these.") if self.hits else _("No issue has this number, and no open one these words."),)
        return None


class FactsForm(Form):
    """What is known of a voice besides the quote; all of it may be left open."""

    quote = Prose(_l("What did the customer say?"), at_most=5_000)
    said_on = Day(_l("Said on"), required=True)
    stage = Choice(_l("Stage"), ids=True)
    department = Choice(_l("About the work of"), ids=True)
    channel = Choice(_l("Channel"))
    segment = Line(_l("Kind of customer"), at_most=60, required=False)
    scale = Choice(_l("Score"))
    mark = Line(_l("Score"), at_most=10, required=False)
    tags = Line(_l("Labels"), at_most=600, required=False)

    def __init__(self, *, voice: Voice | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        kept_stage = [(voice.stage_id, voice.stage.name)] if voice and voice.stage and voice.stage.archived else []
        self.stage.choices = [("", _("Not known")), *((id, f"{journey}: {name}") for id, journey, name in stages()), *kept_stage]
        self.department.choices = [("", _("Not known")), *((d.id, f"{d.name} ({d.code})") for d in departments())]
        if voice and voice.department and voice.department.archived_at:
            self.department.choices.append((voice.department_id, voice.department.name))
        other = [(voice.channel, voice.channel)] if voice and voice.channel and voice.channel not in CHANNELS else []
        self.channel.choices = [("", _("Not known")), *CHANNELS.items(), *other]
        self.scale.choices = [("", _("No score")), *((s.value, s.label) for s in Scale)]

    def fill(self, voice: Voice) -> None:
        """As the voice is now."""
        for name in ("quote", "said_on", "channel", "segment"):
            self[name].data = getattr(voice, name)
        self.stage.data, self.department.data = voice.stage_id, voice.department_id
        self.tags.data = ", ".join(voice.tags)
        self.scale.data = voice.scale.value if voice.scale else ""
        self.mark.data = f"{voice.scale.value}-{voice.score}" if voice.scale else ""

    @property
    def chosen_scale(self) -> Scale | None:
        return next((s for s in Scale if s.value == self.scale.data), None)

    @property
    def score(self) -> int | None:
        """What was chosen in the row of the scale that shows; what was chosen in another row before is not meant."""
        found = re.fullmatch(r"([a-z]{3,4})-([0-9]{1,2})", self.mark.data or "")
        return int(found[2]) if found and found[1] == self.scale.data else None

    def facts(self) -> dict[str, Any]:
        """As the verbs of a voice take them."""
        return {
            "quote": self.quote.data or "", "said_on": self.said_on.data or clock.today(), "channel": self.channel.data or "", "segment": self.segment.data or "",
            "stage": db.session.get(Stage, self.stage.data) if self.stage.data else None,
            "department": db.session.get(Department, self.department.data) if self.department.data else None,
            "score": self.score, "scale": self.chosen_scale if self.score is not None else None, "tags": (self.tags.data or "").split(","),
        }  # fmt: skip


class LogForm(FactsForm, FindsIssue):
    """A new voice, and what it supports at once."""


class ReviseForm(FactsForm):
    version = Version()


class TogetherForm(FindsIssue):
    """Several voices, and what is done with them."""

    what = Choice(_l("What to do"), required=True)
    why = Line(_l("Why is it set aside?"), at_most=300, required=False)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.what.choices = [("support", _("Support an issue")), ("issue", _("New issue")), ("aside", _("Set aside"))]


class AboutForm(Form):
    """One issue that a voice is about."""

    issue = Choice(ids=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.issue.pre_validate = lambda form: None  # type: ignore[method-assign]


class TakeOverForm(Form):
    """What the voices suggest, taken over: reach or severity."""

    what = Choice(choices=[("reach", ""), ("severity", "")], required=True)
    value = Line(at_most=12)
    version = Version()


