"""The page that was turned to: made once for all who see the same, and nothing in it is for one person."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from cxboard.accounts.models import User
from cxboard.causes.models import Problem
from cxboard.db import db
from cxboard.reviews import one_page, views
from cxboard.reviews.models import Review
from cxboard.reviews.steps import Step
from tests.client import Client
from tests.makers import make_action, make_cause, make_issue, make_problem
from tests.reviews.making import go_to, live

Person = Callable[[str], User]
SignIn = Callable[[str], Client]


@pytest.fixture
def review(person: Person) -> Review:
    """Going on, with something in every step; Mo may do a lot in it."""
    roos, mo, _eva, _finn = (person(name) for name in ("Roos", "Mo", "Eva", "Finn"))
    for n in range(3):
        issue = make_issue(f"Klanten wachten {n}", by=mo)
        make_action(f"Bel ze terug {n}", owner=mo, issue=issue, by=mo)
    make_cause(issue, make_problem("Zes systemen", by=mo), by=mo)
    return live(roos)


def turned(client: Client, review: Review) -> str:
    answer = client.get(f"/reviews/{review.id}/pulse", query_string={"seen": "old", "turned": "elsewhere-"})
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    return str(answer.get_data(as_text=True))


def test_a_screen_that_follows_gets_the_page_with_the_pulse(person: Person, sign_in: SignIn, review: Review) -> None:
    mo = sign_in("Mo")
    whole = mo.get(f"/reviews/{review.id}").get_data(as_text=True)
    sign_in("Roos").post(f"/reviews/{review.id}/page", data={"step": "new"})

    page = turned(mo, review)
    assert 'data-turned="new-' in page
    assert "Klanten wachten" in page
    assert "Klanten wachten" not in whole

    seen = mo.get(f"/reviews/{review.id}/pulse").get_data(as_text=True)
    assert seen.startswith("live-"), "who does not say which page it has, or looks around, only hears that there is something new"
    assert mo.get(f"/reviews/{review.id}/pulse", query_string={"seen": seen, "turned": "elsewhere-"}).status_code == 204


def test_nothing_in_it_is_for_one_person(person: Person, sign_in: SignIn, review: Review) -> None:
    roos = person("Roos")
    everywhere = {}
    for step in Step:
        go_to(review, step, roos)
        pages = {who: turned(sign_in(who), review) for who in ("Mo", "Eva", "Finn")}
        assert len(set(pages.values())) == 1, step
        everywhere[step] = turned(sign_in("Roos"), review)
        for page in (pages["Mo"], everywhere[step]):
            assert "<form" not in page, step
            assert "csrf_token" not in page
            assert "form_key" not in page
    assert "hx-post" not in "".join(everywhere.values())


def test_it_is_made_once_for_all_who_see_the_same(person: Person, sign_in: SignIn, review: Review, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, ...]] = []
    monkeypatch.setattr(one_page.Pages, "get", counting(made, one_page.Pages.get))
    go_to(review, Step.NEW, person("Roos"))
    for who in ("Mo", "Finn", "Mo", "Roos", "Roos"):
        turned(sign_in(who), review)
    assert count(made)[""] == 2, "one for who may not see what is restricted, one for the regisseur"

    make_issue("Ook nieuw", by=person("Mo"))
    turned(sign_in("Mo"), review)
    assert count(made)[""] == 3, "something happened: it is made anew"


def count(made: list[tuple[str, ...]]) -> Counter[str]:
    """How many of which part of a page; the page itself has no name."""
    return Counter(key[0] for key in made)


def counting(made: list[tuple[str, ...]], get: Callable[..., str]) -> Callable[..., str]:
    return lambda pages, key, make, **keep: get(pages, key, lambda: made.append(key) or make(), **keep)  # type: ignore[func-returns-value]


def test_who_may_not_see_a_problem_never_gets_the_page_of_who_may(person: Person, sign_in: SignIn) -> None:
    roos, eva = person("Roos"), person("Eva")
    issue = make_issue("Rekening klopt niet", by=eva)
    hidden = make_problem("Er wordt niet geluisterd", by=eva, department="IT", restricted=True)
    make_cause(issue, hidden, by=eva)
    review = live(roos)
    point = next(i for i in review.items if i.issue_id == issue.id)
    review.turn(point.step, point, by=roos)
    db.session.commit()
    for who in ("Eva", "Mo", "Roos", "Finn", "Eva"):
        page = turned(sign_in(who), review)
        assert issue.title in page
        assert (hidden.title in page) == (who in ("Eva", "Roos")), who


def test_the_numbers_are_made_once_but_for_what_not_everybody_may_see(person: Person, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    roos, eva, mo = person("Roos"), person("Eva"), person("Mo")
    hidden = make_problem("Er wordt niet geluisterd", by=eva, department="IT", restricted=True)
    make_cause(make_issue("Rekening klopt niet", by=mo), hidden, by=eva)
    make_cause(make_issue("Klanten wachten", by=mo), make_problem("Zes systemen", by=mo), by=mo)
    review = go_to(live(roos), Step.NUMBERS, roos)
    for who in ("Eva", "Mo", "Roos", "Finn"):
        sign_in(who).get(f"/reviews/{review.id}")  # who opens it is there, which is news
    one_page.pages.forget()
    made: list[tuple[str, ...]] = []
    monkeypatch.setattr(one_page.Pages, "get", counting(made, one_page.Pages.get))
    for who in ("Eva", "Mo", "Roos", "Finn", "Eva"):
        for page in (turned(sign_in(who), review), sign_in(who).get(f"/reviews/{review.id}").get_data(as_text=True)):
            assert "Zes systemen" in page
            assert (hidden.title in page) == (who in ("Eva", "Roos")), who
    assert count(made) == {"": 3, "numbers": 3, "departments": 1, "flow": 1, "presence": 1, "moment": 1, "restricted": 2}


def test_the_numbers_stay_while_only_the_page_is_turned(person: Person, sign_in: SignIn, review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    roos = person("Roos")
    turned(sign_in("Mo"), go_to(review, Step.NUMBERS, roos))
    made: list[tuple[str, ...]] = []
    monkeypatch.setattr(one_page.Pages, "get", counting(made, one_page.Pages.get))
    for step in (Step.NEW, Step.NUMBERS):
        turned(sign_in("Mo"), go_to(review, step, roos))
    assert count(made)["numbers"] == count(made)["flow"] == 0

    make_issue("Ook nieuw", by=person("Mo"))
    turned(sign_in("Mo"), review)
    assert count(made)["numbers"] == count(made)["flow"] == 1


def beside(app: Flask, act: Callable[[], None]) -> Callable[[], None]:
    """Another request that has written what `act` does and not committed it yet. Returns what commits it."""
    written, wanted, over, failed = threading.Event(), threading.Event(), threading.Event(), []

    def run() -> None:
        with app.app_context():
            try:
                act()
                db.session.flush()
                written.set()
                wanted.wait(30)
                db.session.commit()
            except Exception as error:
                failed.append(error)
            finally:
                written.set()
                over.set()
                db.session.remove()

    threading.Thread(target=run, daemon=True).start()
    written.wait(30)

    def commit() -> None:
        wanted.set()
        over.wait(30)
        assert not failed, failed

    return commit


@pytest.mark.databases("postgresql")  # SQLite has one writer at a time
def test_what_became_restricted_beside_another_change_shows_nowhere_any_more(app: Flask, person: Person, sign_in: SignIn) -> None:
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    issue = make_issue("Klanten wachten", by=mo)
    hidden = make_problem("Er wordt niet geluisterd", by=eva, department="IT")
    make_cause(issue, hidden, by=mo)
    review = go_to(live(roos), Step.NUMBERS, roos)
    client, number, by = sign_in("Mo"), hidden.id, eva.id
    db.session.commit()

    commit = beside(app, lambda: db.session.get_one(Problem, number).edit(by=db.session.get_one(User, by), restricted=True))
    sign_in("Roos").post(f"/issues/{issue.id}/comments", data={"text": "Intussen"})  # numbered later, seen sooner
    before = client.get(f"/reviews/{review.id}/pulse").get_data(as_text=True)
    assert hidden.title in client.get(f"/reviews/{review.id}").get_data(as_text=True)
    assert hidden.title in turned(client, review)
    commit()

    assert hidden.title not in client.get(f"/reviews/{review.id}").get_data(as_text=True)
    assert hidden.title not in turned(client, review)
    assert client.get(f"/reviews/{review.id}/pulse", query_string={"seen": before}).status_code == 200, "it is news"


@pytest.mark.databases("postgresql")  # on SQLite a page is made of one moment
def test_what_was_made_beside_a_change_is_not_kept(person: Person, sign_in: SignIn, review: Review, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    go_to(review, Step.NEW, person("Roos"))
    mo = person("Mo").id
    making = views.page_for_everybody

    def disturbed(id: int) -> str:
        page = making(id)
        make_issue("Kwam ertussen", by=db.session.get_one(User, mo))
        return page

    monkeypatch.setattr(views, "page_for_everybody", disturbed)
    one_page.pages.forget()
    turned(sign_in("Mo"), review)
    assert not [key for key in one_page.pages.kept if key[0] == ""]  # type: ignore[index]
    monkeypatch.undo()
    turned(sign_in("Mo"), review)
    assert [key for key in one_page.pages.kept if key[0] == ""]  # type: ignore[index]


def test_what_stands_still_by_now_is_counted_again_after_a_while(person: Person, sign_in: SignIn, at: Callable[[str], datetime], monkeypatch: pytest.MonkeyPatch) -> None:
    at("2026-11-24 10:00")
    roos = person("Roos")
    review = go_to(live(roos), Step.NUMBERS, roos)
    turned(sign_in("Mo"), review)
    made: list[tuple[str, ...]] = []
    monkeypatch.setattr(one_page.Pages, "get", counting(made, one_page.Pages.get))
    at("2026-11-24 10:06")
    turned(sign_in("Mo"), review)
    assert count(made)["numbers"] == 1


def test_who_is_there_is_counted_once_for_everybody(person: Person, sign_in: SignIn, review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    one_page.pages.forget()
    made: list[tuple[str, ...]] = []
    monkeypatch.setattr(one_page.Pages, "get", counting(made, one_page.Pages.get))
    for who in ("Mo", "Roos", "Eva"):
        assert "1 present" in sign_in(who).get(f"/reviews/{review.id}").get_data(as_text=True)
    assert count(made)["presence"] == 1

    mo = sign_in("Mo")
    assert 'id="coming"' in mo.get(f"/reviews/{review.id}").get_data(as_text=True)
    mo.post(f"/reviews/{review.id}/presence")
    told = mo.get(f"/reviews/{review.id}").get_data(as_text=True)
    assert "2 present" in told
    assert 'id="coming"' not in told
    assert 'id="coming"' in sign_in("Eva").get(f"/reviews/{review.id}").get_data(as_text=True)


def test_each_reads_it_in_their_own_language(person: Person, sign_in: SignIn, review: Review) -> None:
    go_to(review, Step.WRAP_UP, person("Roos"))
    english = turned(sign_in("Mo"), review)
    person("Finn").locale = "nl"
    db.session.commit()
    assert turned(sign_in("Finn"), review) != english
