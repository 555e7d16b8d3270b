"""What the departments of Waddenstroom asked of each other, and what came back."""

from __future__ import annotations

from typing import NamedTuple


class Turn(NamedTuple):
    """What was done with a question: `accept`, `answer`, `decline`, `again` or `withdraw`, so many days ago, by whom, in which words."""

    verb: str
    ago: int
    who: str
    words: str = ""


class Question(NamedTuple):
    """About which issue, who asked on behalf of which department, whom, how many days ago, and needed how many days from today."""

    about: int
    who: str
    asking: str
    asked: str
    ago: int
    needed: int
    text: str
    turns: tuple[Turn, ...] = ()


QUESTIONS = (
    Question(1, "Ruben", "KS", "FAC", 80, -70, "Mogen wij een bedrag tot 25 euro zelf terugboeken?", (Turn("answer", 78, "Daan", "Ja, tot 25 euro, met de reden in het dossier."),)),
    Question(13, "Marieke", "KS", "IT", 74, -60, "Kan de opzegknop in het klantportaal?", (Turn("accept", 73, "Youssef"), Turn("answer", 62, "Youssef", "Hij staat erin, onder “Mijn contract”."))),
    Question(13, "Marieke", "KS", "JUR", 72, -64, "Klopt de bevestigingstekst voor opzeggen?", (Turn("accept", 70, "Annelies"), Turn("answer", 66, "Annelies", "Met één zin erbij over de opzegtermijn."))),
    Question(17, "Daan", "FAC", "IT", 66, -58, "Kan een meterstand binnenkomen zonder inloggen?", (Turn("accept", 61, "Femke"), Turn("answer", 55, "Femke", "Met postcode en meternummer, ja."))),
    Question(9, "Daan", "FAC", "LOG", 60, -50, "Wie brengt de post van de balie naar boven?", (Turn("answer", 59, "Tom", "Wij, elke dag om elf uur."),)),
    Question(20, "Tom", "LOG", "IT", 57, -45, "Kunnen afspraken per sms worden bevestigd?", (Turn("accept", 56, "Youssef"), Turn("answer", 44, "Youssef", "Ja, vanaf vandaag."))),
    Question(29, "Priya", "MAR", "JUR", 40, -30, "Mag het woord “voorschot” uit de brief?", (Turn("accept", 38, "Annelies"), Turn("answer", 33, "Annelies", "Ja, zolang het op de nota blijft staan."))),
    Question(27, "Tom", "LOG", "KS", 36, -28, "Kunnen jullie vragen naar een nummer waarop de klant thuis te bereiken is?", (Turn("answer", 35, "Ruben", "Staat sinds vandaag in het belscript."),)),
    Question(27, "Tom", "LOG", "IT", 30, -12, "Kan de monteur de klant bellen vanaf zijn tablet?", (Turn("accept", 28, "Youssef"), Turn("withdraw", 14, "Tom"))),
    Question(22, "Marieke", "KS", "HR", 27, -13, "Hoe plannen we op maandag twee mensen meer in?", (Turn("accept", 26, "Karin"), Turn("answer", 17, "Karin", "Twee oproepkrachten, tot en met maart."))),
    Question(
        33, "Ruben", "KS", "JUR", 24, 2, "Mogen nabestaanden met alleen een akte alles in één keer regelen?",
        (
            Turn("decline", 21, "Annelies", "Zonder verklaring van erfrecht kan dit niet."),
            Turn("again", 17, "Ruben", "Mag het met een akte als het om minder dan 500 euro gaat?"),
            Turn("decline", 12, "Annelies", "Daarvoor is eerst een besluit van de directie nodig."),
            Turn("again", 8, "Marieke", "Welk besluit is nodig, en wie schrijft het voorstel?"),
            Turn("decline", 1, "Annelies", "Dat voorstel hoort bij Klantenservice te beginnen."),
        ),
    ),
    Question(12, "Marieke", "KS", "JUR", 16, -6, "Mag de bevestiging een voorlopige datum noemen?", (Turn("answer", 13, "Annelies", "Ja, met de zin “onder voorbehoud van de netbeheerder”."),)),
    Question(19, "Daan", "FAC", "IT", 15, -3, "Kunnen de meterstanden al op de dag zelf binnenkomen?", (Turn("accept", 12, "Femke"),)),
    Question(12, "Marieke", "KS", "IT", 9, 5, "Kan de leverdatum uit het netbeheersysteem in het verhuisscherm komen?"),
    Question(44, "Jeroen", "VK", "FAC", 6, 4, "Kan één klant drie aansluitingen op één nota krijgen?", (Turn("accept", 4, "Aylin"),)),
    Question(36, "Aylin", "FAC", "KS", 4, 3, "Welke drie vragen vindt een klant het ergst?", (Turn("decline", 2, "Ruben", "Die tellen we niet; kun je er zelf tien terugluisteren?"),)),
    Question(39, "Daan", "FAC", "MAR", 1, 9, "Willen jullie de jaarnota van teruglevering herschrijven?"),
    Question(41, "Aylin", "FAC", "IT", 1, 6, "Waar gaat de machtiging verloren als het adres verandert?"),
)  # fmt: skip
