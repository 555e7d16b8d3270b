"""What each column of a file of voices is: matched by name in Dutch and in English, by what stands in it, and put right by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from ..voices.models import Scale
from .columns import IGNORE, plain_name
from .voices_survey import Column, Survey
from .voices_values import read_score

LABELS: dict[str, Any] = {
    "quote": _l("What the customer said"),
    "said_on": _l("Date"),
    "reference": _l("Number over there"),
    "score": _l("Score"),
    "stage": _l("Stage"),
    "department": _l("Department"),
    "channel": _l("Channel"),
    "segment": _l("Segment"),
    "tags": _l("Labels, several in a cell"),
    "label": _l("A label: yes puts it on the voice"),
}
MANY = {"label", "tags"}  # more than one column may be these

NAMES: dict[str, tuple[str, ...]] = {
    "quote": (
        "quote", "voice", "customer voice", "comment", "comments", "answer", "feedback", "verbatim", "remark", "remarks", "text", "response", "fft answer",
        "open answer", "what the customer said", "customer comment", "review", "review text", "message", "suggestion", "klantstem", "citaat", "opmerking",
        "opmerkingen", "toelichting", "antwoord", "open antwoord", "reactie", "tekst", "wat de klant zei", "wat zei de klant", "klantreactie", "bericht",
        "omschrijving", "klacht", "suggestie", "beoordelingstekst", "complaint", "description", "toelichting klant", "uw toelichting", "comment text",
    ),
    "said_on": (
        "date", "day", "datum", "said on", "response date", "date of response", "submitted", "submitted at", "submitted on", "created", "created at", "created on",
        "timestamp", "tijdstip", "completed", "completed at", "completed on", "ingevuld op", "ingevuld", "datum reactie", "datum ingevuld", "responsdatum", "dag",
        "gezegd op", "datum gezegd", "datum contact", "contactdatum", "ontvangen", "ontvangen op", "received", "received on", "date received", "start date",
        "recorded date", "enquetedatum", "meetdatum", "afgerond op", "month", "maand",
    ),
    "reference": (
        "id", "reference", "ref", "referentie", "nr", "no", "nummer", "number", "comment id", "response id", "record id", "survey id", "answer id", "key",
        "external id", "extern id", "reactie id", "respons id", "antwoord id", "volgnummer", "sleutel", "uuid", "ticket", "ticket id", "casenummer", "case id",
        "case number", "dossiernummer", "externe referentie", "external reference", "kenmerk",
    ),
    "score": (
        "score", "rating", "grade", "nps", "nps score", "csat", "csat score", "ces", "ces score", "satisfaction", "likelihood to recommend", "stars", "fft score",
        "fft categorical answer", "fft", "friends and family", "recommend", "cijfer", "rapportcijfer", "beoordeling", "waardering", "tevredenheid", "aanbeveling",
        "aanbevelingsscore", "sterren", "klanttevredenheid", "klantcijfer", "effort", "moeite", "gemak", "overall score", "totaalscore", "punten",
        "comment sentiment", "sentiment",
    ),
    "stage": (
        "stage", "journey stage", "phase", "touchpoint", "service", "service type", "service type 1", "step", "fase", "klantreisfase", "fase klantreis",
        "fase in de klantreis", "contactmoment", "stap", "dienst", "soort dienst", "onderwerp", "process", "proces",
    ),
    "department": (
        "department", "team", "ward", "unit", "business unit", "division", "afdeling", "onderdeel", "bedrijfsonderdeel", "divisie", "over afdeling", "dept",
    ),
    "channel": (
        "channel", "source channel", "via", "medium", "how", "kanaal", "contactkanaal", "bron", "source", "hoe", "survey channel",
    ),
    "segment": (
        "segment", "customer segment", "customer group", "customer type", "client group", "klantsegment", "klantgroep", "klanttype", "soort klant", "doelgroep",
        "type klant", "customer segment name",
    ),
    "tags": ("tags", "tag", "labels", "label", "topics", "topic", "themes", "theme", "trefwoorden", "thema", "thema s", "onderwerpen", "categorie", "category", "categories", "categorieen"),
}  # fmt: skip
PLACE = {field: {name: at for at, name in enumerate(names)} for field, names in NAMES.items()}


@dataclass
class Mapping:
    """How a file is read; remembered for the next one with the same headers."""

    source: str
    fields: list[str]
    day_first: bool = True
    scale: str = ""
    best_low: bool = False
    mask: bool = True
    without_words: bool = False
    skip_wrong: bool = False
    stages: dict[str, str] = field(default_factory=dict)  # what the file says -> the id of one, "new", or "" for none
    departments: dict[str, str] = field(default_factory=dict)

    def column(self, name: str) -> int | None:
        """The place of the column that is this; None when none is."""
        return self.fields.index(name) if name in self.fields else None

    def columns(self, name: str) -> list[int]:
        return [at for at, f in enumerate(self.fields) if f == name]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Mapping:
        return cls(**kept)


def match(survey: Survey, *, source: str, stages: Iterable[str] = (), departments: Iterable[str] = ()) -> Mapping:
    """The likeliest reading. What looks like personal data is left out until somebody says otherwise."""
    columns = survey.columns
    fields = [IGNORE] * len(columns)
    free = [n for n, c in enumerate(columns) if c.answered and c.holds is None]
    for n in free:
        if columns[n].is_label and plain_name(columns[n].header) not in PLACE["score"]:
            fields[n] = "label"

    def take(name: str, fits: Any = lambda _c: True) -> bool:
        """Give the field to the column whose name means it most, among those in which the right things stand."""
        named = [(PLACE[name][p], n) for n in free if fields[n] == IGNORE and (p := plain_name(columns[n].header)) in PLACE[name] and fits(columns[n])]
        if named:
            fields[min(named)[1]] = name
        return bool(named)

    def else_by_content(name: str, fits: Any, best: Any) -> None:
        found = [n for n in free if fields[n] == IGNORE and fits(columns[n])]
        if found:
            fields[max(found, key=lambda n: best(columns[n]))] = name

    if not take("said_on", lambda c: c.days.read + c.days.serial > 0):
        else_by_content("said_on", lambda c: c.is_dates, lambda c: c.answered)
    if not take("quote", lambda c: not c.is_dates and c.numbers < 0.8 * c.answered):
        else_by_content("quote", lambda c: c.is_prose, lambda c: c.length)
    take("score", is_scores)
    if "score" not in fields:
        else_by_content("score", lambda c: is_scores(c) and any(w in plain_name(c.header).split() for w in SCORE_WORDS_IN_HEADERS), lambda c: c.answered)
    take("reference", lambda c: c.values is None or len(c.values) > 0.75 * c.answered)
    known = {"stage": {s.casefold() for s in stages}, "department": {d.casefold() for d in departments}}
    for n in free:  # a list whose values are known here is that list, whatever it is called
        if fields[n] == IGNORE and columns[n].values and not columns[n].is_prose:
            values = columns[n].values or {}
            for name, here in known.items():
                if name not in fields and sum(v.casefold() in here for v in values) >= max(1, 0.5 * len(values)):
                    fields[n] = name
    for name in ("stage", "department", "channel", "segment"):
        if name not in fields:
            take(name, lambda c: bool(c.values) and not c.is_prose)
    take("tags", lambda c: not c.is_dates)
    score = columns[fields.index("score")] if "score" in fields else None
    date = columns[fields.index("said_on")] if "said_on" in fields else None
    scale, best_low = scale_of(score) if score else ("", False)
    return Mapping(source=source, fields=fields, day_first=date.days.reads_day_first if date else True, scale=scale, best_low=best_low)


SCORE_WORDS_IN_HEADERS = {
    "score", "rating", "nps", "csat", "ces", "cijfer", "rapportcijfer", "tevreden", "tevredenheid", "satisfaction", "satisfied", "waardering", "beoordeling",
    "recommend", "aanbevelen", "sterren", "stars", "effort", "moeite", "gemak", "likely", "waarschijnlijk",
}  # fmt: skip
BY_WORD = {
    Scale.NPS: {"nps", "recommend", "aanbevelen", "aanbeveling", "aanbevelingsscore", "likelihood", "rapportcijfer", "cijfer"},
    Scale.CES: {"ces", "effort", "moeite", "gemak", "inspanning"},
    Scale.CSAT: {"csat", "satisfaction", "satisfied", "tevreden", "tevredenheid", "klanttevredenheid", "sterren", "stars", "fft", "friends", "sentiment"},
}
ONE_IS_BEST = {"fft", "friends"}  # NHS England's Friends and Family Test: 1 very good … 5 very poor, 6 don't know


def is_scores(column: Column) -> bool:
    return bool(column.values) and not column.is_label and column.numbers + column.worded >= 0.8 * column.answered


def scale_of(column: Column) -> tuple[str, bool]:
    """The scale on which a column's numbers most likely are, and whether 1 is the best."""
    words = set(plain_name(column.header).split())
    scores = {s: times for value, times in (column.values or {}).items() if (s := read_score(value)) is not None}
    named = next((scale for scale, of in BY_WORD.items() if words & of), None)
    if words & ONE_IS_BEST:
        return Scale.CSAT.value, True
    if named is None or not fits(named, scores):
        named = next((scale for scale in (Scale.CSAT, Scale.CES) if fits(scale, scores)), Scale.NPS)
    return named.value, column.is_reversed


def fits(scale: Scale, scores: dict[float, int]) -> bool:
    """Whether nearly all numbers are on this scale; what is not may be “don't know”."""
    on = sum(times for score, times in scores.items() if scale.low <= score <= scale.high)
    return on >= 0.9 * sum(scores.values())
