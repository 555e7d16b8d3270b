"""Finding: the same answers on both databases, in the same order, and never what somebody may not see."""

import time

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from cxboard.actions.models import Decision
from cxboard.causes.models import Category
from cxboard.db import db
from cxboard.discussion.models import Comment
from cxboard.issues.models import Issue
from cxboard.issues.status import Status
from cxboard.reviews.models import Review
from cxboard.search import index
from cxboard.search.queries import Asked, find, glance
from tests.makers import make_action, make_issue, make_problem

pytestmark = pytest.mark.usefixtures("app")


def found(person, text, **where):
    """(kind, id) of what is found, best first."""
    return [(h.kind, h.id) for h in find(person, Asked.read(MultiDict({"q": text, **where}))).hits]


@pytest.fixture
def mo(person):
    return person("Mo")


# The same table of examples on both databases: what is asked, and which of these titles it finds.
TITLES = (
    "Klachten over facturen", "Verhuizing doorgeven lukt niet", "Réactie blijft uit", "The invoice is delayed", "Companies wait for replies", "Brieven zonder kenmerk",
    "Über-klant 24/7", "100% van de nota's", "Straße und Haus", "Eén systeem voor alles",
)  # fmt: skip
EXAMPLES = [
    ("klacht", [0]), ("facturen klacht", [0]), ("factuur", [0]), ("verhuizen", [1]), ("verhui", [1]), ("doorgegeven", []), ("reacties", [2]), ("REACTIE", [2]),
    ("invoices", [3]), ("delay", [3]), ("delays", [3]), ("company reply", [4]), ("brief", [5]), ("uber", [6]), ("24/7", [6]), ("klant", [6]), ("klanten", [6]), ("100%", [7]),
    ("nota", [7]), ("nota's", [7]), ("notaris", []), ("strasse", [8]), ("systemen", [9]), ("een systeem", [9]), ("klacht verhuizing", []), ("fac", [0]), ("fa", []), ("the", []),
    ("zonder ken", [5]), ("ken zonder", []), ("%", []), ("_", []), ("k*", []),
]  # fmt: skip


def test_the_same_words_find_the_same_on_every_database(mo):
    issues = [make_issue(title, by=mo) for title in TITLES]
    number = {issue.id: n for n, issue in enumerate(issues)}

    told = {text: [number[id] for _kind, id in found(mo, text)] for text, _which in EXAMPLES if not text.isdigit()}

    assert told == dict(EXAMPLES)


def test_every_kind_is_found(mo, person, at):
    at("2026-11-24 10:00")
    roos = person("Roos")
    issue = make_issue("Iets anders", by=mo, story="De **lantaarn** brandt")
    problem = make_problem("Lantaarns kapot", by=mo, department="KS")
    action = make_action("Lantaarn kopen", owner=mo, issue=issue)
    decision = Decision.record_one("Er komt een lantaarn", by=mo, issue=issue)
    comment = Comment.say("Mijn lantaarn ook", by=mo, issue=issue)
    review = Review.plan_one(at("2026-11-24 10:00"), by=roos)
    db.session.commit()
    review.start(by=roos)
    review.note(review.step, "Over de lantaarn gepraat", by=roos)
    db.session.commit()
    review.close(by=roos)
    db.session.commit()

    hits = find(mo, Asked("lantaarn")).hits

    assert [(h.kind, h.id) for h in hits[:2]] == [("action", action.id), ("problem", problem.id)]  # in the title
    assert {h.kind: h.id for h in hits} == {
        "issue": issue.id, "problem": problem.id, "action": action.id, "decision": decision.id, "comment": comment.id, "minutes": review.id,
    }  # fmt: skip
    assert all("<mark>" in h.title + h.snippet for h in hits)
    assert {h.kind: h.path for h in hits}["comment"] == f"/issues/{issue.id}#comment-{comment.id}"


def test_a_key_comes_first_then_titles_then_what_is_open_then_the_newest(mo):
    twelve = [make_issue(f"Gewoon {n}", by=mo) for n in range(5)]
    closed = make_issue("Lantaarn weg", by=mo, status=Status.DONE)
    old = make_issue("Lantaarn oud", by=mo)
    new = make_issue("Lantaarn nieuw", by=mo)
    told = make_issue("Geen licht", by=mo, story="zonder lantaarn")
    Comment.say(f"Zie CX-{twelve[2].id}", by=mo, issue=told)
    db.session.commit()

    assert [id for _k, id in found(mo, "lantaarn")] == [new.id, old.id, closed.id, told.id]
    assert found(mo, f"cx-{twelve[2].id}")[0] == ("issue", twelve[2].id)
    assert found(mo, f"CX {twelve[2].id}")[0] == ("issue", twelve[2].id)
    assert ("comment", 1) in found(mo, f"cx-{twelve[2].id}")
    assert found(mo, str(twelve[2].id))[0] == ("issue", twelve[2].id)
    hits = {h.id: h.closed for h in find(mo, Asked("lantaarn")).hits}
    assert (hits[closed.id], hits[new.id]) == (True, False)


def test_what_changes_is_found_as_it_is_now(mo):
    issue = make_issue("Lantaarn", by=mo)
    comment = Comment.say("Eerst kaarsen", by=mo, issue=issue)
    db.session.commit()

    issue.edit(by=mo, title="Fakkels", tags=["zaklamp"])
    comment.text = "Nu lucifers"
    db.session.commit()

    assert found(mo, "lantaarn") == found(mo, "kaarsen") == []
    assert found(mo, "fakkel") == found(mo, "zaklamp") == [("issue", issue.id)]
    assert found(mo, "lucifer") == [("comment", comment.id)]
    issue.edit(by=mo, tags=[])
    comment.remove(by=mo)
    db.session.commit()
    assert found(mo, "zaklamp") == found(mo, "lucifer") == []
    assert index.missing() == 0


def test_what_is_taken_back_with_the_transaction_was_never_found(mo):
    make_issue("Lantaarn", by=mo)
    Issue.report(title="Fakkel", by=mo)
    db.session.flush()
    assert len(found(mo, "fakkel")) == 1

    db.session.rollback()

    assert found(mo, "fakkel") == []
    assert len(found(mo, "lantaarn")) == 1


def test_many_at_once_are_found_too(mo):
    issue = make_issue("Lantaarn", by=mo)
    Comment.say("Kaarsen", by=mo, issue=issue)
    db.session.commit()

    db.session.execute(sa.update(Issue).where(Issue.id == issue.id).values(title="Fakkel"))
    db.session.execute(sa.delete(Comment))
    db.session.commit()

    assert found(mo, "fakkel") == [("issue", issue.id)]
    assert found(mo, "lantaarn") == found(mo, "kaarsen") == []
    assert index.missing() == 0


def test_an_index_that_lacks_something_is_noticed_and_made_again(mo):
    make_issue("Lantaarn", by=mo)
    db.session.execute(sa.text("delete from search_entry"))
    db.session.commit()
    assert index.missing() == 1
    assert found(mo, "lantaarn") == []

    assert index.rebuild() == 1

    assert (index.missing(), len(found(mo, "lantaarn"))) == (0, 1)


def test_what_is_restricted_is_found_by_those_who_may_see_it_and_by_nobody_else(person):
    mo, eva, roos, finn = (person(n) for n in ("Mo", "Eva", "Roos", "Finn"))
    issue = make_issue("Gewoon", by=mo)
    secret = make_problem("Kanarie in de kooi", by=eva, department="IT", category=Category.CULTURE, restricted=True)
    Comment.say("De kanarie zingt", by=eva, problem=secret)
    Decision.record_one("Kanarie vrijlaten", by=eva, problem=secret)
    make_action("Kanarie voeren", owner=eva).problem = secret
    db.session.commit()

    for who, many in ((eva, 4), (roos, 4), (mo, 0), (finn, 0)):
        answer = find(who, Asked("kanarie"))
        assert (len(answer.hits), answer.total, sum(answer.counts.values())) == (many, many, many)
        assert len(glance(who, "kanarie").hits) == many
        assert len(found(who, f"EX-{secret.id}")) == bool(many)
        assert ("problem", secret.id) not in found(mo, str(secret.id))

    secret.edit(by=roos, restricted=False)
    db.session.commit()
    assert len(found(mo, "kanarie")) == 4
    assert issue


def test_minutes_say_nothing_of_what_hangs_on_a_problem(person, at):
    at("2026-11-24 10:00")
    mo, eva, roos = (person(n) for n in ("Mo", "Eva", "Roos"))
    secret = make_problem("Kanarie in de kooi", by=eva, department="IT", restricted=True)
    review = Review.plan_one(at("2026-11-24 10:00"), by=roos)
    db.session.commit()
    review.start(by=roos)
    Decision.record_one("Kanarie vrijlaten", by=roos, problem=secret)
    Decision.record_one("Papegaai kopen", by=roos)
    review.close(by=roos)
    db.session.commit()

    assert {k for k, _id in found(mo, "papegaai")} == {"decision", "minutes"}
    assert found(mo, "kanarie") == []
    assert {k for k, _id in found(roos, "kanarie")} == {"problem", "decision"}


def test_kind_department_and_period_narrow_what_is_found(mo, person, at):
    at("2026-11-24 10:00")
    ours = make_issue("Lantaarn hier", by=mo, lead="KS")
    theirs = make_issue("Lantaarn daar", by=mo, lead="IT", days=60)
    comment = Comment.say("Lantaarn", by=mo, issue=theirs)
    problem = make_problem("Lantaarn", by=mo, department="IT")
    db.session.commit()

    assert set(found(mo, "lantaarn", kind="comment")) == {("comment", comment.id)}
    assert set(found(mo, "lantaarn", department="it")) == {("issue", theirs.id), ("comment", comment.id), ("problem", problem.id)}
    assert set(found(mo, "lantaarn", department="KS")) == {("issue", ours.id)}
    assert set(found(mo, "lantaarn", period="month", kind="issue")) == {("issue", ours.id)}
    assert set(found(mo, "lantaarn", period="quarter", kind="issue")) == {("issue", ours.id), ("issue", theirs.id)}
    assert len(found(mo, "lantaarn", kind="password_hash", period="1; drop", department="%", page="-1")) == 0  # no such department
    assert len(found(mo, "lantaarn", kind="password_hash", period="1; drop", page="x")) == 4  # left out


@pytest.mark.parametrize("common", [1, 4, 100])
def test_old_and_new_rare_and_common_are_all_found_however_far_one_has_to_look(mo, monkeypatch, common):
    monkeypatch.setattr("cxboard.search.queries.NEWEST", (2, 5))
    monkeypatch.setattr("cxboard.search.queries.COMMON", common)
    rare = make_problem("Gordijnen kleven", by=mo)
    issues = [make_issue(f"Gordijn {n}", by=mo) for n in range(6)]
    for n in range(4):
        Comment.say(f"Over het gordijn, {n}", by=mo, issue=issues[0])
    make_issue("Heel iets anders", by=mo)

    assert [(kind, id) for kind, id in found(mo, "gordijn") if kind != "comment"] == [*(("issue", i.id) for i in reversed(issues)), ("problem", rare.id)]
    assert sum(kind == "comment" for kind, _id in found(mo, "gordijn")) == 4
    monkeypatch.setattr("cxboard.search.queries.MOST", 2)
    newest = found(mo, "gordijn")
    assert [("issue", i.id) for i in issues[:-3:-1]] == [hit for hit in newest if hit[0] == "issue"][:2]
    assert ("problem", rare.id) in newest


def test_a_common_word_shows_the_newest_and_says_that_there_is_more(mo, monkeypatch):
    monkeypatch.setattr("cxboard.search.queries.MOST", 5)
    monkeypatch.setattr("cxboard.search.queries.PER_PAGE", 3)
    issues = [make_issue(f"Lantaarn {n}", by=mo) for n in range(7)]

    answer = find(mo, Asked("lantaarn"))

    assert [h.id for h in answer.hits] == [i.id for i in issues[:-4:-1]]
    assert (answer.total, answer.more, answer.pages) == (5, True, 2)
    assert [h.id for h in find(mo, Asked("lantaarn", page=2)).hits] == [issues[3].id, issues[2].id]
    assert find(mo, Asked("lantaarn", page=99)).hits == []


ABSURD = ('"', "'", "*", "-", "a AND OR NOT", "NEAR(a b)", "col:x", "^a", "a\x00b", "\\", "'':*", "a & | !", "<->", "x" * 10_000, "é" * 10_000, "woord " * 3_000, "😀", "§issue", "¶issue",
          "de het een of", "１２", "9" * 40, "cx-99999999999", "\u202eabc", "ﷺ", "null", "{{7*7}}", "\ud800")  # fmt: skip


def test_no_question_is_an_error_or_takes_long(mo):
    make_issue("Gewoon", by=mo)
    for text in ABSURD:
        began = time.perf_counter()

        assert find(mo, Asked.read(MultiDict({"q": text}))).hits == [], text

        assert time.perf_counter() - began < 2, text


def test_a_question_takes_the_same_few_statements_however_much_there_is(mo, queries):
    issue = make_issue("Lantaarn", by=mo)
    db.session.commit()
    mo.department_ids  # noqa: B018 - loaded before it is counted
    with queries() as few:
        find(mo, Asked("lantaarn"))
    for n in range(20):
        Comment.say(f"Lantaarn {n}", by=mo, issue=issue)
        make_issue(f"Lantaarn {n}", by=mo)
    db.session.commit()
    mo.department_ids  # noqa: B018
    with queries() as many:
        find(mo, Asked("lantaarn"))

    assert len(many) <= len(few) + 1 <= 9  # the comments are read in one more
