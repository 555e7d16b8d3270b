"""Linking problems and issues from either side, over HTTP: choosing, making the other side on the spot, whys, shares, certainty."""

import pytest
import sqlalchemy as sa

from cxboard.causes.models import Cause, Certainty, Problem
from cxboard.causes.queries import issues_to_link, problems_to_link
from cxboard.db import db
from cxboard.issues.models import Issue
from cxboard.issues.status import Status
from tests.makers import make_cause, make_department, make_issue, make_problem

LINK = {"why": ["De bevestiging gaat te vroeg weg", "", "Facturatie controleert met de hand"], "share": "60", "evidence": "Twintig mails gelezen"}


@pytest.fixture
def issue(person):
    return make_issue(by=person("Mo"))


@pytest.fixture
def problem(person):
    return make_problem(by=person("Eva"))


@pytest.fixture
def cause(person, issue, problem):
    return make_cause(issue, problem, by=person("Mo"), share=60, whys=["Een", "Twee"], evidence="Gezien")


def newest(kind):
    return db.session.scalars(sa.select(kind).order_by(kind.id.desc())).first()


# choosing


def test_words_and_keys_find_a_problem_that_is_not_linked_yet(person, issue, problem):
    eva = person("Eva")
    other = make_problem("Regels 100% en_dubbel", by=eva)

    def found(text):
        return [p.title for p in problems_to_link(issue, eva, text)]

    assert found("OVER typen") == [problem.title]
    assert found(other.key.lower()) == [other.title]
    assert found("100%") == [other.title]
    assert found("%") == [other.title]
    assert found("n_d") == [other.title]
    assert found("niets hiervan") == []
    make_cause(issue, problem, by=eva)
    assert found("") == [other.title]


def test_words_and_keys_find_an_open_issue(person, issue, problem):
    done = make_issue("Klaar", by=person("Mo"), status=Status.DONE)

    assert [i.id for i in issues_to_link(problem)] == [issue.id]
    assert [i.id for i in issues_to_link(problem, issue.key)] == [issue.id]
    assert issues_to_link(problem, done.title) == []


@pytest.mark.parametrize("text", ["", "over", "'; drop table problem; --", "%", "\x00", "\ud800".encode("utf-8", "surrogatepass"), "x" * 5000, "EX-", "EX-99999999999999", "１"])
def test_any_text_gives_choices(sign_in, issue, problem, text):
    client = sign_in("Mo")

    for url in (f"/issues/{issue.id}/causes/choices", f"/problems/{problem.id}/issues/choices"):
        answer = client.get(url, query_string={"text": text}, htmx="choices")
        assert answer.status_code == 200
        assert 'id="choices"' in answer.text
        assert "<html" not in answer.text


def test_without_script_a_search_keeps_what_was_typed(sign_in, issue, problem):
    answer = sign_in("Mo").post(f"/issues/{issue.id}/causes", data=LINK | {"text": "typen", "find": "1"})

    assert answer.status_code == 200
    assert problem.title in answer.text
    assert "Facturatie controleert met de hand" in answer.text


# from the issue


@pytest.mark.parametrize("htmx", [False, "dialog-body"])
def test_a_member_links_a_problem_to_an_issue(sign_in, person, issue, problem, htmx):
    answer = sign_in("Mo").post(f"/issues/{issue.id}/causes", data=LINK | {"problem": problem.id}, htmx=htmx)

    cause = newest(Cause)
    assert (cause.issue, cause.problem, cause.author, cause.certainty) == (issue, problem, person("Mo"), Certainty.SUSPECTED)
    assert (cause.whys, cause.share, cause.evidence) == ([LINK["why"][0], LINK["why"][2]], 60, LINK["evidence"])
    if htmx:
        assert answer.headers["HX-Redirect"] == f"/issues/{issue.id}"
    else:
        assert (answer.status_code, answer.location) == (303, f"/issues/{issue.id}")


def test_a_new_problem_is_made_on_the_spot(sign_in, person, issue):
    it = make_department("IT")
    sign_in("Mo").post(f"/issues/{issue.id}/causes", data=LINK | {"problem": "new", "text": "Zes systemen", "category": "systems", "department": it.id})

    made = newest(Problem)
    assert (made.title, made.department, made.reporter) == ("Zes systemen", it, person("Mo"))
    assert newest(Cause).problem == made


@pytest.mark.parametrize(
    "wrong",
    [
        {"problem": ""},
        {"problem": "424242"},
        {"problem": "1e3"},
        {"problem": "new", "text": "", "category": "systems"},
        {"problem": "new", "text": "x" * 161, "category": "systems"},
        {"problem": "new", "text": "Zes systemen", "category": ""},
        {"problem": "new", "text": "Zes systemen", "category": "x"},
        {"problem": "new", "text": "Zes systemen", "category": "systems", "department": "424242"},
        {"share": "0"},
        {"share": "101"},
        {"share": "veel"},
        {"why": [str(n) for n in range(8)]},
        {"why": ["x" * 301]},
        {"evidence": "x" * 4001},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(sign_in, rows, issue, problem, wrong):
    answer = sign_in("Mo").post(f"/issues/{issue.id}/causes", data=LINK | {"problem": problem.id} | wrong)

    assert answer.status_code == 422
    assert 'class="err"' in answer.text
    assert (rows("cause"), rows("problem")) == (0, 1)


def test_a_share_that_does_not_fit_says_what_is_left_and_makes_no_problem(sign_in, rows, issue, cause):
    answer = sign_in("Mo").post(f"/issues/{issue.id}/causes", data=LINK | {"problem": "new", "text": "Nog een", "category": "policy", "share": "41"}, htmx="dialog-body")

    assert answer.status_code == 409
    assert "40 % is left" in answer.text
    assert "Facturatie controleert met de hand" in answer.text
    assert (rows("cause"), rows("problem")) == (1, 1)


def test_a_pair_is_linked_once(sign_in, rows, issue, problem, cause):
    answer = sign_in("Mo").post(f"/issues/{issue.id}/causes", data={"problem": problem.id})

    assert answer.status_code == 409
    assert "already" in answer.text
    assert rows("cause") == 1


def test_a_viewer_links_nothing(sign_in, rows, issue, problem):
    finn = sign_in("Finn")

    assert finn.get(f"/issues/{issue.id}/causes").status_code == 403
    assert finn.post(f"/issues/{issue.id}/causes", data=LINK | {"problem": problem.id}).status_code == 403
    assert finn.post(f"/problems/{problem.id}/issues", data=LINK | {"issue": issue.id}).status_code == 403
    assert rows("cause") == 0
    assert "+ Cause" not in finn.get(f"/issues/{issue.id}").text


# from the problem


@pytest.mark.parametrize("htmx", [False, "dialog-body"])
def test_a_member_links_an_issue_to_a_problem(sign_in, issue, problem, htmx):
    answer = sign_in("Mo").post(f"/problems/{problem.id}/issues", data=LINK | {"issue": issue.id}, htmx=htmx)

    assert (newest(Cause).issue, newest(Cause).share) == (issue, 60)
    assert (answer.headers["HX-Redirect"] if htmx else answer.location) == f"/problems/{problem.id}"


def test_a_new_issue_is_reported_on_the_spot(sign_in, person, problem):
    sign_in("Mo").post(f"/problems/{problem.id}/issues", data=LINK | {"issue": "new", "text": "Eindnota komt te laat"})

    made = newest(Issue)
    assert (made.title, made.reporter, made.status) == ("Eindnota komt te laat", person("Mo"), Status.NEW)
    assert newest(Cause).issue == made


@pytest.mark.parametrize("wrong", [{"issue": ""}, {"issue": "424242"}, {"issue": "new", "text": ""}, {"issue": "new", "text": "x" * 161}, {"share": "0"}])
def test_what_is_wrong_on_the_other_side_is_said_too(sign_in, rows, issue, problem, wrong):
    answer = sign_in("Mo").post(f"/problems/{problem.id}/issues", data=LINK | {"issue": issue.id} | wrong)

    assert answer.status_code == 422
    assert 'class="err"' in answer.text
    assert (rows("cause"), rows("issue")) == (0, 1)


def test_an_issue_that_is_closed_can_not_be_chosen(sign_in, person, problem):
    done = make_issue(by=person("Mo"), status=Status.DONE)

    assert sign_in("Mo").post(f"/problems/{problem.id}/issues", data={"issue": done.id}).status_code == 422


# the link itself


def test_share_and_evidence_are_revised_and_the_whys_have_their_own_page(sign_in, cause):
    client = sign_in("Mo")
    form = client.get(f"/causes/{cause.id}/revision", htmx="dialog-body").text
    assert f"/issues/{cause.issue_id}/whys" in form

    answer = client.post(f"/causes/{cause.id}/revision", data={"why": ["Nieuw"], "share": "", "evidence": "", "version": cause.version})

    assert answer.location == f"/issues/{cause.issue_id}"
    db.session.refresh(cause)
    assert (cause.whys, cause.share, cause.evidence) == (["Een", "Twee"], None, "")


def test_an_older_version_of_a_link_shows_both(sign_in, cause):
    opened = cause.version
    sign_in("Eva").post(f"/causes/{cause.id}/revision", data={"share": "60", "evidence": "Van Eva", "version": opened})

    answer = sign_in("Mo").post(f"/causes/{cause.id}/revision", data={"share": "60", "evidence": "Van Mo", "version": opened}, htmx="dialog-body")

    assert answer.status_code == 409
    assert "Van Eva" in answer.text
    assert "Van Mo" in answer.text


def test_a_revision_that_does_not_fit_keeps_what_was_typed(sign_in, person, issue, cause):
    make_cause(issue, make_problem("Ander", by=person("Eva")), by=person("Eva"), share=30)

    answer = sign_in("Mo").post(f"/causes/{cause.id}/revision", data={"evidence": "Blijft staan", "share": "80", "version": cause.version}, htmx="dialog-body")

    assert answer.status_code == 409
    assert "70 % is left" in answer.text
    assert "Blijft staan" in answer.text
    assert sign_in("Mo").post(f"/causes/{cause.id}/revision", data={"share": "veel"}).status_code == 422


def test_a_cause_is_taken_away(sign_in, rows, cause, issue):
    client, url = sign_in("Mo"), f"/causes/{cause.id}/removal"
    assert "no cause of" in client.get(url, htmx="dialog-body").text

    answer = client.post(url)

    assert answer.location == f"/issues/{issue.id}"
    assert (rows("cause"), rows("why"), rows("problem")) == (0, 2, 1)
    assert client.get(url).status_code == 404


def test_only_the_departments_on_either_side_change_a_link(sign_in, person):
    fin = make_issue(by=person("Roos"), lead="FIN")
    cause = make_cause(fin, make_problem(by=person("Roos"), department="HR"), by=person("Roos"))

    for who, status in (("Mo", 403), ("Eva", 403), ("Finn", 403), ("Roos", 200), ("Ada", 200)):
        assert sign_in(who).get(f"/causes/{cause.id}/revision").status_code == status
        assert sign_in(who).get(f"/causes/{cause.id}/removal").status_code == status


# certainty


def test_the_department_confirms_and_the_issue_says_who(sign_in, cause, issue):
    eva = sign_in("Eva")
    assert 'name="certainty"' in eva.get(f"/issues/{issue.id}").text

    answer = eva.post(f"/causes/{cause.id}/confirmation", data={"certainty": "likely"})

    assert answer.location == f"/issues/{issue.id}"
    assert "Confirmed by Eva Smit, Afdeling IT." in sign_in("Finn").get(f"/issues/{issue.id}").text


@pytest.mark.parametrize("who", ["Mo", "Roos", "Finn", "Ada"])
def test_others_are_told_who_can_confirm(sign_in, cause, issue, who):
    client = sign_in(who)

    text = client.get(f"/issues/{issue.id}").text
    assert "Only people of Afdeling IT can confirm this." in text
    assert 'name="certainty"' not in text
    assert client.post(f"/causes/{cause.id}/confirmation", data={"certainty": "proven"}).status_code == 403
    db.session.refresh(cause)
    assert cause.certainty == Certainty.SUSPECTED


@pytest.mark.parametrize("certainty", ["", "sure", "PROVEN"])
def test_a_certainty_that_does_not_exist_is_400(sign_in, cause, certainty):
    assert sign_in("Eva").post(f"/causes/{cause.id}/confirmation", data={"certainty": certainty}).status_code == 400


# on the issue's page


def test_the_issue_shows_the_band_the_strongest_chain_and_the_others_folded(sign_in, person, issue, cause):
    make_cause(issue, make_problem("Zwakker", by=person("Eva")), by=person("Eva"), share=15)

    text = sign_in("Finn").get(f"/issues/{issue.id}").text

    panel = text[text.index('id="issue-causes"') :]
    assert panel.index("Twee") < panel.index("<details") < panel.index("Zwakker</span>")
    assert "25%" in panel[: panel.index("<ol")]
    assert "not explained yet" in panel


def test_an_issue_without_a_cause_asks_for_the_first(sign_in, issue):
    assert "Link the first cause" in sign_in("Mo").get(f"/issues/{issue.id}").text
    assert "Link the first cause" not in sign_in("Finn").get(f"/issues/{issue.id}").text


@pytest.mark.parametrize("id", [0, 999, 2**31 - 1, 2**31, 2**64])
def test_a_link_that_is_not_there_is_404(sign_in, id):
    client = sign_in("Roos")
    for url in (f"/causes/{id}/revision", f"/causes/{id}/removal", f"/issues/{id}/causes"):
        assert client.get(url).status_code == 404
        assert client.post(url).status_code in (404, 405)  # 405 where the number is no address at all
    assert client.post(f"/causes/{id}/confirmation").status_code == 404
