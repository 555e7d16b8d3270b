"""What is said after something was done is read, whatever else the page fetches in between."""

import json
from collections.abc import Callable

from cxboard.accounts.models import User
from tests.client import Client
from tests.reviews.making import live


def test_a_message_waits_for_the_request_that_shows_it(person: Callable[[str], User], sign_in: Callable[[str], Client]) -> None:
    roos, path = sign_in("Roos"), f"/reviews/{live(person('Roos')).id}"
    here = {"HX-Current-URL": f"http://localhost{path}", "HX-Target": "main#main"}
    done = roos.post(f"{path}/notes", data={"step": "customer", "text": "Van Roos", "was": ""}, htmx=True, headers=here)
    again = json.loads(done.headers["HX-Location"])

    by_itself = roos.get(path, htmx=True, headers=here)  # somebody else changed something just then
    assert "The notes are kept." not in by_itself.text
    assert "The notes are kept." in roos.get(again["path"], htmx=True, headers={**here, **again["headers"]}).text
    assert "The notes are kept." not in roos.get(path).text
