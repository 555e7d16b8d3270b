"""The minutes on paper: the same words as the Markdown for the same reader, selectable, whatever people typed."""

import io
import re
import time
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from flask_babel import force_locale
from pypdf import PdfReader

from cxboard.accounts.models import User
from cxboard.actions.models import Action, Decision
from cxboard.db import db
from cxboard.discussion.models import Comment
from cxboard.issues.status import Status
from cxboard.reviews import pdf
from cxboard.reviews.minutes import for_reader
from cxboard.reviews.models import Review
from cxboard.reviews.steps import Step
from tests.client import Client
from tests.makers import make_action, make_issue, make_problem
from tests.reviews.making import closed, go_to, live

Person = Callable[[str], User]
SignIn = Callable[[str], Client]
At = Callable[[str], datetime]
LONG = "Donaudampfschifffahrtsgesellschaft" * 4


def read(content: bytes) -> tuple[str, PdfReader]:
    """The text as somebody who selects it gets it, on one line."""
    paper = PdfReader(io.BytesIO(content))
    return re.sub(r"\s+", " ", " ".join(p.extract_text() for p in paper.pages)), paper


def held(roos: User, mo: User) -> Review:
    """A review with something in every corner."""
    make_issue("Gereed: één rekening", by=roos, status=Status.DONE)
    new = make_issue("Prijs € 1.000 – ‘te hoog’", by=roos)
    make_issue(LONG, by=roos, status=Status.ANALYSING, days=40)
    review = live(roos)
    go_to(review, Step.NEW, roos)
    Decision.record_one("Wij bellen iedere klant, coördineren één keer", by=mo, issue=new, step=Step.NEW.value)
    Comment.say("Er belden **vijf** klanten", by=mo, issue=new)
    make_action("Bel café José", owner=mo, by=roos, issue=new, due=date(2026, 12, 4))
    review.note(Step.NEW, "Regel één\n\nRegel twee\tmet tab", by=roos)
    go_to(review, Step.WRAP_UP, roos)
    review.close(by=roos)
    review.remark("De factuur was van maart", by=mo)
    db.session.commit()
    return review


def test_it_says_what_the_markdown_says(person: Person, sign_in: SignIn, at: At) -> None:
    at("2026-11-24 10:00")
    review = held(person("Roos"), person("Mo"))
    finn = sign_in("Finn")
    answer, markdown = finn.get(f"/reviews/{review.id}/minutes.pdf"), finn.get(f"/reviews/{review.id}/minutes.md").text
    text, paper = read(answer.data)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="cxboard-{review.week}.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    for line in ("Prijs € 1.000 – ‘te hoog’", "Wij bellen iedere klant, coördineren één keer", "Bel café José", "Regel twee", "De factuur was van maart", "Gereed: één rekening"):
        assert line in markdown
        assert line in text
    for words in ("Weekly review, week 48", "Tue 24 Nov 2026, 10:00 to 10:00", "Mo Amrani, Fri 4 Dec", "Page 1 of", "1. Wij bellen", "Corrections"):
        assert words in text
    assert ("Er belden **vijf** klanten" in markdown, "Er belden vijf klanten" in text) == (True, True)
    assert LONG in text.replace(" ", ""), "a word that is longer than a line goes on on the next"
    assert paper.metadata is not None
    assert paper.metadata.title == "Weekly review, week 48"
    assert next(entry.title for entry in paper.outline if not isinstance(entry, list)) == "Done since last time"
    assert f'href="/reviews/{review.id}/minutes.pdf"' in finn.get(f"/reviews/{review.id}").text


def test_it_is_in_the_language_of_whoever_asks(person: Person, at: At) -> None:
    at("2026-11-24 10:00")
    review = held(person("Roos"), person("Mo"))
    with force_locale("nl"):
        text, paper = read(pdf.as_pdf(review, for_reader(review, person("Mo"))))
    assert "Mo Amrani, vr 4 dec" in text
    assert "di 24 nov 2026, 10:00" in text
    assert paper.trailer["/Root"]["/Lang"] == "nl"


def test_what_is_about_a_problem_that_one_may_not_see_is_not_on_ones_paper(person: Person, sign_in: SignIn) -> None:
    roos = person("Roos")
    secret = make_problem("Ontslagronde", by=roos, restricted=True)
    review = live(roos)
    Action.promise("Praat met de bond", owner=roos, due=review.local_day, by=roos, problem=secret)
    review.close(by=roos)
    db.session.commit()

    path = f"/reviews/{review.id}/minutes.pdf"
    mos, rooss = read(sign_in("Mo").get(path).data)[0], read(sign_in("Roos").get(path).data)[0]
    assert "Praat met de bond" in rooss
    assert "Praat met de bond" not in mos
    assert secret.key not in mos


def test_there_is_none_before_there_are_minutes(person: Person, sign_in: SignIn) -> None:
    review = live(person("Roos"))
    assert sign_in("Mo").get(f"/reviews/{review.id}/minutes.pdf").status_code == 404
    assert sign_in("Mo").get("/reviews/999/minutes.pdf").status_code == 404


@pytest.mark.parametrize(
    ("typed", "read_back"),
    [
        ("Blij 😀 met 🇳🇱", "Blij � met ��"),
        ("مرحبا", "�����"),
        ("e\u0301e\u0301n", "één"),
        ("man\u200d\u202ezacht\u00adwoord", "manzachtwoord"),
        ("smal\u202fspatie, van → naar", "smal spatie, van > naar"),
        ("Łódź Žižek ő ș", "Łódź Žižek ő ș"),
        ("{nb} %(x)s **vet** <b>x</b>", "{nb} %(x)s **vet** <b>x</b>"),
        ("\x00\x07x\ud800".encode(errors="ignore").decode(), "x"),
    ],
)
def test_what_the_font_does_not_have_is_a_box_and_nothing_else_is_lost(person: Person, typed: str, read_back: str) -> None:
    review = closed(person("Roos"))
    minutes: dict[str, Any] = for_reader(review, person("Mo"))
    minutes["steps"][-1]["notes"] = f"<<{typed}>>"
    text, _paper = read(pdf.as_pdf(review, minutes))

    assert f"<<{read_back}>>" in text
    assert ("stands for a character" in text) == ("�" in read_back)


def test_five_hundred_decisions_are_pages_that_are_counted(person: Person, at: At) -> None:
    at("2026-11-24 10:00")
    review = closed(person("Roos"))
    minutes: dict[str, Any] = for_reader(review, person("Mo"))
    wrap_up = minutes["steps"][-1]
    wrap_up["decisions"] = [{"key": "CX-1", "title": "x", "text": f"Besluit {n}: " + "wij doen dit zo " * 9} for n in range(1, 501)]
    began = time.monotonic()
    text, paper = read(pdf.as_pdf(review, minutes))
    took = time.monotonic() - began

    assert all(f"{n}. Besluit {n}:" in text for n in (1, 250, 500))
    assert f"Page {len(paper.pages)} of {len(paper.pages)}" in text
    assert 15 < len(paper.pages) < 45
    assert took < 20, "a slow machine included"
