"""Pages and forms of voices: both answers, permissions, bad input; and that the list costs the same for any number."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.db import db
from cxboard.issues.models import Issue
from cxboard.journeys.models import Journey
from cxboard.voices.models import Scale, Voice
from tests.makers import make_issue, make_voice

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def monday(at):
    return at("2026-11-23 10:00")


def voices():
    return list(db.session.scalars(sa.select(Voice).order_by(Voice.id)))


# logging


def test_a_voice_is_written_down_with_all_that_is_known_and_the_channel_is_remembered(sign_in, person, monday):
    issue = make_issue(by=person("Mo"))
    stage = Journey.named("Klant zijn", by=person("Roos")).add_stage("Betalen", by=person("Roos"))
    db.session.commit()
    mo = sign_in("Mo")
    facts = {
        "quote": "Ik kreeg twee nota's", "channel": "phone", "scale": "nps", "mark": "nps-3", "stage": stage.id, "tags": "Nota, dubbel", "said_on": "2026-11-20",
        "issue_text": f"cx-{issue.id}", "issue": "",
    }  # fmt: skip
    answer = mo.post("/voices", data=facts)

    [voice] = voices()
    assert (answer.status_code, answer.location) == (303, f"/voices/{voice.id}")
    assert (voice.quote, voice.channel, voice.score, voice.scale, voice.stage_id, voice.tags) == ("Ik kreeg twee nota's", "phone", 3, Scale.NPS, stage.id, ["dubbel", "nota"])
    assert (str(voice.said_on), voice.issue_count, issue.voice_count) == ("2026-11-20", 1, 1)
    again = mo.get("/voices/new").text
    assert 'value="phone" checked' in again
    assert 'value="nps" checked' in again


def test_a_score_that_was_chosen_on_another_scale_before_is_not_meant(sign_in):
    sign_in("Mo").post("/voices", data={"quote": "Prima", "scale": "csat", "mark": "nps-9", "said_on": clock.today().isoformat()})

    [voice] = voices()
    assert voice.score is None


def test_a_new_issue_comes_of_it_at_once(sign_in):
    answer = sign_in("Mo").post("/voices", data={"quote": "De app hangt. Steeds weer.", "issue": "new", "said_on": clock.today().isoformat()})

    [issue] = db.session.scalars(sa.select(Issue))
    assert (answer.location, issue.title, issue.voice_count) == (f"/issues/{issue.id}", "De app hangt", 1)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"quote": ""}, "What did the customer say?"), ({"said_on": "gisteren"}, "This is no date"), ({"said_on": "2099-01-01"}, "still to come"),
        ({"issue_text": "zoiets bestaat niet"}, "No issue has this number"), ({"issue": "999"}, "No issue has this number"), ({"issue_text": "x" * 60_000}, "At most 160"), ({"channel": "fax"}, "Choose one from the list"),
    ],
)  # fmt: skip
def test_what_can_not_be_written_down_is_asked_again_with_what_was_typed(sign_in, facts, said):
    data = {"quote": "Alles staat er nog", "said_on": clock.today().isoformat()} | facts
    answer = sign_in("Mo").post("/voices", data=data, htmx="dialog-body")

    assert answer.status_code == 422
    assert said in answer.text
    assert "<html" not in answer.text
    assert not voices()
    if facts.get("quote") is None:
        assert "Alles staat er nog" in answer.text


def test_several_that_fit_the_words_are_offered(sign_in, person):
    issues = [make_issue(f"Nota komt {when}", by=person("Mo")) for when in ("te laat", "dubbel")]
    answer = sign_in("Mo").post("/voices", data={"quote": "Nota!", "issue_text": "nota", "said_on": clock.today().isoformat()})

    assert answer.status_code == 422
    assert all(i.key in answer.text for i in issues)


def test_on_the_page_of_an_issue_it_supports_that(sign_in, person):
    issue = make_issue(by=person("Mo"))
    on_page = {"HX-Current-URL": f"http://localhost/issues/{issue.id}"}
    shown = sign_in("Mo").get("/voices/new", htmx="dialog-body", headers=on_page).text

    assert f'value="{issue.id}" checked' in shown
    assert f'value="{issue.id}" checked' in sign_in("Mo").get(f"/voices/new?issue={issue.id}").text


def test_who_only_looks_on_reads_and_writes_nothing(sign_in, person):
    voice = make_voice(by=person("Mo"))
    finn = sign_in("Finn")

    assert finn.get("/voices").status_code == finn.get(f"/voices/{voice.id}").status_code == 200
    assert "Log a voice" not in finn.get("/voices").text
    for address in ("/voices", f"/voices/{voice.id}/supports", f"/voices/{voice.id}/return", f"/voices/{voice.id}/revision", "/voices/together"):
        assert finn.post(address, data={"quote": "x"}).status_code == 403
    assert sign_in("Eva").get(f"/voices/{voice.id}/revision").status_code == 403


# reading


def test_every_filter_leaves_exactly_what_it_names(sign_in, person, monday):
    mo = person("Mo")
    issue = make_issue(by=mo)
    stage = Journey.named("Klant zijn", by=mo).add_stage("Betalen", by=mo)
    make_voice("Eerste zegt wachttijd", by=mo, days=40, stage=stage, channel="phone", score=2, scale=Scale.NPS, tags=["nota"])
    make_voice("Tweede over de nota's", by=mo, days=2, channel="chat", score=5, scale=Scale.CSAT, supports=issue)
    make_voice("Derde zwijgt", by=mo, days=1, source="Onderzoek", tags=["nota", "app"]).set_aside("Dubbel", by=mo)
    make_voice("Vierde wil een nota", by=mo, days=0, tags=["app"])
    finn = sign_in("Finn")

    def shown(query: str) -> str:
        text = finn.get(f"/voices?{query}").text
        return "".join(n for n, word in enumerate(("Eerste", "Tweede", "Derde", "Vierde"), 1) for n in [str(n)] if word in text)

    assert shown("") == "124"
    for query, expected in {
        f"stage={stage.id}": "1", "stage=none": "24", "channel=chat": "2", "score=good": "2", "score=bad": "1", "scale=nps": "1", "label=app": "4", "aside=yes": "3",
        "aside=yes&label=nota": "3", "source=cxboard": "124", "supports=yes": "2", "supports=no": "14", f"issue={issue.id}": "2", "q=nota": "24", "q=wacht": "1", "q=nota&label=app": "4",
        "since=2026-11-21": "24", "until=2026-10-31": "1", "since=2026-11-20&until=2026-11-21": "2", "q=nota&until=2026-11-22": "2", "department=ZZ": "", "q=%25": "", "stage=x&score=y&older=z&since=nooit": "124",
    }.items():  # fmt: skip
        assert shown(query) == expected, query


def test_who_searches_everything_finds_what_customers_said_too(sign_in, person, monday):
    it = person("Eva").departments[0]
    for n in range(6):
        make_voice(f"De lantaarn brandt niet, {n}e keer", days=n, by=person("Mo"))
    make_voice("Lantaarns genoeg", days=200, department=it, by=person("Mo"))
    make_voice("Iets anders", by=person("Mo"))
    db.session.commit()
    finn = sign_in("Finn")

    page = finn.get("/search?q=lantaarn").text
    assert 'hx-get="/voices/found?q=lantaarn"' in page
    assert "hx-get=\"/voices/found" not in finn.get("/search?q=lantaarn&kind=comment").text  # only that kind was asked for
    assert "hx-get=\"/voices/found" not in finn.get("/search").text

    found = finn.get("/voices/found?q=lantaarn", htmx="voices-found").text
    assert "7 voices" in found
    assert found.count("<li>") == 5
    assert "De <mark>lantaarn</mark> brandt niet, 0e keer" in found
    assert 'href="/voices?q=lantaarn"' in found
    assert "<!doctype" not in found.lower()

    narrowed = finn.get("/search?q=lantaarn&department=IT&period=year").text
    address = re.search('hx-get="(/voices/found[^"]*)"', narrowed)[1].replace("&amp;", "&")
    assert address == "/voices/found?q=lantaarn&department=IT&since=2025-11-22"
    assert "1 voice" in finn.get(address, htmx="voices-found").text
    assert "1 voice" not in finn.get(address.replace("2025-11-22", "2026-06-01"), htmx="voices-found").text

    for nothing in ("q=onvindbaar", "q=", "", "q=de", "q=%3Cb%3E%27%22", "q=lantaarn&since=9999-99-99&department=%00"):
        answer = finn.get(f"/voices/found?{nothing}")
        assert answer.status_code == 200
        if "lantaarn" not in nothing:
            assert '<section id="voices-found" class="mt-5" hidden>' in answer.text


def test_pages_go_on_where_the_one_before_ended_in_both_directions(sign_in, person, monkeypatch):
    monkeypatch.setattr("cxboard.voices.reading.PER_PAGE", 3)
    monkeypatch.setattr("cxboard.voices.reading.MOST_RARE", 2)  # what has more is common to PostgreSQL
    for n in range(8):
        make_voice(f"Stem {n} zegt woord", by=person("Mo"), days=n // 3, tags=["x"])
    finn = sign_in("Finn")
    for query in ("", "&q=woord", "&label=x"):
        seen, address = [], f"/voices?a=1{query}"
        pages = []
        while address:
            text = finn.get(address).text
            pages.append([w for w in (f"Stem {n} " for n in range(8)) if w in text])
            seen += pages[-1]
            address = text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
            newer = text.partition('rel="prev" href="')[2].partition('"')[0].replace("&amp;", "&")
        assert len(seen) == len(set(seen)) == 8
        assert [len(p) for p in pages] == [3, 3, 2]
        back = finn.get(newer).text
        assert [w for w in (f"Stem {n} " for n in range(8)) if w in back] == pages[1]


def test_the_list_and_the_page_of_an_issue_ask_as_much_for_many_as_for_few(sign_in, person, queries):
    roos = sign_in("Roos")
    issue = make_issue(by=person("Mo"))

    def asked(address: str) -> int:
        roos.get(address)
        with queries() as seen:
            roos.get(address)
        return len(seen)

    make_voice(by=person("Mo"), supports=issue, tags=["a"])
    addresses = ("/voices", "/voices?label=a", "/voices?q=drie", f"/issues/{issue.id}", "/voices/numbers")
    few = [asked(a) for a in addresses]
    for n in range(12):
        make_voice(by=person("Mo"), supports=issue, tags=["a", f"b{n}"], score=n % 5 + 1, scale=Scale.CSAT, days=n)
    assert [asked(a) for a in addresses] == few
    assert few[0] <= 14


def test_a_voice_shows_which_issues_it_may_support_and_why_but_supports_none_by_itself(sign_in, person):
    mo = person("Mo")
    fits = make_issue("Eindnota komt weken te laat na verhuizing", by=mo)
    make_issue("Storing in de app", by=mo)
    voice = make_voice("Na de verhuizing kreeg ik de eindnota pas na maanden", by=mo)
    page = sign_in("Mo").get(f"/voices/{voice.id}").text

    assert f"/issues/{fits.id}" in page
    assert "shares: verhuizing, eindnota" in page
    assert "Storing in de app" not in page
    assert voice.issue_count == 0
    sign_in("Eva").post(f"/voices/{voice.id}/supports", data={"issue": fits.id})
    assert (fits.voice_count, voice.issue_count) == (1, 1)
    assert "let this voice support" in sign_in("Mo").get(f"/voices/{voice.id}").text


def test_several_at_once_by_form_with_a_way_back(sign_in, person, monday):
    mo = sign_in("Mo")
    issue = make_issue("Eindnota te laat", by=person("Mo"))
    ids = [make_voice(by=person("Mo")).id for _ in range(2)]
    asked = mo.get(f"/voices/together?what=support&ids={ids[0]}&ids={ids[1]}")
    assert "Which issue do these 2 voices support?" in asked.text
    assert mo.post("/voices/together", data={"what": "support", "ids": "1,2"}).status_code == 422
    assert mo.post("/voices/together", data={"what": "aside", "ids": "1,2"}).status_code == 422
    assert mo.post("/voices/together", data={"what": "issue", "ids": "1,2"}).status_code == 422
    assert mo.post("/voices/together", data={"what": "aside", "ids": "", "why": "x"}, htmx=True).status_code == 409

    done = mo.post("/voices/together", data={"what": "support", "ids": f"{ids[0]},{ids[1]}", "issue_text": "eindnota"})
    assert (done.status_code, issue.voice_count) == (303, 2)
    assert "2 voices support" in mo.get("/voices").text
    assert sign_in("Eva").post("/voices/together/1/undo").status_code == 404
    mo.post("/voices/together/1/undo")
    assert issue.voice_count == 0


# with an issue


def test_an_issue_shows_its_voices_the_pinned_ones_first_and_what_they_suggest(sign_in, person, monday):
    mo = person("Mo")
    issue = make_issue(by=mo)
    old = make_voice("Dit zegt alles", by=mo, days=50, supports=issue, score=1, scale=Scale.CSAT)
    for n in range(5):
        make_voice(f"Nieuwe stem {n}", by=mo, days=n, supports=issue, score=2, scale=Scale.CSAT)
    browser = sign_in("Mo")

    def panel() -> str:
        return browser.get(f"/issues/{issue.id}").text.partition('id="issue-voices"')[2].partition("</section>")[0]

    assert "Dit zegt alles" not in panel()
    page = browser.get(f"/issues/{issue.id}").text
    assert "80" in page
    assert "follows from 6 voices" in page
    assert "Reach at least 5 a month" in page
    assert "Severity 4 of 5" in page

    browser.post(f"/voices/{old.id}/pin", data={"issue": issue.id})
    assert "Dit zegt alles" in panel()
    assert "Nieuwe stem" not in panel()
    browser.post(f"/issues/{issue.id}/suggestions", data={"what": "severity", "value": "4"})
    assert issue.severity == 4
    for bad in ({"what": "severity", "value": "6"}, {"what": "rank", "value": "1"}, {"what": "reach", "value": "-1"}):
        assert browser.post(f"/issues/{issue.id}/suggestions", data=bad).status_code == 400


# numbers


def test_a_second_voice_is_pinned_where_it_is_read(sign_in, person):
    issue = make_issue(by=person("Mo"))
    first, second = (make_voice(f"Stem {n}", by=person("Mo"), supports=issue) for n in range(2))
    first.pin(issue, by=person("Mo"))
    db.session.commit()
    browser, page = sign_in("Mo"), f"/voices/{second.id}"
    assert f'action="{page}/pin"' in browser.get(page).text
    assert f'action="{page}/pin' not in sign_in("Finn").get(page).text
    answer = browser.post(f"{page}/pin", data={"issue": str(issue.id), "back": page})
    assert (answer.status_code, answer.location) == (303, page)
    assert f'action="{page}/pin/end"' in browser.get(page).text


def test_every_number_opens_just_the_voices_that_it_counts(sign_in, person, monday):
    mo = person("Mo")
    stage = Journey.named("Klant zijn", by=mo).add_stage("Betalen", by=mo)
    for days in (0, 1, 30, 31, 70, 500):
        make_voice(by=mo, days=days, stage=stage, tags=["nota"], score=4, scale=Scale.CSAT)
    make_voice(by=mo).set_aside("Dubbel", by=mo)
    make_voice("Geen fase", by=mo)
    finn = sign_in("Finn")
    since = clock.today().replace(day=1)

    for by, rest in (("stage", f"stage={stage.id}"), ("label", "label=nota")):
        page = finn.get(f"/voices/numbers?by={by}").text
        months = {}
        for v in voices():
            if not v.is_set_aside and v.tags and v.said_on > since - timedelta(days=330):
                months[v.said_on.replace(day=1)] = months.get(v.said_on.replace(day=1), 0) + 1
        for first, n in months.items():
            link = page.partition("numbers-table")[2].partition(f"{rest}&amp;since={first.isoformat()}")[2]
            assert link.partition(">")[2].partition("<")[0] == str(n)
            until = link.partition("until=")[2].partition('"')[0]
            opened = finn.get(f"/voices?{rest}&since={first.isoformat()}&until={until}").text
            assert opened.count('class="said-link"') == n
    assert "n = 5" in finn.get("/voices/numbers?scale=csat").text
