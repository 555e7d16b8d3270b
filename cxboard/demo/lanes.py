"""The two lanes of Waddenstroom's journeys: where customers meet the company, what employees use there, and how both feel."""

from __future__ import annotations

from typing import NamedTuple


class Lanes(NamedTuple):
    """One stage: touchpoints with their channel, tools, departments, and the moods that Sanne set by hand (customers, employees)."""

    touchpoints: tuple[tuple[str, str], ...]
    tools: tuple[str, ...]
    departments: tuple[str, ...]
    moods: tuple[int | None, int | None]


LANES = {
    "Oriënteren": Lanes(
        (("Tarieven vergelijken", "website"), ("Aanbod op maat", "mail"), ("Vraag stellen", "chat")),
        ("Offertemodule", "CMS"), ("VK", "MAR"), (1, 1),
    ),
    "Overstappen": Lanes(
        (("Contract ondertekenen", "website"), ("Bevestiging van de overstap", "mail")),
        ("CRM", "Berichtenverkeer netbeheerder"), ("VK", "IT"), (0, 0),
    ),
    "Welkom": Lanes(
        (("Welkomstbrief", "post"), ("Voorschot kiezen", "app"), ("Eerste keer inloggen", "app")),
        ("Mailstraat", "Facturatiesysteem"), ("MAR", "FAC"), (-1, 1),
    ),
    "Verhuizen": Lanes(
        (("Verhuizing doorgeven", "telefoon"), ("Meterstand doorgeven", "app"), ("Bevestiging", "mail"), ("Eindnota oude adres", "post")),
        ("CRM", "Facturatiesysteem", "Meterportaal", "Contractarchief", "Berichtenverkeer netbeheerder", "Excel-lijst verhuizers"),
        ("KS", "FAC", "IT"), (-2, -2),
    ),
    "Opzeggen": Lanes(
        (("Opzegging", "telefoon"), ("Bevestiging", "mail"), ("Eindnota", "post")), ("CRM", "Facturatiesysteem"), ("KS", "FAC"), (-1, -1),
    ),
    "Verbruik volgen": Lanes(
        (("Verbruik per dag", "app"), ("Maandoverzicht", "mail")), ("Meterportaal", "App-beheer"), ("IT",), (0, 1),
    ),
    "Rekening en betalen": Lanes(
        (("Jaarnota", "post"), ("Betaalregeling", "telefoon"), ("Herinnering", "mail")), ("Facturatiesysteem", "Incassomodule"), ("FAC", "KS"), (-1, -1),
    ),
    "Hulp vragen": Lanes(
        (("Bellen", "telefoon"), ("Chatten", "chat"), ("Terugbelafspraak", "telefoon")), ("Belscript", "CRM", "Kennisbank"), ("KS",), (-1, 0),
    ),
    "Monteur aan huis": Lanes(
        (("Afspraak maken", "website"), ("Sms met aankomsttijd", "sms"), ("Bezoek", "aan huis")), ("Planningssysteem", "Tablet"), ("LOG", "KS"), (-1, 0),
    ),
    "Storing": Lanes(
        (("Storing melden", "telefoon"), ("Storingspagina", "website")), ("Meldkamer", "Storingspagina"), ("LOG", "IT", "MAR"), (-1, -1),
    ),
}  # fmt: skip
