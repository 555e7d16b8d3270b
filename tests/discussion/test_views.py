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
    assert "Ik zoek het uit.<br>Morgen meer." in sign_in("Finn").get(f"/issues/{issue.id}").text


def test_htmx_gets_just_the_comment_and_an_empty_form(sign_in, issue):
    answer = sign_in("Eva").post(f"/issues/{issue.id}/comments", data={"text": "Ik zoek het uit."}, htmx="comment-form")

    assert answer.status_code == 200
    assert 'hx-target="#stream-list" hx-swap="afterbegin"' in answer.text
    assert "Ik zoek het uit." in answer.text
    assert "></textarea>" in answer.text
    assert len(answer.data) < 2_500


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
        assert (FORBIDDEN in text or f"<a href=\"/problems/{problem.id}\">" in text) is sees, who
        assert f'<a href="/issues/{issue.id}">CX-{issue.id}</a>' in text


def test_what_people_type_never_becomes_part_of_the_page(sign_in, person, issue):
    nasty = '<img src=x onerror=alert(1)> <a hx-get=/x hx-trigger=load> "><script>x</script> https://x.nl/"onclick="y'
    sign_in("Eva").post(f"/issues/{issue.id}/comments", data={"text": nasty})
    issue.edit(by=person("Mo"), title=nasty[:100])

    text = sign_in("Mo").get(f"/issues/{issue.id}").text
    for bad in ("<img src=x", "<a hx-get", "<script>x", '"onclick='):
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
