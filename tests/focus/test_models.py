"""The focus: three places, and none for what is not open any more."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from cxboard import clock
from cxboard.db import db
from cxboard.focus.models import Focus
from cxboard.issues.status import Status
from tests.makers import make_issue


@pytest.mark.parametrize("how", ["done", "declined", "parked", "merged"])
def test_an_issue_that_is_not_open_any_more_gives_its_place_away(person, how):
    roos = person("Roos")
    first, second, third, fourth = issues = [make_issue(f"Punt {n}", by=roos) for n in range(4)]
    for issue in issues[:3]:
        Focus.put(issue, by=roos)
    match how:
        case "done":
            first.move(Status.DONE, by=roos, reason="klaar")
        case "declined":
            first.decline(by=roos, reason="nee")
        case "parked":
            first.park(until=clock.today() + timedelta(days=30), by=roos)
        case "merged":
            first.merge(into=second, by=roos)
    db.session.flush()

    assert [f.issue for f in Focus.now()] == [second, third]
    Focus.put(fourth, by=roos)
    db.session.commit()

    assert [(f.issue, f.place) for f in Focus.now()] == [(second, 1), (third, 2), (fourth, 3)]
    assert first.focus is None


def test_two_regisseurs_at_once_do_not_make_four(app, person, sign_in):
    roos, ada = sign_in("Roos"), sign_in("Ada")
    issues = [make_issue(f"Punt {n}", by=person("Roos")) for n in range(4)]
    for issue in issues[:2]:
        Focus.put(issue, by=person("Roos"))
    urls = [f"/issues/{i.id}/focus" for i in issues[2:]]
    db.session.commit()
    start = Barrier(2)

    def act(client, url):
        start.wait()
        with app.app_context():
            return client.post(url).status_code

    with ThreadPoolExecutor(2) as pool:
        codes = sorted(pool.map(act, (roos, ada), urls))

    assert codes == [303, 409]
    assert len(Focus.now()) == 3
