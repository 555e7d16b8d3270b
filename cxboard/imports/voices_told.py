"""How a file of voices is read, in sentences: for the page before it is imported, and for the command."""

from __future__ import annotations

from flask_babel import gettext as _, ngettext

from ..language import number
from ..voices.models import Scale
from .voices_columns import Mapping
from .voices_plan import Outlook
from .voices_survey import Survey
from .voices_values import Days


def readings(survey: Survey, mapping: Mapping, outlook: Outlook) -> list[tuple[str, str]]:
    """Each with the name of its icon."""
    told = [("calendar", " ".join(dates(survey.columns[mapping.fields.index("said_on")].days, mapping.day_first)))]
    if mapping.scale and "score" in mapping.fields:
        told.append(("star", " ".join(scores(survey.headers[mapping.fields.index("score")], Scale(mapping.scale), mapping, outlook))))
    if outlook.tagged:
        told.append(("tag", ngettext("%(n)s voice gets labels.", "%(n)s voices get labels.", outlook.tagged, n=number(outlook.tagged))))
    if outlook.masked:
        text = ngettext(
            "In %(n)s quote an e-mail address or telephone number is masked.", "In %(n)s quotes an e-mail address or telephone number is masked.",
            outlook.masked, n=number(outlook.masked),
        )  # fmt: skip
        told.append(("shield", text))
    if (at := mapping.column("reference")) is not None:
        text = _("“%(column)s” is the number over there; each comes in once for “%(source)s”.", column=survey.headers[at], source=mapping.source)
    else:
        text = _("There is no number over there: for “%(source)s” a voice is known by its day, its words and its score.", source=mapping.source)
    told.append(("link", text))
    return told


def dates(days: Days, day_first: bool) -> list[str]:
    """In which order dates are read, and how sure that is."""
    if not (days.either or days.day_first or days.month_first):
        return [_("Dates are the days that Excel counts.") if days.serial and not days.year_first else _("Dates have the year first, or the month in letters.")]
    told = [_("Dates have the day first, as 31-12-2026.") if day_first else _("Dates have the month first, as 12-31-2026.")]
    sure, turned = (days.day_first, days.month_first) if day_first else (days.month_first, days.day_first)
    if days.either and sure:
        told.append(
            ngettext(
                "%(n)s fits both orders and is read like the %(sure)s that fit only this one.", "%(n)s fit both orders and are read like the %(sure)s that fit only this one.",
                days.either, n=number(days.either), sure=number(sure),
            )
        )
    elif days.either:
        told.append(_("All of them fit both orders: look whether the days below are right."))
    if turned:
        told.append(ngettext("%(n)s fits only the other order and is read so.", "%(n)s fit only the other order and are read so.", turned, n=number(turned)))
    if days.year_first + days.serial:
        other = days.year_first + days.serial
        told.append(ngettext("%(n)s is written in a way that leaves no doubt.", "%(n)s are written in a way that leaves no doubt.", other, n=number(other)))
    return told


def scores(header: str, scale: Scale, mapping: Mapping, outlook: Outlook) -> list[str]:
    """On which scale, which way round, and what is not on it."""
    told = [_("“%(column)s” is the score, read as %(scale)s from %(low)s to %(high)s.", column=header, scale=scale.label, low=scale.low, high=scale.high)]
    if mapping.best_low:
        told.append(_("The lowest is the best, so scores are turned round: %(low)s becomes %(high)s.", low=scale.low, high=scale.high))
    if outlook.new:
        told.append(ngettext("%(n)s voice has one.", "%(n)s voices have one.", outlook.scored, n=number(outlook.scored)))
    if outlook.off_scale:
        told.append(_("Not on the scale, and so without a score: %(values)s.", values=outlook.off_scale_words))
    return told


def counts(outlook: Outlook) -> list[str]:
    """What would happen to the rows."""
    told = [ngettext("%(n)s row.", "%(n)s rows.", outlook.rows, n=number(outlook.rows)), ngettext("%(n)s new voice.", "%(n)s new voices.", outlook.new, n=number(outlook.new))]
    if outlook.here:
        told.append(ngettext("%(n)s is here already.", "%(n)s are here already.", outlook.here, n=number(outlook.here)))
    if outlook.doubles:
        told.append(ngettext("%(n)s stands in the file twice.", "%(n)s stand in the file twice.", outlook.doubles, n=number(outlook.doubles)))
    if outlook.empty:
        told.append(ngettext("%(n)s row without words is left out.", "%(n)s rows without words are left out.", outlook.empty, n=number(outlook.empty)))
    if outlook.wrong:
        told.append(ngettext("%(n)s row can't be read.", "%(n)s rows can't be read.", outlook.wrong, n=number(outlook.wrong)))
    return told
