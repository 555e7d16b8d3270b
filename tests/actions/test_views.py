"""Writing down, ticking off, carrying over, dropping, putting right: statuses, permissions, both kinds of answer, bad input."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.actions.models import Action, ActionStatus, Decision
from cxboard.db import db
from cxboard.history import Event
from tests.makers import make_action, make_department, make_issue, make_person, make_problem

pytestmark = pytest.mark.usefixtures("app")


def actions():
    return list(db.session.scalars(sa.select(Action).order_by(Action.id)))


def decisions():
    return list(db.session.scalars(sa.select(Decision).order_by(Decision.id)))


@pytest.fixture
def saturday(at):
    return at("2026-11-21 10:00")


@pytest.fixture
def issue(person, saturday):
    return make_issue(by=person("Mo"))


# writing down


def test_a_promise_in_one_line_has_its_owner_and_its_day(sign_in, person, issue):
    person("Eva")
    mo = sign_in("Mo")
    answer = mo.post("/captures", data={"kind": "action", "text": "@eva vr Bel de top-10 klanten", "issue": issue.id})

    assert "Written down for Eva Smit, by Fri 27 Nov." in mo.get(answer.location).text
    assert (answer.status_code, answer.location) == (303, f"/issues/{issue.id}")
    [action] = actions()
    assert (action.title, action.owner.name, action.due, action.issue_id) == ("Bel de top-10 klanten", "Eva Smit", date(2026, 11, 27), issue.id)
    assert action.department.code == "IT"


def test_who_only_looks_on_takes_no_action_and_that_is_said(sign_in, person, issue):
    person("Finn")
    answer = sign_in("Mo").post("/captures", data={"kind": "action", "text": "@finn vr Bel de top-10", "issue": issue.id})

    assert answer.status_code == 422
    assert "Finn Visser only looks on, and can&#39;t take an action. Choose somebody else." in answer.text
    assert ">Finn Visser<" not in answer.text
    assert actions() == []


def test_a_decision_is_kept_as_it_was_typed(sign_in, issue):
    sign_in("Mo").post("/captures", data={"kind": "decision", "text": "Vanaf vr belt @eva zelf", "issue": issue.id, "step": "focus"})

    [decision] = decisions()
    assert (decision.text, decision.step, decision.by.name) == ("Vanaf vr belt @eva zelf", "focus", "Mo Amrani")


def test_a_decision_that_names_a_person_and_a_day_is_written_down_as_an_action(sign_in, person, issue):
    person("Eva")
    mo = sign_in("Mo")
    mo.post("/captures", data={"kind": "decision", "text": "@eva vr Bel de top-10", "issue": issue.id})

    assert "Written down as an action for Eva Smit" in mo.get(f"/issues/{issue.id}").text
    assert [(a.title, a.owner.name, a.due) for a in actions()] == [("Bel de top-10", "Eva Smit", date(2026, 11, 27))]
    assert decisions() == []


def test_a_decision_that_names_only_a_person_stays_one(sign_in, person, issue):
    person("Eva")
    sign_in("Mo").post("/captures", data={"kind": "decision", "text": "@eva mag dit zelf beslissen", "issue": issue.id})

    assert [d.text for d in decisions()] == ["@eva mag dit zelf beslissen"]


def test_without_an_owner_and_a_date_both_are_asked_and_the_text_is_kept(sign_in, issue):
    answer = sign_in("Mo").post("/captures", data={"text": "Lijst maken", "issue": issue.id})

    assert answer.status_code == 422
    assert "Lijst maken</textarea>" in answer.text
    assert "Who does it? Choose a person." in answer.text
    assert "By when? Choose a date." in answer.text
    assert f'name="issue" value="{issue.id}"' in answer.text
    assert actions() == []


def test_htmx_gets_just_the_form_back_to_complete(sign_in, issue):
    answer = sign_in("Mo").post("/captures", data={"text": "Lijst maken @mo", "issue": issue.id}, htmx="capture")

    assert answer.status_code == 422
    assert answer.text.strip().startswith('<form id="capture"')
    assert "By when? Choose a date." in answer.text
    assert "Who does it? Choose a person." not in answer.text


def test_the_fields_win_over_the_line(sign_in, person, issue):
    eva = person("Eva")
    sign_in("Mo").post("/captures", data={"text": "@mo vr Lijst maken", "owner": eva.id, "due": "2026-12-01", "issue": issue.id})

    [action] = actions()
    assert (action.title, action.owner.name, action.due) == ("Lijst maken", "Eva Smit", date(2026, 12, 1))


def test_two_people_of_one_name_are_asked_about_with_those_two_first(sign_in, person, issue):
    make_person("Aad Bos"), make_person("Mo Jansen")
    answer = sign_in("Mo").post("/captures", data={"text": "@mo vr Lijst maken", "issue": issue.id})

    assert answer.status_code == 422
    assert "Who is @mo: Mo Amrani, Mo Jansen?" in answer.text
    assert answer.text.index(">Mo Jansen<") < answer.text.index(">Aad Bos<")


def test_somebody_unknown_is_asked_about(sign_in, issue):
    answer = sign_in("Mo").post("/captures", data={"text": "@klantteam vr Lijst maken", "issue": issue.id})

    assert answer.status_code == 422
    assert "Nobody here is called @klantteam." in answer.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": ""}, "What was agreed? Write it in one line."),
        ({"text": "@mo vr"}, "What has to be done?"),
        ({"text": "@mo Lijst maken", "due": "2026-11-20"}, "That day is behind us."),
        ({"text": "@mo Lijst maken", "due": "gisteren"}, "This is no date."),
        ({"text": "vr Lijst maken", "owner": "99999"}, "Choose one from the list."),
        ({"text": "@mo vr " + "x" * 301}, "At most 300 characters."),
        ({"text": "x" * 501, "kind": "decision"}, "At most 500 characters."),
        ({"text": "Iets", "kind": "song"}, "Choose one from the list."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(sign_in, issue, fields, sentence):
    answer = sign_in("Mo").post("/captures", data=fields | {"issue": issue.id})

    assert answer.status_code == 422
    assert sentence in answer.text or fields.get("kind") == "song"
    assert not actions()
    assert not decisions()


@pytest.mark.parametrize("field", ["issue", "problem"])
@pytest.mark.parametrize("id", ["999", "-1", "abc", "99999999999999999999", "１"])
def test_what_it_is_about_must_exist(sign_in, saturday, field, id):
    assert sign_in("Mo").post("/captures", data={"text": "@mo vr Bel", field: id}).status_code == 404


def test_a_restricted_problem_is_not_there_for_others(sign_in, person, saturday):
    problem = make_problem(by=person("Eva"), department="IT", restricted=True)

    hidden = sign_in("Mo").post("/captures", data={"kind": "decision", "text": "Zo doen we het", "problem": problem.id})
    missing = sign_in("Mo").post("/captures", data={"kind": "decision", "text": "Zo doen we het", "problem": 999})

    assert hidden.status_code == missing.status_code == 404
    assert decisions() == []


def test_nobody_gets_a_promise_about_what_they_may_not_see(sign_in, person, saturday):
    person("Mo")
    problem = make_problem(by=person("Eva"), department="IT", restricted=True)

    answer = sign_in("Eva").post("/captures", data={"text": "@mo vr Uitzoeken", "problem": problem.id})

    assert answer.status_code == 422
    assert "Mo Amrani may not see this restricted problem." in answer.text


def test_a_viewer_writes_nothing_down(sign_in, issue):
    for kind in ("decision", "action"):
        assert sign_in("Finn").post("/captures", data={"kind": kind, "text": "@mo vr Bel", "issue": issue.id}).status_code == 403
    assert not actions()
    assert not decisions()


def test_a_promise_about_nothing_in_particular_leads_to_the_actions(sign_in, saturday):
    assert sign_in("Mo").post("/captures", data={"text": "@mo vr Bel"}).location == "/actions"


def test_the_page_it_was_written_on_is_shown_again(sign_in, issue):
    answer = sign_in("Mo").post("/captures", data={"text": "@mo vr Bel", "issue": issue.id, "back": "/reviews/3"})
    assert answer.location == "/reviews/3"

    answer = sign_in("Mo").post("/captures", data={"text": "@mo vr Bel", "issue": issue.id, "back": "//evil.example/x"})
    assert answer.location == f"/issues/{issue.id}"


def test_a_closed_issue_can_be_agreed_about(sign_in, person, issue):
    issue.decline(by=person("Roos"), reason="kan niet")

    assert sign_in("Mo").post("/captures", data={"text": "@mo vr Bel de melder", "issue": issue.id}).status_code == 303


# while it is typed


def test_what_is_recognised_is_shown_while_typing(sign_in, person, saturday):
    person("Eva")
    answer = sign_in("Mo").get("/captures/reading?text=Bel @eva vr", htmx="capture-reading")

    assert answer.status_code == 200
    assert answer.text.strip().startswith('<div class="parsed" id="capture-reading"')
    assert "Eva Smit" in answer.text
    assert "27 Nov" in answer.text


def test_what_is_not_recognised_yet_is_asked(sign_in, saturday):
    answer = sign_in("Mo").get("/captures/reading?text=Bel", htmx="capture-reading")

    assert "who?" in answer.text
    assert "when?" in answer.text


def test_reading_is_a_page_too(sign_in, saturday):
    assert "<h1>" in sign_in("Mo").get("/captures/reading").text


def test_what_is_typed_is_shown_as_text(sign_in, saturday):
    answer = sign_in("Mo").get("/captures/reading", query_string={"text": "@<b>x</b> <script>alert(1)</script>"})

    assert "<script>alert" not in answer.text


# what becomes of a promise


@pytest.fixture
def action(person, issue):
    return make_action(owner=person("Mo"), issue=issue, due=date(2026, 11, 24))


def test_ticking_off_answers_with_the_row(sign_in, action):
    answer = sign_in("Mo").post(f"/actions/{action.id}/completion", htmx=True)

    assert answer.status_code == 200
    assert f'hx-target="#action-{action.id}"' in answer.text
    assert 'aria-checked="true"' in answer.text
    assert len(answer.data) < 2_500
    assert action.status == ActionStatus.DONE


def test_ticking_off_twice_is_ticked_off_once(sign_in, action):
    mo = sign_in("Mo")
    mo.post(f"/actions/{action.id}/completion")
    mo.post(f"/actions/{action.id}/completion")

    assert db.session.scalar(sa.select(sa.func.count()).where(Event.kind == "action_done")) == 1


def test_a_tick_is_taken_back(sign_in, action):
    mo = sign_in("Mo")
    mo.post(f"/actions/{action.id}/completion")
    answer = mo.post(f"/actions/{action.id}/reopening")

    assert answer.status_code == 303
    assert action.status == ActionStatus.OPEN


def test_carrying_over_counts(sign_in, action):
    mo = sign_in("Mo")
    mo.post(f"/actions/{action.id}/carrying", data={"due": "2026-12-01"})
    mo.post(f"/actions/{action.id}/carrying", data={"due": "2026-12-08"})

    assert (action.due, action.carried) == (date(2026, 12, 8), 2)
    assert "carried over 2 times" in mo.get(f"/issues/{action.issue_id}").text


@pytest.mark.parametrize("due", ["", " ", "\u00a0", "morgen", "2026-13-01"])
def test_carrying_over_asks_for_a_day(sign_in, action, due):
    assert sign_in("Mo").post(f"/actions/{action.id}/carrying", data={"due": due}).status_code == 422
    assert action.carried == 0


def test_carrying_over_to_the_past_is_refused(sign_in, action):
    answer = sign_in("Mo").post(f"/actions/{action.id}/carrying", data={"due": "2026-11-01"})

    assert answer.status_code == 409
    assert "Choose a later day." in answer.text


def test_two_who_carry_it_over_at_once_carry_it_once(sign_in, action):
    for name in ("Mo", "Roos"):
        answer = sign_in(name).post(f"/actions/{action.id}/carrying", data={"due": "2026-12-08"})

    assert (answer.status_code, action.carried) == (409, 1)
    assert "It has that day already." in answer.text


def test_an_earlier_day_is_no_carrying_over(sign_in, action):
    mo = sign_in("Mo")
    mo.post(f"/actions/{action.id}/carrying", data={"due": "2026-12-08"})

    assert mo.post(f"/actions/{action.id}/carrying", data={"due": "2026-12-07"}).status_code == 409
    assert (action.due, action.carried) == (date(2026, 12, 8), 1)


def test_dropping_wants_a_reason(sign_in, action):
    mo = sign_in("Mo")
    assert mo.post(f"/actions/{action.id}/dropping", data={"reason": " "}).status_code == 422
    assert action.status == ActionStatus.OPEN

    mo.post(f"/actions/{action.id}/dropping", data={"reason": "De klant is weg"})
    assert action.status == ActionStatus.DROPPED


def test_in_a_row_without_room_the_reason_is_asked_in_a_sentence(sign_in, action):
    answer = sign_in("Mo").post(f"/actions/{action.id}/dropping", data={"reason": ""}, htmx=True)

    assert answer.status_code == 409
    assert "Why will it not be done?" in answer.text


def test_a_promise_is_put_right(sign_in, person, action):
    eva = person("Eva")
    mo = sign_in("Mo")
    assert "Top-10 klanten bellen" in mo.get(f"/actions/{action.id}/revision").text

    answer = mo.post(f"/actions/{action.id}/revision", data={"title": "Top-20 bellen", "owner": eva.id, "due": "2026-11-30"})

    assert answer.status_code == 303
    assert (action.title, action.owner, action.due, action.carried) == ("Top-20 bellen", eva, date(2026, 11, 30), 0)


def test_the_dialog_says_what_is_wrong(sign_in, action):
    answer = sign_in("Mo").post(f"/actions/{action.id}/revision", data={"title": "", "owner": "", "due": ""}, htmx="dialog-body")

    assert answer.status_code == 422
    assert answer.text.strip().startswith('<div id="revision">')
    assert answer.text.count('class="err"') == 3


@pytest.mark.parametrize("noun", ["completion", "reopening", "carrying", "dropping", "revision"])
def test_only_who_it_is_about_changes_a_promise(sign_in, action, noun):
    fields = {"due": "2026-12-01", "reason": "x", "title": "x", "owner": str(action.owner_id)}
    before = action.version

    assert sign_in("Eva").post(f"/actions/{action.id}/{noun}", data=fields).status_code == 403
    assert sign_in("Finn").post(f"/actions/{action.id}/{noun}", data=fields).status_code == 403
    assert action.version == before
    assert sign_in("Roos").post(f"/actions/{action.id}/{noun}", data=fields).status_code == 303


def test_a_promise_that_is_not_there(sign_in, saturday):
    assert sign_in("Mo").post("/actions/999/completion").status_code == 404
    assert sign_in("Mo").post("/actions/99999999999/completion").status_code == 404


# withdrawing a decision


def test_who_wrote_a_decision_down_withdraws_it(sign_in, person, issue):
    decision = Decision.record_one("Zo doen we het", by=person("Mo"), issue=issue)

    assert sign_in("Eva").post(f"/decisions/{decision.id}/withdrawal").status_code == 403
    assert sign_in("Mo").post(f"/decisions/{decision.id}/withdrawal").status_code == 303
    assert decision.withdrawn_at
    assert f'id="decision-{decision.id}"' not in sign_in("Mo").get(f"/issues/{issue.id}").text


def test_minutes_that_are_closed_keep_their_decisions(sign_in, person, issue):
    decision = Decision.record_one("Zo doen we het", by=person("Mo"), issue=issue)
    now = clock.now()
    row = {"id": 1, "week": "2026-W47", "day": now.date(), "starts_at": now, "zone": "Europe/Amsterdam", "duration": 60}
    review = db.metadata.tables["review"]
    db.session.execute(sa.insert(review).values(**row, place="", status="closed", version=0))
    decision.review_id = 1

    answer = sign_in("Mo").post(f"/decisions/{decision.id}/withdrawal")

    assert answer.status_code == 409
    assert decision.withdrawn_at is None


# lists


def test_the_page_of_an_issue_shows_what_was_agreed_about_it_and_what_was_merged_into_it(sign_in, person, issue):
    twin = make_issue("Dubbel", by=person("Mo"))
    make_action("Van de dubbele", owner=person("Mo"), issue=twin)
    Decision.record_one("Een besluit", by=person("Mo"), issue=issue)
    twin.merge(into=issue, by=person("Roos"))

    text = sign_in("Finn").get(f"/issues/{issue.id}").text

    assert "Van de dubbele" in text
    assert "Een besluit" in text
    assert 'id="capture"' not in text
    assert 'id="capture"' in sign_in("Mo").get(f"/issues/{issue.id}").text


def test_the_list_shows_my_open_promises_first_those_past_their_day(sign_in, person, issue, at):
    make_action("Van Mo later", owner=person("Mo"), due=date(2026, 12, 20))
    make_action("Van Mo laat", owner=person("Mo"), due=date(2026, 11, 22))
    make_action("Van Eva", owner=person("Eva"), due=date(2026, 11, 23))
    at("2026-11-23 09:00")
    mo = sign_in("Mo")

    mine, late, everybody, of_it = (mo.get(f"/actions{q}").text for q in ("", "?late=yes", "?whose=all", "?whose=IT&by=department"))

    assert mine.index("Van Mo laat") < mine.index("Van Mo later")
    assert "Van Eva" not in mine
    assert ("Van Mo laat" in late, "Van Mo later" in late) == (True, False)
    assert "Van Eva" in everybody
    assert ("Van Eva" in of_it, "Van Mo laat" in of_it) == (True, False)


@pytest.mark.parametrize("query", ["whose=999", "whose=%00", "late=maybe", "by=owner", "whose=all&whose=mine", "x=1"])
def test_a_filter_that_does_not_exist_shows_the_usual_list(sign_in, query):
    assert sign_in("Mo").get(f"/actions?{query}").status_code == 200


def test_promises_about_a_restricted_problem_are_hidden_from_others(sign_in, person, saturday):
    problem = make_problem("Iets over één persoon", by=person("Eva"), department="IT")
    action = make_action("Gesprek met Jan", owner=person("Mo"), by=person("Eva"))
    action.problem = problem
    problem.edit(by=person("Eva"), restricted=True)

    for url in ("/actions?whose=all", "/actions"):
        text = sign_in("Mo").get(url).text
        assert "Gesprek met Jan" not in text
        assert "Iets over" not in text
    assert "Gesprek met Jan" in sign_in("Roos").get("/actions?whose=all").text
    assert sign_in("Mo").post(f"/actions/{action.id}/completion").status_code == 404


def test_ten_times_the_promises_take_as_many_statements(sign_in, person, queries, saturday):
    mo, departments = person("Mo"), [make_department(c) for c in ("KS", "IT", "FAC")]

    def fill(many):
        for n in range(many):
            issue = make_issue(f"Punt {n}", by=person("Roos"))
            issue.contributing = [departments[n % 3]]
            make_action(f"Actie {n}", owner=make_person(f"P{clock.now().timestamp()}{n} X{many}"), by=mo, issue=issue, due=clock.today() + timedelta(days=n))

    fill(2)
    client = sign_in("Eva")
    client.get("/actions?whose=all")
    with queries() as few:
        client.get("/actions?whose=all")
    fill(20)
    with queries() as many:
        client.get("/actions?whose=all")

    assert len(many) == len(few)
