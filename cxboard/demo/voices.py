"""What Waddenstroom's customers said in those twelve weeks: days ago, channel, score, labels, and their words.

Under the number of an issue they support that issue; under the name of a stage nobody has said yet what they are about. A star
before the words pins them to the issue.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Said(NamedTuple):
    """One voice. `about` is the number of an issue or the name of a stage."""

    about: int | str
    ago: int
    channel: str
    scale: str
    score: int | None
    labels: tuple[str, ...]
    quote: str
    pinned: bool


# Who writes it down, by where it was heard.
HEARD_BY = {
    "phone": "Marieke", "chat": "Ruben", "email": "Ruben", "counter": "Tom", "survey": "Priya", "social": "Priya", "review": "Priya", "letter": "Annelies",
}  # fmt: skip

WORDS = """
= 12
71 phone ces-2 verhuizen,herhalen * Ik heb mijn nieuwe adres aan drie verschillende mensen verteld. De eindnota kwam toch op het oude adres.
66 phone ces-1 verhuizen Ik heb het drie keer doorgegeven en op de dag zelf stond ik in het donker met twee kinderen.
58 survey nps-3 verhuizen De mevrouw was heel aardig, maar kon ook niet zien wat haar collega had ingevuld.
52 chat ces-2 verhuizen,app In de app staat mijn nieuwe adres goed, op de nota staat het oude. Wat moet ik nu nog doen?
47 phone ces-3 verhuizen Ik verhuisde op vrijdag en hoorde dinsdag pas of het gelukt was.
41 email - verhuizen,meter De slimme meter op het nieuwe adres is vergeten. Nu krijg ik een schatting voor een huis dat ik nog niet had.
36 survey nps-4 verhuizen Verhuizen is al druk genoeg zonder elke week met jullie te bellen.
31 phone ces-2 verhuizen,herhalen Vier telefoontjes. Vier keer hetzelfde verhaal, vier keer een ander antwoord.
24 counter ces-2 verhuizen Mijn vader is 81 en verhuist naar een aanleunwoning. Hij moest het online regelen, en dat kan hij niet.
17 phone ces-1 verhuizen * U zegt dat alles geregeld is. Dat zei uw collega vorige week ook.
12 survey nps-5 verhuizen Uiteindelijk kwam het goed, maar ik heb er zelf achteraan moeten zitten.
6 phone ces-2 verhuizen,nota Ik krijg nu twee nota's, voor twee huizen, en ik woon maar in één.
2 chat ces-3 verhuizen Kunt u mij gewoon zeggen op welke dag de stroom overgaat?
= 19
64 phone csat-1 nota,wachttijd * Ik woon er al drie maanden niet meer en weet nog steeds niet of ik geld terugkrijg.
57 email csat-2 nota,wachttijd Binnen zes weken, staat op uw site. Het zijn er nu negen.
50 phone csat-2 nota Ik moet bijbetalen, dat kan. Maar niet na een kwartaal stilte.
43 survey nps-2 nota,wachttijd De eindnota kwam op mijn verjaardag. Ik was hem vergeten, jullie ook.
35 phone csat-1 nota,wachttijd Elke keer is het over twee weken. Ik heb het nu vier keer gehoord.
27 letter - nota Ik verzoek u voor de derde maal om de eindafrekening van mijn oude woning.
20 social csat-1 nota Elf weken op een eindnota wachten @Waddenstroom, is dat een record?
13 phone csat-2 nota,verhuizen Door die late nota kan ik de borg van mijn verhuurder niet terugvragen.
5 survey nps-4 nota Prima bedrijf, tot je weggaat.
= 27
61 phone csat-1 monteur,afspraak * Ik heb vrij genomen en er kwam niemand. Bij de buren stond hij wél, een dag te vroeg.
55 phone csat-2 monteur,afspraak Ik had afgezegd per mail. Toch stond er iemand, en die was boos op mij.
46 survey nps-3 monteur Monteur zelf was top, maar pas bij de derde afspraak.
38 phone csat-1 monteur,afspraak Tussen acht en vijf thuisblijven en dan om half vijf horen dat het niet doorgaat.
30 counter csat-2 monteur Mijn bel doet het niet, dat had ik erbij gezet. Kaartje in de bus.
21 phone csat-2 monteur,afspraak De sms zei woensdag, de brief donderdag. Hij kwam dinsdag.
11 survey nps-5 monteur Op tijd en netjes, maar ik wist tot het laatst niet of hij kwam.
4 phone csat-1 monteur,afspraak Dit is mijn tweede vrije dag voor dezelfde meter.
= 29
58 phone ces-2 brief,voorschot * Ik heb de brief drie keer gelezen. Ik snap dat ik meer moet betalen, maar niet waarom.
51 phone ces-3 brief,voorschot Eerst een halve pagina wet, en dan pas het bedrag.
44 email ces-2 brief,voorschot Mijn verbruik daalt en mijn voorschot stijgt. Leg dat eens uit.
37 counter ces-1 brief,voorschot Mijn buurvrouw kreeg dezelfde brief met een ander bedrag. Is dat willekeur?
29 phone ces-3 brief,voorschot De medewerker legde het in één minuut uit. Waarom staat dat niet in de brief?
22 survey nps-5 brief Taal voor juristen. Ik ben kapper.
15 chat ces-2 brief,voorschot Moet ik iets doen met deze brief of is hij alleen om te laten schrikken?
8 phone ces-2 brief,voorschot Ik dacht dat het oplichting was en heb hem weggegooid.
= 22
68 phone csat-2 wachttijd * Zeg dan eerlijk dat het een kwartier duurt. Dan zet ik koffie.
60 phone csat-2 wachttijd Veertien minuten muziek en dan werd de verbinding verbroken.
49 survey nps-4 wachttijd Op maandag hoef je het niet te proberen.
40 phone csat-1 wachttijd Drie minuten, zegt die stem. Al voor de vierde keer.
26 social csat-1 wachttijd Ik ken jullie wachtmuziek inmiddels uit mijn hoofd.
16 phone csat-2 wachttijd Ik bel in mijn pauze. Mijn pauze is nu om.
7 survey nps-6 wachttijd Lang gewacht, maar daarna vlot geholpen.
= 24
65 phone csat-1 terugbellen * Er is me drie keer beloofd dat ik gebeld word. Ik zit hier al drie dagen naast de telefoon.
53 phone csat-2 terugbellen Tussen twee en vier, zeiden ze. Het is nu zes uur.
45 email csat-2 terugbellen Niemand belt terug, en als ik zelf bel weet niemand waarover.
33 phone csat-1 terugbellen Als je het niet kunt waarmaken, beloof het dan niet.
25 chat csat-2 terugbellen Uw collega zou mij vanochtend bellen. Ik heb er een afspraak voor verzet.
9 survey nps-7 terugbellen Dit keer werd ik echt teruggebeld. Dat mag vaker.
= 15
70 letter csat-1 incasso,brief * Ik heb het bewijs van de bank drie keer gestuurd. Toch behandelt u mij als een dief.
56 phone csat-1 incasso,brief De betaling is afgeschreven op de derde, uw brief is van de tiende.
48 phone csat-1 incasso Ik durf de post niet meer open te maken.
34 email csat-2 incasso,brief Excuses krijg ik telefonisch, maar de volgende brief komt gewoon weer.
19 phone csat-2 incasso,brief Al die tijd betaal ik keurig, en dan dit.
= 33
54 phone ces-1 overlijden * Mijn moeder is overleden en ik moest het vijf keer vertellen. De vijfde keer heb ik opgehangen.
42 letter - overlijden,brief Na de derde akte van overlijden kreeg mijn vader een brief op zijn naam. Hij is de overledene.
32 phone ces-2 overlijden De medewerkster was lief, maar zij mocht alleen het gas doen.
18 phone ces-1 overlijden Kunt u haar naam van de nota halen? Het doet elke maand pijn.
= 36
47 phone csat-1 incasso,regeling * Voor veertig euro wilde u weten wat wij aan boodschappen uitgeven.
39 phone csat-2 incasso,regeling Ik vroeg om twee maanden uitstel en moest mijn hele huishouden voorlezen.
28 counter csat-2 incasso,regeling Ik schaamde me al. Na dat gesprek nog meer.
14 email csat-2 incasso,regeling Het formulier is zes pagina's. Ik kom er niet uit en nu ben ik te laat.
= 39
41 email ces-2 nota,zonnepanelen * Ik weet precies wat mijn panelen opwekken. Ik kan het op uw nota alleen nergens terugvinden.
34 phone ces-2 nota,zonnepanelen Op de nota heet het saldering, in de bijlage verrekening. Is dat hetzelfde?
23 survey nps-4 nota,zonnepanelen Rekenen moet ik zelf, met drie tabellen naast elkaar.
10 phone ces-3 nota,zonnepanelen De helpdesk kon het ook niet uitleggen, dat luchtte op.
= 41
35 phone csat-2 verhuizen,incasso * Na de verhuizing was mijn machtiging weg en kreeg ik een aanmaning. Ik wist van niets.
22 email csat-2 verhuizen,incasso Ik dacht dat automatische incasso automatisch was.
11 phone csat-1 verhuizen,incasso Aanmaningskosten omdat jullie mijn machtiging kwijt zijn. Serieus?
= 44
20 email csat-2 zakelijk,nota Drie inlogcodes, drie nota's, één pand. Mijn boekhouder stuurt u de rekening.
9 phone csat-2 zakelijk Voor de laadpaal heb ik een ander klantnummer dan voor het licht ernaast.
= 45
3 phone csat-2 storing * Het bericht dat er storing is kwam toen ik alweer televisie zat te kijken.
3 social csat-1 storing Sms van @Waddenstroom: er is een storing bij u. Ja, een uur geleden.
2 phone csat-2 storing Ik werk thuis. Had ik het geweten, dan was ik naar kantoor gegaan.
1 chat csat-2 storing Is er een storing of niet? Uw sms zegt van wel, mijn lamp zegt van niet.
1 survey nps-4 storing Snel opgelost, maar de berichten liepen een uur achter.
= 46
3 phone ces-1 herhalen,doorverbinden * Ik heb mijn verhaal vandaag drie keer verteld. De derde keer heb ik het maar voorgelezen.
3 phone ces-2 herhalen,doorverbinden Kunt u het opschrijven voor uw collega? Nee, die ziet een ander scherm.
2 survey nps-2 herhalen,doorverbinden Van het kastje naar de muur, maar wel met vriendelijke mensen.
2 chat ces-2 herhalen Ik ben nu drie keer doorverbonden en weer bij u.
1 phone ces-2 herhalen,doorverbinden U bent de vierde. Zal ik het verhaal inspreken?
1 email ces-3 herhalen Zie mijn drie eerdere mails.
= 13
67 phone csat-2 opzeggen Ik moet bellen om op te zeggen, en dan sta ik in de wacht. Dat is geen toeval.
40 review nps-2 opzeggen Binnenkomen kan met één klik, weggaan alleen met een gesprek.
= 17
63 phone ces-2 meter,inloggen Voor één getal moet ik een wachtwoord verzinnen met een leesteken.
29 survey nps-9 meter,compliment Meterstand doorgeven gaat nu in tien tellen. Dank u.
5 survey ces-7 meter,compliment Zonder inloggen! Ik dacht dat ik iets vergeten was.
= 20
62 phone ces-2 monteur,afspraak Twintig minuten in de wacht om een afspraak een dag te verschuiven.
18 survey ces-6 monteur,compliment Verzetten per sms, klaar. Zo simpel kan het zijn.
3 survey nps-9 monteur,compliment Via een sms een andere dag gekozen, monteur op tijd.
= 26
59 phone csat-1 storing Er staat al vier uur dat u eraan werkt. Ik wil weten of ik de vriezer moet leegmaken.
30 social csat-2 storing Wij werken eraan is geen tijd.
= 11
69 phone csat-2 nota,uitleg Twee keer gebeld, twee verhalen. Wie moet ik nu geloven?
23 survey csat-4 nota,uitleg Voor het eerst legde iemand mijn nota uit zonder moeilijke woorden.
= 4
72 phone csat-1 nota,herhalen De jongen zag de fout en mocht hem niet herstellen. Hij vond het zelf ook gek.
25 survey csat-5 nota,compliment Fout in mijn nota, één telefoontje, opgelost. Chapeau.
= 5
66 phone csat-2 brief,nota Twee brieven op één dag en allebei een ander bedrag. Welke betaal ik?
15 phone csat-2 brief,nota Nu zit er een week tussen de brieven, en nog steeds twee bedragen.
= Oriënteren
62 survey nps-8 tarieven Duidelijke tarieven op de site, al moest ik wel zoeken.
44 chat - tarieven Hoe lang staat dit tarief nog vast? Dat kan ik nergens vinden.
31 phone csat-3 tarieven Een eerlijk antwoord gekregen: wacht maar tot januari.
16 survey nps-7 tarieven Vergelijken ging goed, de voorwaarden heb ik overgeslagen.
7 review nps-6 tarieven Niet de goedkoopste, wel een mens aan de lijn.
= Overstappen
60 survey nps-9 compliment,overstap Overstappen ging vanzelf. Ik heb er niets van gemerkt, en dat is een compliment.
48 email csat-3 overstap Wanneer gaat mijn contract nu echt in? In de mail staat de eerste, in de app de derde.
33 survey nps-8 overstap Prima geregeld, bevestiging kwam dezelfde dag.
19 phone csat-2 overstap Mijn oude leverancier zegt dat jullie de overstap niet hebben doorgegeven.
6 chat - overstap Moet ik zelf mijn oude contract nog opzeggen?
= Welkom
57 survey nps-8 brief,compliment Leuke welkomstbrief, leesbaar ook.
29 phone csat-2 brief,tarieven In de welkomstbrief staat een ander tarief dan in mijn offerte.
13 email csat-2 brief,tarieven Welk tarief geldt nu: dat van de brief of dat van de offerte?
4 phone csat-2 brief,tarieven Het tarief in de welkomstbrief klopt niet met wat uw collega beloofde.
= Verbruik volgen
61 survey nps-8 app De app is mooi, maar het verbruik van gisteren zie ik pas overmorgen.
39 review nps-5 app Dynamisch contract met cijfers van twee dagen oud. Tja.
24 survey ces-6 app,meter Standen kloppen, grafiek is helder.
12 chat - app Waarom toont de app het verbruik van gisteren nog niet?
5 review nps-4 app Een app die altijd twee dagen achterloopt is geen app maar een krant.
1 phone csat-3 app Ik laad mijn auto op de goedkope uren, maar zie pas later of het gelukt is.
= Rekening en betalen
55 survey csat-4 nota Rekening is netjes, alleen lang.
46 phone csat-3 nota,uitleg Wat is het verschil tussen levering en netbeheer? De medewerker wist het, de nota niet.
36 survey nps-7 nota Nooit problemen met betalen.
27 counter csat-2 nota Ik wil mijn nota op papier. Dat kost nu twee euro per keer.
18 survey nps-9 compliment Een foutje van mijn kant, en toch meteen geholpen.
8 phone csat-2 nota,voorschot Ik kan mijn voorschot in de app verlagen, en dan springt het terug.
3 email - nota Graag een kopie van de nota van maart voor de belasting.
= Hulp vragen
70 survey csat-5 compliment Marieke nam alle tijd. Ik voelde me geen nummer.
59 chat csat-4 compliment Snel antwoord in de chat, zonder robot.
43 survey nps-9 compliment Eindelijk een bedrijf met een telefoonnummer op elke pagina.
32 phone csat-3 doorverbinden Vriendelijk, maar voor een verhuizing moest ik een andere afdeling hebben.
21 survey csat-4 compliment Ze belde zelfs een dag later om te vragen of het gelukt was.
10 social nps-3 wachttijd Drie kwartier bezig geweest voor één vraag.
4 survey csat-5 compliment Binnen vijf minuten klaar, en ze dacht mee.
= Monteur aan huis
56 survey nps-9 monteur,compliment Schoenen uit, alles uitgelegd, rommel mee. Zo hoort het.
37 survey csat-5 monteur,compliment Hij belde een kwartier van tevoren. Heel fijn.
20 survey nps-8 monteur Netjes gewerkt, alleen wat laat.
8 review nps-9 monteur,compliment Nieuwe meter in twintig minuten, en hij legde de app ook nog uit.
= Storing
51 phone csat-2 storing Ik bel het storingsnummer en krijg te horen dat ik een ander nummer moet bellen.
28 survey csat-4 storing Stroom terug binnen het uur, netjes gemeld op de site.
9 phone csat-2 storing Waar vind ik het storingsnummer als het donker is?
= Opzeggen
49 survey nps-6 opzeggen Weggaan ging sneller dan ik dacht, nu de eindnota nog.
26 phone csat-2 opzeggen,nota Ik heb opgezegd en word nog steeds geïncasseerd.
12 survey csat-4 opzeggen Opzeggen kon online, geen gedoe.
= Verhuizen
30 survey nps-8 verhuizen,compliment Verhuizing in één gesprek geregeld. Ik had het anders gehoord.
9 email - verhuizen Ik ga samenwonen. Moeten we nu allebei iets doorgeven?
3 phone ces-4 verhuizen Het adres klopte meteen, alleen de begindatum niet.
"""

ASIDE = (
    ("Rekening en betalen", 25, "email", "Beste heer, wij leveren drukwerk tegen scherpe prijzen.", "Reclame, geen klant."),
    ("Hulp vragen", 14, "chat", "test test", "Een proef van ons eigen team."),
)


def said() -> Iterator[Said]:
    """All of them, in the order written."""
    about: int | str = ""
    for line in WORDS.strip().splitlines():
        if line.startswith("= "):
            about = int(line[2:]) if line[2:].isdigit() else line[2:]
            continue
        ago, channel, mark, labels, quote = line.split(" ", 4)
        scale, _dash, score = mark.partition("-")
        yield Said(about, int(ago), channel, scale, int(score) if score else None, tuple(labels.split(",")), quote.removeprefix("* "), quote.startswith("* "))
