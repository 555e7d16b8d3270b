"""Voices from a file by the command: recognised, told and carried out in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask_babel import gettext as _, ngettext

from ..accounts import queries as accounts
from ..accounts.models import User
from ..db import db
from ..domain import Refused
from ..journeys import queries as journeys
from ..voices.importing import VoiceImport, same_headers
from .columns import IGNORE, plain_name
from .voices_columns import LABELS, Mapping, match
from .voices_kept import source_of
from .voices_plan import NEW, Known, Outlook, look_ahead, missing, unknown, warnings
from .voices_reading import Sheet, recognise
from .voices_run import Tell, carry_out as bring_in, claim, fail, work
from .voices_survey import Survey, survey
from .voices_told import counts, readings


@dataclass(frozen=True)
class Prepared:
    """A file that was read, how, and what importing it would do."""

    sheet: Sheet
    survey: Survey
    mapping: Mapping
    outlook: Outlook
    remembered: str

    @property
    def is_blocked(self) -> bool:
        return bool(self.outlook.wrong) and not self.mapping.skip_wrong

    def lines(self) -> list[str]:
        """All that the page before an import says."""
        said = [_("%(file)s: %(how)s.", file=self.sheet.name, how=self.sheet.how)]
        if self.remembered:
            said.append(_("Columns are read as those of %(file)s, which has the same headers.", file=self.remembered))
        named = zip(self.survey.headers, self.mapping.fields, strict=True)
        said += [f"  {header or '–'} → {LABELS[field]}" for header, field in named if field not in (IGNORE, "label")]
        if labels := self.mapping.fields.count("label"):
            said.append("  " + ngettext("%(num)s column is a label", "%(num)s columns are labels", labels))
        said += [sentence for _icon, sentence in readings(self.survey, self.mapping, self.outlook)]
        for w in warnings(self.survey, self.mapping):
            what = _("comes in") if w.comes_in and not (w.in_words and self.mapping.mask) else _("masked") if w.comes_in else _("left out")
            said.append(_("“%(column)s” seems to hold %(kind)s, %(n)s times: %(what)s.", column=w.column, kind=w.kind.label, n=w.cells, what=what))
        for name, values in unknown(self.survey, self.mapping, Known.all()).items():
            chosen = self.mapping.stages if name == "stage" else self.mapping.departments
            if still := [text for text in values if text not in chosen]:
                said.append(_("Not known here, and left open: %(values)s.", values=", ".join(still[:20])))
        said += [p.sentence for p in self.outlook.problems_told]
        return [*said, " ".join(counts(self.outlook))]


def prepare(
    file: Path, *, source: str | None = None, columns: Sequence[str] = (), scale: str | None = None, lowest_is_best: bool | None = None,
    making: Sequence[str] = (), skip: bool = False,
) -> Prepared:  # fmt: skip
    """Read a file as its headers, its contents and these choices say. Raises Refused with what is missing."""
    sheet = recognise(file, file.name)
    found = survey(sheet)
    if earlier := same_headers(sheet.key):
        mapping = Mapping.from_json({name: value for name, value in earlier.columns.items() if name != "made"})
    else:
        departments = [text for d in accounts.departments() for text in (d.name, d.code)]
        mapping = match(found, source=source_of(sheet.name), stages=[name for _id, _journey, name in journeys.stages()], departments=departments)
    mapping.source = (source or mapping.source)[:60]
    mapping.skip_wrong = skip
    for choice in columns:
        header, _equals, field = choice.rpartition("=")
        at = next((n for n, h in enumerate(found.headers) if plain_name(h) == plain_name(header)), None)
        if at is None:
            raise Refused(_("No column is called “%(name)s”.", name=header))
        if field and field not in LABELS:
            raise Refused(_("“%(name)s” is none of: %(fields)s.", name=field, fields=", ".join(LABELS)))
        mapping.fields[at] = field
    mapping.scale = scale or mapping.scale
    mapping.best_low = mapping.best_low if lowest_is_best is None else lowest_is_best
    if why := missing(mapping):
        raise Refused(why)
    here = unknown(found, mapping, Known.all())
    mapping.stages |= dict.fromkeys(here.get("stage", {}), NEW) if "stages" in making else {}
    mapping.departments |= dict.fromkeys(here.get("department", {}), NEW) if "departments" in making else {}
    return Prepared(sheet, found, mapping, look_ahead(sheet, mapping), earlier.file if earlier else "")


def carry_out(prepared: Prepared, *, by: User, tell: Tell) -> str:
    """Bring it in; commits as it goes. Raises Refused when it could not be done, and then leaves nothing."""
    work()  # what was begun before, and what is to go first
    mapping = prepared.mapping
    begun = VoiceImport.begin(
        by=by, source=mapping.source, file=prepared.sheet.name, rows=prepared.outlook.rows, columns=mapping.as_json(), headers_key=prepared.sheet.key
    )
    number = begun.id
    db.session.commit()
    if not claim(number):
        raise Refused(_("Another process is at this import already."))
    try:
        done = bring_in(number, sheet=prepared.sheet, tell=tell)
    except BaseException:  # stopped at the keyboard
        fail(number, "stopped")
        work()
        raise
    found = db.session.get_one(VoiceImport, number)
    if not done:
        why = found.failed_why
        work()
        raise Refused(why)
    return ngettext("%(num)s voice was imported.", "%(num)s voices were imported.", found.added)
