"""What hand-offs bring to the table: the third bounce, and what waits too long."""

from datetime import timedelta

from cxboard import clock
from cxboard.db import db
from cxboard.issues.status import Status
from cxboard.reviews.agenda import agenda_for
from cxboard.reviews.models import Review
from cxboard.reviews.sentences import why
from cxboard.reviews.steps import Step
from tests.makers import make_handoff, make_issue


def stuck(review):
    return {p.issue.title: (p.why, str(why(p))) for p in agenda_for(review, only=Step.STUCK)}


def test_the_third_bounce_and_what_waits_too_long_are_on_the_next_agenda(person, at):
    at("2026-11-20 09:00")
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    review = Review.plan_one(clock.now() + timedelta(days=11), by=roos)
    bounced, waiting, fine = (make_handoff(by=mo, issue=make_issue(title, by=mo, status=Status.READY), days=20) for title in ("Heen en weer", "Wacht", "Loopt"))
    for _n in range(2):
        bounced.decline("Nee", by=eva)
        bounced.change(ask="En zo?", needed_by=bounced.needed_by, by=mo)
    assert stuck(review) == {}

    at("2026-11-24 17:00")
    fine.accept(by=eva)
    assert stuck(review) == {}
    at("2026-11-25 09:00")
    assert set(stuck(review)) == {"Heen en weer", "Wacht"}
    bounced.decline("Nog steeds niet", by=eva)
    db.session.commit()
    assert stuck(review)["Heen en weer"] == ("bounced", "It went back and forth between KS and IT: declined 3 times.")
    assert stuck(review)["Wacht"] == ("waits", "It has waited for IT for 5 days: “Kan de leverdatum in het verhuisscherm komen?”")

    waiting.give_answer("Ja", by=eva)
    at("2026-11-25 10:00")
    review.start(by=roos)
    review.close(by=roos)
    db.session.commit()
    later = Review.plan_one(clock.now() + timedelta(days=1), by=roos)
    assert "Wacht" not in stuck(later)
    assert stuck(later)["Heen en weer"][0] == "not_reached"
