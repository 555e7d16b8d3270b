"""Waddenstroom, an energy supplier that does not exist: its departments, people, journeys and what hinders its employees."""

from __future__ import annotations

from typing import NamedTuple

NAME = "Waddenstroom"
DOMAIN = "waddenstroom.example"
PASSWORD = "elke dinsdag om tien"  # noqa: S105 - printed at every start of the demo
PLACE = "Zaal Ameland, of via de vergaderlink"


class Silo(NamedTuple):
    """A department: code, name, colour, limits and mandate (euros on one quick fix)."""

    code: str
    name: str
    colour: str
    lead: str
    wip: int
    changes: int
    mandate: int


DEPARTMENTS = (
    Silo("KS", "Klantenservice", "lagune", "Marieke", 4, 6, 50),
    Silo("FAC", "Facturatie en incasso", "koper", "Daan", 4, 5, 75),
    Silo("IT", "IT en data", "marine", "Youssef", 4, 6, 0),
    Silo("LOG", "Logistiek en monteurs", "olijf", "Tom", 3, 5, 100),
    Silo("MAR", "Marketing en communicatie", "fuchsia", "Priya", 3, 5, 25),
    Silo("VK", "Verkoop", "kastanje", "Jeroen", 3, 4, 50),
    Silo("JUR", "Juridische zaken", "iris", "Annelies", 3, 4, 0),
    Silo("HR", "Mens en organisatie", "linde", "Karin", 3, 4, 0),
)


class Colleague(NamedTuple):
    name: str
    role: str
    departments: tuple[str, ...]

    @property
    def first(self) -> str:
        return self.name.split()[0]

    @property
    def email(self) -> str:
        return f"{self.first.lower()}@{DOMAIN}"


PEOPLE = (
    Colleague("Ineke Dijkstra", "admin", ()),
    Colleague("Sanne de Wit", "regisseur", ()),
    Colleague("Marieke Hofstra", "member", ("KS",)),
    Colleague("Ruben Kok", "member", ("KS",)),
    Colleague("Daan Vermeulen", "member", ("FAC",)),
    Colleague("Aylin Yıldız", "member", ("FAC",)),
    Colleague("Youssef El Amrani", "member", ("IT",)),
    Colleague("Femke Postma", "member", ("IT",)),
    Colleague("Tom Bakker", "member", ("LOG",)),
    Colleague("Priya Ramdin", "member", ("MAR",)),
    Colleague("Jeroen Smit", "member", ("VK",)),
    Colleague("Annelies Brouwer", "member", ("JUR",)),
    Colleague("Karin Wolters", "member", ("HR",)),
    Colleague("Lars van Veen", "viewer", ()),
)

# Stage, and what employees do there.
JOURNEYS = {
    "Klant worden en verhuizen": (
        ("Oriënteren", "Verkoop maakt een aanbod op maat; marketing houdt de tarieven op de site bij."),
        ("Overstappen", "Verkoop legt het contract vast, IT meldt de overstap aan bij de netbeheerder."),
        ("Welkom", "Marketing stuurt de welkomstpost, facturatie berekent het voorschot."),
        ("Verhuizen", "Klantenservice legt de verhuizing vast in zes systemen; facturatie sluit het oude adres af."),
        ("Opzeggen", "Klantenservice bevestigt, facturatie maakt de eindnota."),
    ),
    "Klant zijn": (
        ("Verbruik volgen", "IT haalt de meterstanden op en toont ze in de app."),
        ("Rekening en betalen", "Facturatie maakt nota's en regelingen; incasso herinnert."),
        ("Hulp vragen", "Klantenservice beantwoordt telefoon, chat en mail."),
        ("Monteur aan huis", "De planning maakt routes, de monteur meldt af op zijn tablet."),
        ("Storing", "De meldkamer schakelt met de netbeheerder en werkt de storingspagina bij."),
    ),
}


class Hindrance(NamedTuple):
    """An EX problem. `ago` is when it was signalled; `steps` are later statuses with their days ago."""

    title: str
    category: str
    department: str
    by: str
    ago: int
    description: str
    employees: int
    hours: float
    investment: int | None = None
    sponsor: str | None = None
    restricted: bool = False
    steps: tuple[tuple[str, int], ...] = ()


# Their numbers (EX-1 …) follow the order of the days on which they were signalled.
PROBLEMS = {
    1: Hindrance(
        "Het belscript laat geen ruimte om het zelf op te lossen", "policy", "KS", "Ruben", 82,
        "Elke stap staat vast. Wie ziet wat er mis is, mag het niet meteen herstellen en moet een taak wegzetten voor een andere afdeling.",
        85, 1.5, None, "Marieke", steps=(("confirmed", 66), ("fixing", 31)),
    ),
    2: Hindrance(
        "Tariefwijzigingen gaan als Word-bestand langs vijf afdelingen", "process", "MAR", "Priya", 81,
        "Elke afdeling neemt de nieuwe tarieven met de hand over. Er is altijd wel één plek waar de oude nog staan.",
        14, 2.0, 18_000, steps=(("confirmed", 59),),
    ),
    3: Hindrance(
        "Nieuwe collega's worden in twee dagen ingewerkt", "skills", "HR", "Marieke", 80,
        "Na twee dagen meeluisteren zitten ze aan de telefoon. Facturen uitleggen komt in het programma niet voor.",
        40, 3.0, 42_000, "Karin", steps=(("confirmed", 52), ("funded", 19)),
    ),
    4: Hindrance(
        "De planning ziet niet of de klant thuis is", "systems", "LOG", "Tom", 77,
        "De bevestiging van de klant komt binnen in een ander systeem dan dat waarin de routes worden gemaakt.",
        36, 1.2, 27_500, "Tom", steps=(("confirmed", 61), ("funded", 40), ("fixing", 24)),
    ),
    5: Hindrance(
        "Facturatie en klantenservice bedoelen iets anders met ‘klant’", "structure", "FAC", "Daan", 74,
        "Voor de een is een klant een contract, voor de ander een adres. Bij een verhuizing of overlijden valt er altijd iets tussen.",
        30, 1.0, None, steps=(("confirmed", 45),),
    ),
    6: Hindrance(
        "Terugbellen telt niet mee in de gesprekstijd", "culture", "KS", "Ruben", 70,
        "Wie terugbelt, haalt zijn norm niet. Dus gaat de afspraak naar een lijst die niemand afwerkt.",
        85, 0.5, None, "Marieke", steps=(("confirmed", 63), ("fixing", 48), ("resolved", 13)),
    ),
    7: Hindrance(
        "Zes systemen voor één klantvraag", "systems", "IT", "Marieke", 68,
        "Wie een verhuizing verwerkt, opent zes schermen en typt het adres vier keer over. Wachten op de schermen kost meer tijd dan het gesprek.",
        120, 2.5, 165_000, "Youssef", steps=(("confirmed", 47),),
    ),
    8: Hindrance(
        "Een juridische toets duurt drie weken, ook voor één zin", "process", "JUR", "Priya", 61,
        "Brieven, belscripts en webteksten liggen op dezelfde stapel als contracten. Eén jurist doet het erbij.",
        9, 4.0, None, "Annelies", steps=(("confirmed", 33),),
    ),
    9: Hindrance(
        "Een brief van twee afdelingen heeft geen eigenaar", "structure", "MAR", "Priya", 54,
        "De voorkant is van marketing, de bedragen zijn van facturatie. Niemand leest de hele brief zoals een klant hem leest.",
        12, 1.5,
    ),
    10: Hindrance(
        "Signalen uit het team Incasso worden weggewuifd", "culture", "FAC", "Aylin", 46,
        "Collega's zeggen dat het geen zin heeft om iets te melden: er wordt gezegd dat het er nu eenmaal bij hoort.",
        8, 1.0, None, "Karin", restricted=True,
    ),
    11: Hindrance(
        "Eindnota's worden op vrijdagmiddag met de hand gecontroleerd", "workload", "FAC", "Aylin", 39,
        "Twee collega's lopen elke vrijdag een uitvallijst van 300 nota's na. In vakantieweken blijft de stapel liggen.",
        6, 5.0, 9_500, "Daan", steps=(("confirmed", 25),),
    ),
}  # fmt: skip


class Link(NamedTuple):
    """A cause: which problem, how much of the issue, the whys, and whether its department confirmed it."""

    problem: int
    share: int | None
    whys: tuple[str, ...]
    evidence: str = ""
    certainty: str = "suspected"
    ago: int | None = None


CAUSES: dict[int, tuple[Link, ...]] = {
    12: (
        Link(
            7, 55,
            (
                "Het nieuwe adres staat na het gesprek nog niet overal goed",
                "De medewerker moet het in zes systemen overtypen",
                "De systemen kennen elkaars adressen niet",
                "Er is nooit geld geweest voor een koppeling: de kosten zitten bij IT, de pijn bij de klant",
            ),
            "Meegeluisterd bij 22 gesprekken: in 17 ervan werd het adres drie keer of vaker ingetypt.", "proven",
        ),
        Link(3, 20, ("De medewerker weet niet dat het slimme-metercontract mee moet", "Verhuizen komt in de inwerkdagen niet voor"), "", "likely"),
        Link(5, None, ("Het oude adres blijft als aparte klant bestaan", "Voor facturatie is een klant een contract, geen mens")),
    ),
    15: (
        Link(
            10, 40,
            ("De betaling stond klaar om te verwerken toen de brief ging", "Het team wist dat en had het gemeld", "Met die melding is niets gedaan"),
        ),
        Link(5, 30, ("De betaling kwam binnen op het oude klantnummer", "Na een verhuizing zijn er twee klantnummers"), "", "likely"),
    ),
    19: (
        Link(
            11, 50,
            ("De eindnota wacht op controle", "Elke uitvaller wordt met de hand bekeken", "De regels voor uitval stammen uit 2019"),
            "Van 214 late nota's lagen er 161 langer dan een week op de uitvallijst.", "proven",
        ),
        Link(7, 30, ("De eindstand van de netbeheerder komt niet door", "Het bericht blijft hangen tussen twee systemen", "Niemand ziet dat er een bericht hangt"), "", "likely"),
    ),
    22: (
        Link(1, 60, ("Er bellen te veel mensen twee keer", "Het eerste gesprek lost het niet op", "De medewerker mag het niet zelf herstellen"), "38 % van de bellers belde in dezelfde week al.", "suspected", 4),
    ),
    24: (
        Link(6, 70, ("De terugbelafspraak staat op een lijst", "Niemand werkt de lijst af", "Terugbellen drukt de score van het team"), "Eén week geteld: 140 afspraken, 61 gehaald.", "proven"),
        Link(3, 15, ("De afspraak is zonder telefoonnummer genoteerd", "Nieuwe collega's kennen het scherm niet")),
    ),
    27: (
        Link(4, 65, ("De monteur rijdt naar een dichte deur", "De afmelding van de klant bereikt de route niet", "Bevestigen en plannen zijn twee systemen"), "Steekproef van 60 gemiste bezoeken: 38 keer had de klant afgezegd.", "proven"),
        Link(7, 20, ("De klant kreeg de verkeerde dag te horen", "Klantenservice ziet de planning van gisteren"), "", "likely"),
    ),
    29: (
        Link(9, 60, ("De klant begrijpt niet waarom het voorschot stijgt", "De brief legt het bedrag uit, niet de reden", "Niemand leest hem als geheel"), ""),
    ),
    33: (
        Link(8, 40, ("Nabestaanden sturen drie keer hetzelfde bewijs", "Elke afdeling wil zelf een akte zien", "De privacytoets op één gedeeld dossier ligt al weken stil"), "", "likely"),
        Link(5, 35, ("Elk contract wordt apart overgezet", "Er is geen beeld van de hele klant")),
    ),
    36: (
        Link(1, 35, ("De klant moet zijn hele huishoudboekje voorlezen", "Het script schrijft twaalf vragen voor, ook bij € 40"), "", "likely"),
        Link(10, 25, ("De toon is hard", "Aan de toon mag het team niets veranderen")),
    ),
    39: (
        Link(9, None, ("De nota noemt saldering, de bijlage noemt het anders", "Nota en bijlage komen van twee afdelingen")),
    ),
    41: (
        Link(7, 80, ("De machtiging hangt aan het oude contract", "Bij een verhuizing wordt een nieuw contract gemaakt zonder machtiging"), "", "likely"),
    ),
    44: (
        Link(5, None, ("Elk aansluitpunt krijgt een eigen account", "Een klant is bij ons een contract")),
    ),
    18: (Link(2, 60, ("De site toonde de oude prijs", "De nieuwe tarieven zaten in een Word-bestand"), "", "proven"),),
    4: (Link(1, None, ("De medewerker mocht het bedrag niet corrigeren",), "", "likely"),),
    8: (Link(6, 50, ("Niemand belde terug", "Terugbellen telt niet mee"), "", "proven"),),
    13: (Link(8, 30, ("De opzegknop wachtte op een toets", "Die toets duurt drie weken"), "", "likely"),),
    17: (Link(7, 40, ("Inloggen was nodig om bij de meter te komen", "De meterstanden staan in een ander systeem"), "", "proven"),),
    20: (Link(4, 50, ("Verzetten kon alleen telefonisch", "De planning neemt geen berichten aan"), "", "proven"),),
    11: (Link(3, None, ("De uitleg verschilt per medewerker", "Factuur uitleggen wordt niet geoefend"), "", "likely"),),
    5: (Link(9, None, ("Twee brieven op één dag spreken elkaar tegen",)),),
}  # fmt: skip
