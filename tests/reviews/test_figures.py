"""The rhythm in figures: each one worked out by hand, on the edges of days and weeks, and never about one person."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.actions.models import Action, Decision
from cxboard.db import db
from cxboard.reviews import figures, queries as asked
from cxboard.reviews.figures import OTHERS, Period
from cxboard.reviews.models import Presence, Review
from cxboard.reviews.steps import Step
from tests.client import Client
from tests.makers import make_action, make_department, make_issue, make_person, make_problem
from tests.reviews.making import planned

Person = Callable[[str], User]
SignIn = Callable[[str], Client]
At = Callable[[str], datetime]
Queries = Callable[[], AbstractContextManager[list[str]]]
QUARTER, HALF_YEAR = Period(12), Period(26)


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined, no-any-return]


def hold(at: At, moment: str, by: User, *, there: tuple[User, ...] = (), marks: dict[User, int] | None = None, took: dict[Step, int] | None = None, more: int = 0) -> Review:
    """A whole review: who was there, what they gave it, the minutes of each step (one for the first) and how often its last one got more time."""
    now = at(moment)
    review = planned(by)
    review.start(by=by)
    for somebody in there:
        review.mark(somebody, Presence.PRESENT, by=by)
    for step, minutes in (took or {}).items():
        review.turn(step, by=by)
        for _ in range(more):
            review.lengthen(by=by)
        now += timedelta(minutes=minutes)
        clock.set(now)
    for somebody, score in (marks or {}).items():
        review.rate(score, by=somebody)
    review.close(by=by)
    db.session.commit()
    return review


# who was at the table


def test_a_department_was_there_when_somebody_of_it_was(person: Person, at: At) -> None:
    roos, mo, eva, finn, ada = (person(n) for n in ("Roos", "Mo", "Eva", "Finn", "Ada"))
    both = make_person("Bo", departments=("IT", "HR"))
    make_department("LEEG")
    hold(at, "2026-06-02 10:00", roos, there=(finn,))  # too long ago
    hold(at, "2026-11-03 10:00", roos, there=(mo, eva))
    hold(at, "2026-11-10 10:00", roos, there=(both, ada))
    now = at("2026-11-17 10:00")
    third = planned(roos)
    third.start(by=roos)
    third.mark(finn, Presence.EXCUSED, by=roos)
    third.mark(eva, Presence.ABSENT, by=roos)
    third.welcome("Finn Visser", by=roos)
    third.close(by=roos)
    planned(roos, now + timedelta(days=7)).cancel(reason="Kerst", by=roos)
    db.session.commit()
    reviews = figures.held(QUARTER)

    assert [(s.department.code, s.n, s.of) for s in figures.attendance(QUARTER, reviews) if s.department] == [
        ("FIN", 0, 3), ("HR", 1, 3), ("IT", 2, 3), ("KS", 3, 3),
    ]  # fmt: skip
    department, rows = figures.attendance_behind(QUARTER, "IT")
    assert department is not None
    assert [(r.day.day, there) for r, there in rows] == [(17, False), (10, True), (3, True)]
    assert next((s.department.code, s.n, s.of) for s in figures.attendance(HALF_YEAR, figures.held(HALF_YEAR)) if s.department) == ("FIN", 1, 4)


def test_the_period_begins_at_midnight_in_summer_though_it_is_winter_now(person: Person, at: At) -> None:
    roos = person("Roos")
    hold(at, "2026-08-31 23:50", roos)
    hold(at, "2026-09-01 00:10", roos)
    at("2026-11-23 09:00")

    assert QUARTER.first == date(2026, 9, 1)
    assert [r.day for r in figures.held(QUARTER)] == [date(2026, 9, 1)]


def test_the_last_week_of_2026_is_week_53(person: Person, at: At) -> None:
    roos = person("Roos")
    hold(at, "2026-12-31 10:00", roos)
    hold(at, "2027-01-03 10:00", roos)
    hold(at, "2027-01-05 10:00", roos)

    assert [(r.number, r.day.isoformat()) for r in figures.held(QUARTER)] == [(53, "2026-12-31"), (53, "2027-01-03"), (1, "2027-01-05")]


# promises


def promise(at: At, owner: User, due: str, done: str = "") -> Action:
    at("2026-10-12 09:00")
    action = make_action(owner=owner, due=date.fromisoformat(due))
    if done:
        at(done)
        action.finish(by=owner)
        db.session.commit()
    return action


def test_promises_are_on_time_per_department_but_never_of_one_person(person: Person, at: At) -> None:
    roos, mo, eva, finn, ada = (person(n) for n in ("Roos", "Mo", "Eva", "Finn", "Ada"))
    promise(at, roos, "2026-10-25", "2026-10-25 23:45")  # on the day on which the clocks went back: 22:45 UTC
    promise(at, mo, "2026-11-10", "2026-11-11 00:10")
    later = promise(at, roos, "2026-11-03")
    later.carry(due=date(2026, 11, 17), by=roos)
    later.finish(by=roos)
    promise(at, mo, "2026-11-10").drop(by=mo, reason="Niet meer nodig")
    promise(at, roos, "2026-11-24", "2026-11-20 10:00")  # its day is not over yet
    promise(at, eva, "2026-11-10")
    promise(at, finn, "2026-11-10", "2026-11-09 09:00")
    promise(at, ada, "2026-11-10", "2026-11-10 09:00")
    promise(at, make_person("Bas"), "2026-11-11")  # of no department, like Ada
    at("2026-11-24 09:00")
    kept = figures.promises_kept(QUARTER, roos)

    assert [(s.department.code, s.n, s.of, s.is_few) for s in kept.rows if s.department] == [("KS", 1, 3, True)]
    assert kept.others is not None
    assert (kept.others.n, kept.others.of, kept.others_hidden) == (2, 4, False)
    assert (kept.total.n, kept.total.of) == asked.on_time(roos) == (3, 7)
    assert [a.owner.first_name for a in figures.promises_behind(QUARTER, roos, OTHERS)[1]] == ["Bas", "Eva", "Finn", "Ada"]
    assert [a.was_on_time for a in figures.promises_behind(QUARTER, roos, "KS")[1]] == [False, False, True]
    assert len(figures.promises_behind(QUARTER, roos, "IT")[1]) == 7, "those of one person are not to be had on their own"


def test_a_later_day_does_not_take_a_promise_out_of_the_figure(person: Person, at: At) -> None:
    roos, mo = person("Roos"), person("Mo")
    promise(at, mo, "2026-11-18", "2026-11-18 12:00")
    late, once = promise(at, mo, "2026-11-19"), promise(at, roos, "2026-11-20")
    at("2026-11-24 09:00")
    assert asked.on_time(roos) == (1, 3)
    late.carry(due=date(2026, 12, 1), by=roos)
    db.session.commit()
    assert asked.on_time(roos) == (1, 3)
    assert (figures.promises_kept(QUARTER, roos).total.n, figures.promises_kept(QUARTER, roos).total.of) == (1, 3)
    once.drop(by=roos, reason="Niet meer nodig")
    at("2027-03-01 09:00")
    late.finish(by=mo)
    db.session.commit()
    assert asked.on_time(roos) == (0, 0), "the day to which it was put off is long ago too"


def test_the_numbers_of_a_review_count_what_was_carried_over_in_it(person: Person, at: At) -> None:
    roos, mo = person("Roos"), person("Mo")
    hold(at, "2026-11-17 10:00", roos)
    promise(at, mo, "2026-11-20", "2026-11-20 12:00")
    late, early = promise(at, mo, "2026-11-23"), promise(at, mo, "2026-12-08")
    at("2026-11-24 10:00")
    review = planned(roos)

    def kept() -> tuple[int, int | None]:
        return next((f.value, f.of) for f in asked.figures(review, roos) if f.name == "promises")

    assert kept() == (1, 2)
    late.carry(due=date(2026, 12, 1), by=mo)
    early.carry(due=date(2026, 12, 22), by=mo)
    db.session.commit()
    assert kept() == (1, 2)
    assert len(asked.rows_of(review, "promises", roos)) == 2
    assert asked.on_time(roos) == (1, 2), "a day that is still to come is not broken yet"


def test_behind_the_figure_stands_which_promises_were_put_off(person: Person, at: At, sign_in: SignIn) -> None:
    put_off = promise(at, person("Mo"), "2026-11-19")
    at("2026-11-24 09:00")
    put_off.carry(due=date(2026, 12, 1), by=person("Roos"))
    db.session.commit()
    for address in ("/reviews/promises", "/reviews/figures/promises"):
        page = text(sign_in("Roos").get(address))
        assert "carried over to this day" in page, address
        assert "still open" not in page, address


def test_what_just_one_of_the_others_promised_stands_in_the_total_only(person: Person, at: At) -> None:
    for owner in ("Roos", "Mo", "Eva"):
        promise(at, person(owner), "2026-11-10", "2026-11-09 09:00")
    at("2026-11-24 09:00")
    kept = figures.promises_kept(QUARTER, person("Roos"))

    assert (kept.others_hidden, kept.total.of) == (True, 3)
    assert len(figures.promises_behind(QUARTER, person("Roos"), OTHERS)[1]) == 3


def test_a_promise_counts_in_the_period_in_which_its_day_was(person: Person, at: At) -> None:
    roos = person("Roos")
    for due in ("2026-08-31", "2026-09-01", "2026-06-01"):
        make_action(owner=roos, due=date.fromisoformat(due))
    at("2026-11-24 09:00")

    assert [figures.promises_kept(p, roos).total.of for p in (QUARTER, HALF_YEAR, Period(52))] == [1, 3, 3]


def test_nobody_hears_of_promises_and_decisions_about_a_problem_that_is_hidden_from_them(person: Person, at: At) -> None:
    at("2026-11-02 09:00")
    roos, eva, finn = person("Roos"), person("Eva"), person("Finn")
    secret, issue = make_problem(by=eva, restricted=True), make_issue(by=eva)
    action = Action.promise("Met Jan praten", owner=eva, due=date(2026, 11, 10), by=eva, problem=secret)
    Decision.record_one("Jan krijgt hulp", by=eva, issue=issue, problem=secret)
    action.carry(due=date(2026, 11, 12), by=eva)
    db.session.commit()
    at("2026-11-24 09:00")

    for reader, count in ((roos, 1), (eva, 1), (finn, 0)):
        found = figures.of(QUARTER, reader)
        assert (found.kept.total.of, found.carried_in_all, len(found.decided.days)) == (count, count, count), reader.name
        rows = figures.promises_behind(QUARTER, reader, "")[1], figures.carried_behind(QUARTER, reader, ""), figures.decided_behind(QUARTER, reader, "")
        assert [len(r) for r in rows] == [count] * 3, reader.name


def test_carried_over_once_twice_and_more_often_within_the_period(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-06-01 09:00")
    old, once, twice, often, done = (make_action(name, owner=roos, due=date(2026, 6, 8)) for name in ("oud", "een", "twee", "vaak", "klaar"))
    old.carry(due=date(2027, 1, 4), by=roos)
    at("2026-11-02 09:00")
    for action, times in ((once, 1), (done, 1), (twice, 2), (often, 4)):
        for n in range(times):
            action.carry(due=date(2026, 12, 1) + timedelta(days=n), by=roos)
    done.finish(by=roos)
    twice.drop(by=roos, reason="Niet meer nodig")
    db.session.commit()
    at("2026-11-24 09:00")

    assert [(c.times, c.open, c.done, c.dropped) for c in figures.carried(QUARTER, roos)] == [(1, 1, 1, 0), (2, 0, 0, 1), (3, 1, 0, 0)]
    assert [[a.title for a in figures.carried_behind(QUARTER, roos, times)] for times in ("2", "3", "")] == [["twee"], ["vaak"], ["vaak", "twee", "een", "klaar"]]
    assert sum(c.count for c in figures.carried(HALF_YEAR, roos)) == 5


def test_what_a_review_left_open_was_carried_over_too(person: Person, at: At) -> None:
    roos = person("Roos")
    at("2026-11-02 09:00")
    make_action(owner=roos, due=date(2026, 11, 5))
    hold(at, "2026-11-10 10:00", roos)

    assert [c.open for c in figures.carried(QUARTER, roos)] == [1, 0, 0]


# the meeting itself


def test_a_review_has_a_rating_from_five_marks_on(person: Person, at: At) -> None:
    roos, *others = people = [person(n) for n in ("Roos", "Mo", "Eva", "Finn", "Ada")]
    hold(at, "2026-11-03 10:00", roos, marks=dict.fromkeys(others, 8))
    hold(at, "2026-11-10 10:00", roos, marks=dict(zip(people, (6, 7, 8, 8, 10), strict=True)))
    hold(at, "2026-11-17 10:00", roos)
    marks = figures.ratings(QUARTER, figures.held(QUARTER))

    assert [(m.review.day.day, m.mean) for m in marks] == [(3, None), (10, 7.8), (17, None)]


def test_minutes_are_those_between_the_turns_of_the_page_beside_the_box_of_the_hour(person: Person, at: At) -> None:
    roos = person("Roos")
    hold(at, "2026-11-03 10:00", roos, took={Step.FOCUS: 20, Step.WRAP_UP: 5})
    hold(at, "2026-11-10 10:00", roos, took={Step.FOCUS: 30}, more=2)  # four minutes were added
    hold(at, "2026-11-17 10:00", roos, took={Step.FOCUS: 26, Step.NEW: 4, Step.WRAP_UP: 8})
    spent = figures.minutes(QUARTER, figures.held(QUARTER))
    by_name = {s.step.value if s.step else "whole": (s.used, s.box, s.over, len(s.visits)) for s in spent}

    assert [s.step for s in spent] == [Step.CUSTOMER, Step.NEW, Step.FOCUS, Step.WRAP_UP, None]
    assert by_name["focus"] == (26, 25, 2, 3)
    assert by_name["wrap_up"] == (6.5, 5, 1, 2)
    assert by_name["new"] == (4, 5, 0, 1)
    assert by_name["whole"] == (30, 60, 0, 3), "25, 30 and 38, and the second in which the first step was turned"
    step, visits = figures.minutes_behind(QUARTER, "focus")
    assert step == Step.FOCUS
    assert [(v.review.day.day, v.used, v.box, v.added) for v in visits] == [(17, 26, 25, 0), (10, 30, 25, 4), (3, 20, 25, 0)]


def test_a_meeting_that_somebody_forgot_to_close_does_not_change_what_is_usual(person: Person, at: At) -> None:
    roos = person("Roos")
    for day, minutes in ((3, 5), (10, 6), (17, 20 * 60)):
        hold(at, f"2026-11-{day:02d} 10:00", roos, took={Step.WRAP_UP: minutes})

    assert [(s.used, s.over) for s in figures.minutes(QUARTER, figures.held(QUARTER)) if s.step == Step.WRAP_UP] == [(6, 2)]


# from reported to decided


def decide(at: At, moment: str, issue: object, by: User, text: str = "Zo doen we het") -> Decision:
    at(moment)
    decision = Decision.record_one(text, by=by, issue=issue)  # type: ignore[arg-type]
    db.session.commit()
    return decision


def reported(at: At, moment: str, by: User) -> object:
    at(moment)
    return make_issue(by=by)


def test_days_to_the_first_decision_are_local_days(person: Person, at: At) -> None:
    roos = person("Roos")
    over_the_night = reported(at, "2026-10-24 23:30", roos)
    decide(at, "2026-10-26 00:15", over_the_night, roos)
    decide(at, "2026-11-20 10:00", over_the_night, roos)
    same_day = reported(at, "2026-11-02 00:05", roos)
    decide(at, "2026-11-02 23:55", same_day, roos)
    taken_back = reported(at, "2026-10-01 10:00", roos)
    decide(at, "2026-10-02 10:00", taken_back, roos).withdraw(by=roos)
    decide(at, "2026-10-11 10:00", taken_back, roos)
    decided_before = reported(at, "2026-03-01 10:00", roos)
    decide(at, "2026-03-31 10:00", decided_before, roos)
    decide(at, "2026-11-03 10:00", decided_before, roos)
    reported(at, "2026-11-01 10:00", roos)
    at("2026-11-24 09:00")
    found = figures.decided(QUARTER, roos)

    assert (found.days, found.median, found.is_few) == ([0, 2, 10], 2, True)
    assert found.waits == [(0, 7, 2), (8, 14, 1), (15, 28, 0), (29, None, 0)]
    assert [days for _issue, days in figures.decided_behind(QUARTER, roos, "")] == [0, 2, 10]
    assert [days for _issue, days in figures.decided_behind(QUARTER, roos, "8")] == [10]
    assert figures.decided(Period(52), roos).days == [0, 2, 10, 30]


def test_a_day_is_a_day_when_the_clocks_go_forward(person: Person, at: At) -> None:
    roos = person("Roos")
    decide(at, "2027-03-28 23:30", reported(at, "2027-03-27 23:30", roos), roos)

    assert figures.decided(QUARTER, roos).days == [1]


# the pages


def furnish(person: Person, at: At, times: int) -> None:
    """Something behind every figure, so many times."""
    roos, people = person("Roos"), [person(n) for n in ("Roos", "Mo", "Eva", "Finn", "Ada")]
    for n in range(times):
        at(f"2026-11-{1 + n % 20:02d} 08:00")
        action = make_action(owner=people[n % 4], due=clock.today())
        make_action(owner=people[1], due=clock.today()).carry(due=clock.today() + timedelta(days=1), by=roos)
        action.finish(by=roos)
        Decision.record_one("Zo doen we het", by=roos, issue=make_issue(by=roos))
        hold(at, f"2026-11-{1 + n % 20:02d} 10:00", roos, marks=dict.fromkeys(people, 8), took={Step.FOCUS: 20})
    at("2026-11-24 09:00")


def test_everybody_reads_the_figures_and_their_rows(person: Person, sign_in: SignIn, client: Client, at: At) -> None:
    furnish(person, at, 2)
    browsers = [sign_in(who) for who in ("Finn", "Mo", "Ada")]
    paths = ["/reviews/figures", "/reviews/figures?weeks=26", "/reviews/figures?weeks=\x00", "/reviews/figures/promises?of=others&weeks=52",
             *(f"/reviews/figures/{name}" for name in ("attendance?of=KS", "attendance?of=%00", "carried?of=1", "minutes?of=focus", "minutes", "decided?of=0"))]  # fmt: skip
    for path in paths:
        assert [b.get(path).status_code for b in (*browsers, client)] == [200, 200, 200, 302], path
    assert browsers[0].get("/reviews/figures/people").status_code == 404
    assert browsers[0].post("/reviews/figures").status_code == 405


def test_the_page_says_each_figure_and_leads_to_its_rows(person: Person, sign_in: SignIn, at: At) -> None:
    furnish(person, at, 2)
    finn = sign_in("Finn")
    shown = text(finn.get("/reviews/figures?weeks=26"))

    assert "2 reviews were held since 27 May." in shown
    for words in ("2 of 2", "few, so read it with care", "20 min", "/reviews/figures/promises?weeks=26&amp;of=KS"):
        assert words in shown, words
    rows = text(finn.get("/reviews/figures/minutes?of=focus", htmx="dialog-body"))
    assert "Minutes per step: Focus" in rows
    assert "20 of 25 min" in rows
    assert "<html" not in rows
    assert "/reviews/figures" in text(finn.get("/reviews"))


def test_without_anything_each_figure_says_what_would_fill_it(sign_in: SignIn) -> None:
    shown = text(sign_in("Finn").get("/reviews/figures"))
    for words in ("No review was held", "Who is present is marked during the review", "No promise has come due", "No time was kept", "No review has a rating", "No promise was carried over", "No issue had its first decision"):
        assert words in shown, words


def test_ten_times_the_rows_take_no_more_statements(person: Person, sign_in: SignIn, at: At, queries: Queries) -> None:
    finn = sign_in("Finn")
    paths = ("/reviews/figures", "/reviews/figures/promises", "/reviews/figures/attendance?of=KS", "/reviews/figures/decided")

    def statements() -> list[int]:
        counted = []
        for path in paths:
            with queries() as seen:
                assert finn.get(path).status_code == 200
            counted.append(len(seen))
        return counted

    furnish(person, at, 2)
    statements()
    few = statements()
    furnish(person, at, 18)
    assert statements() == few
    assert few[0] <= 16
