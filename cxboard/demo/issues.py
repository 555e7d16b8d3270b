"""The forty-eight things that Waddenstroom's customers ran into, and what became of each."""

from __future__ import annotations

from typing import NamedTuple


class Turn(NamedTuple):
    """A move that does not follow the board: to which status, how many days ago, why; `back` is when a parked issue returned."""

    status: str
    ago: int
    reason: str | None = None
    back: int | None = None


class Tale(NamedTuple):
    """One issue. `path` holds the days ago on which it entered new, analysing, ready, in progress, verifying and done.

    `end` takes it off the board: (days ago, "parked", days from today, reason), (days ago, "declined", reason) or
    (days ago, "merged", into which number).
    """

    title: str
    story: str
    by: str
    lead: str
    also: tuple[str, ...]
    owner: str | None
    stage: str
    rice: tuple[float, int, str, float] | None
    path: tuple[int | Turn, ...]
    tags: tuple[str, ...] = ()
    staff: int | None = None
    no_cause: str | None = None
    expected: str | None = None
    verdict: tuple[str, str] | None = None
    anyway: str | None = None
    end: tuple[object, ...] | None = None


ISSUES: dict[int, Tale] = {
    1: Tale(
        "Contactpagina stuurt iedereen naar de chatbot", "Wie een telefoonnummer zoekt, moet eerst drie vragen van de bot beantwoorden. “Ik wil gewoon een mens.”",
        "Marieke", "KS", ("MAR",), "Marieke", "Hulp vragen", (2100, 3, "high", 2), (84, 82, 80, 77, 68, 55), ("contact",),
        no_cause="Het was een keuze op de site, geen gebrek in het werk.", expected="Klikken tot een nummer van 5 naar 1",
        verdict=("improved", "Het nummer staat nu op elke pagina; chatgesprekken die mislukken daalden van 31 % naar 12 %."),
    ),
    2: Tale(
        "Bevestiging van een overstap komt pas na twee weken", "Klanten denken dat hun aanvraag zoek is en melden zich nog een keer aan.",
        "Jeroen", "VK", ("IT",), "Jeroen", "Overstappen", (640, 3, "medium", 4), (84, 82, 78, 74, 62, 46), ("overstap",),
        no_cause="Een ingestelde wachttijd van tien dagen, meer niet.", expected="Dubbele aanmeldingen van 9 % naar 3 %",
        verdict=("improved", "Bevestiging gaat nu dezelfde dag; dubbele aanmeldingen 2,8 %."),
    ),
    3: Tale(
        "Monteur belt niet aan maar stopt een kaartje in de bus", "“Ik zat gewoon thuis te wachten.” Komt vooral voor in flats zonder bel met naam.",
        "Tom", "LOG", (), "Tom", "Monteur aan huis", (90, 4, "medium", 2), (83, 82, 79, 76, 66, 50),
        no_cause="Afspraak met de onderaannemer was niet duidelijk.", expected="Klachten hierover van 22 naar 5 een maand",
        verdict=("improved", "De monteur belt nu eerst op het mobiele nummer; 4 klachten in de meetmaand."),
    ),
    4: Tale(
        "Fout in de jaarnota herstellen kost drie gesprekken", "De medewerker ziet de fout, maar mag hem niet herstellen. De klant hoort drie keer dat het ‘wordt doorgezet’.",
        "Ruben", "FAC", ("KS",), "Aylin", "Rekening en betalen", (310, 4, "medium", 6), (83, 75, 70, 61, 47, 33), ("nota",), 1,
        expected="Opgelost in één gesprek van 22 % naar 60 %",
        verdict=("improved", "54 % in één keer opgelost; klantenservice mag nu tot € 75 zelf corrigeren."),
    ),
    5: Tale(
        "Twee brieven op één dag met een ander bedrag", "De voorschotbrief en de nota noemen twee bedragen. Klanten bellen om te vragen welke klopt.",
        "Daan", "FAC", ("MAR",), "Daan", "Rekening en betalen", (420, 4, "medium", 5), (82, 75, 68, 59, 40, 26), ("brieven",),
        expected="Belletjes over twee bedragen van 400 naar 100 een maand",
        verdict=("no_effect_seen", "De brieven gaan nu met een week ertussen, maar er wordt net zo vaak over gebeld. De tekst zelf is het probleem: zie de brief over het voorschot."),
    ),
    6: Tale(
        "Klant hoort niet dat de storing bij de netbeheerder ligt", "Mensen bellen ons, wij verwijzen, zij bellen weer terug.",
        "Ruben", "KS", ("LOG",), "Ruben", "Storing", (260, 3, "medium", 2), (82, 75, 71, 67, 55, 41),
        no_cause="De doorverwijzing stond gewoon niet in het keuzemenu.", expected="Doorverbonden storingstelefoontjes van 260 naar 80",
        verdict=("improved", "Keuzemenu vraagt nu naar stroom of gas; 71 doorverbonden."),
    ),
    7: Tale(
        "Zakelijke offerte verloopt terwijl de klant op antwoord wacht", "De offerte is vijf dagen geldig, het antwoord op een vraag duurt er zes.",
        "Jeroen", "VK", (), "Jeroen", "Oriënteren", (35, 4, "low", 3), (81, 75, 69, 60, 48, 30),
        no_cause="Geldigheid was een instelling; niemand had er last van gemeld.", expected="Verlopen offertes van 30 naar 10 een maand",
        verdict=("improved", "Geldigheid is tien dagen; 8 verlopen offertes."),
    ),
    8: Tale(
        "Terugbellen gebeurt niet op het beloofde moment", "“Tussen twee en vier.” Er belde niemand.",
        "Marieke", "KS", (), "Ruben", "Hulp vragen", (480, 4, "medium", 4), (81, 75, 66, 60, 46, 34), ("contact",),
        expected="Gehaalde terugbelafspraken van 44 % naar 80 %",
        verdict=("too_little_data", "Van 31 afspraken in de proefgroep zijn er 22 gehaald. Te weinig om iets te zeggen; de meting loopt door bij de terugbelafspraken van het hele team."),
    ),
    9: Tale(
        "Gewone post over een spoedzaak", "Brieven over afsluiten komen met de gewone post en soms na de datum die erin staat.",
        "Annelies", "JUR", ("FAC",), "Annelies", "Rekening en betalen", (60, 5, "high", 3), (80, 75, 70, 63, 49, 36), ("brieven", "incasso"),
        no_cause="Postcontract uit 2017; niemand heeft er last van in zijn werk.", expected="Geen brief meer na de datum",
        verdict=("improved", "Aangetekend en per sms; in zes weken geen enkele te late brief."),
    ),
    10: Tale(
        "Welkomstpakket ligt in een brievenbus die er niet is", "Nieuwbouwadressen krijgen hun post terug naar afzender.",
        "Priya", "MAR", (), "Priya", "Welkom", (45, 2, "low", 4), (80, 75), (), end=(68, "declined", "Het gaat om 45 adressen een maand en de netbeheerder levert de postcodes na zes weken. We sturen deze klanten het pakket per mail."),
    ),
    11: Tale(
        "Elke medewerker legt de jaarnota anders uit", "Twee keer bellen geeft twee verhalen. “Wie moet ik nu geloven?”",
        "Daan", "KS", ("FAC", "HR"), "Marieke", "Rekening en betalen", (520, 4, "medium", 8), (79, 68, 62, 54, 41, 20), ("nota",), 2,
        expected="Rapportcijfer uitleg nota van 6,1 naar 7,5",
        verdict=("improved", "Uitleg in drie zinnen, geoefend met alle teams: 7,3 over 118 antwoorden."),
    ),
    12: Tale(
        "Verhuizing doorgeven lukt niet in één keer",
        "Een klant die verhuist, moet gemiddeld **2,6 keer** contact opnemen voordat alles klopt.\n\n"
        "> Ik heb mijn nieuwe adres aan drie verschillende mensen verteld. De eindnota kwam toch op het oude adres.\n\n"
        "- Het nieuwe adres staat in de app goed en op de nota fout.\n- De slimme meter op het nieuwe adres wordt vergeten.\n"
        "- Wie op vrijdag verhuist, hoort pas dinsdag iets.\n\nIn de verhuismaanden gaat het om ruim 3.200 klanten.",
        "Marieke", "KS", ("IT", "FAC"), "Marieke", "Verhuizen", (3200, 4, "medium", 20), (79, 75, 40, Turn("analysing", 12, "Er blijkt een tweede oorzaak te zijn; eerst dat uitzoeken.")),
        ("verhuizen", "adres"), 2,
    ),
    13: Tale(
        "Opzeggen kan alleen telefonisch", "Wie weg wil, moet bellen in kantooruren. Dat voelt als gegijzeld worden.",
        "Ruben", "KS", ("IT", "JUR"), "Ruben", "Opzeggen", (380, 4, "high", 10), (78, 75, 68, 58, 30, 9), ("opzeggen",), 1,
        expected="CSAT opzeggen van 5,2 naar 6,0",
        verdict=("improved", "CSAT 5,8 (n = 94), plus 0,6. Een op de acht die online begint, blijft na een telefoontje."),
    ),
    14: Tale(
        "Storingsnummer staat niet op de meterkast", "In het donker zoekt niemand op een website.", "Tom", "LOG", (), "Tom", "Storing", (150, 3, "low", 9), (77, 75), (),
        end=(61, "parked", 33, "Wacht op de stickers van de netbeheerder; die komen met de volgende meterronde."),
    ),
    15: Tale(
        "Incassobrief naar klanten die al betaald hebben",
        "De betaling is binnen, de brief gaat toch. Mensen voelen zich voor dief uitgemaakt.\n\n> Ik heb het bewijs van de bank drie keer gestuurd.",
        "Daan", "FAC", ("JUR",), "Daan", "Rekening en betalen", (240, 5, "high", 8), (77, 68, 61, 47, 18), ("incasso", "brieven"), 1,
        expected="CSAT betalen van 5,4 naar 6,5",
    ),
    16: Tale(
        "Wachtwoord vergeten stuurt een link die niet werkt", "De link is een uur geldig en de mail komt soms na een uur.", "Femke", "IT", (), "Femke", "Verbruik volgen", (700, 2, "medium", 1), (76, 75, 73, 71, 66, 58),
        no_cause="Instelling van de mailserver.", expected="Mislukte herstelpogingen van 700 naar 100",
        verdict=("improved", "Link is een dag geldig, mail binnen een minuut; 64 mislukt."),
    ),
    17: Tale(
        "Meterstand doorgeven vraagt om inloggen", "Oudere klanten haken af bij het wachtwoord en krijgen dan een schatting.",
        "Femke", "IT", ("KS",), "Femke", "Verbruik volgen", (1900, 3, "high", 6), (75, 68, 62, 55, 33, 6), ("meter",), 1,
        expected="CES meterstand van 3,6 naar 4,4",
        verdict=("improved", "CES 4,5 (n = 212), plus 0,9. Schattingen zijn gehalveerd."),
    ),
    18: Tale(
        "Website toont een ander tarief dan de mail", "Klanten kiezen op de site een tarief dat niet meer bestaat.", "Priya", "MAR", ("VK", "IT"), "Priya", "Oriënteren", (800, 4, "high", 5), (74, 68, 63, 57, 45, 31), ("tarieven",),
        expected="Klachten over tarieven van 90 naar 20 een maand",
        verdict=("improved", "Eén bron voor site en mail; 17 klachten. De brieven zitten er nog niet op aangesloten."),
    ),
    19: Tale(
        "Eindnota komt weken te laat",
        "De eindnota moet binnen zes weken. Vorige maand waren er **214 te laat**, de langste elf weken.\n\n> Ik woon er al drie maanden niet meer en weet nog steeds niet of ik geld terugkrijg.\n\n"
        "Wie moet bijbetalen, schrikt extra van een hoog bedrag na maanden stilte.",
        "Aylin", "FAC", ("IT",), "Daan", "Verhuizen", (900, 4, "medium", 12), (73, 61, 47, 31), ("nota", "verhuizen"), 1,
    ),
    20: Tale(
        "Afspraak met de monteur verzetten kan alleen telefonisch", "Op de dag zelf sta je twintig minuten in de wacht. Dus laat men het zo.",
        "Tom", "LOG", ("KS", "IT"), "Tom", "Monteur aan huis", (610, 3, "high", 7), (72, 61, 55, 47, 26, 5), ("monteur",), 1,
        expected="Gemiste afspraken van 11 % naar 7 %",
        verdict=("improved", "Verzetten per sms: gemiste afspraken 6,5 %, 41 % minder dan ervoor."),
    ),
    21: Tale(
        "Chat verbreekt na drie minuten stilte", "Wie even zijn klantnummer zoekt, begint opnieuw.", "Ruben", "KS", ("IT",), "Ruben", "Hulp vragen", (350, 2, "medium", 1), (71, 61, 58, 53, 47, 38), ("contact",),
        no_cause="Standaardinstelling van de leverancier.", expected="Afgebroken chats van 14 % naar 6 %",
        verdict=("improved", "Tien minuten stilte mag nu; 5 % afgebroken."),
    ),
    22: Tale(
        "Wachtmuziek belooft 3 minuten, het worden er 14",
        "De bandstem zegt drie minuten. Op maandagochtend is het veertien. Mensen vinden de belofte erger dan het wachten.\n\nGemeten op vier maandagen: 13,8 minuten, 312 ophangers.",
        "Marieke", "KS", ("HR",), "Marieke", "Hulp vragen", (4800, 3, "medium", 15), (70, 61, 33, 6), ("contact",), 1,
        anyway="De bandstem kan vandaag nog anders. Waarom er zo veel gebeld wordt, zoeken we ernaast uit.",
    ),
    23: Tale(
        "Nota is niet te lezen voor slechtzienden", "De pdf is een plaatje; voorleessoftware leest niets.", "Aylin", "FAC", ("IT",), "Aylin", "Rekening en betalen", (70, 5, "high", 6), (69, 61, 54, 47, 28, 16), ("nota", "toegankelijk"),
        no_cause="De opmaaksoftware kon het al; niemand had het aangezet.", expected="Alle nota's leesbaar met voorleessoftware",
        verdict=("improved", "Twaalf klanten hebben meegelezen; elf kunnen hem nu zelf lezen."),
    ),
    24: Tale(
        "Terugbelafspraak wordt niet nagekomen",
        "Van de 600 afspraken een maand haalt klantenservice er 264. De andere 336 mensen bellen zelf weer, en bozer.",
        "Ruben", "KS", (), "Marieke", "Hulp vragen", (600, 4, "high", 6), (68, 54, 44, 33, 10), ("contact",), 1,
        expected="Terugbelgraad van 44 % naar 85 %",
    ),
    25: Tale(
        "App valt uit op de dag van de nota", "Iedereen kijkt tegelijk. Vier uur storing op de eerste van de maand.", "Youssef", "IT", (), "Youssef", "Verbruik volgen", (5200, 3, "high", 4), (67, 61, 57, 52, 40, 27), ("app",),
        no_cause="Te weinig geheugen op één dag van de maand.", expected="Geen uitval op de eerste van de maand",
        verdict=("improved", "Twee maanden zonder uitval."),
    ),
    26: Tale(
        "Storingspagina zegt niet wanneer het licht weer aangaat", "“Wij werken eraan” stond er vier uur.", "Tom", "LOG", ("MAR",), "Tom", "Storing", (1400, 3, "medium", 5), (66, 54, 45, 38, 24, 7), ("storing",),
        no_cause="De tekst was er nooit op gemaakt.", expected="Belletjes tijdens een storing een kwart minder",
        verdict=("no_effect_seen", "Geen effect gezien: bij drie storingen evenveel belletjes. Mensen willen een tijd, en die hebben we niet. Dat leren we voor het storingsbericht."),
    ),
    27: Tale(
        "Monteur staat voor een dichte deur",
        "Een op de acht bezoeken gaat mis: de klant had afgezegd, of wist van niets.\n\n> Ik heb vrij genomen en er kwam niemand. Bij de buren stond hij wél, een dag te vroeg.\n\n"
        "Een vergeefse rit kost ons € 62, de klant een vrije dag.",
        "Tom", "LOG", ("KS", "IT"), "Tom", "Monteur aan huis", (780, 4, "high", 14), (64, 54, 38, 8), ("monteur", "planning"), 2,
    ),
    28: Tale(
        "Klant krijgt drie keer dezelfde enquête", "Na elk kanaal een. “Ik heb u dit al twee keer verteld.”", "Priya", "MAR", ("KS",), "Priya", "Hulp vragen", (520, 2, "medium", 2), (63, 54, 51, 46, 38, 23), ("onderzoek",),
        no_cause="Drie instellingen in drie systemen.", expected="Niemand meer dan één enquête in 90 dagen",
        verdict=("improved", "Eén regel voor alle kanalen; de respons steeg van 8 % naar 13 %."),
    ),
    29: Tale(
        "Brief over het voorschot is niet te begrijpen",
        "Van de klanten die de brief kregen, belde 22 % binnen een week. De meesten vragen: *waarom* gaat het omhoog?\n\nDe brief begint met drie alinea's over de wet.",
        "Priya", "MAR", ("JUR",), "Priya", "Rekening en betalen", (2600, 4, "medium", 6), (61, 47, 33, 17), ("brieven",), 1,
    ),
    30: Tale(
        "Verhuisbericht via de app komt niet aan", "Klanten geven het adres door in de app en horen er nooit meer iets van.", "Ruben", "IT", ("KS",), None, "Verhuizen", (410, 4, "medium", 8), (60, 54), ("verhuizen", "app"),
        end=(47, "merged", 12),
    ),
    31: Tale(
        "Facturen van vóór 2022 zijn weg uit de app", "Ondernemers hebben ze nodig voor de belasting.", "Jeroen", "IT", ("FAC",), "Femke", "Rekening en betalen", (160, 3, "medium", 3), (59, 54, 49, 45, 38, 24), ("app", "nota"),
        no_cause="Een opruimregel die te streng stond.", expected="Aanvragen voor oude facturen van 160 naar 20",
        verdict=("improved", "Zeven jaar terug te vinden; 11 aanvragen."),
    ),
    32: Tale(
        "Gratis zonnepanelenscan blijkt niet gratis", "In de kleine letters staat een bedrag bij een plat dak.", "Annelies", "VK", ("MAR", "JUR"), "Jeroen", "Oriënteren", (85, 4, "medium", 3), (57, 47), ("zon",),
        end=(40, "declined", "De actie is gestopt. De 23 klanten die betaald hebben, krijgen hun geld terug; daar is een besluit over genomen."),
    ),
    33: Tale(
        "Overlijden melden kost nabestaanden vijf telefoontjes",
        "Stroom, gas, zonnecontract, de app en de automatische incasso zijn vijf aparte meldingen, met vijf keer een akte.\n\n> Bij het derde gesprek moest ik weer uitleggen dat mijn man dood is.",
        "Ruben", "KS", ("JUR", "FAC"), "Ruben", "Opzeggen", (130, 5, "high", 9),
        (56, Turn("parked", 54, "Wacht op de privacytoets.", back=26), Turn("analysing", 23)), ("nabestaanden",), 2,
    ),
    34: Tale(
        "Klanten willen 's avonds laat kunnen chatten", "Een klein deel vraagt om chat tot middernacht.", "Priya", "KS", ("HR",), None, "Hulp vragen", (140, 2, "low", 30), (54, 47), ("contact",),
        end=(40, "declined", "Voor 140 vragen een maand een avondploeg inzetten maakt het werk zwaarder en helpt weinig mensen. We kijken opnieuw als de app een terugbelknop heeft."),
    ),
    35: Tale(
        "Oude laaddruppel werkt niet meer na de overstap", "Klanten met een laadpaal merken het pas bij de paal.", "Jeroen", "VK", ("IT",), "Jeroen", "Overstappen", (30, 4, "low", 12), (52, 47), ("laden",),
        end=(33, "parked", 19, "De leverancier van de palen komt over een paar weken met een vervanging."),
    ),
    36: Tale(
        "Betalingsregeling aanvragen voelt als een verhoor",
        "Twaalf vragen, ook voor een achterstand van € 40. Wie zich schaamt, hangt op en hoort daarna van incasso.\n\n> Ik vroeg om twee weken. Ik moest mijn hele leven uitleggen.",
        "Aylin", "FAC", ("KS", "JUR"), "Daan", "Rekening en betalen", (450, 5, "medium", 10),
        (50, Turn("parked", 47, "Daan is drie weken met verlof.", back=30), Turn("analysing", 26), Turn("ready", 6)), ("incasso",), 1,
    ),
    37: Tale(
        "Route naar het kantoor klopt niet op de kaart", "Bezoekers staan bij het oude pand.", "Priya", "MAR", (), "Priya", "Hulp vragen", (12, 1, "high", 0.5), (48, 47, 46, 45, 44, 41), (),
        no_cause="Gewoon niet aangepast.", expected="Niemand meer bij het oude pand", verdict=("improved", "Aangepast; de receptie hoort er niets meer over."),
    ),
    38: Tale(
        "Energieadvies past niet bij een huurwoning", "Huurders krijgen tips over dakisolatie.", "Marieke", "MAR", ("VK",), "Priya", "Verbruik volgen", (950, 2, "low", 6), (46, 40), ("advies",),
        end=(26, "parked", 12, "Na de brief over het voorschot heeft marketing hier ruimte voor."),
    ),
    39: Tale(
        "Teruglevering is onleesbaar op de jaarnota",
        "Klanten met zonnepanelen kunnen niet zien wat ze terugkregen. Saldering, terugleverkosten en vergoeding staan op drie plekken.",
        "Daan", "FAC", ("MAR",), "Daan", "Rekening en betalen", (1100, 3, "medium", 8),
        (44, 40, Turn("parked", 33, "Eerst de nieuwe regels voor saldering afwachten.", back=5)), ("nota", "zon"), 1,
    ),
    40: Tale(
        "Klantnummer is te lang om door te geven", "Dertien cijfers aan de telefoon.", "Ruben", "IT", ("KS",), None, "Hulp vragen", (4000, 1, "low", 60), (40, 33), (),
        end=(26, "declined", "Het nummer zit in elk systeem en vervangen kost maanden. Wie met zijn eigen telefoon belt, hoeft het al niet meer te noemen."),
    ),
    41: Tale(
        "Machtiging verdwijnt na een verhuizing", "De automatische incasso stopt zonder bericht. Na twee maanden komt de eerste herinnering, met kosten.",
        "Aylin", "FAC", ("IT",), "Aylin", "Verhuizen", (280, 4, "medium", 5),
        (37, 33, 26, Turn("analysing", 19, "De oplossing van IT raakt ook de incassodatum; nog een keer bekijken."), Turn("ready", 3)),
        ("verhuizen", "incasso"), 1,
    ),
    42: Tale(
        "Klanttevredenheid wordt gevraagd vóór de monteur geweest is", "De mail gaat bij het inplannen.", "Tom", "LOG", ("MAR",), "Tom", "Monteur aan huis", (210, 2, "high", 1), (33, 26, 24, 22, 20, 17), ("onderzoek", "monteur"),
        no_cause="Een verkeerd vinkje.", expected="Enquête gaat na het bezoek", verdict=("improved", "Gaat nu een dag na het bezoek; het cijfer zegt weer iets."),
    ),
    43: Tale(
        "Verlichting in de wachtruimte is te fel", "Bezoekers klagen over hoofdpijn.", "Karin", "HR", (), None, "Hulp vragen", (20, 1, "low", 2), (26, 20), (),
        end=(19, "declined", "Dit is iets voor de huisdienst; die heeft de lampen vervangen. Geen verbetering over afdelingen heen."),
    ),
    44: Tale(
        "Zakelijke klant krijgt drie accounts voor één pand", "Stroom, gas en laadpaal elk een eigen inlog en een eigen nota. De boekhouder wordt er gek van.",
        "Jeroen", "VK", ("IT", "FAC"), "Jeroen", "Welkom", (60, 4, "medium", 12), (22, 16, 9), ("zakelijk",),
    ),
    45: Tale(
        "Storingsbericht komt nadat de stroom terug is", "De sms ‘er is een storing bij u’ komt gemiddeld 50 minuten na het herstel.", "Tom", "LOG", ("IT",), None, "Storing", None, (4,), ("storing",),
    ),
    46: Tale(
        "Klant vertelt bij elke afdeling opnieuw zijn verhaal", "Wie wordt doorverbonden, begint van voren af aan. Soms drie keer in één gesprek.", "Ruben", "KS", ("IT", "FAC"), None, "Hulp vragen", None, (3,), ("contact",),
    ),
    47: Tale(
        "Welkomstbrief noemt een ander tarief dan de offerte", "De brief haalt zijn tarieven nog uit het oude bestand.", "Priya", "MAR", ("VK", "JUR"), "Priya", "Welkom", None, (2,), ("brieven", "tarieven"),
    ),
    48: Tale(
        "App toont het verbruik van gisteren pas na twee dagen", "Mensen met een dynamisch contract kunnen er niets mee sturen.", "Femke", "IT", (), None, "Verbruik volgen", None, (1,), ("app", "meter"),
    ),
}  # fmt: skip
