"""Reading changes nothing, changing needs a token and a right, and what was refused left no trace."""

from collections.abc import Callable

import pytest
from werkzeug.routing import Rule

from cxboard.accounts.models import User
from cxboard.actions.models import Action, Decision
from cxboard.causes.models import Cause, Problem
from cxboard.db import db
from cxboard.discussion.attachments import Attachment
from cxboard.discussion.models import Comment
from cxboard.dossiers.links import DossierLink
from cxboard.handoffs.models import Handoff
from cxboard.issues.models import Issue
from cxboard.issues.saved import SavedView
from cxboard.permissions import allows
from cxboard.voices.models import Voice
from tests.architecture.house import House, digest, forms, good, principals
from tests.cast import person
from tests.client import Client

pytestmark = pytest.mark.databases("sqlite", "postgresql")

TURNED_AWAY = (400, 401, 403, 404)


def read(house: House, rule: Rule) -> None:
    for address in house.addresses(rule):
        house.ask("Roos", address)
    house.ask("Roos", house.address(rule), "dialog-body")
    house.browser("Roos").head(house.address(rule))


def test_reading_changes_nothing(house: House):
    house.browser("Roos")

    assert who_changes(house.reads(), lambda rule: read(house, rule)) == []


def who_changes(rules: list[Rule], attempt: Callable[[Rule], None]) -> list[str]:
    """The rules of which an attempt changes something. All are tried first; only when that did are they looked at one by one."""
    before = digest()
    for rule in rules:
        attempt(rule)
    if (after := digest()) == before:
        return []
    changed = ["one of them, the first time"]
    for rule in rules:
        attempt(rule)
        if (before := digest()) != after:
            changed.append(str(rule))
            after = before
    return changed


@pytest.mark.databases("sqlite")  # and so is the token
def test_a_change_without_the_token_of_the_page_changes_nothing(house: House, sign_in, client: Client):
    roos, eva, wrong = sign_in("Roos"), sign_in("Eva"), []
    fields = forms(house)
    # A mail program has no page of ours; what its address is signed with is the token.
    rules = [rule for rule in house.changes() if rule.endpoint != "notifications.unsubscribe"]

    def attempt(rule: Rule) -> None:
        for who, token in ((roos, ""), (roos, eva.csrf_token()), (roos, roos.csrf_token()[:-4]), (client, "")):
            sent = good(fields[rule.rule, "POST"]) | {"csrf_token": token}
            answer = who.post(house.address(rule), data=sent, csrf=False)
            if answer.status_code not in TURNED_AWAY:
                wrong.append(f"{rule}: {answer.status_code}")

    assert who_changes(rules, attempt) == []
    assert wrong == []


def test_a_stranger_is_led_to_the_door(house: House, client: Client):
    wrong = []
    before = digest()
    for rule in house.rules():
        if house.permission(rule) == "public":
            continue
        if "GET" in (rule.methods or ()):
            answer = client.get(house.address(rule))
            if answer.status_code != 302 or not answer.location.startswith("/sign-in"):
                wrong.append(f"GET {rule}: {answer.status_code}")
        else:
            answer = client.post(house.address(rule))
            if answer.status_code != 401:
                wrong.append(f"POST {rule}: {answer.status_code}")

    assert wrong == []
    assert digest() == before


@pytest.mark.databases("sqlite")  # the table of permissions is asked before a database is
@pytest.mark.parametrize("which", [0, 1])
def test_every_route_asks_the_permission_table_and_a_refusal_leaves_no_trace(house: House, sign_in, which):
    """Each route for each of the cast, about something of KS with and without htmx, and about something of IT."""
    fields, wrong = forms(house), []
    for who in principals():
        somebody = person(who)
        client, before = sign_in(who), digest()
        for rule in house.rules():
            permission = house.permission(rule)
            if permission == "public":
                continue
            allowed = may(house, rule, somebody, permission, which)
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                if allowed and method == "POST":
                    continue
                for htmx in (False,) if allowed or which else (False, "dialog-body"):
                    address = house.address(rule, which)
                    if allowed:
                        answer = house.see(who, address)
                    else:
                        sent = good(fields.get((rule.rule, "POST"), {}))
                        answer = client.get(address, htmx=htmx) if method == "GET" else client.post(address, data=sent, htmx=htmx)
                    denied = answer.status_code in (403, 404)
                    if allowed and answer.status_code == 403:
                        wrong.append(f"{who} may {permission} but {method} {address} answers {answer.status_code}")
                    if not allowed and not denied:
                        wrong.append(f"{who} may not {permission} but {method} {address} answers {answer.status_code}")
        if digest() != before:
            wrong.append(f"{who} was refused, but something changed")

    assert not wrong, "\n".join(wrong)


MODELS = {"issues": Issue, "problems": Problem, "causes": Cause, "actions": Action, "decisions": Decision, "handoffs": Handoff, "comments": Comment, "attachments": Attachment, "dossier-links": DossierLink, "views": SavedView, "voices": Voice}


def may(house: House, rule: Rule, somebody: User, permission: str, which: int) -> bool:
    """What the table says about the thing that the route is about."""
    kind = house.kinds(rule).get("id", "")
    thing = db.session.get(MODELS[kind], house.ids[kind][which]) if kind in MODELS else None
    return allows(somebody, permission, thing)


def test_a_denied_guess_and_a_missing_thing_look_alike(house: House, sign_in):
    mo = sign_in("Mo")
    hidden, cause = house.ids["problems"][2], house.ids["causes"][2]
    for rule in house.rules():
        kind = house.kinds(rule).get("id")
        if kind not in ("problems", "causes"):
            continue
        there, nowhere = (house.build(rule, {"id": i, "name": "title"}) for i in (hidden if kind == "problems" else cause, 99_999))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answers = [getattr(mo, method.lower())(address) for address in (there, nowhere)]

            assert [a.status_code for a in answers] == [404, 404], (method, there)
            assert answers[0].text.replace(there, "").replace(f"-{hidden}", "") != ""
