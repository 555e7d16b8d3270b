"""Two departments at the same moment: one clean winner, and the other hears who it was."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from cxboard.db import db
from cxboard.handoffs.models import Handoff, HandoffStatus
from cxboard.history import Event
from cxboard.issues.models import Issue
from cxboard.issues.status import Status
from tests.makers import make_handoff, make_issue

ROUNDS = 8


def at_once(app, clients, posts):
    """Each client sends its posts, the n-th of all at the same moment; the status codes per round."""
    start = Barrier(len(clients))

    def act(client, own):
        codes = []
        for url, data in own:
            start.wait()
            with app.app_context():
                codes.append(client.post(url, data=data).status_code)
        return codes

    with ThreadPoolExecutor(len(clients)) as pool:
        return list(zip(*pool.map(act, clients, posts), strict=True))


def test_an_answer_and_a_withdrawal_leave_one_winner(app, person, sign_in):
    issue = make_issue(by=person("Mo"))
    ids = [make_handoff(by=person("Mo"), issue=issue).id for _n in range(ROUNDS)]
    answers = [(f"/handoffs/{id}/answer", {"answer": "Ja"}) for id in ids]
    withdrawals = [(f"/handoffs/{id}/withdrawal", {}) for id in ids]
    codes = at_once(app, (sign_in("Eva"), sign_in("Mo")), (answers, withdrawals))

    assert [sorted(pair) for pair in codes] == [[303, 409]] * ROUNDS
    db.session.expire_all()
    for id, (answered, _withdrawn) in zip(ids, codes, strict=True):
        kinds = list(db.session.scalars(select(Event.kind).where(Event.subject == "handoff", Event.subject_id == id).order_by(Event.id)))
        assert kinds == ["handoff_asked", "handoff_answered" if answered == 303 else "handoff_withdrawn"]


def test_an_answer_while_the_issue_ends_neither_fails_nor_stays_open(app, person, sign_in):
    """Both touch the issue and its hand-offs: they are locked in one order, so nobody waits for nobody."""
    issues = [make_issue(by=person("Mo"), status=Status.VERIFYING) for _n in range(ROUNDS)]
    handoffs = [make_handoff(by=person("Mo"), issue=issue).id for issue in issues]
    ids = [issue.id for issue in issues]
    answers = [(f"/handoffs/{id}/answer", {"answer": "Ja"}) for id in handoffs]
    moves = [(f"/issues/{id}/move", {"to": "done", "reason": "Het werkt", "asked": "done"}) for id in ids]
    codes = at_once(app, (sign_in("Eva"), sign_in("Mo")), (answers, moves))

    assert {moved for _answered, moved in codes} == {303}
    assert {answered for answered, _moved in codes} <= {303, 409}
    db.session.expire_all()
    for id, (answered, _moved) in zip(handoffs, codes, strict=True):
        assert db.session.get(Handoff, id).status == (HandoffStatus.ANSWERED if answered == 303 else HandoffStatus.WITHDRAWN)
    assert {db.session.get(Issue, id).status for id in ids} == {Status.DONE}
