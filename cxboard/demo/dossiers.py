"""The case for one screen in place of six, and half of the case for better days of learning: what Waddenstroom assumes, and who said so."""

from __future__ import annotations

from typing import NamedTuple


class Guess(NamedTuple):
    """An assumption: low, likely and high, where it comes from (nowhere: a guess), who kept it and how many days ago."""

    name: str
    low: float
    likely: float
    high: float
    source: str
    who: str
    ago: int
    guess: bool = False


ORGANISATION = "Waddenstroom"

FOR_ALL = (
    Guess("weeks", 43, 44, 45, "Cao Energie 2026, zonder verlof en feestdagen", "Sanne", 34),
    Guess("hour_cost", 45, 48, 52, "Finance, tarief 2026", "Sanne", 34),
    Guess("contact_cost", 6.5, 7.2, 8.5, "Klantenservice, derde kwartaal 2026", "Sanne", 34),
    Guess("leave_chance", 0.05, 0.15, 0.4, "Schatting van Marketing: vertrek is niet naar oorzaak geteld", "Sanne", 33, guess=True),
    Guess("customer_value", 140, 180, 230, "Finance, marge per klant per jaar, 2025", "Sanne", 33),
)

OF_PROBLEMS: dict[int, tuple[Guess, ...]] = {
    7: (
        Guess("hours", 1, 2.5, 4, "Schatting van het team Klantenservice", "Marieke", 31, guess=True),
        Guess("employees", 110, 120, 125, "Rooster Klantenservice en Facturatie", "Marieke", 30),
        Guess("contacts", 900, 1_150, 1_400, "Herhaalverkeer over verhuizen, geteld in oktober", "Ruben", 26),
        Guess("investment", 150_000, 165_000, 210_000, "Offerte van de leverancier, plus uren van IT", "Youssef", 24),
        Guess("running", 15_000, 18_000, 24_000, "Beheer IT, vergelijkbaar scherm voor storingen", "Youssef", 24),
        Guess("hours", 1.8, 2.5, 3.2, "Tijdmeting week 45, 23 medewerkers", "Marieke", 12),
        Guess("won_back", 20, 35, 50, "Schatting van IT, nog niet gemeten", "Youssef", 11, guess=True),
    ),
    3: (
        Guess("hours", 2, 3, 4, "Gevraagd aan zes teamleiders", "Karin", 18, guess=True),
        Guess("won_back", 30, 50, 70, "", "Karin", 18, guess=True),
    ),
}

ASKED: dict[int, tuple[str, str, int, int]] = {
    7: (
        (
            "€ 165.000 voor één verhuisscherm op de bestaande koppeling, te bouwen door IT in het eerste kwartaal, met twee mensen van "
            "Klantenservice en één van Facturatie erbij. Acht weken na de start meten we of een verhuizing in één keer lukt (nu 2,6 contacten) "
            "en hoeveel tijd het overtypen nog kost."
        ),
        "Youssef", 10, 18,
    ),
}  # fmt: skip

SHARED: tuple[tuple[int, str, str, int], ...] = ((7, "Raad van bestuur, mevrouw Terpstra", "Sanne", 8),)
