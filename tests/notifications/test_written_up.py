"""A review that was written up afterwards is one message to each person, like one that was live; although it ended days ago."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from cxboard.db import db
from cxboard.reviews import afterwards
from cxboard.reviews.models import Review
from cxboard.reviews.steps import Step
from tests.makers import make_issue
from tests.notifications.mailserver import both

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def test_what_was_promised_comes_with_the_message_of_the_review_and_not_before(server, person, at, tick):
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    at("2026-11-23 09:00")
    review = Review.plan_one(datetime(2026, 11, 24, 10, tzinfo=AMSTERDAM), by=roos)
    at("2026-11-26 15:00")
    tick(1)
    for n in range(12):  # more than is heard in one go
        afterwards.write(review, Step.WRAP_UP, "action", f"Belofte {n}", by=roos, owner=mo, due=date(2026, 12, 4))
    afterwards.write(review, Step.NEW, "decision", "Wij bellen iedereen", by=roos, issue=make_issue(by=eva))
    began, ended = datetime(2026, 11, 24, 10, tzinfo=AMSTERDAM), datetime(2026, 11, 24, 11, tzinfo=AMSTERDAM)
    afterwards.settle(review, began_at=began, ended_at=ended, present=[mo, eva], guests=[], by=roos)
    db.session.commit()
    assert tick(1) == 0, "nothing is told before the minutes are made"
    afterwards.close(review, by=roos)
    for _ in range(6):
        tick(1)

    (mos,), (evas,) = server.to(mo.email), server.to(eva.email)
    assert mos["Subject"] == "Review of week 48: 12 actions for you"
    assert evas["Subject"] == "Review of week 48: what was agreed"
    assert "Wij bellen iedereen" in both(evas)[0]
