"""Eleven weekly reviews of Waddenstroom, oldest first: what was in focus, decided, promised and noted; and what people wrote between them."""

from __future__ import annotations

from typing import NamedTuple


class Promise(NamedTuple):
    """An action of a review: about which issue, who, what, within how many days, and what became of it.

    `fate`: `kept`, `late` (carried over once), `later` (twice), `dropped` or `open`.
    """

    about: int | None
    owner: str
    what: str
    days: int
    fate: str = "kept"


class Week(NamedTuple):
    """One review. `focus` names issues that came in focus (positive) or left it (negative)."""

    focus: tuple[int, ...]
    decisions: tuple[tuple[int | None, str], ...]
    promises: tuple[Promise, ...]
    notes: dict[str, str]
    guest: str | None = None


WEEKS = (
    Week(
        (13,),
        ((None, "Dit overleg is er elke dinsdag om tien, ook als er iemand ontbreekt."), (13, "Opzeggen wordt online mogelijk; drukte is geen reden om te wachten.")),
        (
            Promise(13, "Ruben", "Vijf opzeggesprekken opnemen en laten horen", 6),
            Promise(None, "Sanne", "Uitleg van één A4 voor elke afdeling", 7),
            Promise(9, "Annelies", "Postcontract opvragen bij inkoop", 9, "late"),
        ),
        {"customer": "Gesprek gehoord van een klant die drie keer belde over zijn opzegging. Het werd stil.", "wrap_up": "Iedereen wil het blijven doen. Eerder beginnen met wat vastzit."},
    ),
    Week(
        (17,),
        ((17, "Meterstand zonder inloggen, met postcode en meternummer."), (10, "We doen dit niet: de post gaat per mail.")),
        (
            Promise(17, "Femke", "Nagaan of de privacyregels dit toelaten", 6),
            Promise(13, "Annelies", "Bevestigingstekst voor opzeggen nakijken", 7, "late"),
            Promise(None, "Marieke", "Wachttijden aan de telefoon van vier maandagen naast elkaar leggen", 10),
        ),
        {"numbers": "CES verhuizen staat op 4,6. Dat is het slechtste cijfer van alle fasen.", "focus": "Eén ding tegelijk: eerst opzeggen af, dan de meterstanden."},
    ),
    Week(
        (),
        ((12, "Verhuizen krijgt een vaste ploeg van drie: KS, IT en FAC, elke donderdagochtend."), (14, "Wacht op de stickers van de netbeheerder.")),
        (
            Promise(12, "Marieke", "Twintig verhuisgesprekken meeluisteren met IT erbij", 13),
            Promise(12, "Youssef", "Tekening van de zes schermen, met wie waar typt", 9),
            Promise(20, "Tom", "Sms-dienst aanvragen", 7),
        ),
        {"stuck": "IT kan pas na de overgang van de app meekijken; dat is over twee weken.", "wrap_up": "Niet doen: nog een werkgroep over de chatbot."},
        "Hilde van de klantenraad",
    ),
    Week(
        (12,),
        ((12, "Verhuizen is focus 1 tot het in één contact lukt."), (27, "Monteursbezoeken krijgen een bevestiging per sms, ook als IT de koppeling nog niet heeft.")),
        (
            Promise(12, "Daan", "Uitzoeken waarom de eindnota het oude adres houdt", 8),
            Promise(27, "Tom", "Zestig gemiste bezoeken nalopen: wie had afgezegd?", 7),
            Promise(8, "Ruben", "Terugbellijst een week lang elke dag leegmaken", 7),
            Promise(None, "Karin", "Inwerkprogramma van KS naast dat van FAC leggen", 14, "later"),
        ),
        {"customer": "Een klant vertelde zelf hoe zijn verhuizing ging. Drie maanden, elf telefoontjes.", "focus": "De tekening van de zes schermen hangt nu in de kantine."},
        "Meneer Hoekstra, klant sinds 2009",
    ),
    Week(
        (),
        ((30, "Dit is dezelfde verhuizing: samengevoegd met CX-12."), (19, "De grens voor handmatige controle gaat van € 50 naar € 150, als proef van zes weken.")),
        (
            Promise(19, "Daan", "Nieuwe grens instellen en de uitvallijst tellen", 5),
            Promise(12, "Youssef", "Schatting van een koppeling voor het adres", 14, "late"),
            Promise(29, "Priya", "Brief voorlezen aan vijf klanten", 9),
        ),
        {"new": "Drie nieuwe over verhuizen: dat zegt genoeg.", "wrap_up": "Rapport voor de directie: alleen de drie in focus."},
    ),
    Week(
        (),
        ((34, "Geen avondchat: het maakt het werk zwaarder voor weinig klanten."), (32, "De 23 klanten van de zonnepanelenscan krijgen hun geld terug.")),
        (
            Promise(32, "Jeroen", "De 23 klanten bellen en terugbetalen", 9),
            Promise(27, "Tom", "Proef met sms in twee rayons", 13),
            Promise(11, "Marieke", "Uitleg van de nota in drie zinnen, getest met vier teams", 12),
        ),
        {"promises": "Karin is ziek geweest; het inwerkprogramma schuift een week op.", "focus": "38 van de 60 gemiste bezoeken waren afgezegd. De klant deed het goed, wij niet."},
    ),
    Week(
        (-17, 27),
        ((17, "Uit de focus: het loopt en wordt gemeten."), (27, "Monteur voor een dichte deur wordt focus 2."), (35, "Wachten op de vervanging van de leverancier."), (24, "Terugbellen telt vanaf nu mee in de gesprekstijd. Een norm die beloften breekt, is geen norm.")),
        (
            Promise(24, "Marieke", "Nieuwe norm uitleggen in elk teamoverleg", 6),
            Promise(15, "Daan", "Betalingen van de dag verwerken vóór de brieven gaan", 10),
            Promise(15, "Annelies", "Nieuwe tekst voor de eerste herinnering", 12, "dropped"),
            Promise(29, "Annelies", "Zeggen welke zinnen over de wet echt moeten", 8, "late"),
        ),
        {"stuck": "Overlijden melden wacht op de privacytoets. Annelies neemt hem zelf mee.", "wrap_up": "Niet doen: een eigen app voor monteurs."},
    ),
    Week(
        (-13, 19),
        ((13, "Online opzeggen werkt; uit de focus zolang we meten."), (19, "Eindnota wordt focus 3: 214 te laat is te veel."), (40, "We maken het klantnummer niet korter."), (38, "Na de brief over het voorschot.")),
        (
            Promise(19, "Aylin", "De elf langst wachtende klanten zelf bellen", 3),
            Promise(19, "Youssef", "Uitzoeken waar de eindstand van de netbeheerder blijft hangen", 10, "later"),
            Promise(29, "Priya", "Tweede versie van de brief, één bladzijde", 7),
        ),
        {"customer": "De langste wachttijd op een eindnota is elf weken. Mevrouw Zijlstra liet haar bankafschrift zien.", "focus": "IT en FAC zoeken samen uit waar het bericht blijft hangen."},
    ),
    Week(
        (),
        ((43, "Geen verbetering over afdelingen heen; de huisdienst heeft het opgelost."), (None, "De opleiding van nieuwe collega's krijgt een derde dag; HR heeft er geld voor.")),
        (
            Promise(None, "Karin", "Derde inwerkdag in het nieuwe rooster", 12),
            Promise(36, "Aylin", "Regeling tot € 100 zonder vragen: wat zou dat kosten?", 9),
            Promise(12, "Youssef", "Eén zoekscherm over drie systemen laten zien", 13, "late"),
        ),
        {"numbers": "Terugbelgraad van 44 % naar 71 % in drie weken.", "wrap_up": "Trots op terugbellen. Dat stond er twee jaar."},
    ),
    Week(
        (),
        ((12, "Terug naar de analyse: het oude klantnummer blijkt een tweede oorzaak."), (27, "De sms-proef gaat naar alle rayons.")),
        (
            Promise(27, "Tom", "Sms uitrollen naar alle rayons", 7),
            Promise(12, "Marieke", "Met Daan de verhuizingen zonder eindnota doorlopen", 6),
            Promise(22, "Karin", "Maandagrooster met een halfuur eerder beginnen", 8, "late"),
        ),
        {"focus": "Het zoekscherm scheelt in de proef al vier minuten per gesprek.", "wrap_up": "Niet doen: de wachtmuziek vervangen. De belofte moet weg, niet de muziek."},
    ),
    Week(
        (),
        ((22, "De bandstem noemt geen minuten meer maar biedt terugbellen aan."), (39, "Weer oppakken: de regels voor saldering zijn bekend."), (19, "De proef met de hogere grens wordt vast beleid als er volgende week minder dan 80 nota's wachten.")),
        (
            Promise(22, "Marieke", "Nieuwe bandtekst inspreken", 7, "open"),
            Promise(19, "Daan", "Wachtende nota's tellen op maandag", 6, "open"),
            Promise(12, "Youssef", "Bedrag en planning voor de koppeling op papier", 14, "open"),
            Promise(33, "Annelies", "Privacytoets op één dossier voor nabestaanden afronden", 8, "open"),
            Promise(41, "Aylin", "Machtigingen van de laatste twee maanden met de hand herstellen", 9, "open"),
        ),
        {"customer": "Gehoord: de vrouw die bij het derde gesprek weer moest uitleggen dat haar man dood is.", "stuck": "Nabestaanden eerst. Annelies maakt er deze week tijd voor.", "wrap_up": "Lars van Financiën rekent mee aan de koppeling. Niet doen: nog een bandtekst met minuten."},
    ),
)  # fmt: skip

# Issue (or `EX-7`), days ago, who, what.
COMMENTS: tuple[tuple[int | str, int, str, str], ...] = (
    (1, 80, "Priya", "De bot mag blijven, als het nummer er maar naast staat."),
    (4, 66, "Aylin", "Tot welk bedrag mag KS zelf corrigeren? Wij kunnen € 75 verdragen, daarboven willen we meekijken."),
    (4, 64, "Ruben", "€ 75 dekt ongeveer zeven van de tien gevallen. Doen."),
    (9, 66, "Daan", "Vorige winter kregen we hier een uitspraak van de geschillencommissie over."),
    (11, 57, "Karin", "Drie zinnen is echt genoeg. We oefenen het met rollenspel, een halfuur per team."),
    (11, 24, "Marieke", "Team Groningen gebruikt hem al uit het hoofd."),
    (12, 73, "Daan", "Bij ons komt een verhuizing binnen als opzegging plus nieuwe klant. Daarom herkennen we hem niet."),
    (12, 60, "Youssef", "Tekening is klaar: zes schermen, vier keer hetzelfde adres. Ik heb hem in de kantine gehangen."),
    (12, 47, "Femke", "Als het adres uit één plek komt, kunnen we vier van de zes schermen overslaan. Bedrag volgt."),
    (12, 20, "Marieke", "Het zoekscherm bevalt. Rianne van team 2: ‘Ik hoef niet meer te zeggen dat mijn computer traag is.’"),
    (12, 11, "Daan", "Acht van de twintig verhuizingen zonder eindnota hadden twee klantnummers."),
    (12, 3, "Youssef", "Offerte voor de koppeling is binnen; ik zet er de planning bij voor dinsdag."),
    (13, 62, "Annelies", "Bevestiging per mail is genoeg, de bedenktijd blijft veertien dagen."),
    (13, 33, "Ruben", "Eerste week online: 41 opzeggingen, waarvan er 5 na een belletje bleven."),
    (15, 55, "Aylin", "We hebben dit vorig jaar ook al gemeld. Toen hoorden we niets."),
    (15, 45, "Daan", "Brieven gaan nu om 16 uur in plaats van om 9 uur. Dan zijn de betalingen van de dag verwerkt."),
    (15, 12, "Marieke", "Deze week twee telefoontjes hierover, eerder een stuk of tien."),
    (17, 57, "Marieke", "Ook handig voor mensen die bij hun moeder de stand opnemen."),
    (18, 52, "Youssef", "Site en mail halen hun tarieven nu uit hetzelfde bestand. De brieven nog niet, dat is een andere drukker."),
    (19, 45, "Aylin", "Op de uitvallijst staan nota's van € 50,01. Die kijken we alle 300 na."),
    (19, 30, "Daan", "Met de grens op € 150 houden we 90 nota's over. Twee weken geen klacht gezien."),
    (19, 20, "Youssef", "Ik zoek naar de eindstanden. Het bericht vertrekt wel bij de netbeheerder, dat weten we nu zeker."),
    (19, 4, "Aylin", "Alle elf gebeld. Drie huilden bijna van opluchting, één heeft opgehangen."),
    (20, 44, "Marieke", "Kan de klant ook zien wie er komt? Dat vragen ze steeds."),
    (22, 54, "Karin", "Op maandag tussen 9 en 11 zitten er nu evenveel mensen als op donderdagmiddag."),
    (22, 14, "Ruben", "De halfuur eerder is op vrijwillige basis, en er zijn al negen mensen."),
    (24, 45, "Ruben", "Eén week geteld: 140 afspraken, 61 gehaald. Dat is geen onwil, het telt gewoon niet."),
    (24, 26, "Marieke", "Sinds de nieuwe norm is de lijst twee keer leeg geweest. Dat had ik nog nooit gezien."),
    (26, 30, "Priya", "Nieuwe tekst staat erop. Ik ben benieuwd, we beloven nog steeds geen tijd."),
    (27, 51, "Marieke", "Wij zien de planning van gisteren. Wie ’s ochtends afbelt, staat er ’s middags nog op."),
    (27, 36, "Tom", "60 nagelopen: 38 hadden afgezegd. De jongens zijn er klaar mee, 62 euro per rit."),
    (27, 6, "Tom", "Proef met sms: in twee rayons nog 4 % dichte deuren."),
    (29, 39, "Priya", "Voorgelezen aan vijf klanten. Alle vijf stopten bij de tweede alinea."),
    (29, 21, "Annelies", "Van de drie alinea's over de wet hoeft er één te blijven, en die mag achterop."),
    (29, 5, "Annelies", "De versie van één bladzijde is goed zo. Ik heb nog één zin geschrapt."),
    (33, 22, "Annelies", "Eén dossier mag, als nabestaanden zelf kiezen wat we delen. Ik werk het uit."),
    (33, 10, "Ruben", "We hebben nu één vaste collega voor deze gesprekken. Dat scheelt al twee telefoontjes."),
    (36, 21, "Marieke", "Mensen vragen het liefst per chat. Dan hoeven ze het niet hardop te zeggen."),
    (36, 9, "Aylin", "Regeling tot € 100 zonder vragen: kost ons naar schatting € 9.000 per jaar, scheelt 1.100 gesprekken."),
    (39, 4, "Priya", "Ik heb drie voorbeelden van andere leveranciers verzameld, die zijn ook niet best."),
    (41, 24, "Femke", "De machtiging kan mee als we de incassodatum ook meenemen. Anders gaat er een maand dubbel af."),
    (44, 13, "Daan", "Voor één pand drie nota's is voor ons ook niets. Samenvoegen raakt wel de btw."),
    (45, 3, "Priya", "Dit sluit aan op wat we van de storingspagina leerden: zonder tijd helpt een bericht niet."),
    (46, 2, "Youssef", "Met het zoekscherm zou een notitie kunnen meereizen."),
    ("EX-7", 40, "Femke", "In de zes schermen zitten 34 velden die dubbel zijn."),
    ("EX-7", 15, "Daan", "Als dit klopt, verdient het zich in anderhalf jaar terug. Ik wil de uren graag een keer zien."),
    ("EX-3", 18, "Karin", "De derde dag is goedgekeurd. We beginnen met de nota."),
    ("EX-6", 12, "Ruben", "Opgelost. Sinds de nieuwe norm haalt het team 71 %."),
)
