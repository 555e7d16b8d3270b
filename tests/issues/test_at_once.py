"""Two people at the same moment: nothing is merged into what is being merged itself."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from cxboard.db import db
from tests.makers import make_issue


def test_an_issue_is_not_merged_into_one_that_goes_at_the_same_moment(app, person, sign_in):
    clients, chains = (sign_in("Roos"), sign_in("Ada")), []
    for _n in range(4):
        first, second, third = (make_issue(by=person("Mo")).id for _n in range(3))
        chains.append(((first, second), (second, third)))
    db.session.commit()
    start = Barrier(2)

    def act(client, pairs):
        codes = []
        for issue, into in pairs:
            start.wait()
            with app.app_context():
                codes.append(client.post(f"/issues/{issue}/merge", data={"into": f"CX-{into}"}).status_code)
        return codes

    with ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(act, clients, zip(*chains, strict=True)))

    assert [sorted(pair) for pair in zip(*codes, strict=True)] == [[303, 409]] * 4
