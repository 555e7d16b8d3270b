"""Every route of the review: who may, what it answers with and without script, and what it says to nonsense."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime

import sqlalchemy as sa

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.actions.models import Action, Decision
from cxboard.db import db
from cxboard.focus.models import Focus
from cxboard.history import Event
from cxboard.issues.status import Status
from cxboard.reviews.calendar import FreeDay
from cxboard.reviews.models import Presence, Review, ReviewStatus, Series
from cxboard.reviews.steps import Step
from tests.client import Client
from tests.makers import make_action, make_cause, make_issue, make_person, make_problem
from tests.reviews.making import closed, days, go_to, live, planned

Person = Callable[[str], User]
SignIn = Callable[[str], Client]
At = Callable[[str], datetime]
Queries = Callable[[], AbstractContextManager[list[str]]]
RHYTHM = {"weekday": "1", "at": "10.00", "zone": "Europe/Amsterdam", "duration": "60", "chair": "", "place": "Zaal 2"}


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined, no-any-return]


# who may


CHANGES = [
    ("/reviews/rhythm", RHYTHM),
    ("/reviews", {"day": "2026-12-24", "at": "10:00", "duration": "60"}),
    ("/reviews/{planned}/moment", {"day": "2026-12-23", "at": "10:00"}),
    ("/reviews/{planned}/cancellation", {"reason": "Kerst"}),
    ("/reviews/{live}/page", {"step": "focus"}),
    ("/reviews/{live}/time", {}),
    ("/reviews/{live}/attendance", {"person": "1", "presence": "present"}),
    ("/reviews/{live}/attendance/everyone", {}),
    ("/reviews/{live}/guests", {"name": "Gast"}),
    ("/reviews/{live}/closing", {}),
    ("/reviews/{closed}/remarks", {"text": "Het was donderdag."}),
]


def test_only_a_regisseur_plans_and_runs(person: Person, sign_in: SignIn, at: At) -> None:
    at("2026-11-24 10:00")
    roos = person("Roos")
    ids = {"closed": closed(roos).id, "planned": planned(roos, clock.now() + days(7)).id, "live": live(roos).id}
    browsers = {who: sign_in(who) for who in ("Mo", "Finn", "Ada", "Roos")}
    for path, form in CHANGES:
        said = {who: browser.post(path.format(**ids), data=form).status_code for who, browser in browsers.items()}
        regisseurs = ((409, 303),) if path.endswith(("/page", "/closing")) else ((303, 303), (303, 409))  # whoever leads it turns the pages
        assert said in ({"Mo": 403, "Finn": 403, "Ada": ada, "Roos": roos} for ada, roos in regisseurs), path


def test_opening_is_for_a_regisseur(person: Person, sign_in: SignIn) -> None:
    review = planned(person("Roos"))
    assert sign_in("Mo").post(f"/reviews/{review.id}/opening").status_code == 403
    assert sign_in("Roos").post(f"/reviews/{review.id}/opening").status_code == 303
    assert db.session.get(Review, review.id).status == ReviewStatus.LIVE  # type: ignore[union-attr]


def test_members_write_notes_and_everybody_who_is_there_rates(person: Person, sign_in: SignIn) -> None:
    review = live(person("Roos"))
    notes = {"step": "customer", "text": "Mooi verhaal", "was": ""}
    assert sign_in("Finn").post(f"/reviews/{review.id}/notes", data=notes).status_code == 403
    assert sign_in("Mo").post(f"/reviews/{review.id}/notes", data=notes).status_code == 303
    assert sign_in("Finn").post(f"/reviews/{review.id}/ratings", data={"score": "8"}).status_code == 403
    review.mark(person("Finn"), Presence.PRESENT, by=person("Roos"))
    for who in ("Finn", "Mo", "Roos"):
        assert sign_in(who).post(f"/reviews/{review.id}/ratings", data={"score": "8"}).status_code == 303
    assert len(db.session.get(Review, review.id).ratings) == 3  # type: ignore[union-attr]


def test_everybody_reads(person: Person, sign_in: SignIn, client: Client, at: At) -> None:
    at("2026-11-24 10:00")
    roos = person("Roos")
    done, ahead = closed(roos), planned(roos, clock.now() + days(7))
    now = f"/reviews/{live(roos).id}"
    paths = ["/reviews", "/reviews/promises", now, f"/reviews/{ahead.id}", f"/reviews/{done.id}", f"/reviews/{done.id}/minutes.md",
             *(f"{now}/{part}" for part in ("attendance", "pulse", "numbers/new", "numbers/promises"))]  # fmt: skip
    browsers = [sign_in(who) for who in ("Finn", "Mo", "Roos")]
    for path in paths:
        assert [browser.get(path).status_code for browser in (*browsers, client)] == [200, 200, 200, 302], path


def test_the_forms_for_planning_are_for_a_regisseur(person: Person, sign_in: SignIn) -> None:
    ahead = f"/reviews/{planned(person('Roos')).id}"
    roos, mo = sign_in("Roos"), sign_in("Mo")
    for path in ("/reviews/rhythm", "/reviews/new", f"{ahead}/moment", f"{ahead}/cancellation"):
        assert (roos.get(path).status_code, mo.get(path).status_code) == (200, 403), path


def test_what_does_not_exist_is_not_found(person: Person, sign_in: SignIn) -> None:
    review = live(person("Roos"))
    for path in ("/reviews/999", "/reviews/999/pulse", f"/reviews/{review.id}/numbers/salary", f"/reviews/{review.id}/minutes.md", "/reviews/99999999999"):
        assert sign_in("Roos").get(path).status_code == 404
    assert sign_in("Roos").post(f"/reviews/{review.id}/guests/999/end").status_code == 404


# planning


def test_an_empty_house_offers_to_set_the_rhythm(sign_in: SignIn) -> None:
    assert "Set the rhythm" in text(sign_in("Roos").get("/reviews"))
    assert "The CX regisseur sets the rhythm." in text(sign_in("Mo").get("/reviews"))


def test_the_rhythm_is_set_and_said(sign_in: SignIn, at: At) -> None:
    at("2026-11-24 09:00")
    client = sign_in("Roos")
    assert client.post("/reviews/rhythm", data=RHYTHM).location == "/reviews"
    page = text(client.get("/reviews"))

    assert "Every Tuesday at 10:00" in page
    assert "Zaal 2" in page
    assert Series.current().at == "10:00"  # type: ignore[union-attr]


def test_a_rhythm_that_can_not_be_is_asked_again(sign_in: SignIn, rows: Callable[[str], int]) -> None:
    roos = sign_in("Roos")
    for field, value in (("weekday", "8"), ("at", "29:00"), ("at", ""), ("zone", "Mars"), ("zone", "../../etc/passwd"), ("zone", "right/Europe/Amsterdam"), ("zone", "Factory"), ("duration", "0"),
                         ("duration", "veel"), ("chair", "999999"), ("place", "x" * 201)):  # fmt: skip
        answer = roos.post("/reviews/rhythm", data={**RHYTHM, field: value})
        assert (answer.status_code, rows("review_series")) == (422, 0), (field, value)
        assert "aria-invalid" in text(answer), (field, value)


def test_an_extra_review_is_planned_moved_and_cancelled(sign_in: SignIn, at: At) -> None:
    at("2026-11-24 09:00")
    client = sign_in("Roos")
    where = client.post("/reviews", data={"day": "26-11-2026", "at": "14u30", "duration": "45", "place": "Kantine"}).location
    assert "Thu 26 Nov at 14:30" in text(client.get(where))

    assert client.post(f"{where}/moment", data={"day": "2026-11-27", "at": "9"}).status_code == 303
    assert "Fri 27 Nov at 09:00" in text(client.get(where))

    asked = client.post(f"{where}/cancellation", data={"reason": " "}, htmx="dialog-body")
    assert asked.status_code == 422
    assert "<html" not in text(asked)
    assert client.post(f"{where}/cancellation", data={"reason": "Iedereen is ziek"}).status_code == 303
    assert "Iedereen is ziek" in text(client.get(where))
    assert f'action="{where}/restoration"' not in text(sign_in("Mo").get(where))
    assert f'action="{where}/restoration"' in text(client.get(where))
    assert sign_in("Mo").post(f"{where}/restoration").status_code == 403
    at("2026-12-26 09:00")
    client = sign_in("Roos")
    assert f'action="{where}/restoration"' not in text(client.get(where))
    assert client.post(f"{where}/restoration").status_code == 409
    at("2026-12-24 09:00")
    client = sign_in("Roos")
    assert client.post(f"{where}/restoration").status_code == 303
    assert "Enter what was agreed" in text(client.get(where))
    again = client.post(f"{where}/restoration", htmx="main")
    assert again.status_code == 409
    assert "not cancelled" in text(again)


def test_a_review_that_was_held_without_cxboard_is_planned_on_its_day_and_entered(person: Person, sign_in: SignIn, at: At) -> None:
    at("2026-11-10 09:00")
    FreeDay.keep(date(2026, 11, 18), "Teamdag", by=person("Roos"))
    db.session.commit()
    at("2026-11-24 09:00")
    client = sign_in("Roos")
    asked = {"at": "14:30", "duration": "45"}
    too_long_ago = client.post("/reviews", data={**asked, "day": "2026-10-26"})
    assert too_long_ago.status_code == 422
    assert "last four weeks" in text(too_long_ago)
    where = client.post("/reviews", data={**asked, "day": "2026-11-19"}).location
    assert where.endswith("/afterwards")
    assert client.get(where).status_code == 200
    assert "Thu 19 Nov" in text(client.get("/reviews"))
    assert client.post("/reviews", data={**asked, "day": "2026-11-18"}).location.endswith("/afterwards"), "what was held was held"
    assert client.post("/reviews", data={**asked, "day": "2026-11-24", "at": "08:00"}).location.endswith("/afterwards"), "this morning"


def test_a_day_that_has_passed_is_asked_again(sign_in: SignIn, at: At) -> None:
    at("2026-11-24 09:00")
    client = sign_in("Roos")
    where = client.post("/reviews", data={"day": "2026-11-26", "at": "10:00", "duration": "60"}).location
    answer = client.post(f"{where}/moment", data={"day": "2026-11-23", "at": "10:00"})
    assert answer.status_code == 422
    assert "That day has passed" in text(answer)


def test_the_list_shows_rhythm_promises_and_what_was_decided(person: Person, sign_in: SignIn, at: At) -> None:
    roos, mo = person("Roos"), person("Mo")
    at("2026-11-17 10:00")
    review = live(roos)
    Decision.record_one("Zo doen we het.", by=roos)
    kept, late = (make_action(t, owner=mo, due=clock.today() + days(2)) for t in ("op tijd", "te laat"))
    kept.finish(by=mo)
    for n in range(5):
        review.rate(7 + n % 2, by=make_person(f"Gast {n}"))
    go_to(review, Step.WRAP_UP, roos).close(by=roos)
    at("2026-11-24 10:00")
    late.finish(by=mo)
    page = text(sign_in("Mo").get("/reviews"))

    assert "1 of 2" in page
    assert "7.4" in page
    assert "1 of the last 12 weeks had a review" in page
    listed = text(sign_in("Mo").get("/reviews/promises"))
    assert "op tijd" in listed
    assert "done later" in listed


def test_a_rating_of_fewer_than_five_is_not_shown(person: Person, sign_in: SignIn, at: At) -> None:
    at("2026-11-24 10:00")
    roos = person("Roos")
    review = live(roos)
    for n in range(4):
        review.rate(9, by=make_person(f"Gast {n}"))
    page = text(sign_in("Mo").get(f"/reviews/{go_to(review, Step.WRAP_UP, roos).id}"))
    assert "The average is shown from five marks on." in page
    review = db.session.get(Review, review.id)
    assert review
    review.close(by=person("Roos"))
    db.session.commit()
    assert "on average" not in text(sign_in("Mo").get(f"/reviews/{review.id}"))


# the meeting


def test_turning_answers_scripts_and_plain_browsers_alike(person: Person, sign_in: SignIn) -> None:
    make_issue("Punt", by=person("Roos"))
    review = live(person("Roos"))
    client, path = sign_in("Roos"), f"/reviews/{review.id}"
    plain = client.post(f"{path}/page", data={"step": "new"})
    assert (plain.status_code, plain.location) == (303, path)

    scripted = client.post(f"{path}/page", data={"step": "stuck"}, htmx=True, headers={"HX-Current-URL": f"http://localhost{path}"})
    assert scripted.status_code == 200
    assert '"target": "#main"' in scripted.headers["HX-Location"]


def test_one_week_more_is_later_than_today_and_than_was_promised(person: Person, sign_in: SignIn, at: At) -> None:
    at("2026-11-17 09:00")
    before = live(person("Roos"))
    for due in (date(2026, 11, 20), date(2026, 11, 27)):
        make_action("Bel de klant", owner=person("Mo"), by=person("Roos"), due=due)
    go_to(before, Step.WRAP_UP, person("Roos")).close(by=person("Roos"))
    at("2026-11-24 10:00")
    review = go_to(live(person("Roos")), Step.PROMISES, person("Roos"))
    offered = re.findall(r'name="due" value="(.*?)"', sign_in("Roos").get(f"/reviews/{review.id}").text)
    assert offered == ["2026-12-01", "2026-12-04"]


def test_a_page_that_is_not_in_the_review_is_refused(person: Person, sign_in: SignIn) -> None:
    path = f"/reviews/{live(person('Roos')).id}/page"
    roos = sign_in("Roos")
    for form in ({}, {"step": "lunch"}, {"step": "new", "item": "999"}, {"step": "new", "item": "-1"}, {"step": "new", "item": "x"}):
        assert roos.post(path, data=form).status_code == 409, form


def test_nonsense_is_refused_in_a_sentence(person: Person, sign_in: SignIn) -> None:
    review = live(person("Roos"))
    roos = sign_in("Roos")
    for path, form in (("attendance", {"person": "999", "presence": "present"}), ("attendance", {"person": "1", "presence": "asleep"}), ("guests", {"name": ""}),
                       ("ratings", {"score": "11"}), ("ratings", {}), ("notes", {"step": "x"}), ("notes", {"step": "new", "text": "x" * 5001})):  # fmt: skip
        assert roos.post(f"/reviews/{review.id}/{path}", data=form).status_code == 409, (path, form)


def test_nothing_is_added_after_closing(person: Person, sign_in: SignIn) -> None:
    roos = person("Roos")
    review = closed(roos)
    form = {"step": "new", "text": "x", "was": "", "person": str(roos.id), "presence": "present", "name": "Gast", "score": "8", "day": "2030-01-01", "at": "10:00", "reason": "x"}
    browser = sign_in("Roos")
    for path in ("opening", "page", "time", "notes", "attendance", "attendance/everyone", "guests", "ratings", "closing", "moment", "cancellation"):
        assert browser.post(f"/reviews/{review.id}/{path}", data=form).status_code == 409, path


def test_two_who_write_notes_at_once_lose_nothing(person: Person, sign_in: SignIn) -> None:
    review = live(person("Roos"))
    path = f"/reviews/{review.id}/notes"
    assert sign_in("Mo").post(path, data={"step": "customer", "text": "van Mo", "was": ""}).status_code == 303
    clash = sign_in("Roos").post(path, data={"step": "customer", "text": "van Roos", "was": ""})

    assert clash.status_code == 409
    assert "van Mo" in text(clash)
    assert "van Roos" in text(clash)


def test_the_pulse_is_silent_until_something_happens(person: Person, sign_in: SignIn) -> None:
    review = live(person("Roos"))
    client = sign_in("Mo")
    seen = text(client.get(f"/reviews/{review.id}/pulse"))
    assert client.get(f"/reviews/{review.id}/pulse", query_string={"seen": seen}).status_code == 204

    make_issue("Net gemeld", by=person("Mo"))
    assert client.get(f"/reviews/{review.id}/pulse", query_string={"seen": seen}).status_code == 200
    seen = text(client.get(f"/reviews/{review.id}/pulse"))
    sign_in("Roos").post(f"/reviews/{review.id}/page", data={"step": "focus"})
    assert text(client.get(f"/reviews/{review.id}/pulse")) != seen


def test_the_dialog_with_people_stays_open(person: Person, sign_in: SignIn) -> None:
    roos, mo = person("Roos"), person("Mo")
    review = live(roos)
    client = sign_in("Roos")
    answer = client.post(f"/reviews/{review.id}/attendance", data={"person": str(mo.id), "presence": "excused"}, htmx=True)

    assert 'hx-target="#attendance"' in text(answer)
    assert "HX-Trigger" not in answer.headers
    assert any(a.user_id == mo.id and a.presence == Presence.EXCUSED for a in db.session.get(Review, review.id).attendance)  # type: ignore[union-attr]
    assert client.post(f"/reviews/{review.id}/guests", data={"name": "Juridisch"}).status_code == 303
    guest = next(a for a in db.session.get(Review, review.id).attendance if a.guest)  # type: ignore[union-attr]
    assert client.post(f"/reviews/{review.id}/guests/{guest.id}/end").status_code == 303


def test_members_see_the_stage_without_the_page_turner(person: Person, sign_in: SignIn) -> None:
    make_issue("Punt op tafel", by=person("Roos"))
    review = go_to(live(person("Roos")), Step.NEW, person("Roos"))
    path = f"/reviews/{review.id}"
    regisseur, member, viewer = (text(sign_in(who).get(path)) for who in ("Roos", "Mo", "Finn"))

    for page in (regisseur, member, viewer):
        assert "Punt op tafel" in page
    assert f"{path}/page" in regisseur
    assert f"{path}/page" not in member
    assert f"{path}/closing" not in member
    assert 'id="capture"' in member
    assert 'id="capture"' not in viewer


def test_every_step_shows_with_everything_and_with_nothing(person: Person, sign_in: SignIn, at: At) -> None:
    at("2026-11-24 10:00")
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    empty, browser = live(roos).id, sign_in("Mo")
    for step in Step:
        go_to(db.session.get_one(Review, empty), step, person("Roos"))
        assert browser.get(f"/reviews/{empty}").status_code == 200, step
    db.session.get_one(Review, empty).close(by=person("Roos"))
    db.session.commit()

    at("2026-11-30 10:00")
    focus = make_issue("Verhuizen", by=roos, story="Ik zat in het **donker**.", status=Status.ANALYSING)
    Focus.put(focus, by=roos)
    make_issue("Nieuw", by=mo)
    make_issue("Stil", by=roos, status=Status.READY, days=40)
    make_issue("Klaar", by=roos, status=Status.DONE)
    make_action("Beloofd", owner=mo, due=clock.today(), issue=focus)
    cause = make_cause(focus, make_problem(by=eva), by=eva, whys=["omdat", "daarom"], share=40).problem.title
    make_cause(focus, make_problem("Geheim", by=eva, restricted=True), by=eva)
    at("2026-12-01 10:00")
    full, pages = live(person("Roos")).id, {}
    for step in Step:
        go_to(db.session.get_one(Review, full), step, person("Roos"))
        pages[step] = text(browser.get(f"/reviews/{full}"))

    assert [step for step, page in pages.items() if "Geheim" in page] == []
    assert cause in pages[Step.FOCUS]
    assert "There is a restricted cause too." in pages[Step.FOCUS]
    assert "Ik zat in het donker." in pages[Step.CUSTOMER]


def test_what_we_will_not_do_is_read_back(person: Person, sign_in: SignIn) -> None:
    roos, mo = person("Roos"), person("Mo")
    issue = make_issue("Liever niet", by=mo)
    review = live(roos)
    issue.decline(by=roos, reason="Past niet bij de belofte")
    action = Action.promise("Toch maar niet", owner=mo, due=clock.today() + days(2), by=roos)
    action.drop(by=roos, reason="Te duur")
    page = text(sign_in("Mo").get(f"/reviews/{go_to(review, Step.WRAP_UP, roos).id}"))

    assert "Past niet bij de belofte" in page
    assert "Toch maar niet" in page


# afterwards


def test_minutes_are_read_downloaded_and_put_right(person: Person, sign_in: SignIn) -> None:
    roos, mo = person("Roos"), person("Mo")
    review = live(roos)
    Decision.record_one("Zo doen we het <voortaan>.", by=roos)
    Action.promise("Bel de top-10", owner=mo, due=clock.today() + days(2), by=roos)
    go_to(review, Step.WRAP_UP, roos).close(by=roos)
    client, path = sign_in("Roos"), f"/reviews/{review.id}"
    page = text(client.get(path))
    assert "Zo doen we het &lt;voortaan&gt;." in page
    assert "Bel de top-10" in page

    download = client.get(f"{path}/minutes.md")
    assert download.content_type == "text/markdown; charset=utf-8"
    assert "1. Zo doen we het <voortaan>." in text(download)
    assert "- [ ] Bel de top-10 – Mo Amrani" in text(download)

    assert client.post(f"{path}/remarks", data={"text": ""}).status_code == 422
    assert client.post(f"{path}/remarks", data={"text": "Het was donderdag."}).status_code == 303
    assert "Het was donderdag." in text(client.get(path))
    assert client.post(f"/reviews/{live(person('Roos')).id}/remarks", data={"text": "Te vroeg"}).status_code == 409


def test_a_decision_about_a_restricted_problem_is_counted_for_nobody_else(person: Person, sign_in: SignIn) -> None:
    roos, eva = person("Roos"), person("Eva")
    problem = make_problem("Geheim", by=eva, department="IT", restricted=True)
    review = live(roos)
    Decision.record_one("Open", by=roos)
    Decision.record_one("Besloten achter de deur", by=eva, problem=problem)
    review.close(by=roos)
    path = f"/reviews/{review.id}"
    for who, sees in (("Roos", True), ("Eva", True), ("Mo", False), ("Finn", False)):
        client = sign_in(who)
        assert ("achter de deur" in text(client.get(path))) is sees
        assert ("achter de deur" in text(client.get(f"{path}/minutes.md"))) is sees
        assert ('<td class="r">2</td>' in text(client.get("/reviews"))) is sees


# as many statements, however many rows


def test_the_stage_takes_as_many_statements_with_ten_times_the_rows(person: Person, sign_in: SignIn, queries: Queries) -> None:
    roos, mo = person("Roos"), person("Mo")
    Focus.put(make_issue("Focus", by=roos, status=Status.ANALYSING, story="x"), by=roos)
    client = sign_in("Mo")

    def statements(n: int) -> dict[str, int]:
        for k in range(n):
            make_issue(f"nieuw {n} {k}", by=roos, lead="IT")
            issue = make_issue(f"stil {n} {k}", by=roos, status=Status.ANALYSING, days=30)
            make_issue(f"klaar {n} {k}", by=roos, status=Status.DONE)
            make_action(f"belofte {n} {k}", owner=mo, due=clock.today(), issue=issue)
            make_person(f"Collega {n} {k}", departments=("IT",))
        review = live(roos)
        review.mark_everyone_present(list(db.session.scalars(sa.select(User))), by=roos)
        counts = {}
        for step in Step:
            for k in range(n):
                Decision.record_one(f"besluit {k}", by=roos, step=step.value)
                Action.promise(f"actie {k}", owner=mo, due=clock.today() + days(3), by=roos, step=step.value)
            go_to(review, step, roos)
            client.get(f"/reviews/{review.id}")
            db.session.expire_all()
            with queries() as seen:
                assert client.get(f"/reviews/{review.id}").status_code == 200
            counts[step.value] = len(seen)
        review.close(by=roos)
        db.session.commit()
        return counts

    few = statements(1)
    many = statements(10)
    assert all(many[step] <= few[step] for step in few)
    assert max(few.values()) <= 40


def test_the_list_takes_as_many_statements_with_ten_times_the_reviews(person: Person, sign_in: SignIn, queries: Queries, at: At) -> None:
    client = sign_in("Roos")

    def statements(weeks: range) -> int:
        for n in weeks:
            at(f"2026-{1 + n // 4:02d}-{1 + 7 * (n % 4):02d} 10:00")
            closed(person("Roos"))
        client.get("/reviews")
        with queries() as seen:
            assert client.get("/reviews").status_code == 200
        return len(seen)

    few = statements(range(1))
    assert statements(range(1, 10)) <= few


def test_what_was_still_being_typed_at_the_end_is_refused_and_kept(person: Person, sign_in: SignIn, rows: Callable[[str], int]) -> None:
    review = live(person("Roos"))
    form = {"kind": "decision", "text": "Te laat", "review": str(review.id), "step": "wrap_up"}
    assert sign_in("Mo").post("/captures", data=form).status_code == 303
    review = db.session.get(Review, review.id)
    assert review
    review.close(by=person("Roos"))

    assert sign_in("Mo").post("/captures", data=form).status_code == 409
    assert rows("decision") == 1


def test_an_event_says_in_which_review_it_was(person: Person, sign_in: SignIn) -> None:
    review = live(person("Roos"))
    sign_in("Mo").post("/captures", data={"kind": "decision", "text": "Zo gaan we het doen", "step": "customer"})
    decision = db.session.scalars(sa.select(Decision)).one()

    assert decision.review_id == review.id
    assert db.session.scalar(sa.select(Event.review_id).where(Event.kind == "decided")) == review.id
