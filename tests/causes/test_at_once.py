"""Two people at the same moment: what is left of an issue is given away once, and a pair is linked once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import sqlalchemy as sa

from cxboard.causes.models import Cause
from cxboard.db import db
from tests.makers import make_cause, make_issue, make_problem


def both(app, *acts: Callable[[], int]) -> list[int]:
    """The status codes of requests that start together, each in a thread of its own."""
    start = Barrier(len(acts))

    def act(request: Callable[[], int]) -> int:
        start.wait()
        with app.app_context():
            return request()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(act, acts))


def test_what_is_left_of_an_issue_is_given_once(app, person, sign_in):
    mo, eva = person("Mo"), person("Eva")
    issue = make_issue(by=mo)
    causes = [make_cause(issue, make_problem(f"Probleem {n}", by=eva), by=mo) for n in range(3)]
    clients = [sign_in(mo), sign_in(eva), sign_in("Roos")]
    urls = [f"/causes/{c.id}/revision" for c in causes]
    db.session.commit()

    codes = both(app, *(lambda c=c, u=u: c.post(u, data={"share": "60"}).status_code for c, u in zip(clients, urls, strict=True)))

    assert codes == [303, 409, 409]
    assert db.session.scalar(sa.select(sa.func.sum(Cause.share))) == 60


def test_a_pair_is_linked_once_from_both_sides(app, person, sign_in, rows):
    mo, eva = person("Mo"), person("Eva")
    issue, problem = make_issue(by=mo), make_problem(by=eva)
    here, there = sign_in(mo), sign_in(eva)
    from_issue, from_problem = f"/issues/{issue.id}/causes", f"/problems/{problem.id}/issues"
    issue_id, problem_id = issue.id, problem.id
    db.session.commit()

    codes = both(
        app,
        lambda: here.post(from_issue, data={"problem": problem_id}).status_code,
        lambda: there.post(from_problem, data={"issue": issue_id}).status_code,
    )

    assert codes == [303, 409]
    assert rows("cause") == 1
