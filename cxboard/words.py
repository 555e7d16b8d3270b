"""What a word is to search: without accents and capitals, its Dutch or English ending taken off; the same for every database."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

WORD = re.compile(r"[^\W_]+")
LONGEST = 40  # characters of a word that count
MOST_WORDS = 8  # of a question
MOST_CHARACTERS = 200  # of a question
FEWEST_FOR_BEGINNINGS = 3  # characters of a last word that may still be unfinished
SNIPPET = 160

# Letters that Unicode does not take apart into a letter and an accent.
OTHER_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ĳ": "ij"})
STOP_WORDS = frozenset(
    "aan als bij dan dat de die dit dus een en er ge had haar heb heeft het hij hun ik in is je kan maar me met mij mijn na naar nee niet nog nu of om "
    "ons ook op over te tot uit van veel voor waar wat we wel wie wij ze zei zich zij zijn zo zou "
    "about am an and are as at be been but by can did do does for from had has have he her his how if into it its me my no nor not on or our out so "
    "than that the their them then there these they this to up us was were what when which who why will with you your".split()
)


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """Lower case without accents: Réactie is reactie, Straße is strasse."""
    if word.isascii():
        return word.lower()[:LONGEST]
    apart = unicodedata.normalize("NFKD", word.casefold().translate(OTHER_LETTERS))
    return "".join(c for c in apart if not unicodedata.combining(c) and c.isalnum())[:LONGEST]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A folded word without its ending, as far as Dutch and English share a few plain rules: klachten and klacht, delayed and delays.

    Not a grammar: two forms of a word should meet, in an index as well as in a question, and different words should seldom do.
    """
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    for least in (3, 4, 4):
        before = word
        if word.endswith("s") and word[-2] not in "siu":
            word = _without(word, "s", least)
        for ending in ("heden", "ingen", "ing", "en", "ed", "e"):
            if word.endswith(ending):
                word = _without(word, ending, least + (ending == "ed")) + ("heid" if ending == "heden" else "")
                break
        if word.endswith("t") and word[-2] in "kplrgfm":
            word = _without(word, "t", least)
        if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou":
            word = word[:-1]
        if word == before:
            break
    word = re.sub(r"(aa|ee|oo|uu)", lambda double: double[0][0], word)
    return word[:-1] + {"v": "f", "z": "s", "y": "i"}.get(word[-1], word[-1])


def _without(word: str, ending: str, least: int) -> str:
    return word[: -len(ending)] if len(word) - len(ending) >= least else word


def folded(text: str) -> Iterator[str]:
    """The words of a text, folded; single letters say nothing."""
    for found in WORD.finditer(text):
        if (word := fold(found[0])) and (len(word) > 1 or word.isdigit() or not word.isascii()):
            yield word


def forms(text: str) -> set[str]:
    """What an index keeps of a text: each of its words as it is, for beginnings, and its stem."""
    kept = {w for w in folded(text) if w not in STOP_WORDS}
    return kept | {stem(w) for w in kept}


@dataclass(frozen=True)
class Question:
    """What is looked for: stems that must all be there, and a last word that may be unfinished."""

    stems: tuple[str, ...] = ()
    last: str = ""
    key: tuple[str, int] | None = None  # ("CX", 12), ("EX", 7), or ("", 12) for a bare number

    @classmethod
    def of(cls, text: str, *, typing: bool = False) -> Question:
        """From what was typed. Never an error: what is no word is no question.

        While somebody is still `typing`, a last word that says nothing yet (two letters, or half a "the") is not looked for.
        """
        text = text[:MOST_CHARACTERS]
        found = list(folded(text))
        words = [w for w in found if w not in STOP_WORDS][:MOST_WORDS]
        last = found[-1] if found and text[-1:].strip() and found[-1] not in STOP_WORDS and len(found[-1]) >= FEWEST_FOR_BEGINNINGS else ""
        if last and words[-1] != last:
            last = ""
        if typing and len(words) > 1 and words[-1] == found[-1] and (len(words[-1]) < FEWEST_FOR_BEGINNINGS or any(w.startswith(words[-1]) for w in STOP_WORDS)):
            words, last = words[:-1], ""
        stems = tuple(dict.fromkeys(stem(w) for w in (words[:-1] if last else words)))
        return cls(stems, last, key_in(text))

    def __bool__(self) -> bool:
        return bool(self.stems or self.last)

    def fits(self, word: str) -> bool:
        """Whether this word of a text is one that is looked for."""
        if (word := fold(word)) in STOP_WORDS or not word:
            return False
        return stem(word) in self.stems or bool(self.last and (word.startswith(self.last) or stem(word) == stem(self.last)))

    def marked(self, text: str) -> Markup:
        """The text with what is looked for in bold."""
        pieces, end = [], 0
        for found in WORD.finditer(text):
            if self.fits(found[0]):
                pieces += [escape(text[end : found.start()]), Markup("<mark>%s</mark>") % found[0]]
                end = found.end()
        return Markup("").join([*pieces, escape(text[end:])])

    def snippet(self, text: str) -> Markup:
        """The piece of a long text in which the first hit stands, with what is looked for in bold; '' when it is not there."""
        text = " ".join(re.sub(r"[*_`~#>\[\]|]+", " ", text[:20_000]).split())
        first = next((m.start() for m in WORD.finditer(text) if self.fits(m[0])), None)
        if first is None:
            return Markup("")
        start = 0 if len(text) <= SNIPPET else max(0, min(first - SNIPPET // 4, len(text) - SNIPPET))
        if start:
            start = text.find(" ", start) + 1 if text.find(" ", start, first) >= 0 else start
        piece = text[start : start + SNIPPET]
        if start + SNIPPET < len(text) and (cut := piece.rfind(" ")) > first - start:
            piece = piece[:cut]
        return Markup("{}{}{}").format("… " if start else "", self.marked(piece), " …" if start + len(piece) < len(text) else "")


def key_in(text: str) -> tuple[str, int] | None:
    """CX-12, ex 7 or a bare 12, when that is all there is."""
    found = re.fullmatch(r"\s*(?:(cx|ex)[\s-]?)?([0-9]{1,9})\s*", text.lower(), re.ASCII)
    return ((found[1] or "").upper(), int(found[2])) if found else None
