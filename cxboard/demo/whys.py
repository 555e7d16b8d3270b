"""What people at Waddenstroom answered to "why?" besides what leads to a problem: some of it open, some of it not theirs."""

from typing import NamedTuple


class Said(NamedTuple):
    """An answer under another one (by its words; under the issue itself without), who gave it, how they know, and its end."""

    under: str
    text: str
    who: str
    evidence: str = ""
    not_ours: str = ""
    issue: int = 0
    problem: int = 0


ANSWERS: dict[int, tuple[Said, ...]] = {
    12: (
        Said("Het nieuwe adres staat na het gesprek nog niet overal goed", "De leverdatum is tijdens het gesprek nog niet bekend", "Marieke", "Twintig gesprekken van week 45: bij geen enkele."),
        Said("De leverdatum is tijdens het gesprek nog niet bekend", "De netbeheerder verwerkt verhuizingen één keer per dag", "Youssef",
             not_ours="De wet wijst per gebied één netbeheerder aan; die bepaalt wanneer hij verwerkt."),
        Said("De leverdatum is tijdens het gesprek nog niet bekend", "Het verhuisscherm vraagt de datum pas na het opslaan", "Youssef", problem=7),
        Said("De medewerker moet het in zes systemen overtypen", "Menselijke fout", "Ruben", "In 5 van de 22 gesprekken was één van de zes overgeslagen."),
    ),
    19: (
        Said("De eindnota wacht op controle", "De eindstand ontbreekt", "Daan", "Bij 53 van de 214 late nota's."),
        Said("De eindstand ontbreekt", "De klant komt niet voorbij het inloggen", "Ruben", issue=17),
        Said("De eindstand ontbreekt", "De slimme meter meldt zich dagen later af", "Tom", not_ours="De meter is van de netbeheerder; aflezen op afstand mag pas na de dag van verhuizen."),
    ),
    24: (Said("", "Communicatie", "Priya"),),
}  # fmt: skip
