"""What is due by the clock is done, even beside work that fails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cxboard import ticker
from cxboard.db import db


def test_work_that_fails_does_not_keep_other_work_from_its_turn(app, monkeypatch):
    done = []

    def fail():
        raise RuntimeError("broken")

    monkeypatch.setattr(ticker, "JOBS", {"a_broken": (timedelta(hours=1), fail), "b_fine": (timedelta(hours=1), lambda: done.append(1))})

    with pytest.raises(RuntimeError, match="broken"):
        ticker.tick()
    with pytest.raises(RuntimeError, match="broken"):  # still due, so that it is not skipped in silence
        ticker.tick()

    assert done == [1]


def test_what_is_not_due_is_not_even_claimed(app, monkeypatch, queries):
    """The look at what is due is taken every few seconds, and must keep nobody from writing."""
    done = []
    monkeypatch.setattr(ticker, "JOBS", {"a": (timedelta(hours=1), lambda: done.append("a")), "b": (timedelta(0), lambda: done.append("b"))})
    ticker.tick()

    with queries() as seen:
        ticker.tick()

    assert done == ["a", "b", "b"]
    assert sum(s.startswith("UPDATE") for s in seen) == 1, seen


def test_a_look_at_what_is_due_does_not_wait_for_who_writes(app, person, monkeypatch):
    monkeypatch.setattr(ticker, "JOBS", {"a": (timedelta(hours=1), lambda: None)})
    ticker.tick()
    person("Mo")
    db.session.execute(sa.text("update person set name = name"))  # the lock of who writes is held from here on

    with ThreadPoolExecutor(1) as elsewhere:
        assert elsewhere.submit(in_app(app, ticker.due)).result(timeout=3) == []


def in_app(app, work):
    def run():
        with app.app_context():
            return work()

    return run
