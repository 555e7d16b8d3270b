"""Which passwords are good enough: 8 to 128 characters, not guessed first, and nothing that this place gives away (ASVS 5.0, 6.2)."""

from pathlib import Path
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from ..domain import Refused

if TYPE_CHECKING:
    from .models import User

SHORTEST, LONGEST = 8, 128
FEWEST_DIFFERENT = 4

_lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
COMMON = frozenset(line for line in _lines if not line.startswith("# "))
# With a year or an exclamation mark behind them these are guessed just as fast: Welkom2026!
STEMS = frozenset(
    "welkom wachtwoord password passwoord geheim lente zomer herfst winter spring summer autumn january januari february februari "
    "march maart april may mei june juni july juli august augustus september october oktober november december monday maandag "
    "dinsdag woensdag donderdag vrijdag zaterdag zondag klant klanten klantreis bedrijf company admin beheer beheerder test demo".split()
)


def check_password(password: str, person: "User") -> str:
    """The password, when it is good enough for this person; it is kept exactly as typed. Raises Refused."""
    if len(password) < SHORTEST:
        raise Refused(_l("Choose a password of at least %(least)d characters.", least=SHORTEST))
    if len(password) > LONGEST:
        raise Refused(_l("A password has at most %(most)d characters.", most=LONGEST))
    if easy_to_guess(password.casefold(), person):
        raise Refused(_l("This password is easy to guess. Four words in a row work well."))
    return password


def easy_to_guess(plain: str, person: "User") -> bool:
    """Whether it is among the first guesses: common, a stem with a tail, few different characters, or mostly a name from here."""
    stem = plain.strip(" ").rstrip("0123456789!?.,@#$%^&*-_+= ")
    own = {person.email.casefold(), person.email.split("@")[0].casefold(), *(w.casefold() for w in person.name.split() if len(w) > 3)}
    return (
        plain in COMMON
        or plain.strip() in COMMON
        or stem in STEMS
        or len(set(plain)) < FEWEST_DIFFERENT
        or "cxboard" in plain
        or any(word in plain and len(word) * 2 > len(plain) for word in own if word)
    )
