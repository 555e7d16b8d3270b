"""N5: what is written about a restricted problem reaches nobody outside its circle, on no page, fragment, header or message."""

import re
from itertools import product

import pytest
from flask import url_for

from cxboard.actions.models import Action, Decision
from cxboard.causes.models import Category, Cause, Certainty, Problem
from cxboard.clock import today
from cxboard.db import db
from cxboard.discussion.models import Comment
from cxboard.dossiers.links import DossierLink
from cxboard.dossiers.models import Assumption, Dossier
from cxboard.dossiers.reckoning import Name, Range
from cxboard.issues.status import Confidence
from cxboard.journeys.models import Journey
from tests.makers import make_cause, make_department, make_issue, make_problem

pytestmark = pytest.mark.databases("sqlite", "postgresql")

CANARY, WORD = "kanarievogel", "kanarie"  # a search for the word would find the canary, and echoes only the word
OUTSIDE = ["Finn", "Mo"]


@pytest.fixture
def secret(person):
    """A restricted problem of IT with a canary in every text, linked to an issue of KS beside an open one."""
    roos, eva = person("Roos"), person("Eva")
    stage = Journey.named("Klant zijn", by=roos).add_stage("Betalen", by=roos)
    issue = make_issue(by=person("Mo"), reach=1000, severity=4, confidence=Confidence.HIGH, stage=stage)
    problem = Problem.signal(
        title=f"{CANARY} titel", description=f"{CANARY} tekst", category=Category.CULTURE, by=roos, department=make_department("IT"), restricted=True
    )
    cause = Cause.link(issue=issue, problem=problem, by=eva, share=37, whys=[f"{CANARY} waarom"], evidence=f"{CANARY} bewijs")
    cause.confirm(Certainty.PROVEN, by=eva)
    cause.revise(by=eva, share=36, evidence=f"{CANARY} beter bewijs")
    problem.edit(by=eva, title=f"{CANARY} nieuwe titel")
    Comment.say(f"{CANARY} reactie", by=eva, problem=problem)
    Decision.record_one(f"{CANARY} besluit", by=eva, problem=problem)
    Dossier.put(problem, ask=f"{CANARY} vraag", decide_by=today(), by=eva)
    Assumption.keep(problem, Name.CONTACTS, Range(1, 4, 9), by=eva, source=f"{CANARY} bron")
    DossierLink.make(problem, by=roos, receiver=f"{CANARY} ontvanger")
    Action.promise(f"{CANARY} actie", owner=eva, due=today(), by=eva, problem=problem)
    db.session.commit()
    make_cause(issue, make_problem("Gewoon probleem", by=eva), by=eva, share=20)
    return problem


def numbers_of(secret):
    """What fits in an address."""
    cause = secret.causes[0]
    return {
        "id": [secret.id, cause.id, cause.issue_id], "name": ["title", "description", "contacts"], "stage": [cause.issue.stage_id],
        "ref": [why.ref for why in cause.issue.whys],
    }  # fmt: skip


def addresses(app, secret):
    """Every address that can be read, with every number that belongs to the problem."""
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.endpoint == "static":
            continue
        missing = set(rule.arguments) - set(rule.defaults or {})
        known = numbers_of(secret)
        if not missing <= known.keys():
            continue
        for chosen in product(*(known[name] for name in sorted(missing))):
            with app.test_request_context():
                yield url_for(rule.endpoint, **dict(zip(sorted(missing), chosen, strict=True)))


@pytest.mark.parametrize("who", OUTSIDE)
def test_no_address_shows_it_to_anybody_outside(app, sign_in, secret, who):
    client = sign_in(who)
    seen = 0
    for url in sorted(set(addresses(app, secret))):
        for htmx, query in ((False, ""), (False, f"?text={WORD}&q={WORD}"), ("dialog-body", f"?text={WORD}&q={WORD}")):
            answer = client.get(url + query, htmx=htmx)
            assert CANARY not in answer.text, f"{url}{query} as {who}"
            assert CANARY not in str(answer.headers)
            assert answer.status_code < 500, f"{url}{query} as {who}"
            seen += 1
    assert seen > 60


def test_the_issue_says_only_that_there_is_one(sign_in, secret):
    issue = secret.causes[0].issue_id

    for who in OUTSIDE:
        text = sign_in(who).get(f"/issues/{issue}").text
        panel = text[text.index('id="issue-causes"') :]
        panel = panel[: panel.index("</section>")]
        assert "There is also a restricted cause. Only the department that has it sees it." in panel
        assert '<span class="count">1</span>' in panel
        assert secret.key not in panel
        assert "36" not in re.sub(r"<svg.*?</svg>", "", panel, flags=re.DOTALL)
        assert "80%" in panel  # the share of the restricted cause is unexplained to them
        assert f"{secret.key}<" not in text
    for who in ("Roos", "Eva", "Ada"):
        assert CANARY in sign_in(who).get(f"/issues/{issue}").text


@pytest.mark.parametrize("who", OUTSIDE)
def test_every_address_of_the_problem_is_as_missing_as_one_that_never_was(sign_in, secret, who):
    client, cause = sign_in(who), secret.causes[0]

    for get in (f"/problems/{secret.id}", f"/problems/{secret.id}/leverage", f"/problems/{secret.id}/facts/title", f"/problems/{secret.id}/issues", f"/problems/{secret.id}/issues/choices", f"/causes/{cause.id}/revision", f"/causes/{cause.id}/removal"):
        answer, never = client.get(get), client.get(re.sub(r"/\d+", "/999999", get))
        assert answer.status_code == never.status_code == 404
    for post in (f"/problems/{secret.id}/facts/title", f"/problems/{secret.id}/issues", f"/causes/{cause.id}/revision", f"/causes/{cause.id}/removal", f"/causes/{cause.id}/confirmation", f"/problems/{secret.id}/comments"):
        assert client.post(post, data={"value": "x", "certainty": "likely", "text": "x"}).status_code == 404


def test_it_can_not_be_linked_by_guessing_its_number(sign_in, rows, person, secret):
    other = make_issue(by=person("Mo"))
    mo = sign_in("Mo")

    hidden = mo.post(f"/issues/{other.id}/causes", data={"problem": secret.id})
    never = mo.post(f"/issues/{other.id}/causes", data={"problem": 999999})

    assert hidden.status_code == never.status_code == 422
    assert CANARY not in hidden.text
    assert rows("cause") == 2


def test_its_leverage_is_in_nobodys_totals_outside(sign_in, secret):
    assert "leverage of" not in sign_in("Finn").get("/problems").text
    outside, inside = sign_in("Finn").get("/problems").text, sign_in("Eva").get("/problems").text

    assert "1 problem<" in outside
    assert "2 problems<" in inside
    assert "EX-2 explains 10% of the pain" in outside
    assert "Not explained yet: 90%" in outside, "what it explains is in the whole, where nobody can tell it from what is not explained"
    assert "Not explained yet: 54%" in inside


def test_it_is_seen_at_once_by_whoever_becomes_sponsor(sign_in, person, secret):
    finn = sign_in("Finn")
    assert finn.get(f"/problems/{secret.id}").status_code == 404

    secret.edit(by=person("Roos"), sponsor=person("Finn"))
    db.session.commit()

    assert CANARY in finn.get(f"/problems/{secret.id}").text
