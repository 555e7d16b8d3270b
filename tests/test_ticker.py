"""What is due by the clock is done, even beside work that fails."""

from datetime import timedelta

import pytest

from cxboard import ticker


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
