"""What Waddenstroom's quarterly survey brought in: a file of answers, imported as a whole by the regisseur."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .. import clock
from ..accounts.models import User
from ..journeys.models import Stage
from ..voices.bulk import add_many
from ..voices.importing import VoiceImport
from ..voices.models import Scale

SOURCE, FILE, AGO = "Kwartaalonderzoek", "kwartaalonderzoek-nps.csv", 20

# Days before the import, score, stage, labels, words.
ANSWERS = """
18 | 9 | Overstappen | gemak,app | Overstappen was in tien minuten geregeld, en de app liet precies zien hoe ver het was.
17 | 4 | Rekening en betalen | nota,wachttijd | De jaarnota klopte niet en ik moest twee keer bellen voordat iemand het zag.
16 | 8 | Hulp vragen | medewerker | De mevrouw aan de telefoon nam de tijd en belde zelf terug, zoals beloofd.
15 | 2 | Monteur aan huis | monteur,afspraak | Een hele dag thuis gebleven voor een monteur die niet kwam. Geen bericht, niets.
14 | 7 | Rekening en betalen | prijs | Prima stroom, gewone prijs, weinig aan op te merken.
13 | 3 | Hulp vragen | brief | Ik begrijp de brieven niet. Het lijkt wel of ze voor een advocaat zijn geschreven.
12 | 10 | Storing | storing | Om half zeven viel de stroom uit, om zeven uur was er een sms en om acht uur weer licht.
11 | 5 | Verbruik volgen | app,meter | De meterstand moest ik drie keer invullen omdat de foto niet werd herkend.
10 | 6 | Hulp vragen | wachttijd | De wachttijd valt mee als je voor negenen belt, daarna niet meer.
9 | 1 | Verhuizen | verhuizen,nota | Drie maanden na de verhuizing nog steeds geen eindnota. Dit is de laatste keer dat ik het vraag.
8 | 9 | Verbruik volgen | duurzaam | Fijn dat ik per kwartier zie wat mijn panelen opleveren.
7 | 4 | Hulp vragen | herhalen | Ik heb mijn verhaal aan vier mensen verteld en iedereen begon opnieuw.
6 | 8 | Rekening en betalen | brief | De nieuwe voorschotbrief is eindelijk te lezen. Eén bedrag, één datum.
5 | 0 | Verhuizen | verhuizen,storing | Op de dag van de verhuizing zaten we zonder stroom en kon niemand zeggen waarom.
4 | 7 | Hulp vragen | contact | De chat is snel, alleen jammer dat hij om vijf uur dichtgaat.
"""


def bring_in(stages: Mapping[str, Stage], *, by: User) -> VoiceImport:
    """The import as it went: begun, carried out and there for everybody."""
    rows = [row_of(number, line, stages) for number, line in enumerate(ANSWERS.strip().splitlines())]
    begun = VoiceImport.begin(by=by, source=SOURCE, file=FILE, rows=len(rows) + 2, columns={})
    begun.claim()
    add_many(rows, logged_by_id=by.id, import_id=begun.id)
    begun.added, begun.empty = len(rows), 2
    begun.finish()
    return begun


def row_of(number: int, line: str, stages: Mapping[str, Stage]) -> dict[str, Any]:
    ago, score, stage, labels, quote = line.split(" | ")
    return {
        "source": SOURCE, "reference": f"KO-{number + 101}", "said_on": clock.today() - timedelta(days=int(ago)), "quote": quote, "channel": "survey",
        "score": int(score), "scale": Scale.NPS, "tags": sorted(labels.split(",")), "stage_id": stages[stage].id,
    }  # fmt: skip
