"""Closing a review while somebody is still writing in it: what gets in is in the minutes, what does not is not part of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event as Signal

import sqlalchemy as sa

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.actions.models import Decision
from cxboard.authorization import find
from cxboard.db import db
from cxboard.domain import Refused
from cxboard.reviews.models import Review
from tests.reviews import making

ROUNDS = 6


def test_a_decision_at_the_moment_of_closing_is_in_the_minutes_or_not_in_the_review(app, person):
    roos, mo = person("Roos").id, person("Mo").id
    with ThreadPoolExecutor(2) as pool:
        for turn in range(ROUNDS):
            review = making.live(db.session.get(User, roos)).id
            db.session.rollback()
            written = Signal()

            def decide(turn=turn, written=written):
                with app.app_context():
                    Decision.record_one(f"besluit {turn}", by=db.session.get(User, mo))
                    db.session.flush()
                    written.set()
                    db.session.commit()

            def close(turn=turn, review=review, written=written):
                with app.app_context():
                    if turn % 2:
                        written.wait(5)
                    find(Review, review).close(by=db.session.get(User, roos))
                    db.session.commit()

            for done in [pool.submit(decide), pool.submit(close)]:
                done.result(20)
            db.session.rollback()
            closed = db.session.get(Review, review)
            decided = db.session.scalar(sa.select(sa.func.count()).where(Decision.review_id == review)) or 0
            assert str(closed.minutes).count(f"besluit {turn}") == decided
            assert decided or not turn % 2, "written before the closing, so part of it"


def test_two_reviews_are_not_moved_onto_one_moment(app, person):
    roos = person("Roos").id
    with ThreadPoolExecutor(2) as pool:
        for turn in range(ROUNDS):
            begin = clock.now() + timedelta(days=100 * (turn + 1))
            ids = [making.planned(db.session.get(User, roos), begin + timedelta(days=n)).id for n in (1, 2)]
            db.session.rollback()
            ready = Barrier(2)

            def move(id, begin=begin, ready=ready):
                with app.app_context():
                    ready.wait(5)
                    try:
                        find(Review, id, lock=True).move(begin, by=db.session.get(User, roos))
                        db.session.commit()
                    except Refused:
                        return "refused"
                return "moved"

            done = [pool.submit(move, id) for id in ids]
            assert sorted(d.result(20) for d in done) == ["moved", "refused"]


def test_a_note_of_the_last_moment_is_in_the_minutes(app, person):
    review = making.live(person("Roos"))
    review.note(review.step, "nog net genoteerd", by=person("Roos"))

    review.close(by=person("Roos"))

    assert "nog net genoteerd" in str(review.minutes)
