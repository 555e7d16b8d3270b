"""The dossier's page: to read, to play with, to keep; by script and without; and on paper."""

import io
import re

from pypdf import PdfReader

from cxboard.db import db
from cxboard.dossiers.models import Assumption
from cxboard.dossiers.reckoning import Name, Range
from tests.dossiers.making import assume_all, make_problem_of


def furnish(person):
    problem, issues = make_problem_of(person("Mo"), person("Eva"))
    assume_all(problem, person("Eva"), person("Roos"))
    return problem, issues


def plain(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).replace("\u00a0", " ")


def test_everybody_who_sees_the_problem_reads_and_plays_and_nothing_is_stored(person, sign_in, rows):
    problem, _issues = furnish(person)
    path = f"/problems/{problem.id}/dossier"
    finn = sign_in("Finn")
    before = rows("assumption"), rows("event")
    kept, played = plain(finn.get(path).text), plain(finn.get(f"{path}?hours=3&contacts=").text)

    assert "about 5,300 hours a year" in kept  # 80 x 1.5 x 44 = 5.280
    assert "Your version" not in kept
    assert "about 11,000 hours a year" in played
    assert "Your version: 2 assumptions differ" in played
    assert "Not counted, not known: Extra contacts" in played
    assert "Only people of Afdeling IT and the CX regisseur can keep it" in played
    assert (rows("assumption"), rows("event")) == before
    assert f'href="{path}"' in finn.get(f"/problems/{problem.id}").text


def test_by_script_only_what_follows_from_it_is_sent(person, sign_in):
    problem, _issues = furnish(person)
    answer = sign_in("Mo").get(f"/problems/{problem.id}/dossier", query_string={"hours": "3", "hours.low": "3.5", "hours.high": "2"}, htmx="play")
    assert answer.text.startswith("<hx-partial")
    assert {t for t in re.findall(r'hx-target="#(\w+)"', answer.text) if t in ("dossier", "version")} == {"dossier", "version"}
    assert "The likely value lies between the low and the high one." in answer.text
    assert 'id="play"' not in answer.text
    whole = sign_in("Mo").get(f"/problems/{problem.id}/dossier?hours=3", htmx="main").text
    assert "<html" in whole


def test_what_cannot_be_read_says_so_and_counts_as_kept(person, sign_in):
    problem, _issues = furnish(person)
    page = sign_in("Eva").get(f"/problems/{problem.id}/dossier", query_string={"hours": "<b>veel</b>", "contacts": "1e9", "won_back": "140", "hour_cost": "-3"}).text
    assert "&lt;b&gt;veel" in page
    assert page.count('aria-invalid="true"') == 4
    assert "4 values cannot be read" in page
    assert "about 5,300 hours a year" in plain(page)
    assert 'id="keep"' not in page
    for name in ("id", "endpoint", "_method", "_external", "_anchor", "_scheme", '"><b>'):
        played = sign_in("Eva").get(f"/problems/{problem.id}/dossier", query_string={"hours": "3", name: "x"})
        assert f'href="/problems/{problem.id}/dossier.pdf?hours=3&amp;' in played.text, name
        assert '"><b>=x' not in played.text


def test_a_version_is_kept_by_who_may(person, sign_in):
    problem, _issues = furnish(person)
    path = f"/problems/{problem.id}/dossier"
    sent = {"hours": "2", "hours.low": "1", "hours.high": "3", "contacts": "", "contacts.low": "", "contacts.high": "", "source": ""}
    assert [sign_in(who).post(f"{path}/assumptions", data=sent).status_code for who in ("Finn", "Mo")] == [403, 403]
    eva = sign_in("Eva")
    [seen] = set(re.findall(r'name="version" value="([^"]+)"', eva.get(f"{path}?hours=2").text))
    answer = eva.post(f"{path}/assumptions", data=sent | {"version": seen})
    assert (answer.status_code, answer.location) == (303, path)
    kept = Assumption.of(problem, Name.HOURS)
    assert (kept.range, kept.guess, kept.by.name) == (Range(1, 2, 3), True, "Eva Smit"), "what has no source is a guess"
    assert Assumption.of(problem, Name.CONTACTS).range is None
    assert "a guess, not measured" in plain(eva.get(path).text)
    assert sign_in("Roos").post(f"{path}/assumptions", data=sent | {"hours": "2.5", "version": seen}).status_code == 409, "Eva was first"
    assert sign_in("Roos").post(f"{path}/assumptions", data=sent | {"hours": "2.5"}).status_code == 303, "she means it, as the conflict offers"
    assert Assumption.of(problem, Name.HOURS).by.name == "Roos van Dijk"
    assert eva.post(f"{path}/assumptions", data=sent | {"hours": "9", "hours.high": "3.5"}).status_code == 422
    assert eva.post(f"{path}/assumptions", data={"hours": "2.4", "source": "x" * 300}).status_code == 422


def test_one_assumption_opens_to_its_source_and_every_value_it_had(person, sign_in):
    problem, _issues = furnish(person)
    path = f"/problems/{problem.id}/dossier/assumptions/hours"
    eva = sign_in("Eva")
    assert eva.post(path, data={"low": "2", "likely": "1", "high": "3"}).status_code == 422
    assert eva.post(path, data={"low": "2", "likely": "2,5", "high": "3", "source": "Tijdmeting, n = 23"}).status_code == 303
    page = plain(sign_in("Finn").get(path).text)
    assert "2.5 (2 to 3), Tijdmeting, n = 23" in page
    assert "1.5 (1 to 2), Gemeten" in page
    assert "<form" not in sign_in("Finn").get(path, htmx="dialog-body").text
    assert eva.get(path.replace("hours", "nothing")).status_code == 404


def test_what_counts_for_all_dossiers_is_for_the_regisseur(person, sign_in):
    problem, _issues = furnish(person)
    assert [sign_in(who).get("/dossiers/assumptions").status_code for who in ("Eva", "Finn", "Roos")] == [403, 403, 200]
    roos = sign_in("Roos")
    assert roos.post("/dossiers/assumptions/hour_cost", data={"likely": "50", "source": "Finance 2027"}).status_code == 303
    assert roos.get("/dossiers/assumptions/hours").status_code == 404, "that is of one problem only"
    roos.post("/dossiers/letterhead", data={"organisation": "Waddenstroom"})
    page = plain(sign_in("Finn").get(f"/problems/{problem.id}/dossier").text)
    assert "44 weeks × € 50" in page
    assert "For all dossiers: Finance 2027" in page
    assert "Waddenstroom, cxboard. Figures of" in page


def test_what_is_asked_is_written_by_who_may(person, sign_in):
    problem, _issues = furnish(person)
    path = f"/problems/{problem.id}/dossier/ask"
    assert [sign_in(who).get(path).status_code for who in ("Finn", "Mo", "Eva")] == [403, 403, 200]
    assert sign_in("Eva").post(path, data={"ask": "Eén scherm", "decide_by": "2027-01-15", "version": "0"}).status_code == 303
    page = plain(sign_in("Finn").get(f"/problems/{problem.id}/dossier").text)
    assert "Eén scherm" in page
    assert "Fri 15 Jan 2027" in page


def test_the_dossier_of_a_restricted_problem_is_not_there_for_others(person, sign_in):
    problem, _issues = furnish(person)
    problem.edit(by=person("Roos"), restricted=True)
    db.session.commit()
    for path in ("dossier", "dossier.pdf", "dossier/assumptions/hours", "dossier/links"):
        assert sign_in("Mo").get(f"/problems/{problem.id}/{path}").status_code == 404
        assert sign_in("Roos").get(f"/problems/{problem.id}/{path}").status_code == 200


def test_on_paper_it_says_what_the_page_says(person, sign_in):
    problem, issues = furnish(person)
    mo = sign_in("Mo")
    answer = mo.get(f"/problems/{problem.id}/dossier.pdf?hours=3")
    paper = PdfReader(io.BytesIO(answer.data))
    text = re.sub(r"\s+", " ", " ".join(p.extract_text() for p in paper.pages)).replace("\u00a0", " ")
    page = plain(mo.get(f"/problems/{problem.id}/dossier?hours=3").text)

    assert answer.headers["Content-Disposition"] == f'attachment; filename="cxboard-{problem.key}.pdf"'
    assert len(paper.pages) == 2
    for words in (
        problem.title, issues[0].title, "about 11,000 hours", "A version that nobody has kept", "Hours are only money", "Did it help? Not measured yet", "Gemeten", "your version, not kept",
    ):  # fmt: skip
        assert words in text
    for figure in re.findall(r"€ [0-9,]+ to € [0-9,]+", page)[:4]:
        assert figure in text
    assert paper.metadata.title == f"{problem.key} {problem.title}"
