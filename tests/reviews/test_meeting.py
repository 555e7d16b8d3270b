"""The meeting: opened once, turned page by page, closed into minutes that stay."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.actions.models import Action, Decision
from cxboard.db import db
from cxboard.domain import Refused
from cxboard.focus.models import Focus
from cxboard.history import Event
from cxboard.history.sentences import sentence
from cxboard.issues.status import Status
from cxboard.reviews import minutes, queries
from cxboard.reviews.agenda import agenda_for
from cxboard.reviews.calendar import CalendarLink
from cxboard.reviews.models import Presence, Review, ReviewStatus, Series
from cxboard.reviews.sentences import put_off
from cxboard.reviews.steps import Step
from tests.client import Client
from tests.makers import make_action, make_department, make_issue, make_person, make_problem
from tests.reviews.making import closed, days, go_to, live, planned

Person = Callable[[str], User]
SignIn = Callable[[str], Client]
At = Callable[[str], datetime]


def test_one_review_is_live_at_a_time(person: Person) -> None:
    roos = person("Roos")
    live(roos)
    with pytest.raises(Refused, match="still going on"):
        planned(roos).start(by=roos)


def test_the_database_itself_keeps_a_second_review_from_being_live(person: Person) -> None:
    live(person("Roos"))
    other = planned(person("Roos"))
    with pytest.raises(sa.exc.IntegrityError):
        db.session.execute(sa.update(Review).where(Review.id == other.id).values(status=ReviewStatus.LIVE))
    db.session.rollback()


def test_opening_writes_the_agenda_down_and_begins_with_the_customer(person: Person, at: At) -> None:
    at("2026-11-24 10:03")
    make_issue(by=person("Roos"))
    review = live(person("Roos"))

    assert review.status == ReviewStatus.LIVE
    assert (review.step, review.item) == (Step.CUSTOMER, None)
    assert [i.why for i in review.items] == ["reported"]
    assert review.started_at == clock.now()
    assert [a.presence for a in review.attendance] == [Presence.PRESENT]


def test_pages_turn_point_by_point_and_step_by_step(person: Person) -> None:
    roos = person("Roos")
    first, second = make_issue("een", by=roos, days=2), make_issue("twee", by=roos)
    review = live(roos)
    seen = []
    while ahead := review.following():
        review.turn(*ahead, by=roos)
        seen.append((review.step.value, review.item.issue.key if review.item else None))  # type: ignore[union-attr]

    assert seen == [
        ("numbers", None), ("promises", None), ("new", first.key), ("new", second.key), ("stuck", None), ("focus", None), ("wrap_up", None),
    ]  # fmt: skip
    assert review.preceding() == (Step.FOCUS, None)


def test_what_is_left_has_been_discussed_unless_it_waits_for_next_week(person: Person) -> None:
    roos = person("Roos")
    for n in range(3):
        Focus.put(make_issue(f"punt {n}", by=roos, status=Status.ANALYSING), by=roos)
    review = go_to(live(roos), Step.FOCUS, roos)
    one, two, three = review.points(Step.FOCUS)

    review.turn(Step.FOCUS, two, by=roos)
    review.turn(Step.FOCUS, three, by=roos, later=True)
    review.turn(Step.WRAP_UP, by=roos)

    assert [p.discussed_at is not None for p in (one, two, three)] == [True, False, True]


def test_a_new_issue_is_discussed_only_when_it_has_an_answer(person: Person) -> None:
    roos = person("Roos")
    first, second, third, fourth = (make_issue(f"punt {n}", by=roos, days=5 - n) for n in range(4))
    review = go_to(live(roos), Step.NEW, roos)
    points = review.points(Step.NEW)

    review.turn(Step.NEW, points[1], by=roos)  # paged past
    second.decline(by=roos, reason="Past niet bij de belofte")
    review.turn(Step.NEW, points[2], by=roos)
    review.turn(Step.NEW, points[3], by=roos, later=True)
    assert [p.discussed_at is not None for p in points] == [False, True, False, False]
    review.turn(Step.STUCK, by=roos)
    fourth.decline(by=roos, reason="Komt niet meer voor")  # answered while another page is shown
    review.turn(Step.WRAP_UP, by=roos)
    review.close(by=roos)
    db.session.commit()

    assert [p.discussed_at is not None for p in points] == [False, True, False, True]
    assert [i["key"] for i in review.minutes["not_reached"]] == [first.key, third.key]  # type: ignore[index]
    assert [(i.issue.key, i.carried) for i in agenda_for(planned(roos), only=Step.NEW) if i.issue] == [(first.key, 1), (third.key, 1)]


def test_a_promise_that_stays_open_is_carried_over_each_week(person: Person, at: At) -> None:
    roos, mo = person("Roos"), person("Mo")
    at("2026-11-09 10:00")
    issue = make_issue(by=roos, status=Status.ANALYSING)
    late = make_action("Veldenlijst naar IT", owner=mo, due=date(2026, 11, 9), issue=issue)
    today = make_action("Brief herschrijven", owner=mo, due=date(2026, 11, 10))
    later = make_action("Proef opzetten", owner=mo, due=date(2026, 11, 30))
    told = []
    for day in ("2026-11-10", "2026-11-17"):
        at(f"{day} 10:00")
        review = go_to(live(roos), Step.PROMISES, roos)
        fresh = Action.promise("Vandaag nog bellen", owner=mo, due=clock.today(), by=roos, step="promises")
        db.session.commit()
        review.turn(Step.WRAP_UP, by=roos)
        review.close(by=roos)
        db.session.commit()
        assert fresh.carried == 0  # promised in this review
        fresh.finish(by=mo)
        db.session.commit()
        told.append({i.action.title: put_off(i) for i in agenda_for(planned(roos), only=Step.PROMISES) if i.action and i.why != "promise_kept"})

    assert told == [
        {late.title: "carried over once", today.title: ""},  # a promise for today is not broken before the day is over
        {late.title: "carried over 2 times", today.title: "carried over once"},
    ]
    assert (late.due, later.carried) == (date(2026, 11, 9), 0)
    events = db.session.scalars(sa.select(Event).where(Event.kind == "action_left_open", Event.subject_id == late.id)).all()
    assert sentence(events[0]).striptags() == "“Veldenlijst naar IT”, promised for 9 Nov, was still open when the review was closed"
    assert [p["carried"] for s in review.minutes["steps"] for p in s["promises"] if p["text"] == late.title] == [2]  # type: ignore[index]


def test_turning_to_the_step_that_is_on_changes_nothing(person: Person) -> None:
    roos = person("Roos")
    make_issue(by=roos)
    review = go_to(live(roos), Step.NEW, roos)

    review.turn(Step.NEW, by=roos)

    assert review.item is not None
    assert review.item.discussed_at is None


def test_a_step_counts_the_seconds_of_all_its_visits(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-24 10:00")
    review = live(roos)
    at("2026-11-24 10:04")
    review.turn(Step.NUMBERS, by=roos)
    at("2026-11-24 10:06")
    review.turn(Step.CUSTOMER, by=roos)
    at("2026-11-24 10:07")
    review.turn(Step.NUMBERS, by=roos)

    assert review.box(Step.CUSTOMER).spent == 5 * 60
    assert review.box(Step.NUMBERS).spent == 2 * 60
    review.lengthen(by=roos)
    assert review.box(Step.NUMBERS).minutes == 7


def test_a_point_of_another_review_or_step_is_refused(person: Person) -> None:
    roos = person("Roos")
    make_issue(by=roos)
    review = live(roos)
    with pytest.raises(Refused, match="agenda"):
        review.turn(Step.FOCUS, review.points(Step.NEW)[0], by=roos)


def test_people_are_marked_and_guests_come_by_name(person: Person) -> None:
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    review = live(roos)
    review.mark(mo, Presence.EXCUSED, by=roos)
    review.mark_everyone_present([roos, mo, eva], by=roos)
    review.welcome("Juridisch: mr. De Vries", by=roos)
    review.welcome("juridisch: mr. de vries", by=roos)
    db.session.commit()

    assert {a.user.name if a.user else a.guest: a.presence.value for a in review.attendance} == {
        "Roos van Dijk": "present", "Mo Amrani": "excused", "Eva Smit": "present", "Juridisch: mr. De Vries": "present",
    }  # fmt: skip
    review.see_off(review.attendance[-1], by=roos)
    assert len(review.attendance) == 3


def test_a_mark_may_change_until_the_end_and_a_mean_needs_five(person: Person, rows: Callable[[str], int]) -> None:
    roos = person("Roos")
    review = live(roos)
    for n in range(4):
        review.rate(8, by=make_person(f"Gast {n}"))
    review.rate(3, by=roos)
    review.rate(8, by=roos)
    assert review.mean == 8
    del review.ratings[0]
    assert review.mean is None
    with pytest.raises(Refused, match="1 to 10"):
        review.rate(11, by=roos)
    assert not db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(Event.kind.contains("rat")))


def test_closing_plans_the_coming_weeks_and_ends_it_for_good(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-24 09:00")
    Series.set(weekday=1, at="10:00", by=roos, zone="Europe/Amsterdam")
    at("2026-12-01 10:00")
    review = closed(roos)

    assert db.session.scalar(sa.select(sa.func.max(Review.week)).where(Review.status == ReviewStatus.PLANNED)) == "2026-W53"
    for act in (
        lambda: review.turn(Step.FOCUS, by=roos), lambda: review.lengthen(by=roos), lambda: review.note(Step.FOCUS, "x", by=roos),
        lambda: review.rate(8, by=roos), lambda: review.close(by=roos), lambda: review.welcome("Gast", by=roos),
        lambda: review.mark(roos, Presence.ABSENT, by=roos),
    ):  # fmt: skip
        with pytest.raises(Refused, match="closed"):
            act()
    for act in (lambda: review.start(by=roos), lambda: review.move(clock.now(), by=roos), lambda: review.cancel(reason="x", by=roos)):
        with pytest.raises(Refused):
            act()


def whole_meeting(person: Person, at: At) -> Review:
    """A meeting in which something of everything happens."""
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    at("2026-11-20 10:00")
    focus = make_issue("Verhuizen lukt niet", by=roos, story="Ik zat in het **donker**.", status=Status.ANALYSING)
    Focus.put(focus, by=roos)
    second = make_issue("Tweede focus", by=roos, status=Status.ANALYSING)
    Focus.put(second, by=roos)
    make_issue("Wachtwoord", by=roos, status=Status.DONE)
    new = make_issue("Nieuw punt", by=mo)
    at("2026-11-24 10:00")
    review = live(roos)
    review.mark(eva, Presence.EXCUSED, by=roos)
    at("2026-11-24 10:15")
    go_to(review, Step.NEW, roos)
    new.decline(by=roos, reason="Past niet bij de belofte")
    at("2026-11-24 10:30")
    go_to(review, Step.FOCUS, roos)
    Decision.record_one("We noemen een voorlopige datum.", by=mo, issue=focus)
    Action.promise("Bel de top-10", owner=mo, due=clock.today() + days(3), by=roos, issue=focus)
    focus.move(Status.IN_PROGRESS, by=roos, reason="Nu kan het")
    review.note(Step.FOCUS, "Marieke vertelde over het proefje.", by=roos)
    at("2026-11-24 10:55")
    go_to(review, Step.WRAP_UP, roos)
    return review


def test_the_minutes_say_what_happened_in_both_languages(person: Person, at: At) -> None:
    review = whole_meeting(person, at)
    at("2026-11-24 10:58")
    review.close(by=person("Roos"))
    db.session.commit()
    told = minutes.for_reader(review, person("Finn"))
    steps = {s["step"]: s for s in told["steps"]}

    assert told["attendance"]["departments"][0]["excused"] == ["Eva Smit"] or told["attendance"]["departments"][1]["present"] == ["Roos van Dijk"]
    assert [w["title"] for w in told["wins"]] == ["Wachtwoord"]
    assert [d["text"] for d in steps["focus"]["decisions"]] == ["We noemen een voorlopige datum."]
    assert [(a["text"], a["owner"], a["due"]) for a in steps["focus"]["actions"]] == [("Bel de top-10", "Mo Amrani", "2026-11-27")]
    assert steps["focus"]["notes"] == "Marieke vertelde over het proefje."
    assert steps["focus"]["spent"] == 25
    assert [c["text"]["en"] for c in steps["focus"]["changes"]] == ["Roos van Dijk moved this from Analysing to In progress all the same: “Nu kan het”"]
    assert set(steps["focus"]["changes"][0]["text"]) == {"nl", "en"}
    assert [r["kind"] for r in told["not_doing"]] == ["declined"]
    assert [i["title"] for i in told["not_reached"]] == ["Tweede focus"]
    assert told["rating"] == {"count": 0, "mean": None}


def test_what_was_refused_by_mistake_and_taken_back_is_not_what_we_said_no_to(person: Person) -> None:
    roos = person("Roos")
    first, second = make_issue("Vergissing", by=roos), make_issue("Echt niet", by=roos)
    review = go_to(live(roos), Step.NEW, roos)
    mistake = first.decline(by=roos, reason="Verkeerde kaart")
    db.session.flush()
    assert mistake
    first.undo(mistake, by=roos)
    second.decline(by=roos, reason="Past niet")
    make_issue("Later", by=roos).park(until=clock.today() + days(30), by=roos)
    make_action("Bellen", owner=roos, by=roos).drop(by=roos, reason="Hoeft niet meer")
    db.session.commit()

    assert [r["title"] for r in minutes.not_doing(queries.events_of(review))] == ["Echt niet", "Later", "Bellen"]
    assert minutes.not_doing(queries.events_of(review, minutes.REFUSALS)) == minutes.not_doing(queries.events_of(review))

    first.decline(by=roos, reason="Toch niet")
    db.session.commit()
    assert [r["title"] for r in minutes.not_doing(queries.events_of(review, minutes.REFUSALS))][-1] == "Vergissing"


def test_what_changed_stands_together_for_each_issue(person: Person, sign_in: SignIn) -> None:
    roos, mo = person("Roos"), person("Mo")
    review = go_to(live(roos), Step.FOCUS, roos)
    first, second = make_issue("Inlogcode komt niet", by=mo), make_issue("Wachtrij", by=mo)
    for issue in (first, second):
        issue.edit(by=roos, story="De klant belt erover.")
    first.edit(by=roos, title="Inlogcode komt te laat")
    review.close(by=roos)
    db.session.commit()
    step = next(s for s in minutes.for_reader(review, roos)["steps"] if s["step"] == "focus")

    together = minutes.per_subject(step["changes"])
    assert [changes[0]["key"] for changes in together] == [first.key, second.key]
    assert len(together[0]) == len(together[1]) + 1
    told = sign_in("Mo").get(f"/reviews/{review.id}/minutes.md").text
    assert told.count(f"- {first.key} Inlogcode komt te laat\n  - ") == 1


def test_what_is_about_no_point_is_not_in_the_minutes(person: Person) -> None:
    roos, mo = person("Roos"), person("Mo")
    other = Review.plan_one(clock.now() + days(14), by=roos)
    review = go_to(live(roos), Step.FOCUS, roos)
    issue = make_issue("Komt er wel in", by=mo)
    Series.set(weekday=3, at="09:00", by=roos, chair=roos)
    other.cancel(reason="Kerstdrukte", by=roos)
    CalendarLink.make(mo)
    db.session.commit()
    review.close(by=roos)
    db.session.commit()
    told = [c for step in minutes.for_reader(review, roos)["steps"] for c in step["changes"]]

    assert {c["key"] for c in told} == {issue.key}


def test_the_minutes_never_change_afterwards(person: Person, at: At) -> None:
    review = whole_meeting(person, at)
    roos, mo = person("Roos"), person("Mo")
    review.close(by=roos)
    db.session.commit()
    before = minutes.for_reader(review, roos)

    issue = review.points(Step.FOCUS)[0].issue
    assert issue is not None
    issue.edit(by=roos, title="Heel anders")
    issue.merge(into=make_issue("Ander", by=roos), by=roos)
    mo.name = "Iemand anders"
    mo.deactivated_at = clock.now()
    make_department("KS").name = "Andere naam"
    review.remark("Het was niet vrijdag maar donderdag.", by=roos)
    db.session.commit()
    db.session.expire_all()

    assert minutes.for_reader(review, roos) == before
    assert [r.text for r in review.remarks] == ["Het was niet vrijdag maar donderdag."]


def test_what_was_undone_within_its_ten_seconds_is_no_news(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-24 10:00")
    issue = make_issue(by=roos, status=Status.ANALYSING)
    review = live(roos)
    event = issue.move(Status.READY, by=roos)
    assert event is not None
    db.session.flush()
    issue.undo(event, by=roos)
    review.close(by=roos)
    db.session.commit()

    assert [c for s in minutes.for_reader(review, roos)["steps"] for c in s["changes"]] == []


def test_what_is_about_a_restricted_problem_is_read_by_those_who_may_see_it(person: Person, at: At) -> None:
    roos, eva, mo = person("Roos"), person("Eva"), person("Mo")
    at("2026-11-24 10:00")
    problem = make_problem("Spanning in het team", by=eva, department="IT", restricted=True)
    review = live(roos)
    Decision.record_one("De coach komt langs.", by=eva, problem=problem)
    Action.promise("Plan de coach", owner=eva, due=clock.today() + days(3), by=eva, problem=problem)
    problem.edit(by=eva, description="Meer hierover.")
    review.close(by=roos)
    db.session.commit()

    def texts(who: User) -> str:
        return str(minutes.for_reader(review, who))

    assert "coach" in texts(roos)
    assert "coach" in texts(eva)
    assert "coach" not in texts(mo)
    assert problem.key not in texts(mo)


def test_what_happens_while_a_review_is_live_is_part_of_it(person: Person) -> None:
    roos = person("Roos")
    review = live(roos)
    issue = make_issue(by=person("Mo"))
    inside = db.session.scalar(sa.select(Event.review_id).where(Event.issue_id == issue.id))
    review.close(by=roos)
    db.session.commit()
    after = make_issue("erna", by=person("Mo"))

    assert inside == review.id
    assert db.session.scalar(sa.select(Event.review_id).where(Event.issue_id == after.id)) is None


def test_a_correction_waits_for_minutes_and_says_something(person: Person) -> None:
    roos = person("Roos")
    with pytest.raises(Refused, match="no minutes yet"):
        live(roos).remark("Te vroeg", by=roos)


def test_a_meeting_that_goes_on_past_midnight_still_takes_what_is_reported(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-24 23:30")
    review = live(roos)
    at("2026-11-25 00:10")
    issue = make_issue("Net gemeld", by=roos)
    review.turn(Step.NEW, by=roos)
    assert [p.issue for p in review.points(Step.NEW)] == [issue]
    assert {f.name: f.value for f in queries.figures(review, roos)}["new"] == 1
