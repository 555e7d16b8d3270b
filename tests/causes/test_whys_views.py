"""The tree of whys over HTTP: plain and by script, bad input, who may, and nothing of a restricted problem on any of its addresses."""

import pytest

from cxboard.causes.whys import Why, grown
from cxboard.db import db
from tests.makers import make_cause, make_issue, make_problem

CANARY = "kanarievogel"


@pytest.fixture
def issue(person):
    return make_issue(by=person("Mo"))


@pytest.fixture
def why(issue, person):
    made = Why.answer("Menselijke fout", issue=issue, by=person("Mo"))
    db.session.commit()
    return made


def test_answers_are_given_without_script(sign_in, person, issue):
    mo, url = sign_in("Mo"), f"/issues/{issue.id}/whys"
    assert "Nobody has answered this yet" in sign_in("Finn").get(url).text
    answer = mo.post(url, data={"text": "Het adres klopt niet"})
    first = grown(issue, person("Mo")).nodes[0].why
    assert (answer.status_code, answer.location) == (303, f"{url}#why-{first.ref}")
    assert "Why “Het adres klopt niet”?" in mo.get(f"{url}/new?under={first.ref}").text
    mo.post(url, data={"text": "Zes systemen", "parent": first.ref})
    assert [n.why.depth for n in grown(issue, person("Mo")).nodes] == [1, 2]
    assert "Zes systemen" in sign_in("Finn").get(url).text
    assert f"{url}/{first.ref}" not in sign_in("Finn").get(url).text


def test_by_script_only_the_lines_that_changed_are_sent(sign_in, person, issue, why):
    answer = sign_in("Mo").post(f"/issues/{issue.id}/whys", data={"text": "De knoppen lijken op elkaar", "parent": why.ref, "ref": "abcdef0123456789"}, htmx="say-abcdef0123456789")
    assert answer.status_code == 200
    assert 'hx-target="#line-abcdef0123456789"' in answer.text
    assert f'hx-target="#line-{why.ref}"' in answer.text  # its question is answered
    assert "mistake easy" not in answer.text
    assert 'id="whys"' not in answer.text


def test_what_can_not_be_read_is_said(sign_in, issue, why):
    mo, url = sign_in("Mo"), f"/issues/{issue.id}/whys"
    for path, data, status in (
        ("", {"text": ""}, 422), ("", {"text": "x" * 301}, 422), ("", {"text": "x", "parent": "../../etc"}, 422), ("", {"text": "x", "parent": "a" * 16}, 409),
        (f"/{why.ref}", {"text": " "}, 422), (f"/{why.ref}/place", {"way": "sideways"}, 400), (f"/{why.ref}/end", {"end": "problem-99"}, 422), (f"/{why.ref}/end", {}, 422),
        (f"/{why.ref}/end", {"end": "new", "text": "Nieuw"}, 422), (f"/{why.ref}/end", {"end": "not_ours"}, 422), (f"/{why.ref}/end", {"end": f"issue-{issue.id}"}, 409),
        (f"/{'b' * 16}", {"text": "x"}, 404), ("/removals/999", {}, 404),
    ):  # fmt: skip
        assert mo.post(url + path, data=data).status_code == status, (path, data)
    assert mo.post(url, data={"text": ""}, htmx="say-x").status_code == 422


def test_an_answer_gets_its_end_its_evidence_and_its_place(sign_in, person, issue, why):
    mo, one, url = sign_in("Mo"), f"/issues/{issue.id}/whys/{why.ref}", f"/issues/{issue.id}/whys"
    problem = make_problem("Zes systemen", by=person("Mo"))
    assert problem.title in mo.get(f"{one}/choices?text=zes").text
    assert mo.post(f"{one}/evidence", data={"evidence": "Geteld"}).status_code == 303
    assert mo.post(f"{one}/standing").status_code == 303
    assert mo.post(f"{one}/end", data={"end": f"problem-{problem.id}"}).status_code == 303
    assert [(c.problem_id, c.whys) for c in issue.causes] == [(problem.id, ["Menselijke fout"])]
    page = mo.get(url).text
    assert "Geteld" in page
    assert "Zes systemen" in page
    mo.post(f"{one}/end", data={"end": "new", "text": "Nieuw probleem", "category": "systems"})
    assert [c.problem.title for c in issue.causes] == ["Nieuw probleem"]
    mo.post(url, data={"text": "Tweede"})
    mo.post(f"{one}/place", data={"way": "down"})
    assert [n.why.text for n in grown(issue, person("Mo")).nodes] == ["Tweede", "Menselijke fout"]
    stale = mo.post(one, data={"text": "Beter", "version": "0"})
    assert stale.status_code == 303  # nobody reworded it meanwhile
    assert sign_in("Eva").post(one, data={"text": "Anders", "version": "0"}).status_code == 409


def test_a_branch_goes_after_a_question_and_comes_back(sign_in, person, issue, why):
    mo, one = sign_in("Mo"), f"/issues/{issue.id}/whys/{why.ref}"
    Why.answer("Dieper", issue=issue, by=person("Mo"), parent=why)
    assert "1 deeper answer goes along" in mo.get(f"{one}/removal").text
    gone = mo.post(f"{one}/removal", htmx=True).text
    undo = gone.split('action="')[gone.split('action="').index(next(p for p in gone.split('action="') if "/removals/" in p.split('"')[0]))].split('"')[0]
    assert mo.get(one).status_code == 404
    assert sign_in("Eva").post(undo).status_code == 404
    assert mo.post(undo).status_code == 303
    assert len(grown(issue, person("Mo")).nodes) == 2


def test_viewers_build_nothing_and_a_merged_issue_leads_on(sign_in, person, issue, why):
    finn, url = sign_in("Finn"), f"/issues/{issue.id}/whys"
    for path in ("", f"/{why.ref}", f"/{why.ref}/end", f"/{why.ref}/removal"):
        assert finn.post(url + path, data={"text": "x"}).status_code == 403
    assert finn.get(f"{url}/{why.ref}").status_code == 403
    into = make_issue("Eerder", by=person("Roos"))
    issue.merge(into=into, by=person("Roos"))
    assert finn.get(url).location == f"/issues/{into.id}/whys"
    assert sign_in("Mo").post(url, data={"text": "x"}).status_code == 409


def test_no_address_tells_of_answers_that_lead_only_to_a_restricted_problem(sign_in, person, issue):
    mo, eva, roos = sign_in("Mo"), person("Eva"), person("Roos")
    secret = make_problem(f"{CANARY} geheim", by=roos, restricted=True)
    make_cause(issue, secret, by=eva, whys=[f"{CANARY} een", f"{CANARY} twee"])
    hidden = [n.why for n in grown(issue, eva).nodes]
    hidden[1].prove(f"{CANARY} bewijs", by=eva)
    open_one = Why.answer("Open", issue=issue, by=person("Mo"))
    db.session.commit()
    url = f"/issues/{issue.id}/whys"
    never = {p: mo.post(f"{url}/{'c' * 16}{p}", data={"text": "x", "way": "up"}).status_code for p in ("", "/evidence", "/standing", "/place", "/end", "/removal")}
    for why in hidden:
        for path, status in never.items():
            answer = mo.post(f"{url}/{why.ref}{path}", data={"text": "x", "way": "up"})
            assert (answer.status_code, CANARY in answer.text) == (status, False)
        for path in ("", "/end", "/choices", "/removal"):
            assert mo.get(f"{url}/{why.ref}{path}").status_code == 404
        answer = mo.post(url, data={"text": "x", "parent": why.ref})
        assert answer.status_code == mo.post(url, data={"text": "x", "parent": "d" * 16}).status_code == 409
        assert CANARY not in mo.get(f"{url}/new?under={why.ref}").text
    for client in (mo, sign_in("Finn")):
        for page in (url, f"/issues/{issue.id}", f"/issues/{issue.id}?events=all", "/today", "/search?q=kanarie"):
            answer = client.get(page)
            assert CANARY not in answer.text, page
            assert hidden[0].ref not in answer.text
    assert CANARY not in mo.get(f"{url}/{open_one.ref}/choices?text=kanarie").text
    assert mo.post(f"{url}/{open_one.ref}/end", data={"end": f"problem-{secret.id}"}).status_code == 422
    assert sign_in("Eva").get(url).text.count(CANARY) > 3


def test_a_tree_takes_as_many_statements_however_large(sign_in, person, issue, queries):
    mo, url = sign_in("Mo"), f"/issues/{issue.id}/whys"
    counts = []
    for size in (2, 12):
        for n in range(size):
            Why.answer(f"{size}-{n}", issue=issue, by=person("Mo")).end_in_problem(make_problem(f"{size}-{n}", by=person("Mo")), by=person("Mo"))
        mo.get(url)
        with queries() as seen:
            mo.get(url)
        counts.append(len(seen))
    assert counts[0] == counts[1]
