"""Sanne's Monday: her own spreadsheet goes in, a column is put right, and the board has it."""

import pytest
from playwright.sync_api import Page, expect

from tests.imports.sheets import ROWS, dutch

HEADER = "Nr;Wat speelt er;Wat de klant ervaart;Trekker;Doet mee;Status;Gemeld op;Klanten per maand;Ernst (1-5);Fase;Vermoede EX-oorzaak;Soort oorzaak;Opmerking"


def choose(page: Page, data: bytes) -> None:
    page.goto("/settings/import")
    page.get_by_label("File (CSV or Excel)").set_input_files({"name": "lijst.csv", "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="Look at the columns").click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_list_comes_in_after_a_column_is_put_right(page_as, axe, rows, script):
    page = page_as("Roos", lang="en", script=script)
    choose(page, dutch(header=HEADER))
    if script:
        axe(page)

    page.get_by_label("Wat speelt er").select_option("Title")
    page.get_by_role("button", name="Check the rows").click()
    expect(page.get_by_text("Everything can be read.")).to_be_visible()
    if script:
        axe(page)
    assert rows("issue") == 0
    page.get_by_role("button", name="Import 5 issues").click()

    expect(page).to_have_url("/board")
    expect(page.get_by_text("Folder klopt niet")).to_be_visible()
    assert rows("issue") == 5


@pytest.mark.parametrize(("phone", "dark"), [(False, True), (True, False)], ids=["dark", "phone"])
def test_what_is_wrong_is_shown_at_its_row(page_as, axe, rows, phone, dark):
    page = page_as("Roos", lang="en", phone=phone, dark=dark)
    page.goto("/settings/import")
    axe(page)

    choose(page, dutch(*ROWS[:2], "9;Fout;;BAL;;Halverwege;;;9;;;;"))
    axe(page)
    page.get_by_role("button", name="Check the rows").click()

    expect(page.get_by_text("1 row needs something first.")).to_be_visible()
    expect(page.get_by_text("Row 4, column “Status”")).to_be_visible()
    expect(page.get_by_role("button", name="Import")).to_have_count(0)
    axe(page)
    page.get_by_role("button", name="Another file").click()
    expect(page).to_have_url("/settings/import")
    assert rows("issue") == 0


def test_garbage_is_refused_with_a_sentence(page_as, axe):
    page = page_as("Roos", lang="en")

    choose(page, b"Titel;Nr\n\"A;1\n")

    expect(page.get_by_text("Row 2 has a quotation mark that is not closed")).to_be_visible()
    axe(page)
