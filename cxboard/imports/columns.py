"""What a column may be, by the names that people give it in Dutch and in English."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _l

IGNORE = ""

LABELS: dict[str, Any] = {
    "reference": _l("Number"),
    "title": _l("Title"),
    "story": _l("What the customer experiences"),
    "lead": _l("Lead department"),
    "contributing": _l("Contributing departments"),
    "owner": _l("Owner"),
    "status": _l("Status"),
    "until": _l("Parked until"),
    "reported": _l("Reported on"),
    "due": _l("Target date"),
    "reach": _l("Reach (customers a month)"),
    "severity": _l("Severity (1-5)"),
    "confidence": _l("Confidence"),
    "effort": _l("Effort (days)"),
    "stage": _l("Stage"),
    "tags": _l("Labels"),
    "problem": _l("Suspected EX problem"),
    "category": _l("Kind of EX problem"),
    "note": _l("Note"),
}

NAMES: dict[str, tuple[str, ...]] = {
    "reference": ("nr", "nummer", "id", "no", "number", "key", "sleutel", "ref", "referentie", "reference", "volgnummer"),
    "title": (
        "verbeterpunt", "cx verbeterpunt", "titel", "title", "onderwerp", "subject", "issue", "cx issue", "knelpunt", "summary",
        "samenvatting", "klacht", "signaal", "complaint", "headline",
    ),
    "story": (
        "wat de klant ervaart", "wat ervaart de klant", "what the customer experiences", "customer experience", "verhaal", "story",
        "omschrijving", "beschrijving", "description", "klantervaring", "wat er gebeurt", "wat gebeurt er", "what happens",
        "wat er misgaat", "wat gaat er mis", "wat er mis gaat", "what goes wrong", "klantverhaal", "customer story", "details",
        "uitleg", "explanation",
    ),
    "lead": (
        "trekker", "trekkende afdeling", "afdeling", "lead", "lead department", "department", "team", "hoofdafdeling", "leading department",
    ),
    "contributing": (
        "doet mee", "doen mee", "meewerkende afdelingen", "andere afdelingen", "betrokken afdelingen", "betrokken", "contributing",
        "contributing departments", "other departments", "also involved", "andere teams", "involved departments", "involved",
    ),
    "owner": ("eigenaar", "owner", "verantwoordelijke", "assignee", "e mail eigenaar", "owner e mail", "actiehouder", "responsible"),
    "status": ("status", "stand", "state", "kolom", "column", "stand van zaken"),
    "until": ("geparkeerd tot", "tot", "parked until", "until"),
    "reported": (
        "gemeld op", "gemeld", "datum", "datum melding", "aangemaakt", "aangemaakt op", "reported on", "reported", "date", "created",
        "created at", "created on", "datum gemeld", "meldingsdatum", "melddatum", "date reported", "binnengekomen", "ontvangen op", "received",
    ),
    "due": ("streefdatum", "deadline", "einddatum", "due", "due date", "target date", "uiterlijk", "klaar op", "gereed op"),
    "reach": (
        "klanten per maand", "bereik", "aantal klanten", "customers a month", "customers per month", "reach", "klanten", "customers",
        "geraakte klanten", "getroffen klanten", "aantal klanten per maand", "number of customers", "affected customers", "aantal", "volume",
    ),
    "severity": ("ernst", "severity", "impact", "zwaarte", "seriousness"),
    "confidence": ("zekerheid", "confidence"),
    "effort": ("inspanning", "effort", "dagen werk", "days of work", "moeite"),
    "stage": ("fase", "stage", "klantreisfase", "journey stage", "fase klantreis", "fase in de klantreis", "contactmoment", "touchpoint"),
    "tags": ("labels", "label", "tags", "tag", "trefwoorden"),
    "problem": (
        "vermoede ex oorzaak", "ex oorzaak", "oorzaak", "vermoede oorzaak", "grondoorzaak", "ex probleem", "suspected ex problem",
        "ex problem", "suspected cause", "cause", "root cause", "waardoor", "hoe komt het",
    ),
    "category": (
        "soort oorzaak", "categorie", "categorie oorzaak", "soort ex probleem", "kind of ex problem", "kind of cause", "cause category",
        "category",
    ),
    "note": ("opmerking", "opmerkingen", "toelichting", "note", "notes", "comment", "comments", "remark", "remarks", "notitie", "notities", "bijzonderheden"),
}  # fmt: skip

KNOWN = {name: field for field, names in NAMES.items() for name in names}


def plain_name(text: str) -> str:
    """A header or a choice, compared: no case, no accents, nothing between brackets, single blanks for the rest."""
    text = unicodedata.normalize("NFKD", re.sub(r"\([^)]*\)", " ", text)).casefold()
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in text if not unicodedata.combining(c))))


def match(headers: list[str]) -> list[str]:
    """For each header the field that it means, or IGNORE; each field once, for the first header that means it."""
    taken: set[str] = set()
    fields = []
    for header in headers:
        name = plain_name(header)
        field = KNOWN.get(name) or next((f for f, label in LABELS.items() if name and plain_name(str(label)) == name), IGNORE)
        fields.append(IGNORE if field in taken else field)
        taken.add(field)
    return fields


def left_out(headers: list[str], fields: list[str]) -> list[str]:
    """The columns with a name that mean nothing here, so that it can be said that they stay behind."""
    return [header for header, field in zip(headers, fields, strict=True) if header and field == IGNORE]
