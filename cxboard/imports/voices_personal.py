"""Who said it is not ours to keep: columns and texts that look like names, mail addresses and telephone numbers.

A guess that warns; a person decides. Wrong guesses are cheap, because the importer sees examples and can bring a column in anyway.
"""

from __future__ import annotations

import re
from enum import Enum

from flask_babel import gettext as _

from .columns import plain_name

MAIL = re.compile(r"[\w.%+'-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*\.[a-z]{2,24}\b", re.IGNORECASE)
# A plus or 00 with a country, or a 0 with an area, then groups of digits. Fewer digits are order numbers and service numbers.
PHONE = re.compile(r"(?<![\w/.,:-])(?:(?:\+|00)[1-9][0-9]{0,2}[ .-]?(?:\(0\)[ .-]?)?|\(0[0-9]{1,4}\)[ .-]?|0)[0-9](?:[ .-]{0,2}[0-9]){6,11}(?![\w/]|[.,-][0-9])")
NAME = re.compile(r"(?:(?:dhr|mevr|mw|mr|mrs|ms|dr|de heer|mevrouw|meneer)\.? )?[A-ZÀ-Þ][\w'’.-]*(?: [A-ZÀ-Þ]\.)*(?: (?:van|de|der|den|ten|ter|het|'t|von|le|la|v\.?d\.?))*(?: [A-ZÀ-Þ][\w'’-]+)+")
TITLED = re.compile(r"\b(?:[Dd]hr|[Mm]evr|[Mm]w|Mr|Mrs|Ms|[Dd]e [Hh]eer|[Mm]evrouw|[Mm]eneer)\.? (?:(?:[Vv]an|[Dd]e|[Dd]er|[Dd]en|[Tt]en|[Tt]er) ){0,2}[A-ZÀ-Þ][\w'’-]+")

HEADERS = {
    "name": (
        "naam", "name", "voornaam", "achternaam", "klantnaam", "volledige naam", "contactpersoon", "tussenvoegsel", "first name", "last name", "firstname",
        "lastname", "surname", "full name", "customer name", "client name", "patient name", "respondent name", "naam klant", "naam client", "contact name",
        "achternaam klant", "voorletters", "initials",
    ),
    "mail": ("e mail", "email", "mail", "mailadres", "e mailadres", "emailadres", "email address", "e mail address", "customer email", "e mail klant"),
    "phone": (
        "telefoon", "telefoonnummer", "tel", "telnr", "mobiel", "mobiele nummer", "mobiel nummer", "gsm", "phone", "phone number", "telephone", "mobile",
        "telephone number", "mobile number", "terugbelnummer",
    ),
    "other": (
        "adres", "address", "straat", "street", "postcode", "zip", "zip code", "postal code", "huisnummer", "bsn", "burgerservicenummer", "iban",
        "rekeningnummer", "geboortedatum", "date of birth", "birthday", "dob", "ip", "ip address", "ip adres", "nhs number",
    ),
}  # fmt: skip
BY_HEADER = {name: kind for kind, names in HEADERS.items() for name in names}
MOSTLY = 0.3  # the share of a column's cells above which it is a column of such things


class Kind(Enum):
    """What a column of personal data holds."""

    NAME = "name"
    MAIL = "mail"
    PHONE = "phone"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            Kind.NAME: _("names"),
            Kind.MAIL: _("e-mail addresses"),
            Kind.PHONE: _("telephone numbers"),
            Kind.OTHER: _("what leads to a person (an address, a day of birth, a number)"),
        }[self]


def by_header(header: str) -> Kind | None:
    """What a column holds by its name."""
    found = BY_HEADER.get(plain_name(header))
    return Kind(found) if found else None


def mails(text: str) -> list[str]:
    return MAIL.findall(text) if "@" in text else []


def phones(text: str) -> list[str]:
    """Telephone numbers in a text: 06-12345678, 010 123 45 67, +31 6 12345678, 0044 7700 900123."""
    return [found for found in PHONE.findall(text) if 9 <= sum(c.isdigit() for c in found) <= 15] if "0" in text or "+" in text else []


def named(text: str) -> list[str]:
    """People called by title and name in a text: “mevrouw De Vries”."""
    return TITLED.findall(text)


def is_name(text: str) -> bool:
    """Whether a cell is nothing but a name of somebody: two capitalised words or more, with what may stand between."""
    return len(text) < 50 and bool(NAME.fullmatch(text))


def masked(text: str) -> str:
    """The text with marks in the place of mail addresses and telephone numbers."""
    for found in mails(text):
        text = text.replace(found, "[e-mail]")
    for found in phones(text):
        text = text.replace(found, "[phone]")
    return text
