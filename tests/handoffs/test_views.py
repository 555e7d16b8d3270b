"""Asking in one line, reacting in place, and who may."""

import pytest

from cxboard.db import db
from cxboard.handoffs.models import Handoff, HandoffStatus
from cxboard.issues.status import Status
from cxboard.reviews.models import Review
from cxboard.reviews.steps import Step
from tests.makers import make_department, make_handoff, make_issue


@pytest.fixture
def issue(person, at):
    at("2026-11-23 09:00")
    person("Eva")
    return make_issue(by=person("Mo"))


def only():
    return db.session.query(Handoff).one()


def test_mo_asks_in_one_line(sign_in, issue):
    mo = sign_in("Mo")
    answer = mo.post(f"/issues/{issue.id}/handoffs", data={"text": "@it vr Kan de datum in het scherm?", "back": f"/issues/{issue.id}"})

    assert answer.status_code == 303
    assert (only().ask, only().asking.code, only().asked.code, only().needed_by.isoformat()) == ("Kan de datum in het scherm?", "KS", "IT", "2026-11-27")
    page = mo.get(f"/issues/{issue.id}").text
    assert "Kan de datum in het scherm?" in page
    assert "asked today" in page
    assert "Ask for help" in page


def test_the_name_of_a_department_is_read_as_well_as_its_code(sign_in, issue):
    make_department("HR", "Mens en organisatie")
    told = sign_in("Mo").get("/handoffs/reading", query_string={"text": "@Mens en organisatie morgen Wie kan invallen?", "place": "panel"}, htmx="ask-panel-reading").text
    assert "Mens en organisatie" in told
    assert "24 Nov" in told
    assert 'id="ask-panel-reading"' in told


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"text": "Kan dit?"}, ("Which department do you ask?", "By when is it needed?")),
        ({"text": "@xyz vr Kan dit?"}, ("No department is called @xyz",)),
        ({"text": "@afdeling vr Kan dit?"}, ("Which department is @afdeling",)),
        ({"text": "@ks vr Kan dit?"}, ("ask itself",)),
        ({"text": "@it 20-11-2026 Kan dit?"}, ("behind us",)),
        ({"text": "@it vr"}, ("What do you need from the other department?",)),
    ],
)
def test_what_is_missing_is_asked_in_place(sign_in, issue, data, words):
    told = sign_in("Mo").post(f"/issues/{issue.id}/handoffs", data=data, htmx="ask-panel")
    assert told.status_code == 422
    assert told.text.lstrip().startswith("<form")
    for sentence in words:
        assert sentence in told.text
    assert db.session.query(Handoff).count() == 0


def test_a_member_asks_for_a_department_of_theirs_and_a_regisseur_for_any(sign_in, issue):
    make_department("JUR")
    jur, it = make_department("JUR").id, make_department("IT").id
    text = {"text": "@it vr Kan dit?"}
    assert sign_in("Mo").post(f"/issues/{issue.id}/handoffs", data=text | {"asking": jur}, htmx="ask-panel").status_code == 422
    assert sign_in("Roos").post(f"/issues/{issue.id}/handoffs", data={"text": "@ks vr Kan dit?", "asking": jur}).status_code == 303
    assert (only().asking.code, only().asked_id) == ("JUR", make_department("KS").id)
    assert it
    assert sign_in("Finn").post(f"/issues/{issue.id}/handoffs", data=text).status_code == 403
    assert "Ask for help" not in sign_in("Finn").get(f"/issues/{issue.id}").text


def test_eva_reacts_in_place_and_takes_it_back(sign_in, person, issue):
    handoff, eva, mo = make_handoff(by=person("Mo"), issue=issue), sign_in("Eva"), sign_in("Mo")
    url = f"/handoffs/{handoff.id}"
    assert mo.post(f"{url}/answer", data={"answer": "Ja"}).status_code == 403
    assert eva.post(f"{url}/withdrawal").status_code == 403
    assert eva.post(f"{url}/answer", data={"answer": " "}, htmx=f"answer-{handoff.id}").status_code == 422
    assert eva.post(f"{url}/declining", data={"reason": ""}).status_code == 422

    assert eva.post(f"{url}/acceptance", data={"version": handoff.version, "back": f"/issues/{issue.id}"}).headers["Location"] == f"/issues/{issue.id}"
    told = eva.post(f"{url}/declining", data={"reason": "Geen tijd"}, headers={"HX-Current-URL": f"http://localhost/issues/{issue.id}"}, htmx=True)
    assert "HX-Location" in told.headers
    page = eva.get(f"/issues/{issue.id}").text
    assert "back with KS since today" in page
    undo = [part.split('"')[0] for part in page.split('action="') if "/undo/" in part.split('"')[0]][-1]
    assert mo.post(undo).status_code == 409
    assert eva.post(undo).status_code == 303
    assert handoff.status == HandoffStatus.ACCEPTED
    assert eva.post(f"{url}/undo/1").status_code == 404

    assert eva.post(f"{url}/answer", data={"answer": "Ja, maandag."}).status_code == 303
    late = eva.post(f"{url}/declining", data={"reason": "Toch niet"})
    assert late.status_code == 409
    assert "answered this question meanwhile" in late.text
    assert "Ja, maandag." in mo.get(f"/issues/{issue.id}").text


def test_a_declined_question_is_asked_again_by_the_one_who_asked(sign_in, person, issue):
    handoff = make_handoff(by=person("Mo"), issue=issue)
    handoff.decline("Geen tijd", by=person("Eva"))
    mo = sign_in("Mo")
    form = mo.get(f"/handoffs/{handoff.id}/revision", htmx="dialog-body").text
    assert "Declined because: “Geen tijd”" in form
    assert mo.post(f"/handoffs/{handoff.id}/revision", data={"ask": "En in december?", "needed_by": "2026-12-04", "version": handoff.version}).status_code == 303
    assert (handoff.status, handoff.ask) == (HandoffStatus.ASKED, "En in december?")
    stale = mo.post(f"/handoffs/{handoff.id}/revision", data={"ask": "Iets anders", "needed_by": "2026-12-04", "version": 1})
    assert stale.status_code == 409
    assert "Iets anders" in stale.text


def test_help_is_asked_in_a_live_review_about_what_is_on_the_table(sign_in, person, at):
    at("2026-11-24 09:50")
    roos = person("Roos")
    person("Eva")
    issue = make_issue(by=person("Mo"), status=Status.ANALYSING, days=40)
    review = Review.plan_one(at("2026-11-24 10:00"), by=roos)
    db.session.commit()
    review.start(by=roos)
    review.turn(Step.STUCK, by=roos)
    mo = sign_in("Mo")
    stage = mo.get(f"/reviews/{review.id}").text
    assert 'value="help"' in stage
    assert "Fri 27" in mo.get("/captures/reading", query_string={"kind": "help", "text": "@it vr Wie kijkt mee?"}, htmx="capture-reading").text

    sent = {"kind": "help", "issue": issue.id, "step": "stuck", "review": review.id, "back": f"/reviews/{review.id}"}
    assert "Which department do you ask?" in mo.post("/captures", data=sent | {"text": "Wie kijkt mee?"}, htmx="capture").text
    assert mo.post("/captures", data=sent | {"text": "@it vr Wie kijkt mee?"}).status_code == 303
    assert (only().review_id, only().asking.code) == (review.id, "KS")
    assert "Wie kijkt mee?" in mo.get(f"/reviews/{review.id}").text
    assert sign_in("Finn").post("/captures", data=sent | {"text": "@it vr Wie kijkt mee?"}).status_code == 403


def test_an_issue_page_asks_as_many_statements_with_ten_times_the_hand_offs(sign_in, person, issue, queries):
    roos = sign_in("Roos")

    def many():
        roos.get(f"/issues/{issue.id}")
        with queries() as seen:
            assert roos.get(f"/issues/{issue.id}").status_code == 200
        return len(seen)

    def ask(n):
        for _n in range(n):
            make_handoff(by=person("Mo"), issue=issue)
            make_handoff(by=person("Mo"), issue=issue).decline("Nee", by=person("Eva"))
            make_handoff(by=person("Mo"), issue=issue).give_answer("Ja", by=person("Eva"))

    ask(1)
    few = many()
    ask(9)
    assert many() <= few  # one fewer when the stream has brought a person along already
