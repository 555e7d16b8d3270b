"""What comes to the table, and why."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.actions.models import Action, Decision
from cxboard.db import db
from cxboard.focus.models import Focus
from cxboard.issues.status import Status
from cxboard.reviews import queries
from cxboard.reviews.agenda import MOST_NEW, agenda_for, left_on_the_board
from cxboard.reviews.models import AgendaItem
from cxboard.reviews.sentences import put_off, why
from cxboard.reviews.steps import Step
from tests.makers import make_action, make_issue, make_problem
from tests.reviews.making import closed, days, go_to, keys, live, planned

Person = Callable[[str], User]
At = Callable[[str], datetime]


def test_the_customer_at_the_table_is_the_first_focus_issue_with_a_story(person: Person) -> None:
    roos = person("Roos")
    mute, told = make_issue(by=roos), make_issue("Verhuizen", by=roos, story="Ik zat in het donker.")
    Focus.put(mute, by=roos)
    Focus.put(told, by=roos)

    items = agenda_for(planned(roos))

    assert keys(items, Step.CUSTOMER) == [told.key]
    assert keys(items, Step.FOCUS) == [mute.key, told.key]


def test_what_was_done_since_the_last_review_is_a_win(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-10 09:00")
    make_issue("Oud", by=roos, status=Status.DONE)
    at("2026-11-17 10:00")
    closed(roos)
    at("2026-11-20 10:00")
    new = make_issue("Vers", by=roos, status=Status.DONE)

    at("2026-11-24 10:00")
    assert keys(agenda_for(planned(roos), only=Step.CUSTOMER), Step.CUSTOMER) == [new.key]


def test_a_promise_of_this_review_is_no_earlier_one_though_it_is_due_before_its_planned_day(person: Person, at: At) -> None:
    """Opened early, topped up while it runs."""
    roos = person("Roos")
    at("2026-11-22 10:00")
    before = make_action("eerder", owner=person("Mo"), due=clock.today() + days(1))
    review = planned(roos, clock.now() + days(2))
    review.start(by=roos)
    Action.promise("morgen al", owner=person("Mo"), due=clock.today() + days(1), by=roos)
    db.session.commit()

    review.turn(Step.PROMISES, by=roos)

    assert [i.action for i in review.points(Step.PROMISES)] == [before]


def test_promises_come_late_ones_first_then_those_that_were_kept(person: Person, at: At) -> None:
    roos, mo = person("Roos"), person("Mo")
    at("2026-11-17 10:00")
    review = live(roos)
    Action.promise("later", owner=mo, due=clock.today() + days(20), by=roos)
    Action.promise("laat", owner=mo, due=clock.today() + days(2), by=roos)
    kept = Action.promise("gedaan", owner=mo, due=clock.today() + days(2), by=roos)
    go_to(review, Step.WRAP_UP, roos).close(by=roos)
    make_action("buiten het overleg, ver weg", owner=mo, due=clock.today() + days(20))
    make_action("buiten het overleg, vandaag", owner=mo, due=clock.today() + days(7))
    at("2026-11-20 10:00")
    kept.finish(by=mo)

    at("2026-11-24 10:00")
    items = agenda_for(planned(roos), only=Step.PROMISES)

    assert [(keys([i], Step.PROMISES)[0], i.why) for i in items] == [
        ("laat", "promise_late"), ("buiten het overleg, vandaag", "promise_today"), ("later", "promise_open"), ("gedaan", "promise_kept"),
    ]  # fmt: skip
    assert why(items[0]) == "Promised earlier: 5 days late."


def test_what_is_promised_in_the_review_itself_is_no_point_of_it(person: Person) -> None:
    review = live(person("Roos"))
    Action.promise("net beloofd", owner=person("Mo"), due=clock.today() + days(7), by=person("Roos"))

    go_to(review, Step.PROMISES, person("Roos"))

    assert review.points(Step.PROMISES) == []


def test_new_issues_wait_for_an_answer_oldest_first(person: Person) -> None:
    roos, mo = person("Roos"), person("Mo")
    young, old = make_issue("jong", by=mo), make_issue("oud", by=mo, days=3)
    make_issue("al bekeken", by=mo, status=Status.ANALYSING)

    items = agenda_for(planned(roos), only=Step.NEW)

    assert keys(items, Step.NEW) == [old.key, young.key]
    assert why(items[0]) == "Reported by Mo Amrani, 3 days ago. It waits for one of four answers."


def test_what_a_meeting_can_hold_is_on_the_agenda_and_the_rest_is_counted(person: Person) -> None:
    roos = person("Roos")
    for n in range(MOST_NEW + 3):
        make_issue(f"punt {n}", by=roos)
    review = planned(roos)

    items = agenda_for(review)

    assert len(keys(items, Step.NEW)) == MOST_NEW
    assert left_on_the_board(review, items) == {Step.NEW: 3, Step.STUCK: 0}


def test_what_nobody_touched_for_two_weeks_is_stuck_but_not_when_it_is_in_focus(person: Person) -> None:
    roos = person("Roos")
    still = make_issue("stil", by=roos, status=Status.ANALYSING, days=20)
    make_issue("bezig", by=roos, status=Status.ANALYSING, days=2)
    in_focus = make_issue("focus", by=roos, status=Status.ANALYSING, days=40)
    Focus.put(in_focus, by=roos)

    items = agenda_for(planned(roos), only=Step.STUCK)

    assert keys(items, Step.STUCK) == [still.key]
    assert why(items[0]) == "Nothing happened to it for 20 days."


def test_what_is_past_the_usual_time_is_stuck_although_people_talk_about_it(person: Person) -> None:
    roos = person("Roos")
    slow = make_issue("traag", by=roos, status=Status.ANALYSING, days=20)
    slow.edit(by=roos, story="Er is gepraat.")
    db.session.commit()

    items = agenda_for(planned(roos), only=Step.STUCK)

    assert why(items[0]) == "It has been in Analysing for 20 days, much longer than usual."


def test_an_overruled_gate_that_was_taken_back_at_once_is_not_talked_about(person: Person) -> None:
    roos = person("Roos")
    issue = make_issue(by=roos, status=Status.READY)
    event = issue.move(Status.IN_PROGRESS, by=roos, reason="toch maar")
    db.session.flush()
    assert event
    assert event.kind == "moved_anyway"
    issue.undo(event, by=roos)
    db.session.commit()

    assert keys(agenda_for(planned(roos), only=Step.STUCK), Step.STUCK) == []


def test_an_overruled_gate_comes_back_once_with_its_reason(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-20 10:00")
    issue = make_issue(by=roos)
    issue.move(Status.IN_PROGRESS, by=roos, reason="De klant kan niet wachten")
    db.session.commit()

    at("2026-11-24 10:00")
    items = agenda_for(planned(roos), only=Step.STUCK)
    assert why(items[0]) == "Roos van Dijk moved it to In progress all the same (no owner, no root cause): “De klant kan niet wachten”"

    closed(roos, reaching=(Step.STUCK,))
    at("2026-11-25 10:00")
    assert agenda_for(planned(roos), only=Step.STUCK) == []


def test_a_parked_issue_that_came_back_is_told(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-18 10:00")
    issue = make_issue(by=roos, status=Status.ANALYSING)
    issue.park(until=clock.today() + days(3), by=roos)
    at("2026-11-21 10:00")
    issue.come_back()
    db.session.commit()

    at("2026-11-24 10:00")
    items = agenda_for(planned(roos), only=Step.STUCK)
    assert [why(i) for i in items] == ["It was parked until 21 Nov and came back by itself."]


def test_what_was_not_reached_comes_back_with_a_count_for_three_weeks(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-03 10:00")
    issue = make_issue(by=roos)
    counts = []
    for day in ("03", "10", "17", "24"):
        at(f"2026-11-{day} 10:00")
        item = next(i for i in agenda_for(planned(roos), only=Step.NEW))
        counts.append((item.carried, put_off(item)))
        closed(roos)

    assert counts == [
        (0, ""), (1, "carried over for the 1st time"), (2, "carried over for the 2nd time"), (3, "carried over for the 3rd time"),
    ]  # fmt: skip

    at("2026-12-01 10:00")
    closed(roos, reaching=(Step.NEW,))
    at("2026-12-08 10:00")
    assert [i.carried for i in agenda_for(planned(roos), only=Step.NEW)] == [5]  # shown, but without an answer
    assert issue.status == Status.NEW


def test_what_was_put_off_comes_before_what_is_older(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-03 10:00")
    stuck = [make_issue(f"stil {n}", by=roos, status=Status.ANALYSING, days=40 - n) for n in range(3)]
    review = go_to(live(roos), Step.STUCK, roos)
    review.turn(Step.STUCK, review.points(Step.STUCK)[1], by=roos)
    review.turn(Step.WRAP_UP, by=roos)
    review.close(by=roos)

    at("2026-11-10 10:00")
    assert keys(agenda_for(planned(roos), only=Step.STUCK), Step.STUCK) == [stuck[2].key, stuck[0].key, stuck[1].key]


def test_what_was_talked_about_in_one_step_is_not_carried_over_from_another(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-03 10:00")
    twice, told, passed = (make_issue(title, by=roos, status=Status.ANALYSING, days=30, story="Een klant") for title in ("twee keer", "verteld", "gepasseerd"))
    for place, issue in enumerate((told, twice, passed), 1):
        Focus.put(issue, by=roos, place=place)
    review = live(roos)
    for issue in (twice, passed):
        review.items.append(AgendaItem(step=Step.STUCK, why="overruled", issue=issue, facts={}, position=90 + issue.id))
    db.session.commit()
    go_to(review, Step.FOCUS, roos)
    point = next(p for p in review.points(Step.FOCUS) if p.issue is twice)
    review.turn(Step.FOCUS, point, by=roos, later=True)  # past the first, whose story was told at the start
    review.turn(Step.WRAP_UP, by=roos)
    review.close(by=roos)
    db.session.commit()

    assert sorted(i["title"] for i in review.minutes["not_reached"]) == ["gepasseerd", "verteld"]  # type: ignore[index]
    at("2026-11-10 10:00")
    assert {(i.issue.title, i.carried) for i in agenda_for(planned(roos)) if i.issue and i.step == Step.FOCUS} == {("twee keer", 0), ("gepasseerd", 1), ("verteld", 1)}


def test_what_was_talked_about_and_put_off_is_gone_on_with(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-03 10:00")
    talked, passed = (make_issue(title, by=roos, status=Status.ANALYSING, days=30) for title in ("besproken", "gepasseerd"))
    review = go_to(live(roos), Step.STUCK, roos)
    first, second = (next(p for p in review.points(Step.STUCK) if p.issue is i) for i in (talked, passed))
    review.turn(Step.STUCK, first, by=roos)
    Decision.record_one("We vragen het na", by=roos, issue=talked)
    review.turn(Step.STUCK, second, by=roos, later=True)
    review.turn(Step.WRAP_UP, by=roos, later=True)
    review.close(by=roos)
    db.session.commit()

    minutes = review.minutes
    assert minutes is not None
    assert [i["title"] for i in minutes["not_reached"]] == ["gepasseerd"]
    assert [(i["title"], i["again"]) for s in minutes["steps"] if s["step"] == "stuck" for i in s["items"]] == [("besproken", True)]
    at("2026-11-10 10:00")
    talked.status_since = talked.touched_at = clock.now()  # nothing else brings it on the agenda
    db.session.commit()
    found = {i.issue.title: (i.why, i.carried, why(i)) for i in agenda_for(planned(roos), only=Step.STUCK) if i.issue}
    assert found["gepasseerd"][1] == 1
    assert found["besproken"] == ("again", 0, "Talked about last time, and gone on with now.")


def test_what_was_not_reached_and_is_closed_by_now_stays_away(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-03 10:00")
    issue = make_issue(by=roos, status=Status.ANALYSING, days=30)
    closed(roos)
    issue.decline(by=roos, reason="Past niet bij de belofte")
    db.session.commit()

    at("2026-11-10 10:00")
    assert agenda_for(planned(roos), only=Step.STUCK) == []


def test_an_issue_that_left_the_focus_before_it_was_talked_about_comes_back(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-03 10:00")
    issue = make_issue(by=roos, status=Status.ANALYSING)
    Focus.put(issue, by=roos)
    closed(roos)
    Focus.take_out(issue, by=roos)
    db.session.commit()

    at("2026-11-10 10:00")
    items = agenda_for(planned(roos), only=Step.FOCUS)
    assert [(i.why, i.carried, why(i)) for i in items] == [("not_reached", 1, "Not reached last time.")]


def test_what_is_reported_during_the_meeting_joins_when_its_step_comes(person: Person) -> None:
    roos = person("Roos")
    first = make_issue("eerst", by=roos)
    review = live(roos)
    second = make_issue("tijdens", by=person("Mo"))
    assert keys(review.items, Step.NEW) == [first.key]

    go_to(review, Step.NEW, roos)

    assert keys(review.items, Step.NEW) == [first.key, second.key]
    assert review.item is review.points(Step.NEW)[0]


def test_a_promise_about_a_restricted_problem_is_not_read_by_others(person: Person) -> None:
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    problem = make_problem("Spanning in het team", by=eva, department="IT", restricted=True)
    Action.promise("Praat met het team", owner=eva, due=clock.today(), by=eva, problem=problem)
    review = planned(roos)

    assert [keys(queries.points_of(review, who), Step.PROMISES) for who in (roos, eva, mo)] == [["Praat met het team"], ["Praat met het team"], []]
    assert [f.value for f in queries.figures(review, mo)] == [0, 0, 0, 0, 0]


def test_the_agenda_takes_as_many_statements_with_ten_times_the_rows(person: Person, queries: Callable[[], object]) -> None:
    from cxboard.reviews.queries import points_of

    roos = person("Roos")
    review = planned(roos)

    def fill(n: int) -> None:
        for k in range(n):
            make_issue(f"nieuw {n} {k}", by=roos)
            issue = make_issue(f"stil {n} {k}", by=roos, status=Status.ANALYSING, days=30)
            make_action(f"belofte {n} {k}", owner=person("Mo"), due=clock.today(), issue=issue)

    def statements() -> int:
        db.session.commit()
        db.session.expire_all()
        with queries() as seen:  # type: ignore[attr-defined]
            points_of(review, roos)
        return len(seen)

    fill(2)
    statements()  # what is usual is counted once and kept
    few = statements()
    fill(18)
    assert statements() == few


def test_a_review_looks_back_to_the_end_of_the_last_one(person: Person, at: At) -> None:
    from cxboard.reviews.agenda import since

    roos = person("Roos")
    start = at("2026-11-17 10:00")
    review = planned(roos)
    assert since(review) == start - timedelta(days=7)

    last = closed(roos)
    at("2026-11-24 10:00")
    assert since(planned(roos)) == last.closed_at
