"""Who is told what: never one's own acts, never what one may not see, each thing once, and not what was taken back."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.actions.models import Action, Decision
from cxboard.db import db
from cxboard.history.models import Event
from cxboard.issues.status import Status
from cxboard.notifications import hearing, jobs, queries
from cxboard.notifications.models import Heard, Hearing, Kind, Notification
from cxboard.notifications.words import said, sentence
from cxboard.reviews.models import Presence
from tests.makers import make_action, make_handoff, make_issue, make_person, make_problem
from tests.notifications.mailserver import both
from tests.reviews.making import live, planned


@pytest.fixture(autouse=True)
def tuesday(at):
    at("2026-11-24 10:00")


def told(person) -> list[Notification]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Notification).where(Notification.visible_to(person)).order_by(Notification.id)))


def kinds(person) -> list[Kind]:
    return [n.kind for n in told(person)]


def test_an_action_for_me_by_somebody_else_is_told_and_my_own_is_not(person, tick):
    make_action("Van Roos", owner=person("Mo"), by=person("Roos"))
    make_action("Van mij", owner=person("Mo"), by=person("Mo"))
    tick()

    assert [sentence(n) for n in told(person("Mo"))] == ["Roos van Dijk wrote down for you, by Fri 27 Nov: “Van Roos”"]
    assert told(person("Roos")) == []


def test_an_action_that_changes_hands_is_told_to_whoever_gets_it(person, tick):
    action = make_action(owner=person("Mo"), by=person("Mo"))
    tick()
    action.revise(by=person("Mo"), title=action.title, owner=person("Eva"), due=action.due)
    tick()
    action.revise(by=person("Mo"), title="Iets anders", owner=person("Eva"), due=action.due)
    tick()

    assert (kinds(person("Eva")), kinds(person("Mo"))) == ([Kind.ASSIGNED], [])


def test_what_was_done_before_it_was_told_is_not_told(person, tick):
    make_action(owner=person("Mo"), by=person("Roos")).finish(by=person("Mo"))
    tick()

    assert told(person("Mo")) == []


def test_each_event_is_told_once(person, tick, rows):
    make_action(owner=person("Mo"), by=person("Roos"))
    for _ in range(3):
        tick()
    assert hearing.hear() == 0

    assert rows("notification") == 1


def test_much_at_once_is_told_in_turns_that_others_can_come_between(person, monkeypatch):
    monkeypatch.setattr(hearing, "AT_ONCE", 2)
    for n in range(5):
        make_action(f"Actie {n}", owner=person("Mo"), by=person("Roos"))
    db.session.commit()
    turns, commit = [], db.session.commit
    monkeypatch.setattr(db.session, "commit", lambda: turns.append(commit()))

    assert jobs.hear() == 5
    commit()
    assert len(turns) == 2
    assert len(told(person("Mo"))) == 5


def test_an_event_that_is_committed_after_a_later_one_is_heard(person, rows):
    """On PostgreSQL numbers are given out before the commit, so a smaller one may be seen after a larger one."""
    make_action("Eerst gezien", owner=person("Mo"), by=person("Roos"))
    newest = db.session.scalar(sa.select(sa.func.max(Event.id)))
    clock.set(clock.now() + timedelta(minutes=5))
    db.session.execute(sa.update(Event).where(Event.id == newest).values(id=newest + 5))
    hearing.hear()
    db.session.commit()
    late = Action.promise("Later gezien", owner=person("Mo"), due=date(2026, 12, 1), by=person("Roos"))
    db.session.flush()
    db.session.execute(sa.update(Event).where(Event.subject == "action", Event.subject_id == late.id).values(id=newest + 3))
    hearing.hear()
    db.session.commit()

    assert [n.facts["text"] for n in told(person("Mo"))] == ["Eerst gezien", "Later gezien"]


def test_the_marks_of_what_was_heard_are_cleared_away(person, rows):
    for _ in range(5):
        make_action(owner=person("Mo"), by=person("Roos"))
    hearing.hear()
    assert rows("heard") == 5
    clock.set(clock.now() + timedelta(hours=2))
    make_action(owner=person("Mo"), by=person("Roos"))
    hearing.hear()
    db.session.commit()

    assert rows("heard") == 1
    newest = db.session.scalar(sa.select(sa.func.max(Event.id)))
    assert db.session.get(Hearing, 1).until == newest - 1
    assert db.session.scalars(sa.select(Heard.event_id)).all() == [newest]


def test_what_is_old_is_heard_but_is_no_news(person, tick):
    with clock.at(clock.now() - timedelta(days=20)):
        make_action(owner=person("Mo"), by=person("Roos"))
    tick()

    assert told(person("Mo")) == []


def test_a_rule_that_fails_keeps_nothing_else_from_being_told(person, tick, monkeypatch, caplog):
    def fail(event):
        raise RuntimeError("broken")

    make_action(owner=person("Mo"), by=person("Roos"))
    monkeypatch.setitem(hearing.RULES, "promised", [fail, *hearing.RULES["promised"]])
    tick()

    assert kinds(person("Mo")) == [Kind.ASSIGNED]
    assert "could not be told" in caplog.text


def test_the_reporter_hears_what_became_of_it_and_reads_the_reason(person, tick):
    issue = make_issue(by=person("Eva"))
    issue.decline(by=person("Roos"), reason="Dit doet de leverancier al.")
    tick()

    (news,) = told(person("Eva"))
    assert sentence(news) == "Roos van Dijk declined what you reported. You can reply."
    assert said(news) == "Dit doet de leverancier al."


def test_what_is_taken_back_within_its_ten_seconds_is_never_told(person, tick):
    issue = make_issue(by=person("Eva"))
    event = issue.decline(by=person("Roos"), reason="Vergissing")
    db.session.commit()
    assert tick(0.1) == 0
    assert told(person("Eva")) == []
    issue.undo(event, by=person("Roos"))
    tick(1)

    assert told(person("Eva")) == []


def test_a_newer_outcome_takes_the_place_of_an_unread_one(person, tick):
    issue = make_issue(by=person("Eva"))
    issue.move(Status.ANALYSING, by=person("Roos"))
    tick()
    issue.move(Status.IN_PROGRESS, by=person("Roos"), reason="Toch")
    tick()
    issue.move(Status.VERIFYING, by=person("Roos"), reason="Toch")
    tick()
    assert [sentence(n) for n in told(person("Eva"))] == ["Work has begun on what you reported"]

    Notification.read(person("Eva"))
    issue.move(Status.DONE, by=person("Roos"), reason="Toch")
    tick()
    assert [sentence(n) for n in told(person("Eva"))] == ["Work has begun on what you reported", "What you reported is done"]


def test_whoever_becomes_the_owner_hears_so(person, tick):
    issue = make_issue(by=person("Eva"), lead="KS")
    issue.edit(by=person("Roos"), owner=person("Mo"))
    tick()

    assert [sentence(n) for n in told(person("Mo"))] == ["Roos van Dijk made you the owner"]


def test_a_promise_for_tomorrow_is_told_in_the_morning_once_and_again_for_another_day(person, at, tick):
    action = make_action("Bellen", owner=person("Mo"), by=person("Mo"), due=date(2026, 11, 26))
    at("2026-11-25 07:40")
    tick(1)
    assert told(person("Mo")) == []
    tick(30)
    tick(60)
    assert [sentence(n) for n in told(person("Mo"))] == ["You promised for Thu 26 Nov: “Bellen”"]

    action.carry(due=date(2026, 11, 30), by=person("Mo"))
    at("2026-11-27 09:00")
    tick(1)
    assert [n.facts["due"] for n in told(person("Mo"))] == ["2026-11-26", "2026-11-30"], "on Friday for the Monday"
    at("2026-11-29 09:00")
    tick(1)
    assert len(told(person("Mo"))) == 2


def test_nobody_is_reminded_of_what_they_promised_on_this_very_day(person, tick):
    make_action(owner=person("Mo"), by=person("Mo"), due=date(2026, 11, 25))
    tick()

    assert told(person("Mo")) == []


def test_a_hand_off_is_told_to_the_lead_person_and_its_answer_to_whoever_asked(person, tick):
    eva, mo = person("Eva"), person("Mo")
    other = make_person("Iris", departments=("IT",))
    eva.departments[0].lead = eva
    handoff = make_handoff("Kan het sneller?", by=mo, issue=make_issue(by=mo))
    tick()
    (asked,) = told(eva)
    assert sentence(asked).startswith("Afdeling KS asks Afdeling IT for help, by ")
    assert said(asked) == "Kan het sneller?"
    assert told(other) == told(mo) == []

    handoff.give_answer("Ja, vanaf morgen.", by=eva)
    tick()
    assert [(sentence(n), said(n)) for n in told(mo)] == [("Afdeling IT answered Afdeling KS", "Ja, vanaf morgen.")]
    assert kinds(eva) == [Kind.HANDOFF]


def test_a_hand_off_to_a_department_without_a_lead_is_told_to_all_of_it(person, tick):
    iris = make_person("Iris", departments=("IT",))
    make_handoff(by=person("Mo"), issue=make_issue(by=person("Mo")))
    make_person("Weg", departments=("IT",)).deactivate(by=person("Ada"))
    person("Eva")
    tick()

    assert kinds(person("Eva")) == kinds(iris) == [Kind.HANDOFF]


def test_a_question_that_is_withdrawn_leaves_the_inbox_of_who_had_not_read_it(person, tick):
    eva, iris = person("Eva"), make_person("Iris", departments=("IT",))
    handoff = make_handoff(by=person("Mo"), issue=make_issue(by=person("Mo")))
    tick()
    Notification.read(eva)
    handoff.withdraw(by=person("Mo"))
    tick()

    assert told(iris) == []
    assert [n.facts["step"] for n in told(eva)] == ["asked", "withdrawn"]


def test_what_is_about_a_restricted_problem_reaches_nobody_who_may_not_see_it(person, server, tick):
    eva, mo = person("Eva"), person("Mo")
    secret = make_problem("Teamleider Jan houdt alles tegen", by=eva, department="IT", restricted=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cxboard.actions.models.check_owner", lambda *_: None)
        Action.promise("Praten met Jan", owner=mo, due=date(2026, 12, 1), by=eva, problem=secret)
    tick()
    tick(5)

    assert told(mo) == []
    assert db.session.scalar(sa.select(sa.func.count()).where(Notification.person_id == mo.id)) == 0
    assert server.raw == []


def test_what_is_restricted_after_it_was_told_is_gone_from_inbox_count_and_mail(person, server, tick):
    eva, mo = person("Eva"), person("Mo")
    problem = make_problem("Teamleider Jan houdt alles tegen", by=eva, department="IT")
    Action.promise("Praten met Jan", owner=mo, due=date(2026, 12, 1), by=eva, problem=problem)
    tick()
    assert queries.unread(mo) == 1
    problem.edit(by=eva, restricted=True)
    db.session.commit()

    assert (queries.unread(mo), queries.inbox(mo).things) == (0, [])
    assert tick(5) == 0
    assert server.raw == []


def test_deactivated_people_hear_nothing(person, server, tick):
    mo = person("Mo")
    make_action(owner=mo, by=person("Roos"))
    tick()
    mo.deactivate(by=person("Ada"))
    make_action("Nog een", owner=person("Eva"), by=person("Roos")).owner = mo
    tick(5)

    assert [n.facts["text"] for n in db.session.scalars(sa.select(Notification).where(Notification.person_id == mo.id))] == ["Top-10 klanten bellen"]
    assert server.to(mo.email) == []


def test_twenty_changes_in_a_meeting_are_one_mail_with_ones_own_promises_on_top(person, server, tick):
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    issue = make_issue(by=mo, lead="KS")
    tick()
    review = live(roos)
    review.mark(eva, Presence.PRESENT, by=roos)
    for n in range(20):
        make_action(f"Actie {n}", owner=mo, by=roos, issue=issue)
        tick(1)
    assert server.raw == []
    issue.decline(by=roos, reason="Toch niet")
    review.close(by=roos)
    assert tick(1) == 2
    tick(30)

    assert sorted(to for to, _ in server.raw) == sorted([mo.email, eva.email]), "whoever closed it knows"
    (mail,) = server.to(mo.email)
    text, _html = both(mail)
    assert mail["Subject"] == "Review of week 48: 20 actions for you"
    assert text.index("What you promised") < text.index("Actie 0") < text.index("Actie 19")
    assert text.count("Actie 7,") == 1


def test_what_a_review_that_nobody_closes_holds_back_comes_after_all(person, server, tick):
    review = live(person("Roos"))
    make_action(owner=person("Mo"), by=person("Roos"))
    assert tick(60) == tick(120) == 0
    tick(90)
    assert tick(5) == 1
    review.close(by=person("Roos"))
    tick(1)
    assert tick(30) == 0, "the review's message is about one's own promises, and those were mailed"


def test_a_review_leaves_out_decisions_about_what_is_restricted(person, server, tick):
    roos, mo = person("Roos"), person("Mo")
    secret = make_problem("Teamleider Jan houdt alles tegen", by=person("Eva"), department="IT", restricted=True)
    review = live(roos)
    review.mark(mo, Presence.PRESENT, by=roos)
    review.mark(person("Eva"), Presence.PRESENT, by=roos)
    Decision.record_one("Jan krijgt een ander team", by=roos, problem=secret)
    Decision.record_one("We bellen voortaan terug", by=roos)
    review.close(by=roos)
    tick(1)

    assert ["Jan" in both(m)[0] for m in (*server.to(mo.email), *server.to(person("Eva").email))] == [False, True]
    assert "terug" in both(server.to(mo.email)[0])[0]


def test_a_planned_review_is_told_to_nobody(person, tick, rows):
    planned(person("Roos"))
    tick()

    assert rows("notification") == 0


@pytest.mark.databases("postgresql")
def test_an_event_of_a_transaction_that_takes_long_is_heard_when_it_is_done(person):
    """The number is given out first, the commit comes last, after others were heard."""
    mo, roos = person("Mo"), person("Roos")
    slow = sa.orm.Session(db.engine)
    action = Action.promise("Eerst begonnen", owner=mo, due=date(2026, 12, 1), by=roos)
    db.session.commit()
    newest = db.session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(1)).one()
    values = {c.name: getattr(newest, c.key) for c in Event.__table__.columns if c.name != "id"}
    db.session.execute(sa.delete(Event).where(Event.id == newest.id))
    db.session.commit()
    slow.execute(sa.insert(Event.__table__).values(values))
    make_action("Later begonnen, eerder klaar", owner=mo, by=roos)
    hearing.hear()
    db.session.commit()
    assert [n.facts["text"] for n in told(mo)] == ["Later begonnen, eerder klaar"]

    slow.commit()
    slow.close()
    hearing.hear()
    db.session.commit()
    assert [n.facts["text"] for n in told(mo)] == ["Later begonnen, eerder klaar", action.title]
