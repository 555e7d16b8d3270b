"""Two people with the same form open: the second sees both texts, and the first is not overwritten in silence."""

import re

import pytest
from werkzeug.test import TestResponse

from cxboard.db import db
from cxboard.journeys.models import Journey
from cxboard.reviews.models import Review, Series
from tests.client import Client

pytestmark = pytest.mark.databases("sqlite", "postgresql")


def fields(page: TestResponse, form: str) -> dict[str, str]:
    """What the form with this action holds, as a browser would send it; chosen options included."""
    found = re.search(rf'<form[^>]*action="{form}".*?</form>', page.text, re.DOTALL)
    assert found, f"no form for {form}"
    sent = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', found[0]))
    sent |= dict(re.findall(r'<select[^>]*name="([^"]+)".*?selected value="([^"]*)".*?</select>', found[0], re.DOTALL))
    return {name: value for name, value in sent.items() if name not in ("csrf_token", "form_key")}


@pytest.fixture
def two(sign_in) -> tuple[Client, Client]:
    return sign_in("Roos"), sign_in("Ada")


@pytest.fixture
def journey(person) -> Journey:
    journey = Journey.named("Verhuizen", by=person("Roos"))
    journey.add_stage("Melden", work="Mail lezen", by=person("Roos"))
    db.session.commit()
    return journey


def both_send(two, opened_at: str, sent_to: str, **changes: tuple[str, str]) -> tuple[TestResponse, TestResponse]:
    """Both open it, then one after the other sends; `changes` per field: what the first and what the second types."""
    first, second = (fields(client.get(opened_at), sent_to) for client in two)
    answers = tuple(
        client.post(sent_to, data=form | {name: texts[n] for name, texts in changes.items()})
        for n, (client, form) in enumerate(zip(two, (first, second), strict=True))
    )
    assert answers[0].status_code == 303, answers[0].text[-2000:]
    return answers


def test_the_name_of_a_journey(two, journey):
    address = f"/journeys/{journey.id}/name"

    _first, second = both_send(two, address, address, name=("Verhuizing", "Ik ga verhuizen"))

    assert second.status_code == 409
    assert "Roos van Dijk has just changed this" in second.text
    assert "Verhuizing" in second.text
    assert "Ik ga verhuizen" in second.text
    db.session.refresh(journey)
    assert journey.name == "Verhuizing"
    mine_after_all = two[1].post(address, data={"name": "Ik ga verhuizen"})
    assert mine_after_all.status_code == 303


def test_a_stage(two, journey):
    address = f"/stages/{journey.stages[0].id}/facts/work"

    _first, second = both_send(two, address, address, value=("Post lezen", "Niets"))

    assert second.status_code == 409
    assert "Post lezen" in second.text
    assert "Niets" in second.text


def test_the_rhythm(two, person, at):
    at("2026-11-24 09:00")
    Series.set(weekday=1, at="10:00", by=person("Roos"))
    db.session.commit()

    _first, second = both_send(two, "/reviews/rhythm", "/reviews/rhythm", at=("11:00", "14:00"), duration=("60", "60"))

    assert second.status_code == 409
    assert "11:00" in second.text
    assert "14:00" in second.text
    assert Series.current().at == "11:00"


def test_the_moment_of_a_review(two, person, at):
    at("2026-11-24 09:00")
    Series.set(weekday=2, at="10:00", by=person("Roos"))
    db.session.commit()
    review = db.session.query(Review).order_by(Review.starts_at).first()
    address = f"/reviews/{review.id}/moment"

    _first, second = both_send(two, address, address, at=("11:00", "14:00"))

    assert second.status_code == 409
    assert "11:00" in second.text
    assert "14:00" in second.text


def test_the_same_change_twice_is_no_conflict(two, journey):
    address = f"/journeys/{journey.id}/name"

    _first, second = both_send(two, address, address, name=("Verhuizing", "Verhuizing"))

    assert second.status_code == 303
