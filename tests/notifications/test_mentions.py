"""A mention reaches whoever is meant, and nobody who may not see what it is about: not in the inbox, not as a count, not by mail."""

import pytest
import sqlalchemy as sa

from cxboard.db import db
from cxboard.discussion.models import Comment, Mention
from cxboard.notifications import queries
from cxboard.notifications.models import Kind, Notification, Silence
from cxboard.notifications.words import said, sentence
from tests.makers import make_issue, make_person, make_problem
from tests.notifications.mailserver import both


@pytest.fixture(autouse=True)
def tuesday(at):
    at("2026-11-24 10:00")


@pytest.fixture
def issue(person):
    for name in ("Roos", "Mo", "Eva", "Finn"):
        person(name)
    return make_issue(by=person("Eva"))


def told(person) -> list[Notification]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Notification).where(Notification.person_id == person.id).order_by(Notification.id)))


def test_a_person_and_everybody_of_a_department_hear_of_it_and_the_author_does_not(person, issue, server, tick):
    iris = make_person("Iris Bos", departments=("IT",))
    Comment.say("@Mo Amrani en @IT: **kijken** jullie [mee](https://example.org)?", by=person("Eva"), issue=issue)
    tick()

    assert [(sentence(n), said(n)) for n in told(person("Mo"))] == [("Eva Smit mentioned you", "@Mo Amrani en @IT: kijken jullie mee?")]
    assert [sentence(n) for n in told(iris)] == ["Eva Smit mentioned Afdeling IT"]
    assert told(person("Eva")) == told(person("Roos")) == []
    assert tick(5) == 2
    text, _html = both(server.to(person("Mo").email)[0])
    assert "> @Mo Amrani en @IT: kijken jullie mee?" in text


def test_a_mention_in_a_restricted_problem_reaches_only_its_circle(person, issue, server, tick):
    eva, mo, finn = person("Eva"), person("Mo"), person("Finn")
    secret = make_problem("Teamleider Jan houdt alles tegen", by=eva, department="IT", restricted=True)
    Comment.say("@Mo Amrani @KS @FIN @Roos van Dijk, dit gaat over Jan", by=eva, problem=secret)
    tick()
    tick(5)

    assert [len(told(p)) for p in (mo, finn, person("Roos"))] == [0, 0, 1], "Roos is the regisseur"
    assert queries.unread(mo) == 0
    assert [to for to, _ in server.raw] == [person("Roos").email]


def test_a_problem_that_is_restricted_afterwards_is_mailed_to_nobody_else(person, issue, server, tick):
    problem = make_problem(by=person("Eva"), department="IT")
    Comment.say("@Mo Amrani, zie je dit?", by=person("Eva"), problem=problem)
    tick()
    assert queries.unread(person("Mo")) == 1
    problem.edit(by=person("Eva"), restricted=True)

    assert tick(5) == 0
    assert queries.unread(person("Mo")) == 0


def test_an_edit_tells_who_is_new_shows_the_new_words_and_drops_who_is_gone(person, issue, server, tick):
    comment = Comment.say("@Mo Amrani en @Roos van Dijk, eerst", by=person("Eva"), issue=issue)
    tick()
    comment.edit("@Mo Amrani en @Finn Visser, daarna", by=person("Eva"))
    tick()

    assert [said(n) for n in told(person("Mo"))] == ["@Mo Amrani en @Finn Visser, daarna"]
    assert (len(told(person("Finn"))), told(person("Roos"))) == (1, [])
    tick(5)
    assert [len(server.to(person(n).email)) for n in ("Mo", "Finn", "Roos")] == [1, 1, 0]


def test_what_is_removed_is_told_and_mailed_no_longer(person, issue, server, tick):
    comment = Comment.say("@Mo Amrani, kijk", by=person("Eva"), issue=issue)
    tick()
    comment.remove(by=person("Eva"))
    tick(5)

    assert told(person("Mo")) == []
    assert server.raw == []


def test_a_removal_that_is_taken_back_changes_nothing(person, issue, tick):
    comment = Comment.say("@Mo Amrani, kijk", by=person("Eva"), issue=issue)
    tick()
    comment.remove(by=person("Eva"))
    db.session.commit()
    tick(0.1)
    comment.restore(by=person("Eva"))
    tick(5)

    assert len(told(person("Mo"))) == 1


def test_a_mention_that_is_seen_elsewhere_is_read_here_and_the_other_way_round(person, issue, tick):
    mo = person("Mo")
    for words in ("@Mo Amrani een", "@Mo Amrani twee"):
        Comment.say(words, by=person("Eva"), issue=issue)
    tick()
    first, second = db.session.scalars(sa.select(Mention).order_by(Mention.id)).all()
    first.see(by=mo)
    db.session.commit()
    assert [said(n) for n in told(mo) if n.is_unread] == ["@Mo Amrani twee"]

    Notification.read(mo)
    db.session.commit()
    assert db.session.scalars(sa.text("select mention_id from mention_seen order by 1")).all() == [first.id, second.id]


def test_who_wants_no_mail_of_it_still_has_it_in_the_inbox(person, issue, server, tick):
    Silence.keep(person("Mo"), Kind.MENTION)
    Comment.say("@Mo Amrani, kijk", by=person("Eva"), issue=issue)
    tick()

    assert tick(5) == 0
    assert len(told(person("Mo"))) == 1
