"""A private link to one dossier: what it opens, for how long, and nothing else for nobody else."""

import io
import json
import logging
import re

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from cxboard.db import db
from cxboard.domain import Refused
from cxboard.dossiers import link_views
from cxboard.dossiers.links import DossierLink, DossierVisits
from cxboard.logs import AsJson
from tests.dossiers.making import assume_all, make_problem_of
from tests.makers import make_cause, make_problem


def furnish(person):
    problem, issues = make_problem_of(person("Mo"), person("Eva"))
    assume_all(problem, person("Eva"), person("Roos"))
    return problem, issues


def make(problem, by, **more):
    link, token = DossierLink.make(problem, by=by, locale="en", **more)
    db.session.commit()
    return link, f"/d/{token}"


def test_a_link_is_made_on_the_page_and_opens_the_dossier_and_nothing_else(person, sign_in, client):
    problem, issues = furnish(person)
    page = sign_in("Eva").post(f"/problems/{problem.id}/dossier/links", data={"receiver": "Mevrouw Smit", "days": "7", "locale": "nl"}).text
    address = re.search(r"http://[^\"/]+(/d/[\w-]{43})\"", page)[1]
    answer = client.get(address)

    assert answer.status_code == 200
    assert 'lang="nl"' in answer.text
    assert problem.title in answer.text
    assert issues[0].title in answer.text
    assert "Mevrouw Smit" not in answer.text, "for whom it is, is between the makers"
    assert {re.sub(r"/d/[\w-]+", "/d/TOKEN", h) for h in re.findall(r'href="([^"]+)"', answer.text) if "/static/" not in h} == {"/d/TOKEN/dossier.pdf", "#sums"}
    assert "<script" not in answer.text
    assert "<form" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    assert "noindex" in answer.headers["X-Robots-Tag"]
    paper = client.get(f"{address}/dossier.pdf")
    assert paper.mimetype == "application/pdf"
    assert problem.title in PdfReader(io.BytesIO(paper.data)).pages[0].extract_text()
    for elsewhere in (f"/problems/{problem.id}/dossier", f"/problems/{problem.id}", "/board"):
        assert client.get(elsewhere).status_code == 302


def test_the_page_says_whoever_made_them_and_how_often_they_were_opened(person, sign_in, client):
    problem, _issues = furnish(person)
    link, address = make(problem, person("Eva"), receiver="De raad")
    client.get(address)
    client.get(address)
    page = re.sub(r"\s+", " ", sign_in("Roos").get(f"/problems/{problem.id}/dossier/links").text)

    assert "De raad" in page
    assert "made by Eva Smit" in page
    assert "opened 2 times" in page
    assert set(DossierVisits.__table__.c.keys()) == {"link_id", "times", "last_at"}, "of whoever opened it nothing is kept"
    assert link.token_hash not in page


def test_unknown_revoked_expired_and_cut_off_say_the_same(person, sign_in, client, at):
    at("2026-11-24 10:00")
    roos, eva = person("Roos"), person("Eva")
    problem, _issues = furnish(person)
    revoked, old, by_eva, by_roos = make(problem, eva), make(problem, eva, days=7), make(problem, eva, days=90), make(problem, roos, days=90)
    sign_in("Roos").post(f"/dossier-links/{revoked[0].id}/revocation")
    assert [client.get(a).status_code for a in (old[1], by_eva[1], by_roos[1])] == [200, 200, 200]
    at("2026-12-02 10:00")
    unknown = client.get("/d/" + "x" * 43)
    said = [client.get(a) for a in (revoked[1], old[1], old[1] + "/dossier.pdf", "/d/" + "é" * 400)]
    assert {a.status_code for a in (unknown, *said)} == {404}
    assert {a.text for a in said} == {unknown.text}

    eva.deactivate(by=person("Ada"))
    db.session.commit()
    assert (client.get(by_eva[1]).status_code, client.get(by_roos[1]).status_code) == (404, 200)
    problem.edit(by=roos, restricted=True)
    db.session.commit()
    assert client.get(by_roos[1]).text == unknown.text, "what became restricted is not shown to whom it was sent before"


def test_a_restricted_problem_is_only_shared_by_a_regisseur_and_shows_nothing_else_that_is_restricted(person, sign_in, client):
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    problem, issues = furnish(person)
    other = make_problem("Ontslagronde", by=eva, department="IT", restricted=True)
    make_cause(issues[0], other, by=eva, share=20)
    problem.edit(by=roos, restricted=True)
    db.session.commit()
    path = f"/problems/{problem.id}/dossier/links"
    assert [sign_in(who).get(path).status_code for who in ("Eva", "Mo", "Finn", "Roos")] == [403, 404, 404, 200]
    _link, address = make(problem, roos)
    page = client.get(address).text
    assert issues[0].title in page
    assert "2 issues move along" in page
    for hidden in (other.title, other.key):
        assert hidden not in page
    roos.change_role(mo.role, by=person("Ada"))
    db.session.commit()
    assert client.get(address).status_code == 404, "whoever made it could not make it any more"


def test_who_may_make_and_revoke(person, sign_in):
    problem, _issues = furnish(person)
    link, _address = make(problem, person("Roos"))
    made = {who: sign_in(who).post(f"/problems/{problem.id}/dossier/links", data={"days": "30", "locale": "nl"}).status_code for who in ("Finn", "Mo", "Eva", "Ada")}
    assert made == {"Finn": 403, "Mo": 403, "Eva": 200, "Ada": 200}
    assert sign_in("Mo").post(f"/dossier-links/{link.id}/revocation").status_code == 403
    assert sign_in("Eva").post(f"/problems/{problem.id}/dossier/links", data={"days": "365", "locale": "nl"}).status_code == 422
    assert sign_in("Eva").post(f"/dossier-links/{link.id}/revocation").status_code == 303


def test_what_was_made_while_the_problem_was_restricted_is_revoked_by_its_department_once_it_is_open(person, sign_in, client):
    roos = person("Roos")
    problem, _issues = furnish(person)
    problem.edit(by=roos, restricted=True)
    link, address = make(problem, roos)
    assert sign_in("Eva").post(f"/dossier-links/{link.id}/revocation").status_code == 403
    problem.edit(by=roos, restricted=False)
    db.session.commit()
    assert client.get(address).status_code == 200

    assert sign_in("Eva").post(f"/dossier-links/{link.id}/revocation").status_code == 303

    assert client.get(address).status_code == 404


def test_a_token_is_kept_only_as_a_hash_and_never_written_to_the_log(person, client, caplog):
    problem, _issues = furnish(person)
    _link, address = make(problem, person("Eva"))
    token = address.removeprefix("/d/")
    assert len(token) == 43, "256 bits"
    with caplog.at_level(logging.DEBUG):
        client.get(address)
        client.get(address + "/dossier.pdf")
        client.get("/d/wrong" + token[5:])
    lines = [AsJson().format(r) for r in caplog.records]
    assert not any(token[6:] in line for line in lines)
    assert all(json.loads(line).get("rule", "/d/<token>").startswith("/d/<token>") for line in lines if "rule" in json.loads(line))
    dumped = str([db.session.execute(sa.text(f"select * from {t}")).all() for t in ("dossier_link", "dossier_visits", "event", "sign_in_attempt")])
    assert token not in dumped


def test_guessing_is_slowed_down_and_so_is_printing(person, client, monkeypatch):
    problem, _issues = furnish(person)
    _link, address = make(problem, person("Eva"))
    monkeypatch.setattr(link_views, "MOST_WRONG", 3)
    monkeypatch.setattr(link_views, "MOST_PAPERS", 2)
    assert [client.get(address + "/dossier.pdf").status_code for _ in range(3)] == [200, 200, 429]
    assert [client.get(f"/d/{n}").status_code for n in range(4)] == [404, 404, 404, 429]
    assert client.get(address).status_code == 429, "from that network nothing opens for a while"
    assert client.get("/sign-in").status_code == 200


def test_what_is_no_life_of_a_link_and_too_many_of_them(person):
    problem, _issues = furnish(person)
    with pytest.raises(Refused):
        DossierLink.make(problem, by=person("Eva"), days=365)
    for _ in range(20):
        DossierLink.make(problem, by=person("Eva"))
    with pytest.raises(Refused, match="Revoke one first"):
        DossierLink.make(problem, by=person("Eva"))
