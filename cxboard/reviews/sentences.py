"""The wording of what happens to reviews, and why a point is on the agenda."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l, ngettext

from .. import clock, language
from ..history.sentences import say, say_field
from ..issues import gates
from ..issues.status import Status
from . import course
from .models import AgendaItem
from .steps import Step

WEEKDAYS = (_l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"))
GAPS = {
    gates.LEAD.name: _l("no lead department"),
    gates.OWNER.name: _l("no owner"),
    gates.CAUSE.name: _l("no root cause"),
    gates.WIP.name: _l("the department was at its limit"),
    gates.EFFECT.name: _l("no expected effect"),
    gates.VERDICT.name: _l("no verdict"),
}


def _step(value: Any) -> str:
    return Step(value["step"] if isinstance(value, dict) else value).label


def _rhythm(value: Any) -> str:
    """The rhythm of now, if it is said, and each that begins later."""
    now = [_("%(weekday)s at %(time)s", weekday=str(WEEKDAYS[value["weekday"]]), time=value["at"])] if "weekday" in value else []
    later = (
        _("from %(day)s on: %(weekday)s at %(time)s", day=language.day(date.fromisoformat(c["from_day"])), weekday=str(WEEKDAYS[c["weekday"]]), time=c["at"])
        for c in value.get("later", [])
    )
    return "; ".join([*now, *later])


def _moment(value: Any) -> str:
    return language.moment(datetime.fromisoformat(value))


say_field("step", _l("step"), _step)
say_field("rhythm", _l("the weekly rhythm"), _rhythm)
say_field("starts_at", _l("start"), _moment)
say_field("chair", _l("chair"))
say("review_planned", _l("%(who)s planned this review"), "calendar")
say("review_started", _l("%(who)s opened the review"), "play")
say("review_turned", _l("%(who)s turned to %(after)s"), "arrow-right")
say("review_lengthened", _l("%(who)s gave %(after)s two more minutes"), "clock")
say("review_noted", _l("%(who)s changed the notes of %(after)s"), "pencil")
say("review_closed", _l("%(who)s closed the review"), "check")
say("review_cancelled", _l("%(who)s cancelled this review: “%(reason)s”"), "ban")
say("review_remarked", _l("%(who)s added a remark to the minutes"), "pencil")
say("review_moved", _l("%(who)s moved this review from %(before)s to %(after)s"), "calendar")
say("agenda_ordered", _l("%(who)s put the agenda in another order: %(text)s"), "list-ordered")
say("agenda_added", _l("%(who)s added %(text)s to the agenda"), "plus")
say("agenda_taken_off", _l("%(who)s took %(text)s off the agenda"), "minus")
say("agenda_skipped", _l("%(who)s skips %(text)s this time: “%(reason)s”"), "redo-2")
say("agenda_put_back", _l("%(who)s put %(text)s back on the agenda"), "undo-2")
say("agenda_timed", _l("%(who)s gave %(text)s another number of minutes"), "timer")
say("agenda_answered", _l("%(who)s prepared an answer about %(text)s"), "message-circle")
say("review_excused", _l("%(who)s can't be there (ask %(name)s)"), "user-round")
say("review_unexcused", _l("%(who)s can be there after all"), "user-round")
say("review_followed", _l("%(who)s changed the rhythm, and this review went along from %(before)s to %(after)s"), "calendar")
say("review_chair_changed", _l("%(who)s asked %(after)s to lead this review"), "user-round")
say("review_restored", _l("%(who)s planned this review again"), "calendar")
say("review_skipped", _l("%(who)s skipped this review: nobody meets on that day (%(reason)s)"), "ban")
say("review_not_skipped", _l("%(who)s planned this review again: its day is not free any more"), "calendar")
say("series_set", _l("%(who)s set the weekly rhythm: %(after)s"), "calendar")
say("rhythm_planned", _l("%(who)s planned another weekly rhythm from %(from_day)s on: %(after)s"), "calendar")
say("rhythm_taken_back", _l("%(who)s took back the weekly rhythm that was to begin on %(from_day)s: %(before)s"), "undo-2")
say("rhythm_began", _l("%(who)s began the weekly rhythm that was planned for today: %(after)s"), "calendar")
say("free_day_kept", _l("%(who)s noted that nobody meets on %(from_day)s: %(text)s"), "calendar")
say("free_day_given_back", _l("%(who)s noted that people meet on %(from_day)s after all (it was %(text)s)"), "undo-2")
say("calendar_link_made", _l("%(who)s made a private calendar link"), "link")
say("calendar_link_revoked", _l("%(who)s revoked the private calendar link"), "x")
say("review_handed_over", _l("%(who)s handed the chair to %(text)s"), "users-round")
say("vote_opened", _l("%(who)s opened the vote for what to discuss first"), "hand")
say("vote_closed", _l("%(who)s closed the vote for what to discuss first"), "hand")
say("line_entered", _l("%(who)s entered afterwards: %(text)s"), "pencil")
say("line_struck", _l("%(who)s struck what was entered afterwards: %(text)s"), "x")
say("times_entered", _l("%(who)s entered afterwards when it was held and who was there"), "users-round")
say("review_written_up", _l("%(who)s wrote up the review afterwards"), "pencil")
say("attendance_marked", _l("%(who)s marked who is there"), "users-round")


def why(item: AgendaItem) -> str:
    """Why this point is on the agenda, in one sentence; of a new issue also which answer is proposed."""
    like = (item.facts or {}).get("like")
    reason = _why(item)
    if like and item.waits_for_an_answer:
        return reason + " " + _("It looks like %(key)s “%(title)s”: merge them?", key=like["key"], title=like["title"])
    return reason


def _why(item: AgendaItem) -> str:
    facts = item.facts or {}
    match item.why:
        case "voice":
            return _("This is what the first focus issue is about.")
        case "win":
            return _("Done since the last review.")
        case "promise_late":
            return ngettext("Promised for yesterday or before: %(num)s day late.", "Promised earlier: %(num)s days late.", facts.get("late", 1))
        case "promise_today":
            return _("Promised for the day of the review.")
        case "promise_open":
            return _("Promised in an earlier review.")
        case "promise_kept":
            return _("Kept since the last review.")
        case "reported" if "file" in facts:
            day = clock.local(datetime.fromisoformat(facts["since"])).date()
            return _("Brought in from %(file)s, reported on %(day)s.", file=facts["file"], day=language.day(day))
        case "reported":
            return _("Reported by %(name)s, %(when)s. It waits for one of four answers.", name=facts.get("by", ""), when=_days_ago(facts.get("since")))
        case "overruled":
            missing = ", ".join(str(GAPS[m]) for m in facts.get("missing", []) if m in GAPS)
            return _(
                "%(name)s moved it to %(status)s all the same (%(missing)s): “%(reason)s”",
                name=facts.get("by", ""), status=Status(facts["to"]).label, missing=missing, reason=facts.get("reason", ""),
            )  # fmt: skip
        case "returned":
            return _("It was parked until %(day)s and came back by itself.", day=language.day(date.fromisoformat(facts["on"])))
        case "still":
            return _stands_still(facts)
        case "bounced":
            return _("It went back and forth between %(one)s and %(other)s: declined %(times)s times.", one=facts["one"], other=facts["other"], times=facts["times"])
        case "waits":
            return ngettext(
                "It has waited for %(department)s for %(num)s day: “%(text)s”", "It has waited for %(department)s for %(num)s days: “%(text)s”",
                facts["days"], department=facts["turn"], text=facts["ask"],
            )  # fmt: skip
        case "added" if facts.get("text"):
            return _("%(name)s added it: “%(text)s”", name=facts["by"], text=facts["text"])
        case "added":
            return _("%(name)s added it.", name=facts.get("by", ""))
        case "focus" if "course" in facts:
            return course.sentence(facts["place"], facts["course"])
        case "focus":
            return _("Focus %(place)s: one of the priorities now.", place=facts.get("place", ""))
        case "again":
            return _("Talked about last time, and gone on with now.")
        case _:
            return _("Not reached last time.")


def _stands_still(facts: dict[str, Any]) -> str:
    days, quiet = facts.get("days", 0), facts.get("quiet", 0)
    if quiet > 14:
        return ngettext("Nothing happened to it for %(num)s day.", "Nothing happened to it for %(num)s days.", quiet)
    status = Status(facts["status"]).label
    return ngettext(
        "It has been in %(status)s for %(num)s day, much longer than usual.", "It has been in %(status)s for %(num)s days, much longer than usual.", days, status=status
    )


def _days_ago(since: str | None) -> str:
    if not since:
        return "–"
    days = (clock.today() - clock.local(datetime.fromisoformat(since)).date()).days
    if days < 1:
        return _("today")
    return ngettext("%(num)s day ago", "%(num)s days ago", days)


def put_off(item: AgendaItem) -> str:
    """How often it was carried over; '' for the first time on the table."""
    if not item.carried:
        return ""
    if item.action:
        return ngettext("carried over once", "carried over %(num)s times", item.carried)
    if language.language() == "nl":
        return _("carried over for the %(nth)s time", nth=f"{item.carried}e")
    return _("carried over for the %(nth)s time", nth=_ordinal(item.carried))


def _ordinal(n: int) -> str:
    ending = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
