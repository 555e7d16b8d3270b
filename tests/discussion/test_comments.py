"""Saying, rewriting and removing; whom a comment calls in and whom it reaches; reactions."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.db import db
from cxboard.discussion import meant
from cxboard.discussion.jobs import forget_removed
from cxboard.discussion.models import Comment, Mention, Reacting
from cxboard.discussion.queries import mentions_for, reactions
from cxboard.domain import Refused, Stale
from cxboard.history import Event
from tests.makers import make_department, make_issue, make_person, make_problem

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def issue(person, at):
    at("2026-11-21 10:00")
    return make_issue(by=person("Mo"))


def say(text, **about):
    comment = Comment.say(text, **about)
    db.session.commit()
    return comment


def who(comment):
    return sorted(m.person.name if m.person else m.department.code for m in comment.mentions)


def kinds():
    return list(db.session.scalars(sa.select(Event.kind).where(Event.subject == "comment").order_by(Event.id)))


# whom it means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("@Eva Smit weet dit", ["Eva Smit"]),
        ("(@eva smit) en @EVA SMIT", ["Eva Smit"]),
        ("@Eva, kijk je mee?", ["Eva Smit"]),
        ("@IT en @Afdeling KS", ["IT", "KS"]),
        ("@Zoe Cafe", ["Zoë Café"]),
        ("@Zoë", ["Zoë Café"]),
        ("mail@Eva Smit, x@IT.nl en @@IT", []),
        ("@Evangeline @ITIL @Smit", []),
        ("`@Eva Smit`\n```\n@IT\n```", []),
        ("@Jan", []),
        ("@Jan Vos", []),
        ("@Jan Vos (IT)", ["Jan Vos"]),
        ("@Weg Gegaan en @OUD", []),
    ],
)
def test_who_is_meant(person, issue, text, means):
    make_person("Zoë Café", departments=("IT",))
    make_person("Jan Vos", departments=("IT",))
    make_person("Weg Gegaan").deactivate(by=person("Ada"))
    make_department("OUD").archive(by=person("Ada"))
    twin = User.join(email="jan2@example.org", name="Jan Vos", role=person("Mo").role, departments=[make_department("KS")], by=None)
    person("Eva")

    comment = say(text, by=person("Mo"), issue=issue)

    assert who(comment) == means
    assert twin not in [m.person for m in comment.mentions]


def test_completion_finds_by_name_word_code_and_initials(person):
    for name in ("Roos", "Mo", "Eva"):
        person(name)

    def found(typed):
        return [c.handle for c in meant.matching(typed, meant.candidates())]

    assert found("ev") == ["Eva Smit"]
    assert found("dijk") == ["Roos van Dijk"]
    assert found("rvd") == ["Roos van Dijk"]
    assert found("it") == ["IT"]
    assert found("zzz") == []
    assert len(found("")) <= 8


def test_about_a_restricted_problem_only_who_may_see_it_is_offered_meant_and_reached(person):
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    problem = make_problem(by=eva, department="IT", restricted=True)

    offered = {c.handle for c in meant.candidates(problem)}
    comment = say("@Mo Amrani @KS @Roos van Dijk @IT", by=eva, problem=problem)

    assert offered == {"Roos van Dijk", "Eva Smit", "IT"}
    assert who(comment) == ["IT", "Roos van Dijk"]
    assert set(comment.reached()) == {roos}
    assert not comment.reaches(mo)


def test_a_mention_from_before_it_was_restricted_reaches_nobody_outside(person):
    mo, eva = person("Mo"), person("Eva")
    problem = make_problem(by=eva, department="IT")
    comment = say("@Mo Amrani @KS", by=eva, problem=problem)
    assert [m.comment for m in mentions_for(mo)] == [comment]
    assert set(comment.reached()) == {mo}

    problem.edit(by=eva, restricted=True)
    db.session.commit()

    assert mentions_for(mo) == []
    assert comment.reached() == {}


# where I am called in


def test_mentions_of_me_and_of_my_department_once_each_until_i_have_seen_them(person, issue, at):
    mo, eva, roos = person("Mo"), person("Eva"), person("Roos")
    first = say("@Mo Amrani en @KS", by=eva, issue=issue)
    at("2026-11-21 11:00")
    second = say("@KS", by=mo, issue=issue)  # my own words

    assert [(m.comment, m.department) for m in mentions_for(mo)] == [(first, None)]
    assert [(m.comment, m.department) for m in mentions_for(roos)] == [(second, "Afdeling KS"), (first, "Afdeling KS")]
    mentions_for(mo)[0].mention.see(by=mo)
    db.session.commit()
    assert mentions_for(mo) == []
    assert len(mentions_for(roos)) == 2  # what one has seen is still new to another
    assert mentions_for(mo, unseen=False)[0].seen_at == clock.now()
    assert mentions_for(roos, clock.now())[0].comment == second
    first.remove(by=eva)
    assert [m.comment for m in mentions_for(roos)] == [second]


def test_an_edit_calls_in_only_who_is_new(person, issue):
    mo, eva = person("Mo"), person("Eva")
    comment = say("@Eva Smit", by=mo, issue=issue)
    mention = comment.mentions[0]
    mention.see(by=eva)

    event = comment.edit("@Eva en @IT, zie ook @Roos van Dijk", by=mo)
    db.session.commit()

    assert mention in comment.mentions
    assert mentions_for(eva) == []
    assert [db.session.get(Mention, id).department.code for id in event.after["mentions"]] == ["IT"]


# editing


def test_an_edit_is_marked_and_keeps_what_was_said(person, issue, at):
    comment = say("Eerst", by=person("Mo"), issue=issue)
    at("2026-11-21 11:00")
    comment.edit("Toen", by=person("Mo"))
    comment.edit("Toen", by=person("Mo"))
    comment.edit("Nu", by=person("Mo"))
    db.session.commit()

    assert (comment.text, comment.edited_at) == ("Nu", clock.now())
    assert [e.text for e in comment.earlier] == ["Eerst", "Toen"]
    assert kinds() == ["commented", "comment_edited", "comment_edited"]


def test_two_edits_of_one_version_show_both_texts(person, issue):
    comment = say("Eerst", by=person("Mo"), issue=issue)
    opened = comment.version
    comment.edit("Van de telefoon", by=person("Mo"), version=opened)

    with pytest.raises(Stale) as stale:
        comment.edit("Van het bureau", by=person("Mo"), version=opened)

    assert list(stale.value.fields.values()) == [("Van het bureau", "Van de telefoon")]
    assert comment.edit("Van de telefoon", by=person("Mo"), version=opened) is None  # both wrote the same


# removing


def test_a_removal_can_be_undone_for_a_moment_and_then_nothing_of_it_is_left(person, issue, at, rows):
    mo, eva = person("Mo"), person("Eva")
    comment = say("@Eva Smit geheim", by=mo, issue=issue)
    comment.edit("@Eva Smit nog geheimer", by=mo)
    comment.react(Reacting.THANKS, by=eva)
    comment.remove(by=mo)
    for verb in (lambda: comment.edit("x", by=mo), lambda: comment.remove(by=mo), lambda: comment.react(Reacting.SEEN, by=eva)):
        with pytest.raises(Refused):
            verb()
    with pytest.raises(Refused):
        comment.restore(by=eva)
    forget_removed()
    comment.restore(by=mo)
    assert comment.text == "@Eva Smit nog geheimer"

    comment.remove(by=mo)
    at("2026-11-21 10:05")
    with pytest.raises(Refused):
        comment.restore(by=mo)
    forget_removed()
    db.session.commit()

    assert comment.text == ""
    assert [rows(t) for t in ("mention", "reaction", "earlier_text", "mention_seen")] == [0, 0, 0, 0]
    assert "geheim" not in repr(db.session.execute(sa.text("select * from event")).all())
    assert kinds()[-3:] == ["comment_removed", "comment_restored", "comment_removed"]


def test_nothing_is_said_about_what_was_merged(person, issue):
    other = make_issue("Dubbel", by=person("Mo"))
    other.merge(into=issue, by=person("Roos"))

    with pytest.raises(Refused, match=f"merged into {issue.key}"):
        Comment.say("x", by=person("Mo"), issue=other)


# reacting


def test_a_reaction_is_there_once_and_goes_again(person, issue):
    comment = say("x", by=person("Mo"), issue=issue)

    assert comment.react(Reacting.THANKS, by=person("Eva"))
    assert comment.react(Reacting.THANKS, by=person("Roos"))
    assert comment.react(Reacting.SEEN, by=person("Eva"))
    assert not comment.react(Reacting.SEEN, by=person("Eva"))
    (thanks,) = reactions([comment.id], person("Eva"))[comment.id]
    assert (thanks.kind, thanks.names, thanks.mine) == (Reacting.THANKS, ("Eva Smit", "Roos van Dijk"), True)


def test_many_who_react_at_once_leave_one_reaction_each(app, person, issue, rows):
    comment, people = say("x", by=person("Mo"), issue=issue), [make_person(f"Wie {n}").id for n in range(4)]
    id = comment.id
    db.session.commit()

    def react(who: int) -> None:
        with app.app_context():
            db.session.get(Comment, id).react(Reacting.AGREE, by=db.session.get(User, who))
            db.session.commit()

    with ThreadPoolExecutor(4) as pool:
        for _round in range(5):
            list(pool.map(react, people))

    assert rows("reaction") == 4
