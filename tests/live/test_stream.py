"""The stream: who gets one, what it says, when it ends."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from cxboard.accounts.models import Role, UserSession
from cxboard.db import db
from cxboard.live import hub as hubs, views
from cxboard.web import HEADERS
from tests.makers import make_cause, make_department, make_issue, make_problem

pytestmark = pytest.mark.databases("sqlite", "postgresql")


@pytest.fixture(autouse=True)
def quick(app, monkeypatch) -> Iterator[None]:
    monkeypatch.setattr(views, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(hubs, "LOOK_EVERY", 0.02)
    yield
    app.extensions["live"].close()


class Listening:
    """One open stream, read with patience."""

    def __init__(self, client, address: str) -> None:
        self.answer = client.get(address, buffered=False)
        self.parts = self.answer.response if self.answer.status_code == 200 else iter(())
        self.heard = ""
        if self.answer.status_code == 200:
            self.heard = next(self.parts).decode()

    def until(self, words: str, seconds: float = 5) -> str:
        end = time.monotonic() + seconds
        for part in self.parts:
            self.heard += part.decode()
            if words in self.heard:
                return self.heard
            assert time.monotonic() < end, f"{words!r} was not said: {self.heard!r}"
        return self.heard

    def changes(self) -> list[str]:
        return re.findall("event: change\ndata: (.*)", self.heard)


@contextmanager
def listening(client, address: str) -> Iterator[Listening]:
    stream = Listening(client, address)
    try:
        yield stream
    finally:
        stream.answer.close()


def test_a_change_reaches_who_follows_it_and_nobody_else(app, person, sign_in):
    one, other = make_issue(by=person("Mo")), make_issue(by=person("Mo"))
    with listening(sign_in("Finn"), f"/live?topic=issue-{one.id}&topic=board") as stream:
        other.edit(by=person("Mo"), title="The other")
        one.edit(by=person("Mo"), title="The one")
        db.session.commit()
        stream.until(f"board {one.id}")
        assert stream.changes() == [f"board {other.id}", f"issue-{one.id}", f"board {one.id}"]


def test_what_this_process_commits_is_heard_without_waiting_for_the_next_look(app, person, sign_in, monkeypatch):
    monkeypatch.setattr(hubs, "LOOK_EVERY", 60)
    issue = make_issue(by=person("Mo"))
    db.session.commit()
    with listening(sign_in("Finn"), f"/live?topic=issue-{issue.id}") as stream:
        for title in ("Once", "Once more"):
            issue.edit(by=person("Mo"), title=title)
            db.session.commit()
            stream.heard = ""
            stream.until(f"issue-{issue.id}")


def test_who_came_early_hears_that_many_listen_now(app, person, sign_in):
    issue = make_issue(by=person("Mo"))
    db.session.commit()
    hub = app.extensions["live"]
    with listening(sign_in("Finn"), f"/live?topic=issue-{issue.id}") as stream:
        assert hub.spread == 12
        for n in range(5):
            hub.join(1_000 + n, 1, frozenset())
        for title in ("Once", "Once more"):
            issue.edit(by=person("Mo"), title=title)
            db.session.commit()
            stream.heard, before = "", stream.heard
            stream.until(f"data: issue-{issue.id}")
            assert ("event: spread\ndata: 72\n\n" in stream.heard) == (title == "Once"), before


def test_it_begins_with_where_we_are_and_what_was_missed(app, person, sign_in):
    issue = make_issue(by=person("Mo"))
    client = sign_in("Finn")
    seen = db.session.scalar(sa.text("select max(id) from change"))
    issue.edit(by=person("Mo"), title="While nobody listened")
    db.session.commit()

    with listening(client, f"/live?topic=issue-{issue.id}&since={seen}") as stream:
        assert stream.heard == (
            f"id: {seen + 1}\nevent: hello\ndata: {seen + 1} 12 issue-{issue.id}\n\n"
            f"id: {seen + 1}\nevent: change\ndata: issue-{issue.id}\n\n"
        )
    assert client.get(f"/live/changes?topic=issue-{issue.id}&since={seen}").text.count("event: change") == 1
    assert client.get(f"/live/changes?topic=issue-{issue.id}&since={seen + 1}").status_code == 204


def test_its_headers_let_nothing_hold_it_back(sign_in):
    with listening(sign_in("Finn"), "/live?topic=board") as stream:
        headers = stream.answer.headers
        assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Accel-Buffering"] == "no"
        assert {name: headers[name] for name in HEADERS} == HEADERS


def test_no_session_is_held_while_it_streams(app, sign_in):
    with listening(sign_in("Finn"), "/live?topic=board"):
        assert db.engine.pool.checkedout() <= 1  # the test's own


def test_a_restricted_problem_is_not_there_for_who_may_not_see_it(app, person, sign_in):
    issue, problem = make_issue(by=person("Mo")), make_problem(by=person("Eva"), restricted=True)
    mine = f"/live?topic=problem-{problem.id}"
    assert sign_in("Mo").get(mine).status_code == 404
    assert sign_in("Mo").get(mine.replace("/live", "/live/changes")).status_code == 404
    assert sign_in("Mo").get("/live?topic=problem-99999").status_code == 404

    every = f"/live?topic=problem-{problem.id}&topic=issue-{issue.id}&topic=board&topic=problems"
    person("Roos")
    with listening(sign_in("Mo"), every) as outside, listening(sign_in("Eva"), every) as inside:
        make_cause(issue, problem, by=person("Roos"))
        issue.edit(by=person("Roos"), title="For everybody")
        db.session.commit()
        last = db.session.scalar(sa.text("select max(id) from change"))
        inside.until(f"id: {last}\nevent: change\ndata: board")
        outside.until(f"id: {last}\nevent: change\ndata: board")
        about_the_issue, about_the_problem = [f"issue-{issue.id}", f"board {issue.id}"], [f"problem-{problem.id}", f"problems {problem.id}"]
        assert inside.changes() == [*about_the_issue, *about_the_problem, *about_the_issue]
        assert outside.changes() == about_the_issue


def test_who_may_not_see_it_any_more_hears_that_it_is_gone(app, person, sign_in):
    problem = make_problem(by=person("Eva"))
    with listening(sign_in("Mo"), f"/live?topic=problem-{problem.id}") as stream:
        problem.edit(by=person("Eva"), restricted=True)
        db.session.commit()
        assert f"event: gone\ndata: problem-{problem.id}" in stream.until("gone")


def test_somebody_else_s_own_topic_is_nobody_s_business(person, sign_in):
    mo, eva = person("Mo"), person("Eva")
    assert sign_in(mo).get(f"/live/changes?topic=person-{mo.id}").status_code == 200
    assert sign_in(mo).get(f"/live/changes?topic=person-{eva.id}").status_code == 404


@pytest.mark.parametrize("topic", ["", "nothing", "issue", "issue-x", "issue-1' or 1", "access-1", "everything", "issue-99999999999"])
def test_what_is_no_topic_opens_nothing(sign_in, topic):
    assert sign_in("Finn").get("/live", query_string={"topic": topic}).status_code == 404


def test_strangers_hear_nothing(client):
    assert client.get("/live?topic=board").status_code == 302


@pytest.mark.parametrize("how", ["sign out", "deactivate", "role", "password", "departments"])
def test_it_ends_when_the_person_may_not_go_on_as_they_were(app, person, sign_in, how):
    mo, ada = person("Mo"), person("Ada")
    client = sign_in(mo)
    with listening(client, "/live?topic=board") as stream:
        if how == "sign out":
            db.session.scalars(sa.select(UserSession).where(UserSession.user_id == mo.id)).one().end()
        elif how == "deactivate":
            mo.deactivate(by=ada)
        elif how == "role":
            mo.change_role(Role.VIEWER, by=ada)
        elif how == "password":
            mo.set_password("a new one that is long enough", by=mo)
        else:
            mo.change_departments([make_department("IT")], by=ada)
        db.session.commit()
        assert "event: end" in stream.until("event: end")
    with listening(client, "/live?topic=board") as again:
        assert again.answer.status_code == (200 if how == "departments" else 302)


def test_it_ends_when_the_session_has_become_too_old(app, person, sign_in, monkeypatch):
    monkeypatch.setattr(hubs, "CHECK_EVERY", 0.05)
    client = sign_in("Mo")
    with listening(client, "/live?topic=board") as stream:
        db.session.execute(sa.update(UserSession).values(seen_at=sa.text("'2020-01-01 00:00:00'")))
        db.session.commit()
        assert "event: end" in stream.until("event: end")


def test_there_are_only_so_many_and_a_place_comes_free_again(app, sign_in, monkeypatch):
    monkeypatch.setitem(app.config, "LIVE_STREAMS", 2)
    client = sign_in("Finn")
    with listening(client, "/live?topic=board"), listening(client, "/live?topic=board") as second:
        full = client.get("/live?topic=board")
        assert (full.status_code, full.headers["Live"]) == (204, "poll")
        assert client.get("/live/changes?topic=board").status_code == 200
        second.answer.close()
        with listening(client, "/live?topic=board") as third:
            assert third.answer.status_code == 200
    assert app.extensions["live"].listeners == set()


def test_one_browser_does_not_take_them_all(app, sign_in, monkeypatch):
    monkeypatch.setattr(hubs, "MOST_OF_ONE", 1)
    with listening(sign_in("Finn"), "/live?topic=board"):
        pass
    client = sign_in("Mo")
    with listening(client, "/live?topic=board"), listening(sign_in("Finn"), "/live?topic=board") as other:
        assert client.get("/live?topic=board").status_code == 204
        assert other.answer.status_code == 200


def test_what_happens_while_the_database_does_not_answer_is_told_later(app, person, sign_in, monkeypatch):
    issue, asked, ask = make_issue(by=person("Mo")), [], hubs.restricted_among

    def away_at_first(rows):
        asked.append(rows)
        if len(asked) == 1:
            raise sa.exc.OperationalError("select", {}, Exception("away"))
        return ask(rows)

    monkeypatch.setattr(hubs, "restricted_among", away_at_first)
    monkeypatch.setattr(hubs, "PAUSE", 0.02)
    with listening(sign_in("Finn"), f"/live?topic=issue-{issue.id}") as stream:
        issue.edit(by=person("Mo"), title="Another title")
        db.session.commit()
        stream.until("event: change")
        assert stream.changes() == [f"issue-{issue.id}"]


def test_everything_ends_when_the_server_stops(app, sign_in):
    with listening(sign_in("Finn"), "/live?topic=board") as stream:
        began = time.monotonic()
        app.extensions["live"].close()
        assert "event: end" in stream.until("event: end")
        assert time.monotonic() - began < 1


def test_one_s_own_changes_are_named_so_that_they_are_not_fetched_twice(app, person, sign_in):
    issue = make_issue(by=person("Mo"))
    answer = sign_in("Mo").post(f"/issues/{issue.id}/comments", data={"text": "Heard it again"}, htmx=True)
    newest = db.session.scalar(sa.text("select max(id) from change"))
    assert answer.headers["Live-Changes"] == str(newest)
