"""The page that searches, the palette and the overview of keys: who may, and what they say."""

import html
import re
from pathlib import Path

import pytest

from cxboard.db import db
from cxboard.discussion.models import Comment
from cxboard.issues.status import Status
from cxboard.reviews.models import Review
from cxboard.search.keys import PLACES
from tests.makers import make_issue, make_problem

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.databases("sqlite", "postgresql")]


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
        assert same(hidden.replace(asked, "z" * len(asked))) == same(nothing)
        hidden, nothing = client.get(f"/search/palette?q={asked}", htmx="palette-list").text, client.get("/search/palette?q=" + "z" * len(asked), htmx="palette-list").text
        assert same(hidden.replace(asked, "z" * len(asked))) == same(nothing)
    assert "Kanarie" not in client.get(f"/search/palette?recent=EX-{secret.id}").text


def same(page: str) -> str:
    """A page without what differs each time."""
    return re.sub(r'(X-CSRFToken": ")[^"]*|(name="(?:csrf_token|form_key)" value=")[^"]*', "", page)


# the palette


def offered(client, text="", **more):
    """The options of the palette: (id, href)."""
    page = client.get("/search/palette", query_string={"q": text, **more}, htmx="palette-list").text
    return [(id, html.unescape(href)) for id, href in re.findall(r'role="option" id="palette-([^"]+)".*? href="([^"]+)"', page)]


def test_the_palette_offers_hits_commands_and_the_page_that_searches(sign_in, person):
    issue = make_issue("Kapstok in de hal", by=person("Mo"))
    client = sign_in("Mo")

    assert offered(client, "board") == [("board", "/board"), ("all", "/search?q=board")]
    assert offered(client, "kapstok") == [(f"issue-{issue.id}", f"/issues/{issue.id}"), ("all", "/search?q=kapstok")]
    assert offered(client, f"CX-{issue.id}")[0] == (f"issue-{issue.id}", f"/issues/{issue.id}")
    assert [id for id, _href in offered(client, "nederl")] == ["dutch", "all"]
    assert [id for id, _href in offered(client)] == ["new-issue", "today", "board", "reviews", "actions", "problems", "keys"]
    assert offered(client, recent=f"CX-{issue.id} EX-9 nonsense")[0][0] == f"issue-{issue.id}"


def test_the_palette_offers_nothing_that_one_may_not_do(sign_in, person, at):
    Review.plan_one(at("2026-11-10 10:00"), by=person("Roos"))  # nobody ever opened it
    review = Review.plan_one(at("2026-11-24 10:00"), by=person("Roos"))
    db.session.commit()
    at("2026-11-24 09:00")

    for who, start, new, audit in (("Roos", True, True, True), ("Mo", False, True, False), ("Finn", False, False, False)):
        client = sign_in(who)
        assert ("start", f"/reviews/{review.id}/opening") in offered(client, "start review") or not start
        assert bool([o for o in offered(client, "start review") if o[0] == "start"]) == start
        assert bool([o for o in offered(client, "new issue") if o[0] == "new-issue"]) == new
        assert bool([o for o in offered(client, "audit") if o[0] == "audit"]) == audit


def test_one_choice_of_the_profile_by_itself(sign_in, person):
    finn = sign_in("Finn")

    answer = finn.post("/profile/appearance", data={"theme": "dark", "back": "/board"})

    assert (answer.status_code, answer.location) == (303, "/board")
    assert (person("Finn").theme, person("Finn").locale) == ("dark", "en")
    finn.post("/profile/appearance", data={"theme": "pink", "locale": "nl", "role": "admin"})
    assert (person("Finn").theme, person("Finn").locale, person("Finn").role.value) == ("dark", "nl", "viewer")


# the keys


def test_the_overview_has_the_keys_of_the_page_first_and_only_ones_own(sign_in):
    roos, finn = sign_in("Roos").get("/search/keys?page=/board").text, sign_in("Finn").get("/search/keys?page=/board").text

    assert roos.index("On the board") < roos.index("Everywhere")
    assert "move the card: a menu asks where to" in roos
    assert "new issue" not in finn.split("dialog-title")[1]


def test_every_key_that_a_page_listens_to_stands_in_the_overview():
    told = {k.lower() for place in PLACES for key in place.keys for one in key.keys for k in one.split(" ")}
    templates = "\n".join(p.read_text() for p in (ROOT / "templates").rglob("*.html"))
    listened = set(re.findall(r'data-key="([^"{}]+)"', templates))

    assert listened - told == set()
