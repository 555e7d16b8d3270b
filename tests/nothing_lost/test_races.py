"""Many times at the same moment: nothing is lost, nothing is doubled, nobody gets an error (assurance C1 and C3 to C6).

`make races` does it two hundred times on each database; a run of all tests sixteen times.
"""

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from cxboard.accounts.models import Department, User
from cxboard.actions.models import Decision
from cxboard.causes.models import Category, Cause, Problem
from cxboard.db import db
from cxboard.discussion.models import Comment
from cxboard.focus.models import Focus
from cxboard.issues.models import Issue
from cxboard.reviews.models import Review, ReviewStatus
from tests.client import Client
from tests.makers import make_department, make_issue, make_person
from tests.reviews.making import live

pytestmark = pytest.mark.databases("sqlite", "postgresql")

ROUNDS = int(os.environ.get("CXBOARD_TEST_ROUNDS", "16"))
Act = Callable[[int], int | tuple[int, str]]


@pytest.fixture
def race(app: Flask) -> Callable[..., list[tuple]]:
    """What each of the acts answered, per round; in each round all begin at once, each in a thread of its own."""

    def race(*acts: Act, rounds: int = ROUNDS) -> list[tuple]:
        db.session.commit()
        start = Barrier(len(acts))

        def run(act: Act) -> list:
            answers = []
            for n in range(rounds):
                start.wait(timeout=60)
                with app.app_context():
                    answers.append(act(n))
            return answers

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(zip(*pool.map(run, acts), strict=True))

    return race


def make_problems(by: User) -> list[Problem]:
    """One for each round."""
    made = [Problem.signal(title=f"Probleem {n}", category=Category.SYSTEMS, by=by, department=make_department("IT")) for n in range(ROUNDS)]
    db.session.commit()
    return made


def test_c1_of_two_edits_one_holds_and_the_other_sees_both(app, person, sign_in, race):
    issue, clients = make_issue(by=person("Mo")), (sign_in("Roos"), sign_in("Ada"))
    address, id, start = f"/issues/{issue.id}/facts/title", issue.id, Barrier(2)

    def edit(client: Client, name: str) -> Act:
        def act(n: int) -> tuple[int, str]:
            version = db.session.scalar(sa.select(Issue.version).where(Issue.id == id))
            db.session.rollback()
            start.wait(timeout=60)
            answer = client.post(address, data={"title": f"{name} {n}", "version": version})
            return answer.status_code, answer.text if answer.status_code == 409 else ""

        return act

    rounds = race(edit(clients[0], "Van Roos"), edit(clients[1], "Van Ada"))

    assert {tuple(sorted(code for code, _text in answers)) for answers in rounds} == {(303, 409)}
    for n, ((_code, roos), (_other, ada)) in enumerate(rounds):
        assert f"Van Roos {n}" in roos + ada
        assert f"Van Ada {n}" in roos + ada


def test_c1_three_facts_at_once_are_three_changes(person, sign_in, race):
    issue, clients = make_issue(by=person("Mo")), (sign_in("Roos"), sign_in("Ada"), sign_in("Mo"))
    facts = ("title", "story", "tags")
    id, version = issue.id, issue.version

    def fill(client: Client, fact: str) -> Act:
        return lambda n: client.post(f"/issues/{id}/facts/{fact}", data={fact: f"{fact} {n}", "version": version + 3 * n}).status_code

    rounds = race(*(fill(c, f) for c, f in zip(clients, facts, strict=True)), rounds=30)

    assert set(rounds) == {(303, 303, 303)}
    db.session.refresh(issue)
    assert (issue.title, issue.story) == ("title 29", "story 29")
    assert issue.version == version + 90


def test_c3_sent_twice_is_said_once(person, sign_in, another_window, race):
    issue, mo = make_issue(by=person("Mo")), sign_in("Mo")
    mo.csrf_token()
    windows = (mo, another_window(mo))

    def say(client: Client) -> Act:
        def act(n: int) -> tuple[int, str]:
            answer = client.post(f"/issues/{issue_id}/comments", data={"text": f"Keer {n}", "form_key": f"key-{n:05}"})
            return answer.status_code, answer.location

        return act

    issue_id = issue.id
    rounds = race(*(say(w) for w in windows))

    assert {answers[0] == answers[1] and answers[0][0] for answers in rounds} == {303}
    assert sorted(db.session.scalars(sa.select(Comment.text))) == sorted(f"Keer {n}" for n in range(ROUNDS))


def test_c4_moving_about_loses_no_card_and_no_place(person, sign_in, race):
    ids = [make_issue(f"Punt {n}", by=person("Mo")).id for n in range(8)]
    people = ["Roos", "Ada", make_person("Rik", "regisseur"), make_person("Ria", "regisseur")]
    chance = [random.Random(n) for n in range(4)]

    def move(client: Client, any: random.Random) -> Act:
        def act(_n: int) -> int:
            which, before = any.sample(ids, 2)
            return client.post(f"/issues/{which}/rank", data={"before": any.choice([before, ""])}).status_code

        return act

    rounds = race(*(move(sign_in(p), c) for p, c in zip(people, chance, strict=True)), rounds=50)

    assert {code for answers in rounds for code in answers} == {303}
    ranks = dict(db.session.execute(sa.select(Issue.id, Issue.rank)).all())
    assert set(ranks) == set(ids)
    assert len(set(ranks.values())) == len(ids)
    pages = [sign_in(p).get("/board").text for p in people]
    orders = {tuple(sorted(ids, key=lambda i, page=page: page.index(f'id="card-{i}"'))) for page in pages}
    assert orders == {tuple(sorted(ids, key=lambda i: ranks[i]))}


def test_c5_a_code_is_given_once(sign_in, race, rows):
    before = rows("department")
    clients = [sign_in("Ada") for _n in range(5)]

    def open_one(client: Client) -> Act:
        return lambda n: client.post("/settings/departments", data={"name": f"Afdeling {n}", "code": f"A{n:03}"}).status_code

    rounds = race(*(open_one(c) for c in clients), rounds=ROUNDS // 4)

    assert {tuple(sorted(answers)) for answers in rounds} == {(303, 422, 422, 422, 422)}
    assert rows("department") == before + ROUNDS // 4
    assert len(set(db.session.scalars(sa.select(Department.code)))) == rows("department")


def test_c5_the_last_place_in_the_focus_is_given_once(person, sign_in, race):
    issues = [make_issue(f"Punt {n}", by=person("Mo")).id for n in range(4)]
    roos, clients = sign_in("Roos"), [sign_in("Roos"), sign_in("Ada")]
    for id in issues[:2]:
        roos.post(f"/issues/{id}/focus")

    def take(client: Client, id: int) -> Act:
        def act(n: int) -> int:
            code = client.post(f"/issues/{id}/focus").status_code
            if code == 303:
                both_asked.wait(timeout=60)
                client.post(f"/issues/{id}/focus/end")
            else:
                both_asked.wait(timeout=60)
            return code

        return act

    both_asked = Barrier(2)
    rounds = race(take(clients[0], issues[2]), take(clients[1], issues[3]), rounds=ROUNDS)

    assert {tuple(sorted(answers)) for answers in rounds} == {(303, 409)}
    assert len(db.session.scalars(sa.select(Focus)).all()) >= 2


def test_c5_a_pair_is_linked_once(person, sign_in, race):
    issue, problems = make_issue(by=person("Mo")).id, [p.id for p in make_problems(by=person("Eva"))]
    clients = sign_in("Mo"), sign_in("Eva")

    rounds = race(
        lambda n: clients[0].post(f"/issues/{issue}/causes", data={"problem": problems[n]}).status_code,
        lambda n: clients[1].post(f"/problems/{problems[n]}/issues", data={"issue": issue}).status_code,
    )

    assert {tuple(sorted(answers)) for answers in rounds} == {(303, 409)}
    assert len(db.session.scalars(sa.select(Cause.id)).all()) == ROUNDS


def test_c6_taking_away_and_changing_have_one_winner(person, sign_in, race):
    issue = make_issue(by=person("Mo"))
    causes = [Cause.link(issue=issue, problem=problem, by=person("Mo")) for problem in make_problems(by=person("Eva"))]
    db.session.commit()
    ids, clients = [c.id for c in causes], (sign_in("Roos"), sign_in("Ada"))

    rounds = race(
        lambda n: clients[0].post(f"/causes/{ids[n]}/removal", data={"reason": "Klopt niet."}).status_code,
        lambda n: clients[1].post(f"/causes/{ids[n]}/revision", data={"certainty": "likely", "evidence": "Toch wel."}).status_code,
    )

    assert {code for code, _other in rounds} == {303}
    assert {code for _first, code in rounds} <= {303, 404}
    assert db.session.scalars(sa.select(Cause.id)).all() == [], "nothing comes back to life"


def test_c6_a_meeting_closes_once_and_what_came_too_late_is_told_so(person, sign_in, race):
    clients, made = (sign_in("Roos"), sign_in("Ada"), sign_in("Mo")), []
    roos = person("Roos").id
    before = Barrier(3, action=lambda: made.append(begin(roos)))

    def begin(by: int) -> int:
        review = live(db.session.get(User, by))
        id = review.id
        db.session.remove()
        return id

    def act(client: Client, address: str, **data: str) -> Act:
        def once(_n: int) -> int:
            before.wait(timeout=60)
            return client.post(address.format(made[-1]), data=data | {"back": f"/reviews/{made[-1]}"}).status_code

        return once

    decide = act(clients[2], "/captures", kind="decision", text="Dit besluiten we nu.", step="wrap_up")
    rounds = race(act(clients[0], "/reviews/{}/closing"), act(clients[1], "/reviews/{}/closing"), decide, rounds=ROUNDS // 2)

    closings = {tuple(sorted(answers[:2])) for answers in rounds}
    assert closings <= {(303, 303), (303, 409)}
    assert {answers[2] for answers in rounds} <= {303, 409}
    assert {r.status for r in db.session.scalars(sa.select(Review).where(Review.id.in_(made)))} == {ReviewStatus.CLOSED}
    assert len(db.session.scalars(sa.select(Decision.id)).all()) == sum(answers[2] == 303 for answers in rounds)
