"""Roos brings in a survey, sees it come in by itself, and takes it back."""

import re

from playwright.sync_api import expect

from cxboard.imports import voices_run as run
from tests.imports.voice_files import NHS_LIKE, dutch


def choose(page, data):
    page.goto("/voices/imports")
    page.get_by_label("File (CSV or Excel)").set_input_files({"name": "enquete.csv", "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="Look at the columns").click()


def test_roos_imports_a_survey_watches_it_come_in_and_takes_it_back(page_as, axe, app, monkeypatch, rows):
    monkeypatch.setitem(app.config, "WORKS_APART", True)
    monkeypatch.setattr(run, "spawn", lambda *_: None)  # the other process is this test
    page = page_as("Roos", lang="en")
    page.goto("/voices")
    page.get_by_role("link", name="Import", exact=True).click()
    axe(page)
    choose(page, NHS_LIKE)
    axe(page)
    expect(page.get_by_label("What is “FFT categorical answer”?")).to_have_value("score")
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_text("3 voices can come in.")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Make a stage of each open one").click()
    page.get_by_role("button", name="Import 3 voices").click()

    expect(page.get_by_text("Waiting to begin")).to_be_visible()
    axe(page)
    run.work(run.Pace(patient=False))
    expect(page.get_by_text("3 voices are in.")).to_be_visible()

    page.get_by_role("link", name=re.compile("Undo this import")).click()
    expect(page.get_by_role("heading", name="Take back all 3 voices?")).to_be_visible()
    page.get_by_role("button", name="Take them back").click()
    expect(page.get_by_text("This import was undone")).to_be_visible()
    run.work(run.Pace(patient=False))
    assert rows("voice") == 0


def test_it_works_on_a_phone_in_the_dark(page_as, axe, rows):
    page = page_as("Roos", lang="en", phone=True, dark=True)
    choose(page, dutch())
    axe(page)
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_text("telephone numbers in 1 cell,")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Import 5 voices").click()
    expect(page.get_by_text("5 voices are in.")).to_be_visible()
    assert rows("voice") == 5
