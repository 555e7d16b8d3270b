"""Two people at the same moment: of two merges that cross, one is carried out."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from cxboard.db import db
from cxboard.issues.models import Issue
from cxboard.issues.status import Status
from tests.makers import make_issue


def test_two_issues_do_not_become_each_others_duplicate(app, person, sign_in):
    one, two = make_issue("Een", by=person("Mo")), make_issue("Twee", by=person("Mo"))
    clients, ids = (sign_in("Roos"), sign_in("Ada")), (one.id, two.id)
    db.session.commit()
    start = Barrier(2)

    def act(client, issue, into):
        start.wait()
        with app.app_context():
            return client.post(f"/issues/{issue}/merge", data={"into": f"CX-{into}"}).status_code

    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(act, clients, ids, reversed(ids)))

    assert sorted(codes)[0] == 303
    assert sorted(codes)[1] in (409, 503)
    assert sorted(db.session.get(Issue, i, populate_existing=True).status == Status.MERGED for i in ids) == [False, True]
