"""What is announced is written down with the change itself, in order, and forgotten with it."""

import sqlalchemy as sa

from cxboard.db import db
from cxboard.issues.models import spread_ranks
from cxboard.live import announce
from cxboard.live.models import MOST_TOPICS, Change, since
from tests.makers import make_cause, make_issue, make_problem


def topics(after: int = 0) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Change.topic).where(Change.id > after).order_by(Change.id)))


def newest() -> int:
    return db.session.scalar(sa.select(sa.func.max(Change.id))) or 0


def test_a_change_is_announced_in_its_own_transaction(app, person):
    issue = make_issue(by=person("Mo"))
    before = newest()

    issue.edit(by=person("Mo"), title="Another title", story="And a story")
    db.session.flush()
    assert newest() == before
    db.session.commit()

    assert topics(before) == [f"issue-{issue.id}"]


def test_nothing_is_announced_when_it_is_rolled_back(app, person):
    issue = make_issue(by=person("Mo"))
    before = newest()

    issue.edit(by=person("Mo"), title="Another title")
    db.session.rollback()
    announce("board")
    db.session.rollback()
    db.session.commit()

    assert topics(before) == []


def test_what_is_refused_inside_is_told_only_with_what_went_on(app, person):
    before = newest()
    try:
        with db.session.begin_nested():
            announce("issue-1")
            raise ValueError
    except ValueError:
        announce("issue-2")
    assert newest() == before
    db.session.commit()

    assert topics(before)[-1] == "issue-2"


def test_a_very_large_change_is_told_as_everything(app):
    announce(*(f"issue-{n}" for n in range(MOST_TOPICS + 1)))
    db.session.commit()

    assert topics() == ["everything"]


def test_new_ranks_for_all_concern_the_whole_board(app, person):
    make_issue(by=person("Mo"))
    before = newest()

    spread_ranks()
    db.session.commit()

    assert topics(before) == ["board"]


def test_a_link_is_told_about_both_ends_and_held_back_with_its_problem(app, person):
    issue, problem, roos = make_issue(by=person("Mo")), make_problem(by=person("Eva"), restricted=True), person("Roos")
    before = newest()

    make_cause(issue, problem, by=roos)

    rows = db.session.execute(sa.select(Change.topic, Change.about).where(Change.id > before)).all()
    assert sorted(rows) == [(f"issue-{issue.id}", problem.id), (f"problem-{problem.id}", problem.id)]


def test_who_was_away_too_long_is_told_to_start_again(app):
    for n in range(5):
        announce(f"issue-{n}")
        db.session.commit()
    last = newest()

    assert [row.topic for row in since(last - 2)[1] or []] == ["issue-3", "issue-4"]
    assert since(last) == (last, [])
    assert since(None) == (last, [])
    assert since(last + 1) == (last, None)
    db.session.execute(sa.delete(Change).where(Change.id < last - 1))
    assert since(last - 2)[1] is not None
    assert since(last - 3) == (last, None)
