"""A review that was held without the screen: entered line by line, then closed with minutes like a live one."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.actions.models import Action, Decision
from cxboard.db import db
from cxboard.domain import Refused
from cxboard.focus.models import Focus
from cxboard.handoffs.models import Handoff
from cxboard.history import Event
from cxboard.issues.status import Status
from cxboard.reviews import afterwards, preparing, queries
from cxboard.reviews.afterwards import ACTION, DECISION, HELP, TALKED, WrittenLine
from cxboard.reviews.agenda import agenda_for
from cxboard.reviews.minutes import for_reader
from cxboard.reviews.models import Presence, Review, ReviewStatus
from cxboard.reviews.steps import Step
from tests.client import Client
from tests.makers import make_action, make_department, make_issue, make_problem
from tests.reviews.making import live

Person = Callable[[str], User]
SignIn = Callable[[str], Client]
At = Callable[[str], datetime]
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAY, TUESDAY, THURSDAY = "2026-11-23 09:00", "2026-11-24 10:00", "2026-11-26 15:00"


@pytest.fixture
def held(person: Person, at: At) -> Review:
    """On Tuesday at ten was a review that nobody opened; now it is Thursday."""
    at(MONDAY)
    review = Review.plan_one(datetime(2026, 11, 24, 10, tzinfo=AMSTERDAM), by=person("Roos"), chair=person("Roos"))
    db.session.commit()
    at(THURSDAY)
    return review


def moment(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=AMSTERDAM)


def settle(review: Review, *there: User, by: User, guests: tuple[str, ...] = ()) -> None:
    afterwards.settle(review, began_at=moment(10, 5), ended_at=moment(11, 10), present=there, guests=guests, by=by)


def test_from_paper_to_minutes(person: Person, held: Review) -> None:
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    one, two, left = (make_issue(f"stil {n}", by=roos, status=Status.ANALYSING, days=40 - n) for n in range(3))
    kept = make_action("Al lang beloofd", owner=mo, by=roos, due=date(2026, 11, 20))
    afterwards.write(held, Step.STUCK, DECISION, "Wij bellen iedereen", by=roos, issue=one)
    afterwards.write(held, Step.STUCK, ACTION, "Bel de klant", by=roos, issue=one, owner=mo, due=date(2026, 11, 25))
    afterwards.write(held, Step.STUCK, HELP, "Kan de datum in het scherm?", by=roos, issue=one, asking=mo.departments[0], asked=make_department("IT"), due=date(2026, 11, 25))
    afterwards.write(held, Step.STUCK, TALKED, "", by=roos, issue=two)
    afterwards.write(held, Step.PROMISES, ACTION, "Nu echt", by=roos, action=kept, owner=mo, due=date(2026, 12, 1))
    afterwards.write(held, Step.WRAP_UP, DECISION, "Volgende keer in Zwolle", by=roos)
    settle(held, mo, eva, by=roos, guests=("Sam van de bank",))
    db.session.commit()
    assert db.session.scalars(sa.select(Decision)).all() == [], "nothing is on the board before the minutes are made"
    assert Review.live() is None

    afterwards.close(held, by=roos)
    db.session.commit()

    assert held.status == ReviewStatus.CLOSED
    assert (held.started_at, held.closed_at) == (moment(10, 5), moment(11, 10))
    assert {d.text for d in db.session.scalars(sa.select(Decision).where(Decision.review_id == held.id))} == {"Wij bellen iedereen", "Volgende keer in Zwolle"}
    promised = {a.title: a for a in db.session.scalars(sa.select(Action).where(Action.review_id == held.id))}
    assert promised["Bel de klant"].due == date(2026, 11, 25)
    assert promised["Bel de klant"].created_at == moment(11, 10)
    asked = db.session.scalar(sa.select(Handoff))
    assert (asked.review_id, asked.needed_by) == (held.id, date(2026, 11, 26)), "its day has passed: it is needed today"

    minutes = for_reader(held, mo)
    stuck = next(s for s in minutes["steps"] if s["step"] == "stuck")
    assert [d["text"] for d in stuck["decisions"]] == ["Wij bellen iedereen"]
    assert [i["key"] for i in stuck["items"]] == [one.key, two.key]
    assert len(stuck["changes"]) == 1, "what was asked of IT"
    assert [i["key"] for i in minutes["not_reached"]] == [left.key]
    assert [s["spent"] for s in minutes["steps"]] == [0] * 7
    assert {n for g in minutes["attendance"]["departments"] for n in g["present"]} == {"Mo Amrani", "Eva Smit"}, "who enters it was not there for that"
    assert minutes["attendance"]["guests"] == ["Sam van de bank"]
    assert minutes["entered"]["by"] == "Roos van Dijk"
    assert minutes["started_at"].startswith("2026-11-24T09:05")
    assert kept.carried == 1, "a promise that was still open goes along to the next"
    assert db.session.scalars(sa.select(WrittenLine)).all() == []


def test_history_says_that_it_was_entered_afterwards(person: Person, held: Review) -> None:
    roos = person("Roos")
    line = afterwards.write(held, Step.WRAP_UP, DECISION, "Zo doen we het", by=roos)
    afterwards.strike(line, by=roos)
    settle(held, roos, by=roos)
    afterwards.close(held, by=roos)
    db.session.commit()
    events = db.session.scalars(sa.select(Event).where(Event.subject == "review", Event.subject_id == held.id).order_by(Event.id)).all()

    assert [e.kind for e in events][:5] == ["review_planned", "line_entered", "line_struck", "times_entered", "review_written_up"]
    assert events[-1].kind == "review_closed"
    assert all(clock.local(e.at).date() == date(2026, 11, 26) for e in events[1:]), "history happened when it was entered"
    assert for_reader(held, roos)["steps"][-1]["decisions"] == []


def test_what_others_do_meanwhile_is_not_part_of_it_and_a_live_review_is_not_in_the_way_of_entering(person: Person, held: Review) -> None:
    roos, mo = person("Roos"), person("Mo")
    today = live(roos)
    afterwards.write(held, Step.WRAP_UP, DECISION, "Van dinsdag", by=roos)
    settle(held, mo, by=roos)
    Decision.record_one("Van nu", by=mo)
    db.session.commit()
    with pytest.raises(Refused, match="still going on"):
        afterwards.close(held, by=roos)
    db.session.rollback()

    today.close(by=roos)
    db.session.commit()
    afterwards.close(held, by=roos)
    db.session.commit()
    assert [d["text"] for s in for_reader(held, mo)["steps"] for d in s["decisions"]] == ["Van dinsdag"]
    assert [d["text"] for s in for_reader(today, mo)["steps"] for d in s["decisions"]] == ["Van nu"]
    assert [e.kind for e in queries.events_of(today) if "entered" in e.kind] == ["line_entered", "times_entered"]


def test_who_could_not_be_there_stays_excused_unless_ticked(person: Person, held: Review, at: At) -> None:
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    for who in (roos, mo, eva):
        preparing.excuse(held, by=who)
    settle(held, eva, by=roos)
    afterwards.close(held, by=roos)
    db.session.commit()
    assert {a.user.name: a.presence for a in held.attendance if a.user} == {
        "Roos van Dijk": Presence.EXCUSED, "Mo Amrani": Presence.EXCUSED, "Eva Smit": Presence.PRESENT,
    }  # fmt: skip


def test_a_point_that_went_off_the_agenda_meanwhile_is_in_the_minutes_all_the_same(person: Person, held: Review) -> None:
    roos = person("Roos")
    issue = make_issue("stil", by=roos, status=Status.ANALYSING, days=40)
    afterwards.write(held, Step.STUCK, DECISION, "Wij doen dit", by=roos, issue=issue)
    settle(held, roos, by=roos)
    issue.edit(by=roos, severity=2)  # it stands still no more
    db.session.commit()
    afterwards.close(held, by=roos)
    db.session.commit()
    stuck = next(s for s in for_reader(held, roos)["steps"] if s["step"] == "stuck")
    assert ([i["key"] for i in stuck["items"]], [d["text"] for d in stuck["decisions"]]) == ([issue.key], ["Wij doen dit"])


def test_the_focus_that_was_talked_about_does_not_come_back_as_not_reached(person: Person, held: Review) -> None:
    roos = person("Roos")
    one, two = (make_issue(f"focus {n}", by=roos, status=Status.IN_PROGRESS, lead="KS") for n in range(2))
    for issue in (one, two):
        Focus.put(issue, by=roos)
    afterwards.write(held, Step.FOCUS, TALKED, "", by=roos, issue=two)
    settle(held, roos, by=roos)
    afterwards.close(held, by=roos)
    db.session.commit()
    assert [i["key"] for i in for_reader(held, roos)["not_reached"]] == [one.key]


@pytest.mark.parametrize(("began", "ended", "says"), [((11, 0), (10, 0), "before it began"), ((10, 0), (10, 0), "before it began"), ((10, 0), (23, 0), "still to come")])
def test_times_that_cannot_be_are_refused(person: Person, held: Review, at: At, began: tuple[int, int], ended: tuple[int, int], says: str) -> None:
    at("2026-11-24 12:00")
    with pytest.raises(Refused, match=says):
        afterwards.settle(held, began_at=moment(*began), ended_at=moment(*ended), present=[], guests=[], by=person("Roos"))


def test_only_a_planned_review_whose_day_has_come_is_written_up(person: Person, held: Review, at: At) -> None:
    roos = person("Roos")
    with pytest.raises(Refused, match="First enter when"):
        afterwards.close(held, by=roos)
    at("2026-11-23 23:59")
    with pytest.raises(Refused, match="still to come"):
        afterwards.write(held, Step.WRAP_UP, DECISION, "x", by=roos)
    at("2026-11-24 00:01")
    afterwards.write(held, Step.WRAP_UP, DECISION, "x", by=roos)
    held.cancel(reason="toch niet", by=roos)
    with pytest.raises(Refused, match="cancelled"):
        afterwards.write(held, Step.WRAP_UP, DECISION, "x", by=roos)


def test_on_the_page_a_line_is_read_as_it_was_meant_in_the_meeting(person: Person, sign_in: SignIn, held: Review) -> None:
    issue = make_issue("Eindnota te laat", by=person("Mo"), status=Status.ANALYSING, days=40)
    roos, path = sign_in("Roos"), f"/reviews/{held.id}/afterwards"
    make_department("IT")
    assert path in roos.get(f"/reviews/{held.id}").text
    assert path in roos.get("/reviews").text
    page = roos.get(path)
    assert page.status_code == 200
    assert "Eindnota te laat" in page.text

    about = {"step": "stuck", "issue": issue.id}
    assert roos.post(f"{path}/lines", data={**about, "kind": "decision", "text": "Wij bellen iedereen"}).status_code == 303
    assert roos.post(f"{path}/lines", data={**about, "kind": "action", "text": "@mo fri Bel de klant"}).status_code == 303
    assert roos.post(f"{path}/lines", data={**about, "kind": "help", "text": "@it fri Kan de datum erbij?"}).status_code == 303
    assert roos.post(f"{path}/lines", data={**about, "kind": "decision", "text": "@nobody wed Stuur de brief", "due": ""}).status_code == 303, "no person, so a decision"
    missing = roos.post(f"{path}/lines", data={**about, "kind": "action", "text": "Bel de klant"}, htmx=f"line-stuck-issue-{issue.id}")
    assert missing.status_code == 422
    assert "Who does it?" in missing.text
    assert roos.post(f"{path}/lines", data={**about, "kind": "action", "text": "@mo mon Gisteren al"}).status_code == 303
    lines = {line.text: line for line in afterwards.lines_of(held)}
    assert lines["Bel de klant"].due == date(2026, 11, 27)
    assert lines["Kan de datum erbij?"].asked.code == "IT"
    assert lines["Gisteren al"].due == date(2026, 11, 30), "a Monday after the meeting, not after today"

    strike = f"{path}/lines/{lines['Gisteren al'].id}/removal"
    assert (roos.post(strike).status_code, roos.post(strike).status_code) == (303, 404)
    wrong = roos.post(f"{path}/times", data={"began": "ten", "ended": "11:00"})
    assert wrong.status_code == 422
    mo = person("Mo")
    assert roos.post(f"{path}/times", data={"began": "10:05", "ended": "11.10", "present": [str(mo.id)], "guests": "Sam, , Noor"}).status_code == 303
    assert f'value="{mo.id}" checked' in roos.get(path).text
    assert roos.post(f"{path}/closing").status_code == 303
    minutes = roos.get(f"/reviews/{held.id}").text
    assert "afterwards, by Roos van Dijk" in minutes
    assert "10:05 to 11:10" in minutes
    assert "min</span></h2>" not in minutes
    assert "afterwards, by Roos van Dijk" in roos.get(f"/reviews/{held.id}/minutes.md").text
    assert roos.get(f"/reviews/{held.id}/minutes.pdf").status_code == 200
    assert roos.get(path).status_code == 303


def test_it_is_for_who_runs_reviews_and_hides_what_others_may_not_see(person: Person, sign_in: SignIn, held: Review) -> None:
    path = f"/reviews/{held.id}/afterwards"
    mo = sign_in("Mo")
    for answer in (mo.get(path), mo.post(f"{path}/lines", data={"kind": "decision", "text": "x"}), mo.post(f"{path}/times"), mo.post(f"{path}/closing")):
        assert answer.status_code == 403
    assert path not in mo.get(f"/reviews/{held.id}").text
    eva = person("Eva")
    problem = make_problem("Spanning in het team", by=eva, department="IT", restricted=True)
    action = Action.promise("Praat", owner=eva, due=date(2026, 11, 20), by=eva, problem=problem)
    with pytest.raises(Refused):
        afterwards.write(held, Step.PROMISES, ACTION, "Coach zoeken", by=person("Roos"), action=action, owner=person("Mo"), due=date(2026, 12, 1))
    afterwards.write(held, Step.PROMISES, DECISION, "Coach zoeken", by=person("Roos"), action=action)
    assert [line.text for line in afterwards.lines_of(held, eva)] == ["Coach zoeken"]
    assert afterwards.lines_of(held, person("Mo")) == []
    settle(held, eva, by=person("Roos"))
    afterwards.close(held, by=person("Roos"))
    db.session.commit()
    assert "Coach" in str(for_reader(held, eva))
    assert "Coach" not in str(for_reader(held, person("Mo")))


def test_a_coming_review_that_will_not_be_held_is_no_earlier_one_until_its_day_has_been(person: Person, sign_in: SignIn, at: At) -> None:
    at("2026-11-23 09:00")
    roos = person("Roos")
    review = Review.plan_one(clock.now() + timedelta(days=1), by=roos)
    review.cancel(reason="Storm", by=roos)
    db.session.commit()
    before = queries.overview(roos)
    assert (before.earlier, before.cancelled) == ([], [review])
    assert "Not held" in sign_in("Mo").get("/reviews").text
    at("2026-11-24 23:00")
    assert queries.overview(roos).earlier == []
    at("2026-11-25 00:01")
    after = queries.overview(roos)
    assert ([e.review for e in after.earlier], after.cancelled) == ([review], [])


def test_the_coming_review_is_found_however_many_were_never_opened(person: Person, at: At) -> None:
    at("2026-06-01 09:00")
    roos = person("Roos")
    for week in range(26):
        Review.plan_one(clock.now() + timedelta(weeks=week), by=roos)
    db.session.commit()
    at("2026-11-20 09:00")
    assert queries.overview(roos).coming == db.session.query(Review).filter(Review.starts_at > clock.now()).one()


def test_what_came_after_its_day_is_nowhere_in_its_minutes(person: Person, held: Review, at: At) -> None:
    roos, mo = person("Roos"), person("Mo")
    at("2026-11-20 09:00")
    before, later = (make_issue(title, by=roos, status=Status.VERIFYING, owner=mo, verdict_note="x") for title in ("Eerder klaar", "Later klaar"))
    kept, done = (make_action(title, owner=mo, by=roos, due=date(2026, 11, 24)) for title in ("Eerder gedaan", "Toen nog open"))
    moved = make_action("Toen op dinsdag", owner=mo, by=roos, due=date(2026, 11, 24))
    gates = [make_issue(title, by=roos) for title in ("Eerder overruled", "Later overruled")]
    at("2026-11-23 12:00")
    before.move(Status.DONE, by=mo, reason="Het werkt")
    kept.finish(by=mo)
    gates[0].move(Status.IN_PROGRESS, by=roos, reason="Kan niet wachten")
    at("2026-11-25 12:00")
    later.move(Status.DONE, by=mo, reason="Het werkt")
    done.finish(by=mo)
    moved.carry(due=date(2026, 12, 4), by=mo)
    moved.revise(title="Later anders", owner=roos, due=date(2026, 12, 11), by=roos)
    make_action("Later beloofd", owner=mo, by=roos, due=date(2026, 11, 25))
    gates[1].move(Status.IN_PROGRESS, by=roos, reason="Kan niet wachten")
    make_issue("Later gemeld", by=mo)
    db.session.commit()
    at(THURSDAY)
    assert queries.left_on_the_board(held, agenda_for(held))[Step.NEW] == 0
    settle(held, mo, by=roos)
    afterwards.close(held, by=roos)
    db.session.commit()

    minutes = str(for_reader(held, roos))
    for title in ("Eerder klaar", "Eerder gedaan", "Eerder overruled"):
        assert title in minutes, title
    assert "Later" not in minutes
    told = {p["text"]: (p["status"], p["owner"], p["due"], p["carried"]) for s in for_reader(held, roos)["steps"] for p in s["promises"]}
    assert told == {
        "Eerder gedaan": ("done", mo.name, "2026-11-24", 0),
        "Toen nog open": ("open", mo.name, "2026-11-24", 0),
        "Toen op dinsdag": ("open", mo.name, "2026-11-24", 0),
    }
    assert [f["value"] for f in for_reader(held, roos)["numbers"] if f["name"] == "done"] == [1]


def test_what_came_after_its_day_is_not_in_a_review_that_is_entered_later(person: Person, at: At) -> None:
    at("2026-11-13 09:00")
    roos, mo = person("Roos"), person("Mo")
    known = make_issue("Al gemeld", by=mo)
    at("2026-11-20 09:00")
    make_issue("Pas later gemeld", by=mo)
    at("2026-11-24 10:00")
    newer = Review.plan_one(clock.now(), by=roos)
    newer.start(by=roos)
    newer.turn(Step.WRAP_UP, by=roos)
    newer.close(by=roos)
    db.session.commit()
    at("2026-11-26 10:00")
    forgotten = Review.plan_one(clock.now() - timedelta(days=7), by=roos)
    db.session.commit()

    points = agenda_for(forgotten, only=Step.NEW)
    assert [(p.issue, p.carried) for p in points] == [(known, 0)]
    assert {f.name: f.value for f in queries.figures(forgotten, roos)}["new"] == 1
    coming = Review.plan_one(clock.now() + timedelta(days=5), by=roos)
    db.session.commit()
    assert len(agenda_for(coming, only=Step.NEW)) == 2


def test_what_was_entered_is_not_lost_when_it_is_opened_or_moved(person: Person, held: Review) -> None:
    roos, mo = person("Roos"), person("Mo")
    settle(held, mo, by=roos)
    line = afterwards.write(held, Step.WRAP_UP, DECISION, "Niet verliezen", by=roos)
    db.session.commit()
    for act in (lambda: held.start(by=roos), lambda: held.move(clock.now() + timedelta(days=2), by=roos)):
        with pytest.raises(Refused, match="entered afterwards"):
            act()
        db.session.rollback()
    afterwards.strike(line, by=roos)
    held.start(by=roos)
    db.session.commit()
    assert afterwards.of(held) is None, "it is held now, and not when it was entered"


def test_moved_to_another_day_its_times_are_asked_again(person: Person, held: Review) -> None:
    settle(held, person("Mo"), by=person("Roos"))
    held.move(clock.now() - timedelta(hours=2), by=person("Roos"))
    with pytest.raises(Refused, match="First enter when"):
        afterwards.close(held, by=person("Roos"))


def test_two_who_enter_who_was_there_see_each_other(person: Person, held: Review, sign_in: SignIn) -> None:
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    first, second = sign_in("Roos"), sign_in("Roos")
    path, opened = f"/reviews/{held.id}/afterwards", {"version": "0"}
    assert first.post(f"{path}/times", data={"began": "10:00", "ended": "11:30", "present": [mo.id, eva.id], "guests": "Jan", **opened}).status_code == 303
    late = second.post(f"{path}/times", data={"began": "10:00", "ended": "11:00", "present": [mo.id], **opened})
    assert late.status_code == 409
    for text in ("10:00 – 11:30", "10:00 – 11:00", "Eva", "Jan"):
        assert text in late.text
    kept = afterwards.of(held)
    assert kept
    assert kept.present == [mo.id, eva.id]
    again = {"version": str(afterwards.version_of(held))}
    assert f'name="version" value="{again["version"]}"' in second.get(path).text
    assert second.post(f"{path}/times", data={"began": "10:00", "ended": "11:00", "present": [mo.id], **again}).status_code == 303
    assert (kept.present, kept.by) == ([mo.id], roos)


def test_a_line_that_cannot_be_carried_out_is_refused_at_once_or_named(person: Person, held: Review) -> None:
    roos, mo = person("Roos"), person("Mo")
    over, going = make_issue("Al klaar", by=roos, status=Status.DONE), make_issue("Loopt", by=roos, status=Status.ANALYSING)
    about = {"by": roos, "asking": mo.departments[0], "asked": make_department("IT"), "due": date(2026, 11, 30)}
    with pytest.raises(Refused, match="has ended"):
        afterwards.write(held, Step.STUCK, HELP, "Kan dit?", issue=over, **about)
    afterwards.write(held, Step.STUCK, HELP, "Kan dat?", issue=going, **about)
    settle(held, mo, by=roos)
    about["asked"].archived_at = clock.now()
    db.session.flush()
    with pytest.raises(Refused, match=r"“Kan dat\?” can't be carried out: .*is closed"):
        afterwards.close(held, by=roos)
