"""The page that searches: who may, what it says, and what it makes of nonsense."""

import pytest

from cxboard.discussion.models import Comment
from cxboard.issues.status import Status
from tests.makers import make_issue, make_problem

pytestmark = pytest.mark.usefixtures("app")


def test_the_page_shows_hits_with_their_kind_and_what_is_closed(sign_in, person):
    mo = person("Mo")
    issue = make_issue("Eindnota komt te laat", by=mo, status=Status.DONE, story="Mensen wachten op de **nota**")
    Comment.say("Weer een nota", by=mo, issue=issue)
    page = sign_in("Finn").get("/search?q=nota").text

    assert f'href="/issues/{issue.id}"' in page
    assert "Mensen wachten op de <mark>nota</mark>" in page
    assert "#comment-" in page
    assert "Done" in page
    assert "2 hits" in page


def test_it_says_so_when_there_is_nothing(sign_in):
    client = sign_in("Finn")

    assert "Everything that was reported" in client.get("/search").text
    assert "Nothing found for “&lt;b&gt;”" in client.get("/search?q=%3Cb%3E").text
    assert "Search everywhere" in client.get("/search?q=niets&kind=comment").text


def test_nobody_searches_without_signing_in(client):
    assert client.get("/search?q=x").location.startswith("/sign-in")


def test_the_address_tells_nothing_of_what_is_restricted(sign_in, person):
    secret = make_problem("Kanarie", by=person("Eva"), department="IT", restricted=True)
    client = sign_in("Mo")

    for asked in ("kanarie", f"EX-{secret.id}", "Kanar"):
        hidden, nothing = client.get(f"/search?q={asked}").text, client.get("/search?q=" + "z" * len(asked)).text
        assert hidden.replace(asked, "z" * len(asked)) == nothing
