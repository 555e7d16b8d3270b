"""Answers that stop the asking, and what to ask about them. They are questioned, never refused.

A word such as "human error" names where it went wrong, not why. Per family of words the question that the field teaches:

- human error: where an inquiry starts, not its conclusion (Dekker, The Field Guide to Understanding 'Human Error', 3rd ed.,
  2014, ch. 1); every human error has a preceding cause (RCA2, National Patient Safety Foundation 2015, causation rule 3);
- not following the rule: a departure from a procedure has a cause too (RCA2, rule 4);
- carelessness, attitude: words that judge instead of describe (RCA2, rule 2); people do what makes sense to them at the
  time (Dekker, the local rationality principle);
- communication: a label for many different things, put where an explanation should be (Dekker on folk models);
- training: a weak remedy, so worth one more why before it is the answer (the action hierarchy of RCA2);
- the person: would somebody else in that place have done otherwise? (Johnston's substitution test, 1995);
- time: it was given to something else, by a choice that can be found (Card, The problem with '5 whys', BMJ Quality & Safety
  2017, on answers that stop at the first plausible cause).

Phrases are met anywhere. Bare words are met only in an answer of at most five words: "Communication" says nothing, "The
communication department mails the date before it is sure" says who does what.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

FEW_WORDS = 5


@dataclass(frozen=True)
class Family:
    """Words that stop the asking in the same way, and the question that goes on."""

    question: Any
    phrases: tuple[str, ...] = ()
    bare: tuple[str, ...] = ()


FAMILIES = (
    Family(
        _l("Human error is where it starts, not why. What made the mistake easy to make?"),
        phrases=("human error", "user error", "operator error", "human factor", "menselijke fout", "menselijke fouten", "menselijk falen", "menselijke factor"),
        bare=(
            "error", "mistake", "mistakes", "slip", "forgot", "forgotten", "forgetful", "fout", "foutje", "fouten", "vergissing", "vergissingen", "vergeten", "vergeet", "vergat",
        ),
    ),
    Family(
        _l("Which way of working is quicker or safer for whoever does not follow the rule, and why?"),
        phrases=(
            "not followed", "not following", "did not follow", "do not follow", "does not follow", "didn't follow", "doesn't follow", "non-compliance",
            "niet gevolgd", "volgt de procedure niet", "volgen de procedure niet", "niet volgens procedure", "niet aan de regels", "niet aan de procedure", "niet aan de afspraken",
        ),
        bare=("discipline", "workaround", "workarounds"),
    ),
    Family(
        _l("Attention runs out in everybody. What asked so much of it here, and what could have caught the slip?"),
        phrases=("not paying attention", "lack of attention", "niet opgelet", "let niet op", "letten niet op", "gebrek aan aandacht"),
        bare=(
            "careless", "carelessness", "inattention", "inattentive", "sloppy", "sloppiness", "negligence", "complacency", "onoplettend", "onoplettendheid", "slordig", "slordigheid",
            "onzorgvuldig", "onzorgvuldigheid", "nalatig", "nalatigheid", "gemakzucht", "onachtzaamheid",
        ),
    ),
    Family(
        _l("Nobody comes to work to do it badly. What makes it sensible to do it this way?"),
        phrases=("don't care", "doesn't care", "geen zin", "kan ze niet schelen", "niet gemotiveerd"),
        bare=(
            "attitude", "mindset", "mentality", "motivation", "unmotivated", "laziness", "lazy", "unwilling", "unwillingness", "culture", "ownership", "houding", "mentaliteit", "motivatie",
            "ongemotiveerd", "luiheid", "lui", "onwil", "cultuur", "eigenaarschap", "weerstand", "resistance",
        ),
    ),
    Family(
        _l("Which message, from whom to whom, did not arrive, and what should have carried it?"),
        phrases=("poor communication", "lack of communication", "slechte communicatie", "gebrek aan communicatie"),
        bare=("communication", "miscommunication", "communicatie", "miscommunicatie", "afstemming", "alignment", "misunderstanding", "misverstand"),
    ),
    Family(
        _l("What should somebody have known at that moment, and why did the work itself not show it?"),
        phrases=("lack of training", "not trained", "lack of knowledge", "gebrek aan kennis", "niet opgeleid", "te weinig kennis", "niet getraind"),
        bare=("training", "knowledge", "inexperience", "incompetence", "opleiding", "kennis", "instructie", "onervaren", "onervarenheid", "onkunde", "onwetendheid", "onbekwaamheid"),
    ),
    Family(
        _l("Where does the time go, and who chose what comes first?"),
        phrases=("no time", "lack of time", "not enough time", "too busy", "geen tijd", "te weinig tijd", "te druk", "te weinig mensen", "not enough people"),
        bare=("time", "busy", "workload", "capacity", "understaffed", "understaffing", "tijd", "tijdgebrek", "tijdsgebrek", "tijdsdruk", "drukte", "werkdruk", "capaciteit", "onderbezetting"),
    ),
    Family(
        _l("Would somebody else in the same place have done otherwise? If not, what is it about the place?"),
        phrases=("individual failure",),
        bare=("employee", "employees", "staff", "colleague", "agent", "agents", "medewerker", "medewerkers", "collega", "collega's", "personeel"),
    ),
)  # fmt: skip


def plain(text: str) -> str:
    """Lower case without accents, words with one blank between them."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return " ".join(re.findall(r"[\w'-]+", "".join(c for c in letters if not unicodedata.combining(c))))


def question(text: str) -> Any | None:
    """What to ask about this answer, or None when it says something."""
    said = f" {plain(text)} "
    few = len(said.split()) <= FEW_WORDS
    for family in FAMILIES:
        if any(f" {p} " in said for p in family.phrases) or (few and any(f" {w} " in said for w in family.bare)):
            return family.question
    return None
