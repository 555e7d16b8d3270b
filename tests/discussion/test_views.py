"""Saying something, and the stream of what was said and what happened."""

import re

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.causes.models import Cause
from cxboard.db import db
from cxboard.discussion.models import Comment
from tests.makers import make_cause, make_issue, make_person, make_problem

pytestmark = pytest.mark.usefixtures("app")
FORBIDDEN = "Teamleider Jan houdt alles tegen"


@pytest.fixture
def issue(person, at):
    at("2026-11-21 10:00")
    return make_issue(by=person("Mo"))


def comments():
    return list(db.session.scalars(sa.select(Comment).order_by(Comment.id)))


def test_a_comment_is_kept_and_shown(sign_in, issue):
    answer = sign_in("Eva").post(f"/issues/{issue.id}/comments", data={"text": "Ik zoek het uit.\nMorgen meer."})

    assert (answer.status_code, answer.location) == (303, f"/issues/{issue.id}#stream")
    assert "Ik zoek het uit.<br>\nMorgen meer." in sign_in("Finn").get(f"/issues/{issue.id}").text


def test_htmx_gets_just_the_comment_and_an_empty_form(sign_in, issue):
    answer = sign_in("Eva").post(f"/issues/{issue.id}/comments", data={"text": "Ik zoek het uit."}, htmx="comment-form")

    assert answer.status_code == 200
    assert 'hx-target="#stream-list" hx-swap="afterbegin"' in answer.text
    assert "Ik zoek het uit." in answer.text
    assert "></textarea>" in answer.text
    assert len(answer.data) < 10_000


@pytest.mark.parametrize(("text", "sentence"), [("", "Write something first."), (" \n ", "Fill this in."), ("x" * 10_001, "At most 10000 characters.")])
def test_what_is_wrong_is_said_and_the_text_is_kept(sign_in, issue, text, sentence):
    eva = sign_in("Eva")
    plain = eva.post(f"/issues/{issue.id}/comments", data={"text": text})
    part = eva.post(f"/issues/{issue.id}/comments", data={"text": text}, htmx="comment-form")

    assert plain.status_code == part.status_code == 422
    assert sentence in plain.text
    assert part.text.strip().startswith('<form id="comment-form"')
    assert text.strip() in part.text
    assert comments() == []


def test_a_viewer_reads_but_does_not_write(sign_in, person, issue):
    problem = make_problem(by=person("Eva"))
    finn = sign_in("Finn")

    assert finn.post(f"/issues/{issue.id}/comments", data={"text": "x"}).status_code == 403
    assert finn.post(f"/problems/{problem.id}/comments", data={"text": "x"}).status_code == 403
    assert 'id="comment-form"' not in finn.get(f"/issues/{issue.id}").text


def test_nothing_is_said_about_what_is_not_there(sign_in, person, issue):
    hidden = make_problem(by=person("Eva"), department="IT", restricted=True)

    assert sign_in("Mo").post(f"/problems/{hidden.id}/comments", data={"text": "x"}).status_code == 404
    assert sign_in("Mo").post("/issues/999/comments", data={"text": "x"}).status_code == 404


def test_a_comment_on_a_problem(sign_in, person, issue):
    problem = make_problem(by=person("Eva"))

    answer = sign_in("Mo").post(f"/problems/{problem.id}/comments", data={"text": "Wij ook"})

    assert answer.location == f"/problems/{problem.id}#stream"
    assert comments()[0].problem_id == problem.id


def test_talking_about_an_issue_moves_it_on(sign_in, issue, at):
    at("2026-11-25 10:00")
    sign_in("Eva").post(f"/issues/{issue.id}/comments", data={"text": "x"})

    assert issue.touched_at == clock.now()


def test_the_stream_shows_the_newest_first_and_can_show_comments_only(sign_in, person, issue, at):
    eva = sign_in("Eva")
    eva.post(f"/issues/{issue.id}/comments", data={"text": "Eerste"})
    at("2026-11-21 11:00")
    issue.edit(by=person("Mo"), reach=300.0)
    at("2026-11-21 12:00")
    eva.post(f"/issues/{issue.id}/comments", data={"text": "Tweede"})

    everything = eva.get(f"/issues/{issue.id}").text
    said = eva.get(f"/issues/{issue.id}?stream=comments").text

    ids = re.findall(r'<li id="(comment|event)-', everything)
    assert ids[:4] == ["comment", "event", "comment", "event"]
    assert re.findall(r'<li id="(comment|event)-', said) == ["comment", "comment"]


def test_thirty_at_a_time(sign_in, person, issue):
    for n in range(70):
        Comment.say(f"Bericht {n}.", by=person("Eva"), issue=issue)
    mo = sign_in("Mo")

    first, second, last = (mo.get(f"/issues/{issue.id}?stream=comments{more}").text for more in ("", "&pages=2", "&pages=3"))

    assert [text.count("Bericht ") for text in (first, second, last)] == [30, 60, 70]
    assert "pages=2" in first
    assert "Bericht 69." in first
    assert "Show earlier" not in last


@pytest.mark.parametrize("query", ["pages=0", "pages=-1", "pages=x", "pages=999999", "pages=%00", "stream=x", "pages=１"])
def test_a_page_that_does_not_exist_shows_one_that_does(sign_in, issue, query):
    assert sign_in("Mo").get(f"/issues/{issue.id}?{query}").status_code == 200


def test_what_was_said_about_a_duplicate_is_read_with_the_other(sign_in, person, issue):
    twin = make_issue("Dubbel", by=person("Mo"))
    Comment.say("Bij de dubbele gezegd", by=person("Eva"), issue=twin)
    twin.merge(into=issue, by=person("Roos"))

    assert "Bij de dubbele gezegd" in sign_in("Finn").get(f"/issues/{issue.id}").text


def test_what_happened_in_a_review_says_so(sign_in, person, issue):
    now = clock.now()
    row = {"id": 1, "week": "2026-W47", "day": now.date(), "starts_at": now, "zone": "Europe/Amsterdam", "duration": 60}
    db.session.execute(sa.insert(db.metadata.tables["review"]).values(**row, place="", status="live", version=0))
    issue.edit(by=person("Mo"), reach=300.0)

    assert "in the review of week 47" in sign_in("Mo").get(f"/issues/{issue.id}").text


def test_events_of_a_restricted_problem_are_left_out_for_others(sign_in, person, issue):
    problem = make_problem(FORBIDDEN, by=person("Eva"), department="IT", restricted=True)
    cause = make_cause(issue, problem, by=person("Eva"), share=40, whys=[FORBIDDEN])
    cause.revise(by=person("Eva"), share=50, evidence=FORBIDDEN)
    cause.unlink(by=person("Eva"))
    db.session.flush()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Cause)) == 0
    Comment.say(f"Zie {problem.key} en CX-{issue.id}", by=person("Eva"), issue=issue)

    for who, sees in (("Mo", False), ("Finn", False), ("Roos", True), ("Eva", True)):
        text = sign_in(who).get(f"/issues/{issue.id}").text
        assert (FORBIDDEN in text or f"<a href=\"/problems/{problem.id}\"" in text) is sees, who
        assert f'<a href="/issues/{issue.id}" title="Eindnota komt weken te laat">CX-{issue.id}</a>' in text


def test_what_people_type_never_becomes_part_of_the_page(sign_in, person, issue):
    nasty = '<img src=x onerror=alert(1)> <a hx-get=/x hx-trigger=load> "><script>x</script> https://x.nl/"onclick="y'
    sign_in("Eva").post(f"/issues/{issue.id}/comments", data={"text": nasty})
    issue.edit(by=person("Mo"), title=nasty[:100])

    text = sign_in("Mo").get(f"/issues/{issue.id}").text
    for bad in ("<img src=x", "<a hx-get", "<script>x", '" onclick=', " onerror=\""):
        assert bad not in text


def test_ten_times_as_much_takes_as_many_statements(sign_in, person, issue, queries):
    client = sign_in("Roos")
    people = [make_person(f"Wie {n}", departments=("IT",)) for n in range(20)]

    def fill(some: list[User]) -> None:
        for somebody in some:
            Comment.say("Kijk ook bij CX-1 en EX-1", by=somebody, issue=issue)
            issue.edit(by=somebody, reach=float(somebody.id))
        db.session.commit()

    fill(people[:2])
    client.get(f"/issues/{issue.id}")
    with queries() as few:
        client.get(f"/issues/{issue.id}")
    fill(people)
    with queries() as many:
        client.get(f"/issues/{issue.id}")

    assert len(many) == len(few)


# what can be done with a comment


@pytest.fixture
def said(person, issue):
    comment = Comment.say("Eerst, @Eva Smit", by=person("Mo"), issue=issue)
    person("Eva")
    db.session.commit()
    return comment


def test_one_rewrites_ones_own_words_and_nobody_elses(sign_in, said):
    mo = sign_in("Mo")
    form = mo.get(f"/comments/{said.id}/revision", htmx=f"comment-{said.id}")
    assert form.text.strip().startswith(f'<li id="comment-{said.id}">')
    assert f'name="version" value="{said.version}"' in form.text

    answer = mo.post(f"/comments/{said.id}/revision", data={"text": "Beter", "version": said.version}, htmx=f"comment-{said.id}")
    assert answer.status_code == 200
    assert "Beter" in answer.text
    assert "edited just now" in answer.text
    assert "Eerst" in mo.get(f"/comments/{said.id}/earlier").text
    plain = mo.post(f"/comments/{said.id}/revision", data={"text": "Best", "back": "/issues/1"})
    assert (plain.status_code, plain.location) == (303, "/issues/1")
    assert mo.post(f"/comments/{said.id}/revision", data={"text": ""}).status_code == 422
    for who in ("Eva", "Roos", "Finn"):
        assert sign_in(who).post(f"/comments/{said.id}/revision", data={"text": "x"}).status_code == 403


def test_two_tabs_see_both_texts(sign_in, said):
    mo, opened = sign_in("Mo"), said.version
    mo.post(f"/comments/{said.id}/revision", data={"text": "Eén", "version": opened})

    answer = mo.post(f"/comments/{said.id}/revision", data={"text": "Twee", "version": opened})

    assert answer.status_code == 409
    assert "Eén" in answer.text
    assert "Twee" in answer.text


def test_removing_leaves_a_line_and_a_way_back(sign_in, said):
    assert sign_in("Eva").post(f"/comments/{said.id}/removal").status_code == 403
    answer = sign_in("Roos").post(f"/comments/{said.id}/removal", htmx=f"comment-{said.id}")

    assert f"/comments/{said.id}/restoration" in answer.text
    page = sign_in("Finn").get("/issues/1").text
    assert "<b>Roos van Dijk</b> removed a comment of <b>Mo Amrani</b>" in page
    assert "Eerst" not in page
    assert sign_in("Finn").get(f"/comments/{said.id}/earlier").status_code == 404
    assert sign_in("Mo").post(f"/comments/{said.id}/restoration").status_code == 409
    assert sign_in("Roos").post(f"/comments/{said.id}/restoration").status_code == 303
    assert "Eerst" in sign_in("Finn").get("/issues/1").text


def test_reacting_and_taking_it_back(sign_in, said):
    eva = sign_in("Eva")

    answer = eva.post(f"/comments/{said.id}/reactions", data={"kind": "thanks"}, htmx=f"reactions-{said.id}")

    assert 'aria-pressed="true" title="Eva Smit"' in answer.text
    assert "Thank you" in sign_in("Finn").get("/issues/1").text
    assert 'aria-pressed="true"' not in eva.post(f"/comments/{said.id}/reactions", data={"kind": "thanks"}, htmx=f"reactions-{said.id}").text
    for bad in ({}, {"kind": "hate"}, {"kind": "<b>"}):
        assert eva.post(f"/comments/{said.id}/reactions", data=bad).status_code == 400
    assert sign_in("Finn").post(f"/comments/{said.id}/reactions", data={"kind": "thanks"}).status_code == 403


def test_what_is_said_about_a_restricted_problem_is_as_missing_as_what_never_was(sign_in, person):
    problem = make_problem(FORBIDDEN, by=person("Eva"), restricted=True)
    comment = Comment.say(f"{FORBIDDEN} @IT", by=person("Eva"), problem=problem)
    comment.edit(f"{FORBIDDEN}, @IT", by=person("Eva"))
    db.session.commit()
    mo = sign_in("Mo")

    for path in ("", "/earlier", "/revision"):
        assert mo.get(f"/comments/{comment.id}{path}").status_code == mo.get(f"/comments/999{path}").status_code == 404
    for path in ("/revision", "/removal", "/restoration", "/reactions"):
        assert mo.post(f"/comments/{comment.id}{path}", data={"text": "x", "kind": "thanks"}).status_code == 404
    assert mo.get(f"/problems/{problem.id}/mentionable?q=e").status_code == 404
    assert mo.post(f"/mentions/{comment.mentions[0].id}/seen").status_code == 404
    assert sign_in("Eva").get(f"/problems/{problem.id}/mentionable?q=m").text.count('role="option"') == 0


def test_completion_offers_people_and_departments(sign_in, said):
    text = sign_in("Eva").get("/issues/1/mentionable?q=mo", htmx="mentionable-box").text

    assert text.strip().startswith('<ul id="mentionable" role="listbox"')
    assert 'data-handle="Mo Amrani"' in text
    assert sign_in("Finn").get("/issues/1/mentionable?q=mo").status_code == 403


def test_a_name_that_is_called_in_is_a_chip_and_can_do_nothing(sign_in, issue):
    make_person('Piet <img src=x onerror=alert(1)> "x')
    sign_in("Mo").post("/issues/1/comments", data={"text": 'Dag @Piet <img src=x onerror=alert(1)> "x, kom'})

    text = sign_in("Eva").get("/issues/1").text
    assert "<img src" not in text
    assert text.count('class="mention"') == 1


def test_the_preview_shows_what_it_will_look_like(sign_in, issue):
    eva = sign_in("Eva")

    shown = eva.post("/preview", data={"text": "Zie **CX-1** <script>x</script>"}, htmx="comment-text-preview").text

    assert '<strong><a href="/issues/1"' in shown
    assert "<script>x" not in shown
    assert eva.post("/preview", data={"story": "*x*"}).text.count("<em>x</em>") == 1
    assert "nothing to show" in eva.post("/preview").text


def test_a_merged_issue_says_where_it_is_talked_about_now(sign_in, person, issue):
    twin = make_issue("Dubbel", by=person("Mo"))
    twin.merge(into=issue, by=person("Roos"))

    answer = sign_in("Eva").post(f"/issues/{twin.id}/comments", data={"text": "Nog iets"}, htmx="comment-form")

    assert answer.status_code == 409
    assert f'href="/issues/{issue.id}#stream"' in answer.text
    assert "Nog iets</textarea>" in answer.text
    assert comments() == []


def test_an_address_of_a_comment_leads_to_its_place(sign_in, person, issue):
    made = [Comment.say(f"Bericht {n}", by=person("Eva"), issue=issue) for n in range(35)]
    db.session.commit()
    mo = sign_in("Mo")

    assert mo.get(f"/comments/{made[-1].id}").location == f"/issues/1#comment-{made[-1].id}"
    assert mo.get(f"/comments/{made[0].id}").location == f"/issues/1?stream=comments&pages=2#comment-{made[0].id}"
