"""The wording of what happens to an issue."""

from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l

from .. import language
from ..forms import read_day
from ..history.sentences import say, say_field
from .status import Confidence, Status, Verdict


def _status(value: Any) -> str:
    return Status(value["status"] if isinstance(value, dict) else value).label


def _day(value: Any) -> str:
    return language.day(read_day(str(value)), year=True)


def _number(value: Any) -> str:
    return language.number(float(value))


say("reported", _l("%(who)s reported this"), "plus")
say("moved", _l("%(who)s moved this from %(before)s to %(after)s"), "arrow-right")
say("moved_anyway", _l("%(who)s moved this from %(before)s to %(after)s all the same: “%(reason)s”"), "flag")
say("parked", _l("%(who)s parked this until %(until)s"), "octagon-pause")
say("returned", _l("It came back by itself to %(after)s"), "undo-2")
say("declined", _l("%(who)s declined this: “%(reason)s”"), "ban")
say("merged", _l("%(who)s merged this into %(key)s"), "git-merge")
say("took_over", _l("%(who)s merged %(key)s “%(text)s” into this"), "git-merge")
say("unmerged", _l("%(who)s took this out of the merge, back to %(after)s"), "split")
say("undone", _l("%(who)s took that back"), "undo-2")
say("ranked", _l("%(who)s changed the place in the ranking"), "arrow-up")
say("confidence_followed", _l("The confidence follows from the voices: %(percent)s %% with %(voices)s of them"), "message-square-quote")
say("confidence_given_back", _l("%(who)s let the confidence follow from the voices again: %(percent)s %% with %(voices)s of them"), "message-square-quote")
say("confidence_unknown", _l("The confidence is not known any more: no voice supports this"), "message-square-quote")
say_field("status", _l("status"), _status)
say_field("rank", _l("place in the ranking"), lambda v: "")
say_field("title", _l("title"))
say_field("story", _l("what the customer experiences"))
say_field("lead", _l("lead department"))
say_field("contributing", _l("contributing departments"), ", ".join)
say_field("owner", _l("owner"))
say_field("stage", _l("stage"))
say_field("tags", _l("labels"), ", ".join)
say_field("due", _l("target date"), _day)
say_field("reach", _l("reach"), _number)
say_field("severity", _l("severity"), _number)
say_field("confidence", _l("confidence"), lambda v: Confidence(v["confidence"] if isinstance(v, dict) else v).label)
say_field("effort", _l("effort"), _number)
say_field(
    "staff_effect", _l("effect on colleagues"), lambda v: f"{int(v):+d}".replace("-", "−") if int(v) else _("none")
)
say_field("no_cause_note", _l("the note why there is no cause"))
say_field("expected_effect", _l("the expected effect"))
say_field("verdict", _l("verdict"), lambda v: Verdict(v).label)
say_field("verdict_note", _l("the note with the verdict"))
