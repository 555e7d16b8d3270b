"""Dutch or English: who gets which, how each writes days and numbers, and no page in which the two are mixed."""

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest
from babel.messages.pofile import read_po
from flask_babel import force_locale, gettext, ngettext

from cxboard import language
from cxboard.accounts.models import User
from cxboard.db import db
from tests.architecture.house import House, furnished
from tests.language.test_catalogue import DUTCH, PLACEHOLDER, sentences
from tests.makers import make_issue

LONG = 12
pytestmark = pytest.mark.databases("sqlite")  # words do not depend on where they are kept


def language_of(answer):
    return re.search(r'<html lang="(\w+)"', answer.text)[1]


# who reads what


@pytest.mark.parametrize(
    ("browser", "reads"),
    [("nl", "nl"), ("nl-BE,nl;q=0.9", "nl"), ("en-GB", "en"), ("en,nl;q=0.5", "en"), ("nl,en;q=0.5", "nl"), ("de,en;q=0.8", "en")],
)
def test_the_browser_says_which_language(client, browser, reads):
    assert language_of(client.get("/password/forgotten", headers={"Accept-Language": browser})) == reads


@pytest.mark.parametrize("default", ["nl", "en"])
@pytest.mark.parametrize("browser", ["de", "", "fr-FR,fr;q=0.9"])
def test_a_browser_that_speaks_neither_gets_the_language_of_the_house(app, client, monkeypatch, browser, default):
    monkeypatch.setitem(app.config, "DEFAULT_LOCALE", default)

    assert language_of(client.get("/password/forgotten", headers={"Accept-Language": browser})) == default


@pytest.mark.parametrize(("own", "browser"), [("nl", "en"), ("en", "nl")])
def test_a_persons_own_choice_wins(sign_in, person, own, browser):
    person("Mo").locale = own

    mo = sign_in("Mo")

    assert language_of(mo.get("/board", headers={"Accept-Language": browser})) == own
    assert language_of(mo.get(f"/board?lang={browser}")) == own


def test_what_is_chosen_at_the_door_stays_until_one_signs_in(client):
    client.get("/password/forgotten?lang=en", headers={"Accept-Language": "nl"})

    assert language_of(client.get("/password/forgotten", headers={"Accept-Language": "nl"})) == "en"


def test_an_unknown_language_at_the_door_is_ignored(client):
    assert language_of(client.get("/password/forgotten?lang=xx", headers={"Accept-Language": "en"})) == "en"


def test_the_page_of_an_error_speaks_ones_language(sign_in, person):
    person("Mo").locale = "nl"

    answer = sign_in("Mo").get("/issues/999999")

    assert answer.status_code == 404
    assert "Hier is niets" in answer.text


# how it is written


@pytest.fixture(params=["nl", "en"])
def spoken(app, request):
    with force_locale(request.param):
        yield request.param


def in_both(spoken, nl, en):
    return {"nl": nl, "en": en}[spoken]


@pytest.mark.parametrize(
    ("value", "nl", "en"),
    [(3200, "3.200", "3,200"), (4.6, "4,6", "4.6"), (0.05, "0,1", "0.1"), (12, "12", "12"), (10_240.0, "10.240", "10,240"), (-0.5, "-0,5", "-0.5"), (None, "", "")],
)
def test_numbers(spoken, value, nl, en):
    assert language.number(value) == in_both(spoken, nl, en)


@pytest.mark.parametrize(("value", "nl", "en"), [(80.0, "80\u00a0%", "80%"), (None, "", ""), (0.0, "0\u00a0%", "0%"), (1500.0, "1.500\u00a0%", "1,500%")])
def test_percentages(spoken, value, nl, en):
    assert language.percent(value) == in_both(spoken, nl, en)


@pytest.mark.parametrize(("value", "nl", "en"), [(853.3, "853", "853"), (10_240.0, "10.240", "10,240"), (4.62, "4,6", "4.6"), (None, "–", "–")])
def test_scores(spoken, value, nl, en):
    assert language.score(value) == in_both(spoken, nl, en)


@pytest.mark.parametrize(
    ("value", "nl", "en"),
    [
        (date(2026, 11, 26), "do 26 nov", "Thu 26 Nov"),
        (date(2026, 3, 2), "ma 2 mrt", "Mon 2 Mar"),
        (date(2027, 1, 1), "vr 1 jan 2027", "Fri 1 Jan 2027"),
        (date(2026, 9, 20), "zo 20 sep", "Sun 20 Sept"),
    ],
)
def test_days_of_the_week(spoken, at, value, nl, en):
    at("2026-11-21 09:00")

    assert language.weekday(value) == in_both(spoken, nl, en)


def test_days_have_the_year_when_it_is_another_one(spoken, at):
    at("2026-11-21 09:00")

    assert language.day(date(2026, 11, 26)) == in_both(spoken, "26 nov", "26 Nov")
    assert language.day(date(2025, 5, 6)) == in_both(spoken, "6 mei 2025", "6 May 2025")
    assert language.day(date(2026, 11, 26), year=True) == in_both(spoken, "26 nov 2026", "26 Nov 2026")
    assert language.day(None) == ""


def test_moments_are_local(spoken, at):
    at("2026-11-21 09:00")

    assert language.moment(datetime(2026, 11, 26, 9, 0, tzinfo=UTC)) == in_both(spoken, "26 nov 2026, 10:00", "26 Nov 2026, 10:00")
    assert language.moment(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == in_both(spoken, "2 jul 2026, 00:30", "2 Jul 2026, 00:30")


@pytest.mark.parametrize(
    ("moment", "nl", "en"),
    [
        ("2026-11-21 15:59:30", "zojuist", "just now"),
        ("2026-11-21 15:59", "1 minuut geleden", "1 minute ago"),
        ("2026-11-21 15:43", "17 minuten geleden", "17 minutes ago"),
        ("2026-11-21 09:05", "vandaag, 09:05", "today, 09:05"),
        ("2026-11-20 16:12", "gisteren, 16:12", "yesterday, 16:12"),
        ("2026-11-12 16:12", "12 nov", "12 Nov"),
        ("2025-11-12 16:12", "12 nov 2025", "12 Nov 2025"),
    ],
)
def test_how_long_ago(spoken, at, moment, nl, en):
    then = at(moment)
    at("2026-11-21 16:00")

    assert language.ago(then) == in_both(spoken, nl, en)


@pytest.mark.parametrize(("count", "nl", "en"), [(0, "0 minuten", "0 minutes"), (1, "1 minuut", "1 minute"), (2, "2 minuten", "2 minutes"), (21, "21 minuten", "21 minutes")])
def test_plurals(spoken, count, nl, en):
    assert ngettext("%(num)s minute", "%(num)s minutes", count) == in_both(spoken, nl, en)


def test_a_text_that_nobody_translated_is_english(spoken):
    assert gettext("A sentence that is nowhere in the app, about %(name)s", name="Mo") == "A sentence that is nowhere in the app, about Mo"


def test_what_people_type_is_never_translated(sign_in, person):
    mo = person("Mo")
    mo.locale = "nl"
    issue = make_issue("Stands still", by=mo)

    assert "<h1 class=\"title\">Stands still</h1>" in sign_in("Mo").get(f"/issues/{issue.id}").text


@pytest.mark.parametrize(("own", "writes"), [("nl", "midden (80\u00a0%)"), ("en", "medium (80%)")])
def test_a_choice_is_written_as_its_language_writes_numbers(sign_in, person, own, writes):
    mo = person("Mo")
    mo.locale = own
    issue = make_issue(by=mo)

    assert f">{writes}</option>" in sign_in("Mo").get(f"/issues/{issue.id}/facts/weight").text


# no page mixes the two


@pytest.fixture
def house(app, database, databases, at) -> House:
    at("2026-11-24 10:00")
    return furnished(databases, database)


@pytest.fixture(scope="module")
def pairs() -> list[tuple[str, str]]:
    """Each sentence in English and Dutch, as far as the two differ."""
    with DUTCH.open("rb") as file:
        catalogue = read_po(file, locale="nl")
    return [(en, nl) for message in catalogue if message.id for en, nl in sentences(message) if en != nl]


class Phrase:
    """A sentence with gaps, and whether a text holds it."""

    def __init__(self, text: str) -> None:
        self.text, self.pieces = text, PLACEHOLDER.split(text)
        self.longest = max(self.pieces, key=len)
        self.pattern = re.compile(r"(?<!\w)" + ".{0,90}?".join(map(re.escape, self.pieces)) + r"(?!\w)")

    @property
    def is_long(self) -> bool:
        """Long enough to be no coincidence."""
        return len("".join(self.pieces).strip()) > LONG

    def is_in(self, text: str) -> bool:
        """As part of what a page says; a short one only when it stands alone."""
        if not self.is_long:
            return f"\n{self.text}\n" in text
        return self.longest in text and bool(self.pattern.search(text))


def words_of(html: str) -> str:
    """All that a page says: its text, and what screen readers and hovering hear."""
    html = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    said = re.findall(r'\b(?:aria-label|title|placeholder|alt)="([^"]*)"|\bdata-[a-z-]+="([^"]* [^"]*)"', html)
    said = [first or second for first, second in said]
    lines = unescape("\n".join([re.sub(r"<[^>]*>", "\n", html), *said])).splitlines()
    return "\n".join(["", *(line.strip() for line in lines), ""])


def mixed(house: House, client, phrases: list[Phrase], spoken: str) -> list[str]:
    """The pages that hold a phrase of the other language."""
    found = []
    for rule in house.reads():
        if rule.endpoint == "dossiers.shared":
            continue  # in the language that its maker chose for whoever gets it
        for address in house.addresses(rule):
            answer = client.get(address)
            if answer.status_code != 200 or not answer.mimetype.startswith("text/"):
                continue
            assert "<html" not in answer.text or language_of(answer) == spoken, address  # a fragment has the language of its page
            words = words_of(answer.text)
            found += [f"{address}: {phrase.text!r}" for phrase in phrases if phrase.is_in(words)]
    return found


def speaks(name: User, spoken: str) -> User:
    name.locale = spoken
    db.session.commit()
    return name


def test_no_english_on_a_dutch_page(house, sign_in, person, pairs):
    speaks(person("Finn"), "nl")  # a page behind a link in a mail speaks as its reader
    found = mixed(house, sign_in(speaks(person("Roos"), "nl")), [Phrase(english) for english, _dutch in pairs], "nl")

    assert not found, "\n".join(found)


def test_no_dutch_on_an_english_page(house, sign_in, person, pairs):
    phrases = [phrase for phrase in (Phrase(dutch) for _english, dutch in pairs) if phrase.is_long]  # what the cast typed is Dutch

    speaks(person("Finn"), "en")  # a page behind a link in a mail speaks as its reader
    found = mixed(house, sign_in(speaks(person("Roos"), "en")), phrases, "en")

    assert not found, "\n".join(found)


def test_the_door_speaks_one_language_too(client, pairs):
    for spoken, at in (("nl", 0), ("en", 1)):
        phrases = [Phrase(pair[at]) for pair in pairs]
        for address in ("/setup", "/password/forgotten", "/password/used"):
            words = words_of(client.get(address, headers={"Accept-Language": spoken}).text)
            assert not [phrase.text for phrase in phrases if phrase.is_in(words)], address
