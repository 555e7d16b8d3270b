"""What people bring to a review before it begins, and that it is there when it does."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.actions.models import Action
from cxboard.causes.models import Certainty
from cxboard.db import db
from cxboard.domain import Refused
from cxboard.focus.models import Focus
from cxboard.issues.models import Issue
from cxboard.issues.status import Status
from cxboard.reviews import preparing
from cxboard.reviews.agenda import agenda_for
from cxboard.reviews.minutes import for_reader
from cxboard.reviews.models import AgendaItem, Presence, Review
from cxboard.reviews.news import news
from cxboard.reviews.preparing import EARLIER, LATER
from cxboard.reviews.preparing_today import to_prepare
from cxboard.reviews.queries import room
from cxboard.reviews.sentences import why
from cxboard.reviews.steps import Step
from tests.client import Client
from tests.makers import make_cause, make_issue, make_problem
from tests.reviews.making import closed, days, go_to, keys, planned

Person = Callable[[str], User]
SignIn = Callable[[str], Client]
At = Callable[[str], datetime]
Queries = Callable[[], AbstractContextManager[list[str]]]


def stuck_ones(by: User, count: int = 3) -> list[Issue]:
    return [make_issue(f"stil {n}", by=by, status=Status.ANALYSING, days=40 - n) for n in range(count)]


def point(review: Review, step: Step, thing: Issue | Action) -> AgendaItem:
    return next(i for i in agenda_for(review, only=step) if thing in (i.issue, i.action))


def test_an_order_outlives_the_next_look_and_what_is_new_comes_last(person: Person) -> None:
    roos = person("Roos")
    a, b, c = stuck_ones(roos)
    review = planned(roos)
    points = agenda_for(review, only=Step.STUCK)

    preparing.shift(review, points, points[2], EARLIER, by=roos)
    db.session.commit()
    assert keys(agenda_for(review), Step.STUCK) == [a.key, c.key, b.key]

    points = agenda_for(review, only=Step.STUCK)
    preparing.shift(review, points, points[2], LATER, by=roos)  # the end of the row
    preparing.shift(review, points, points[0], LATER, by=roos)
    older = make_issue("nog ouder", by=roos, status=Status.ANALYSING, days=90)
    assert keys(agenda_for(review), Step.STUCK) == [c.key, a.key, b.key, older.key]

    review.start(by=roos)
    assert keys(review.items, Step.STUCK) == [c.key, a.key, b.key, older.key]


def test_what_is_skipped_stays_away_also_when_its_step_comes_and_the_minutes_say_why(person: Person) -> None:
    roos = person("Roos")
    a, b, _c = stuck_ones(roos)
    review = planned(roos)
    with pytest.raises(Refused):
        preparing.skip(review, point(review, Step.STUCK, a), reason="", by=roos)
    preparing.skip(review, point(review, Step.STUCK, a), reason="Komt over twee weken", by=roos)
    again = preparing.skip(review, point(review, Step.STUCK, b), reason="vergissing", by=roos)
    preparing.put_back(again, by=roos)
    db.session.commit()

    assert a.key not in keys(agenda_for(review), Step.STUCK)
    assert b.key in keys(agenda_for(review), Step.STUCK)
    review.start(by=roos)
    go_to(review, Step.STUCK, roos)
    assert a.key not in keys(review.items, Step.STUCK)
    go_to(review, Step.WRAP_UP, roos).close(by=roos)
    assert [(s["key"], s["reason"], s["by"]) for s in for_reader(review, roos)["skipped"]] == [(a.key, "Komt over twee weken", "Roos van Dijk")]


def test_the_story_of_the_next_focus_issue_is_told_when_the_first_is_skipped(person: Person) -> None:
    roos = person("Roos")
    first, second = (make_issue(t, by=roos, story=f"Over {t}.") for t in ("eerst", "daarna"))
    for issue in (first, second):
        Focus.put(issue, by=roos)
    review = planned(roos)

    preparing.skip(review, point(review, Step.CUSTOMER, first), reason="Vorige week al verteld", by=roos)

    assert keys(agenda_for(review), Step.CUSTOMER) == [second.key]


def test_an_added_point_comes_with_who_added_it_and_why(person: Person) -> None:
    roos, mo = person("Roos"), person("Mo")
    issue = make_issue(by=mo, status=Status.ANALYSING)
    review = planned(roos)

    added = preparing.add(review, issue, Step.FOCUS, by=mo, why="De leverancier heeft geantwoord")
    db.session.commit()
    [item] = [i for i in agenda_for(review) if i.issue is issue]
    assert (item.step, why(item)) == (Step.FOCUS, "Mo Amrani added it: “De leverancier heeft geantwoord”")
    with pytest.raises(Refused, match="already"):
        preparing.add(review, issue, Step.FOCUS, by=roos)

    preparing.take_off(added, by=mo)
    assert issue not in [i.issue for i in agenda_for(review)]

    preparing.add(review, issue, Step.STUCK, by=mo)
    review.start(by=roos)
    assert [(i.why, why(i)) for i in review.points(Step.STUCK)] == [("added", "Mo Amrani added it.")]


def test_an_added_point_has_to_fit_its_step(person: Person) -> None:
    roos = person("Roos")
    review = planned(roos)
    new, busy, done = (make_issue(s.value, by=roos, status=s) for s in (Status.NEW, Status.ANALYSING, Status.DONE))
    for issue, step in ((new, Step.STUCK), (busy, Step.NEW), (done, Step.FOCUS), (busy, Step.PROMISES)):
        with pytest.raises(Refused):
            preparing.add(review, issue, step, by=roos)

    preparing.add(review, busy, Step.FOCUS, by=roos)
    busy.decline(by=roos, reason="Past niet")
    db.session.flush()
    assert keys(agenda_for(review), Step.FOCUS) == []


def test_an_answer_is_read_at_the_point_and_one_person_has_one(person: Person) -> None:
    roos, mo = person("Roos"), person("Mo")
    [issue] = stuck_ones(roos, 1)
    review = planned(roos)
    item = point(review, Step.STUCK, issue)
    preparing.answer(review, item, "Wacht op IT", by=mo)
    preparing.answer(review, item, "IT antwoordt donderdag", by=mo)
    preparing.answer(review, item, "", by=roos)
    db.session.commit()

    assert [(a.by.name, a.text) for a in preparing.plan(review, [item], roos).of(item).said] == [("Mo Amrani", "IT antwoordt donderdag")]  # type: ignore[union-attr]
    review.start(by=roos)
    preparing.answer(review, review.points(Step.STUCK)[0], "Ik was er al mee bezig", by=roos)
    assert [a.text for a in preparing.answers_by_thing(review)[issue.id, None]] == ["IT antwoordt donderdag", "Ik was er al mee bezig"]


def test_after_it_has_begun_nothing_is_prepared_any_more(person: Person) -> None:
    roos = person("Roos")
    [issue] = stuck_ones(roos, 1)
    review = planned(roos)
    added = preparing.add(review, issue, Step.FOCUS, by=roos)
    item = point(review, Step.STUCK, issue)
    review.start(by=roos)
    for verb in (
        lambda: preparing.skip(review, item, reason="toch niet", by=roos), lambda: preparing.take_off(added, by=roos),
        lambda: preparing.add(review, issue, Step.STUCK, by=roos), lambda: preparing.excuse(review, by=roos),
        lambda: preparing.shift(review, [item], item, EARLIER, by=roos), lambda: preparing.give_time(review, item, 3, by=roos),
    ):  # fmt: skip
        with pytest.raises(Refused, match="has begun"):
            verb()


def test_who_cannot_be_there_is_excused_and_says_whom_to_ask(person: Person) -> None:
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    review = planned(roos)
    with pytest.raises(Refused):
        preparing.excuse(review, by=mo, stand_in=mo)
    preparing.excuse(review, by=mo)
    preparing.excuse(review, by=mo, stand_in=eva)
    preparing.excuse(review, by=eva)
    preparing.come_after_all(review, by=eva)
    db.session.commit()

    review.start(by=roos)
    db.session.commit()
    assert [(e.person.name, e.stand_in.name) for e in preparing.excuses(review) if e.stand_in] == [("Mo Amrani", "Eva Smit")]
    assert {a.user.name: a.presence for a in review.attendance if a.user} == {"Mo Amrani": Presence.EXCUSED, "Roos van Dijk": Presence.PRESENT}
    review.mark_everyone_present([mo, eva], by=roos)
    assert room(review).excused == 1


def test_what_is_prepared_about_a_restricted_problem_is_for_those_who_may_see_it(person: Person, sign_in: SignIn) -> None:
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    problem = make_problem("Spanning in het team", by=eva, department="IT", restricted=True)
    action = Action.promise("Praat met het team", owner=eva, due=clock.today(), by=eva, problem=problem)
    review = planned(roos)
    item = point(review, Step.PROMISES, action)
    preparing.answer(review, item, "Vrijdag het gesprek", by=eva)
    name = preparing.name_of(item)
    db.session.commit()
    assert sign_in("Mo").get(f"/reviews/{review.id}/points/{name}").status_code == 404
    assert sign_in("Eva").get(f"/reviews/{review.id}/points/{name}").status_code == 200
    assert "Vrijdag" not in sign_in("Mo").get(f"/reviews/{review.id}").get_data(as_text=True)

    preparing.skip(review, item, reason="Nog geen gesprek", by=roos)
    db.session.commit()
    assert [len(preparing.plan(review, [], who).skipped) for who in (roos, eva, mo)] == [1, 1, 0]
    assert "Nog geen gesprek" not in sign_in("Mo").get(f"/reviews/{review.id}").get_data(as_text=True)
    review.start(by=roos)
    go_to(review, Step.WRAP_UP, roos).close(by=roos)
    assert [len(for_reader(review, who)["skipped"]) for who in (roos, eva, mo)] == [1, 1, 0]


# the pages


def test_members_prepare_and_viewers_read(person: Person, sign_in: SignIn) -> None:
    roos = person("Roos")
    a, b, _c = stuck_ones(roos)
    other = make_issue("Telefoon wordt niet opgenomen", by=roos, status=Status.ANALYSING)
    review = planned(roos, clock.now() + days(2))
    at, name = f"/reviews/{review.id}", f"stuck-issue-{b.id}"
    browsers = {who: sign_in(who) for who in ("Finn", "Mo", "Roos")}
    for path, form, allowed in (
        (f"{at}/points/{name}/answer", {"text": "Komt goed"}, "Mo Roos"), (f"{at}/points/{name}/earlier", {}, "Roos"), (f"{at}/points/{name}/later", {}, "Roos"),
        (f"{at}/points/{name}/minutes", {"minutes": "7"}, "Roos"), (f"{at}/points/{name}/skipping", {"reason": "Later"}, "Roos"), (f"{at}/points/{name}/return", {}, "Roos"),
        (f"{at}/excuse", {"stand_in": ""}, "Mo Roos"), (f"{at}/excuse/end", {}, "Mo Roos"), (f"{at}/points", {"text": other.key, "step": "focus"}, "Mo"),
        (f"{at}/points/focus-issue-{other.id}/removal", {}, "Mo Roos"),
    ):  # fmt: skip
        for who, browser in browsers.items():
            if who in allowed or who == "Finn" or allowed == "Roos":
                said = browser.post(path, data=form).status_code
                assert said == (303 if who in allowed else 403), (path, who)
    for who, browser in browsers.items():
        assert browser.get(f"{at}/points/{name}").status_code == (403 if who == "Finn" else 200)
        assert browser.get(at).status_code == 200
    assert keys(agenda_for(review), Step.STUCK) == [a.key, b.key, _c.key]


def test_a_point_is_added_by_words_and_chosen_when_more_have_them(person: Person, sign_in: SignIn) -> None:
    roos = person("Roos")
    one, two = (make_issue(f"Monteur belt niet af in {place}", by=roos, status=Status.ANALYSING) for place in ("Leeuwarden", "Sneek"))
    review = planned(roos)
    mo = sign_in("Mo")
    asked = mo.post(f"/reviews/{review.id}/points", data={"text": "monteur belt", "step": "stuck"})
    assert asked.status_code == 422
    assert all(i.key in asked.get_data(as_text=True) for i in (one, two))

    chosen = {"text": "monteur belt", "was": "monteur belt", "chosen": two.key.replace("-", " ").lower(), "step": "stuck"}
    assert mo.post(f"/reviews/{review.id}/points", data=chosen).status_code == 303
    assert keys(agenda_for(review), Step.STUCK) == [two.key]
    for nonsense in ({"text": "eenhoorn", "step": "stuck"}, {"text": "CX-999999", "step": "stuck"}, {"text": "sneek", "step": "promises"}, {"text": "", "step": "stuck"}, {"text": "sneek", "step": "new"}):
        assert mo.post(f"/reviews/{review.id}/points", data=nonsense).status_code == 422
    assert sign_in("Roos").post(f"/reviews/{review.id}/points/stuck-issue-999/earlier").status_code == 404
    assert sign_in("Roos").post(f"/reviews/{review.id}/points/lunch-issue-1/earlier").status_code == 404


def test_a_promise_is_done_already(person: Person, sign_in: SignIn) -> None:
    roos, mo = person("Roos"), person("Mo")
    action = Action.promise("Top-10 bellen", owner=mo, due=clock.today(), by=roos)
    review = planned(roos)
    name = f"promises-action-{action.id}"
    assert sign_in("Eva").post(f"/reviews/{review.id}/points/{name}/completion").status_code == 403
    assert sign_in("Mo").post(f"/reviews/{review.id}/points/{name}/completion").status_code == 303
    assert [i.why for i in agenda_for(review, only=Step.PROMISES)] == ["promise_kept"]


def test_what_is_prepared_is_on_the_stage(person: Person, sign_in: SignIn) -> None:
    roos, mo = person("Roos"), person("Mo")
    [issue] = stuck_ones(roos, 1)
    action = Action.promise("Top-10 bellen", owner=mo, due=clock.today(), by=roos)
    review = planned(roos)
    preparing.answer(review, point(review, Step.STUCK, issue), "Wacht op IT sinds maandag", by=mo)
    preparing.answer(review, point(review, Step.PROMISES, action), "Zeven van de tien gebeld", by=mo)
    preparing.excuse(review, by=mo, stand_in=person("Eva"))
    review.start(by=roos)
    go_to(review, Step.STUCK, roos)
    assert "Wacht op IT sinds maandag" in sign_in("Finn").get(f"/reviews/{review.id}").get_data(as_text=True)
    go_to(review, Step.PROMISES, roos)
    assert "Zeven van de tien gebeld" in sign_in("Finn").get(f"/reviews/{review.id}").get_data(as_text=True)
    assert "Ask Eva Smit instead." in sign_in("Roos").get(f"/reviews/{review.id}/attendance").get_data(as_text=True)


def test_minutes_from_before_there_was_skipping_are_still_read(person: Person, sign_in: SignIn) -> None:
    review = closed(person("Roos"))
    review.minutes = {k: v for k, v in (review.minutes or {}).items() if k != "skipped"}
    db.session.commit()
    assert sign_in("Finn").get(f"/reviews/{review.id}").status_code == 200
    assert sign_in("Finn").get(f"/reviews/{review.id}/minutes.md").status_code == 200


# why something comes, beyond single points


def test_a_new_issue_comes_with_the_one_that_it_looks_like(person: Person) -> None:
    roos = person("Roos")
    old = make_issue("Eindnota komt weken te laat", by=roos, status=Status.ANALYSING)
    make_issue("Eindnota is te hoog", by=roos, status=Status.ANALYSING)
    new = make_issue("De eindnota komt weken later dan beloofd", by=roos)
    make_issue("Iets heel anders", by=roos)

    proposed = {i.issue_id: why(i).partition("answers. ")[2] for i in agenda_for(planned(roos), only=Step.NEW)}

    assert proposed.pop(new.id) == f"It looks like {old.key} “Eindnota komt weken te laat”: merge them?"
    assert set(proposed.values()) == {""}


def test_a_proposed_answer_is_over_once_one_was_given(person: Person) -> None:
    roos = person("Roos")
    make_issue("Eindnota komt weken te laat", by=roos, status=Status.ANALYSING)
    new = make_issue("Eindnota komt weken te laat", by=roos)
    [item] = agenda_for(planned(roos), only=Step.NEW)
    new.move(Status.ANALYSING, by=roos, reason="iets anders")
    assert "looks like" not in why(item)


def test_what_changed_per_department_since_the_last_review(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-17 10:00")
    early = make_issue("eerder", by=roos, lead="IT")
    at("2026-11-17 11:00")
    closed(roos)
    at("2026-11-20 10:00")
    make_issue("nieuw", by=roos, lead="KS")
    make_issue("snel", by=roos, lead="KS").move(Status.DONE, by=roos, reason="klaar")
    early.move(Status.IN_PROGRESS, by=roos, reason="begonnen")
    db.session.commit()
    at("2026-11-24 10:00")

    found = news(planned(roos), roos).departments

    assert [(d.department.code, d.reported, d.begun, d.done) for d in found] == [("IT", 0, 1, 0), ("KS", 2, 0, 1)]


def test_the_reason_for_a_point_that_is_there_already_stands_with_it(person: Person, sign_in: SignIn) -> None:
    roos, mo = person("Roos"), sign_in("Mo")
    issue = make_issue("Net gemeld", by=person("Eva"))
    review = planned(roos)
    for reason in ("De klant belde weer", "En nog eens"):
        answer = mo.post(f"/reviews/{review.id}/points", data={"text": issue.key, "step": "new", "why": reason}, follow_redirects=True)
        assert "was on the agenda already; your reason stands with it." in answer.get_data(as_text=True)
    [told] = preparing.answers_by_thing(review)[issue.id, None]

    assert told.text == "De klant belde weer\nEn nog eens"
    assert [i.why for i in agenda_for(review) if i.issue_id == issue.id] == ["reported"]

    told.text = "x" * 1_990
    db.session.commit()
    assert mo.post(f"/reviews/{review.id}/points", data={"text": issue.key, "step": "new", "why": "Nog een keer"}).status_code == 422
    assert len(told.text) == 1_990
    review.start(by=roos)
    db.session.commit()
    late = mo.post(f"/reviews/{review.id}/points", data={"text": issue.key, "step": "new", "why": "Ja"})
    assert (late.status_code, "has begun" in late.text) == (422, True)


def test_new_and_confirmed_causes_and_the_leverage_that_they_add(person: Person, at: At) -> None:
    roos, eva, mo = person("Roos"), person("Eva"), person("Mo")
    at("2026-11-17 10:00")
    one, two = (make_issue(t, by=roos, status=Status.ANALYSING, reach=100.0, severity=4) for t in ("een", "twee"))
    problem, quiet = make_problem("Zes systemen", by=eva), make_problem("Rustig", by=eva)
    secret = make_problem("Teamleider houdt alles tegen", by=eva, restricted=True)
    known = make_cause(one, problem, by=roos, share=40)
    make_cause(two, quiet, by=roos, share=10)
    at("2026-11-17 11:00")
    closed(roos)
    at("2026-11-20 10:00")
    known.confirm(Certainty.PROVEN, by=eva)
    make_cause(two, problem, by=roos, share=50)
    make_cause(two, secret, by=eva, share=20)
    db.session.commit()
    at("2026-11-24 10:00")
    review = planned(roos)

    [rose] = news(review, mo).problems
    assert (rose.problem, rose.linked, rose.confirmed) == (problem, [two.key], [one.key])
    pain = one.pain or 0.0
    assert (rose.now, rose.more) == (pytest.approx(pain * (0.4 + 0.25)), pytest.approx(pain * (0.2 + 0.25)))
    assert [p.problem for p in news(review, roos).problems] == [problem, secret]


def test_news_is_read_on_the_agenda_and_in_the_meeting_but_not_of_what_is_hidden(person: Person, sign_in: SignIn) -> None:
    roos, eva = person("Roos"), person("Eva")
    issue = make_issue(by=roos, status=Status.ANALYSING)
    make_cause(issue, make_problem("Zes systemen", by=eva), by=roos)
    make_cause(issue, make_problem("Teamleider houdt alles tegen", by=eva, restricted=True), by=eva)
    review = planned(roos)
    for _look in ("agenda", "stage"):
        seen = {who: sign_in(who).get(f"/reviews/{review.id}").get_data(as_text=True) for who in ("Mo", "Eva")}
        assert "Zes systemen" in seen["Mo"]
        assert "houdt alles tegen" not in seen["Mo"]
        assert "houdt alles tegen" in seen["Eva"]
        if review.is_planned:
            review.start(by=roos)
            go_to(review, Step.NUMBERS, roos)


# Today


def test_today_asks_what_is_about_me_or_my_department_until_i_have_said_something(person: Person, sign_in: SignIn) -> None:
    roos = person("Roos")
    mine = make_issue("Van ons", by=roos, status=Status.ANALYSING, days=30)
    dull = make_issue("Ook van ons", by=roos, status=Status.ANALYSING, days=25)
    make_issue("Van IT", by=roos, lead="IT", status=Status.ANALYSING, days=30)
    review = planned(roos, clock.now() + days(2))
    assert [i.issue for i in to_prepare(review, person("Mo"))] == [mine, dull]
    mo = sign_in("Mo")
    assert "today-prepare" in mo.get("/").get_data(as_text=True)

    for issue, words in ((mine, "IT antwoordt donderdag"), (dull, "")):
        assert mo.post(f"/reviews/{review.id}/points/stuck-issue-{issue.id}/answer", data={"text": words, "back": "/"}).location == "/"
    assert "today-prepare" not in mo.get("/").get_data(as_text=True)
    assert [a.text for answers in preparing.answers_by_thing(review).values() for a in answers] == ["IT antwoordt donderdag"]


def test_today_asks_nothing_for_a_review_that_is_far_away_and_nothing_of_who_only_reads(person: Person, sign_in: SignIn) -> None:
    roos = person("Roos")
    make_issue("Van ons", by=roos, lead="FIN", status=Status.ANALYSING, days=30)
    make_issue("Van KS", by=roos, lead="KS", status=Status.ANALYSING, days=30)
    planned(roos, clock.now() + days(2))
    assert "today-prepare" not in sign_in("Finn").get("/").get_data(as_text=True)
    for review in db.session.scalars(sa.select(Review)):
        review.move(clock.now() + days(9), by=roos)
    db.session.commit()
    assert "today-prepare" not in sign_in("Mo").get("/").get_data(as_text=True)


def test_the_agenda_says_by_how_much_it_does_not_fit(person: Person, sign_in: SignIn) -> None:
    roos = person("Roos")
    stuck_ones(roos, 3)
    review = planned(roos, clock.now() + days(2))
    plan = preparing.plan(review, agenda_for(review), roos)
    assert (plan.step(Step.STUCK), plan.over(Step.STUCK), plan.too_long) == (6, 0, 0)

    for item in agenda_for(review, only=Step.STUCK):
        preparing.give_time(review, item, 20, by=roos)
    db.session.commit()

    plan = preparing.plan(review, agenda_for(review), roos)
    assert (plan.step(Step.STUCK), plan.over(Step.STUCK), plan.too_long) == (60, 50, 10)
    page = sign_in("Mo").get(f"/reviews/{review.id}").get_data(as_text=True)
    assert "about 50 minutes too many" in page
    assert "10 minutes more than there are" in page
    assert sign_in("Roos").post(f"/reviews/{review.id}/points/stuck-issue-1/minutes", data={"minutes": "61"}).status_code == 409


def test_what_is_prepared_takes_as_many_statements_whatever_there_is(person: Person, queries: Queries) -> None:
    roos, mo = person("Roos"), person("Mo")
    review = planned(roos)

    def fill(n: int) -> None:
        for k in range(n):
            issue = make_issue(f"stil {n} {k}", by=roos, status=Status.ANALYSING, days=30)
            make_cause(make_issue(f"nieuw punt {n} {k}", by=roos), make_problem(f"Probleem {n} {k}", by=roos), by=roos)
            preparing.answer(review, point(review, Step.STUCK, issue), "Komt goed", by=mo)
            preparing.add(review, issue, Step.FOCUS, by=mo)

    def statements() -> int:
        db.session.commit()
        db.session.expire_all()
        with queries() as seen:
            items = agenda_for(review)
            plan = preparing.plan(review, items, mo)
            news(review, mo)
            assert [plan.of(i).said[0].by.name for i in items if plan.of(i) and plan.of(i).said]  # type: ignore[union-attr]
        return len(seen)

    fill(2)
    statements()  # what is usual is counted once and kept
    few = statements()
    fill(6)
    assert statements() == few
