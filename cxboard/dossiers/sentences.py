"""The wording of what happens to dossiers."""

from typing import Any

from flask_babel import gettext as _, lazy_gettext as _l

from .. import language
from ..forms import read_day
from ..history.sentences import say, say_field
from .assumptions import KINDS, Kind
from .reckoning import Range

say("assumption_given", _l("%(who)s set the assumption “%(field)s” of the dossier to %(after)s"), "sliders-horizontal")
say("assumption_kept", _l("%(who)s changed the assumption “%(field)s” of the dossier from %(before)s to %(after)s"), "sliders-horizontal")
say("assumption_dropped", _l("%(who)s took the assumption “%(field)s” of the dossier back (it was %(before)s)"), "sliders-horizontal")
say("dossier_shared", _l("%(who)s made a private link to the dossier, for: %(text)s, until %(until)s"), "link")
say("dossier_link_ended", _l("%(who)s revoked a private link to the dossier (for: %(text)s)"), "link")
say_field("dossier_ask", _l("what is asked in the dossier"))
say_field("dossier_decide_by", _l("the day by which a decision is asked"), lambda v: language.day(read_day(v)) if v else "–")
say_field("organisation", _l("the name of the organisation on paper"))


def amount(kind: Kind, value: float) -> str:
    """`€ 48`, `€ 7,20`, `1,4` or `0,15 %`."""
    if kind.money and value != round(value):
        return f"€\u00a0{language.cents(value)}"
    told = language.number(value, kind.places)
    if kind.money:
        return f"€\u00a0{told}"
    return (f"{told}\u00a0%" if language.language() == "nl" else f"{told}%") if kind.share else told


def written(kind: Kind, value: Range) -> str:
    """`1,4 (1,0 to 1,8)`, or `1,4` when nobody has said how far it may be off."""
    likely = amount(kind, value.likely)
    if not value.is_open:
        return likely
    return _("%(likely)s (%(low)s to %(high)s)", likely=likely, low=amount(kind, value.low), high=amount(kind, value.high))


def kept(kind: Kind, value: dict[str, Any]) -> str:
    """What history keeps of one, in words."""
    told = written(kind, Range(value["low"], value["likely"], value["high"]))
    if value["guess"]:
        return _("%(value)s, a guess (%(source)s)", value=told, source=value["source"]) if value["source"] else _("%(value)s, a guess", value=told)
    return f"{told}, {value['source']}" if value["source"] else told


for _kind in KINDS.values():
    say_field(_kind.step, _kind.label, lambda v, kind=_kind: kept(kind, v))  # type: ignore[misc]
