"""Today: what waits for whom, done in its place and gone then; nobody else's, and no more statements with more rows."""

from datetime import timedelta

import pytest

from cxboard import clock
from cxboard.actions.models import ActionStatus
from cxboard.db import db
from cxboard.discussion.models import Comment, Mention
from cxboard.focus.models import Focus
from cxboard.issues.status import Status
from cxboard.reviews.models import Review
from tests.makers import make_action, make_handoff, make_issue, make_problem, make_voice

HERE = {"headers": {"HX-Current-URL": "http://localhost/"}, "htmx": True}


@pytest.fixture
def day(person, at):
    at("2026-10-01 09:00")
    for name in ("Roos", "Mo", "Eva", "Finn"):
        person(name)
    return lambda: at("2026-11-20 09:00")


def test_nothing_waits_and_the_next_review_is_named(sign_in, person, day):
    day()
    assert "No review is planned yet." in sign_in("Finn").get("/").text
    Review.plan_one(clock.now() + timedelta(days=4), by=person("Roos"))
    told = sign_in("Finn").get("/").text
    assert "Nothing waits for you." in told
    assert "Tue 24 Nov" in told
    assert "btn primary" not in told


def test_my_actions_are_mine_and_gone_when_they_are_ticked_off(sign_in, person, day):
    day()
    mine, _theirs = make_action("Bellen", owner=person("Mo")), make_action("Schrijven", owner=person("Eva"))
    mo = sign_in("Mo")
    told = mo.get("/").text
    assert "Bellen" in told
    assert "Schrijven" not in told
    answer = mo.post(f"/actions/{mine.id}/completion", **HERE)
    assert '"path": "/"' in answer.headers["HX-Location"]
    after = mo.get("/").text
    assert f'id="action-{mine.id}"' not in after
    assert f"/actions/{mine.id}/reopening" in after
    mo.post(f"/actions/{mine.id}/reopening", **HERE)
    assert mine.status == ActionStatus.OPEN
    assert f'id="action-{mine.id}"' in mo.get("/").text


def test_a_promise_about_a_restricted_problem_is_only_told_to_who_may_see_it(sign_in, person, day):
    day()
    secret = make_problem("Teamleider houdt alles tegen", by=person("Eva"), restricted=True)
    action = make_action("Praten", owner=person("Mo"))
    action.problem = secret
    assert "Teamleider" not in sign_in("Mo").get("/").text


def test_what_is_asked_of_my_department_is_answered_here(sign_in, person, day):
    day()
    handoff = make_handoff("Kan de datum in het scherm?", by=person("Mo"))
    eva, mo = sign_in("Eva"), sign_in("Mo")
    assert "Kan de datum in het scherm?" not in mo.get("/").text
    assert "Kan de datum in het scherm?" in eva.get("/").text
    assert eva.post(f"/handoffs/{handoff.id}/answer", data={"answer": "Ja", "back": "/"}).location == "/"
    assert 'id="today-handoffs"' not in eva.get("/").text


def test_what_stands_still_with_me_waits_until_i_say_something_about_it(sign_in, person, day):
    mine = make_issue("Staat stil bij Mo", by=person("Roos"), status=Status.ANALYSING)
    mine.edit(by=person("Roos"), owner=person("Mo"))
    make_issue("Staat stil bij niemand", by=person("Roos"), status=Status.ANALYSING)
    db.session.commit()
    day()
    mo = sign_in("Mo")
    assert "Staat stil bij Mo" in mo.get("/").text
    assert "Staat stil bij niemand" not in mo.get("/").text
    blank = mo.post(f"/issues/{mine.id}/steps", data={"text": " "}, htmx=f"step-{mine.id}")
    assert blank.status_code == 422
    assert "Fill this in." in blank.text
    assert mo.post(f"/issues/{mine.id}/steps", data={"text": "Morgen overleg", "back": "/"}).location == "/"
    assert db.session.query(Comment).one().issue_id == mine.id
    assert 'id="today-still"' not in mo.get("/").text
    assert sign_in("Finn").post(f"/issues/{mine.id}/steps", data={"text": "Ook ik"}).status_code == 403


def test_the_regisseur_answers_what_is_new_and_the_owner_prepares_the_focus(sign_in, person, day):
    day()
    make_issue("Net gemeld", by=person("Mo"))
    focus = make_issue("In focus", by=person("Roos"), status=Status.IN_PROGRESS, days=9)
    focus.edit(by=person("Roos"), owner=person("Mo"))
    Focus.put(focus, by=person("Roos"))
    db.session.commit()
    roos, mo = sign_in("Roos").get("/").text, sign_in("Mo").get("/").text
    assert "Net gemeld" in roos
    assert "/acceptance" in roos
    assert "Net gemeld" not in mo
    assert 'id="today-next"' in mo
    Comment.say("Staat klaar", by=person("Mo"), issue=focus)
    assert 'id="today-next"' not in sign_in("Mo").get("/").text


def test_what_changed_for_customers_this_week_and_what_one_of_them_said(sign_in, person, day):
    day()
    for title, status, days in (("Is af", Status.DONE, 2), ("Wordt gemeten", Status.VERIFYING, 3), ("Al lang af", Status.DONE, 20), ("Nieuw", Status.NEW, 1)):
        make_issue(title, by=person("Roos"), status=status, days=days)
    make_issue("Wachten", by=person("Mo"), story="Een klant zei: “Ik bel nu voor de derde keer.”")
    side = sign_in("Finn").get("/").text.partition('id="today-customers"')[2]
    assert "Is af" in side
    assert "Wordt gemeten" in side
    assert "Al lang af" not in side
    assert 'class="voice">Ik bel nu voor de derde keer.<' in side


@pytest.mark.parametrize("who", ["Mo", "Roos"])
def test_ten_times_the_rows_take_as_many_statements(sign_in, person, day, queries, who):
    def more(n):
        for _n in range(n):
            issue = make_issue(by=person("Eva"), status=Status.ANALYSING, days=40)
            issue.edit(by=person("Roos"), owner=person("Mo"), lead=person("Mo").departments[0])
            make_issue(by=person("Eva"))
            make_issue(by=person("Eva"), status=Status.DONE, story="“Dit duurt mij allemaal veel te lang.”")
            Comment.say(f"@{person(who).name} kijk je mee?", by=person("Eva"), issue=issue)
            make_action(owner=person(who), issue=issue)
            make_handoff(by=person("Eva"), issue=issue, asking="IT", asked="KS")
        db.session.commit()

    def statements():
        browser.get("/")
        with queries() as seen:
            assert browser.get("/").status_code == 200
        return len(seen), seen

    day()
    browser = sign_in(who)
    more(1)
    few, seen = statements()
    more(9)
    assert statements()[0] == few
    assert few <= 15, "\n".join(seen)


def test_the_newest_voice_stands_beside_the_week(sign_in, person, day):
    day()
    make_voice("Dit zei iemand gisteren", by=person("Mo"), days=1)
    make_voice("Dit zei iemand vandaag", by=person("Mo"))
    make_voice("Reclame", by=person("Mo")).set_aside("Geen klant", by=person("Mo"))
    page = sign_in("Finn").get("/").text

    assert "Dit zei iemand vandaag" in page
    assert "gisteren" not in page.partition("today-customers")[2]
    assert "Reclame" not in page


def test_where_i_am_called_in_i_reply_or_have_seen_it(sign_in, person, day):
    day()
    issue = make_issue(by=person("Eva"))
    secret = make_problem("Teamleider houdt alles tegen", by=person("Eva"), restricted=True)
    for text in ("@Mo Amrani kijk je mee?", "@Mo Amrani en dit dan?"):
        Comment.say(text, by=person("Eva"), issue=issue)
    Comment.say("@Mo Amrani niet voor jou", by=person("Eva"), problem=secret)
    db.session.commit()
    mo = sign_in("Mo")
    told = mo.get("/").text
    assert "kijk je mee?" in told
    assert "niet voor jou" not in told
    first, second = db.session.query(Mention).order_by(Mention.id).all()  # who may not see the problem is not called in
    assert mo.post(f"/mentions/{first.id}/replies", data={"text": " "}, htmx=f"reply-{first.id}").status_code == 422
    assert mo.post(f"/mentions/{first.id}/replies", data={"text": "Doe ik", "back": "/"}).location == "/"
    assert "kijk je mee?" not in mo.get("/").text
    assert mo.post(f"/mentions/{second.id}/seen", data={"back": "/"}).location == "/"
    assert 'id="today-mentions"' not in mo.get("/").text
    assert "Doe ik" in mo.get(f"/issues/{issue.id}").text
    assert sign_in("Roos").post(f"/mentions/{first.id}/replies", data={"text": "Ik ook"}).status_code == 404
