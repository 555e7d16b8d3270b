"""From what a customer feels to what an employee lacks: Mo links a cause, Eva of IT confirms it, and the list ranks it."""

import pytest
from playwright.sync_api import expect

from cxboard.causes.models import Certainty
from cxboard.issues.status import Confidence
from tests.makers import make_cause, make_department, make_issue, make_problem

WEIGHED = {"reach": 3200, "severity": 4, "confidence": Confidence.MEDIUM}


@pytest.fixture
def issue(person):
    make_department("IT", "IT")
    return make_issue("Verhuizing doorgeven lukt niet in één keer", by=person("Mo"), **WEIGHED)


@pytest.fixture
def board(person, issue):
    """Two problems behind one issue, one of them confirmed; and a third without issues."""
    eva, mo = person("Eva"), person("Mo")
    first = make_problem("Medewerkers typen alles zes keer over", by=eva)
    make_cause(issue, first, by=mo, share=60, whys=["De datum komt per brief", "Facturatie controleert met de hand"]).confirm(Certainty.PROVEN, by=eva)
    make_cause(issue, make_problem("Inwerken duurt te kort", by=mo, department="KS"), by=mo, share=15)
    make_problem("Kennisbank is oud", by=eva)
    return first


def test_mo_finds_the_cause_eva_confirms_it_and_the_list_ranks_it(page_as, issue):
    mo = page_as("Mo", lang="en")
    mo.goto(f"/issues/{issue.id}")
    mo.get_by_role("link", name="Link the first cause").click()
    dialog = mo.get_by_role("dialog")
    dialog.get_by_label("Which EX problem is behind it?").press_sequentially("Zes systemen, één verhuizing")
    expect(dialog.get_by_text("New problem: “Zes systemen, één verhuizing”")).to_be_visible()
    dialog.get_by_label("Kind").select_option("systems")
    dialog.get_by_label("Whose house is it in?").select_option(label="IT")
    dialog.get_by_label("Why 1").fill("De bevestiging gaat weg voordat de datum vaststaat")
    expect(dialog.get_by_label("Why 3")).to_be_hidden()
    dialog.get_by_label("Why 1").press("Enter")
    mo.keyboard.type("Facturatie controleert elke datum met de hand")
    dialog.get_by_label("How much of it does this explain?").fill("60")
    dialog.get_by_role("button", name="Link this cause").click()

    expect(mo.get_by_role("dialog")).to_be_hidden()
    why = mo.get_by_role("region", name="Why does it happen?")
    expect(why.get_by_text("Facturatie controleert elke datum met de hand")).to_be_visible()
    expect(why.get_by_text("not explained yet")).to_contain_text("40%")
    expect(why.get_by_text("Only people of IT can confirm this.")).to_be_visible()
    expect(why.locator(".certain")).to_have_text("Suspected")

    eva = page_as("Eva", lang="en")
    eva.goto(f"/issues/{issue.id}")
    eva.get_by_role("button", name="Likely").click()
    expect(eva.get_by_text("Confirmed by Eva Smit, IT.")).to_be_visible()
    expect(eva.get_by_role("button", name="Likely")).to_have_attribute("aria-pressed", "true")

    eva.goto("/problems")
    expect(eva.get_by_role("heading", name="explains 60% of the pain")).to_be_visible()
    figure = eva.get_by_role("link", name="Open the rows")
    expect(figure).to_have_text("6,144")
    figure.click()
    opened = eva.locator("#rows-1")
    expect(opened.get_by_text("10,240").first).to_be_visible()
    figure.click()
    expect(opened).to_be_hidden()
    figure.click()
    expect(opened).to_be_visible()


def test_a_known_problem_is_found_by_typing_and_a_share_that_does_not_fit_keeps_the_text(page_as, board, person):
    other = make_problem("Storingsdienst werkt op papier", by=person("Eva"))
    mo = page_as("Mo", lang="en")
    mo.goto("/issues/1")
    mo.get_by_role("link", name="Cause", exact=True).click()
    dialog = mo.get_by_role("dialog")
    search = dialog.get_by_label("Which EX problem is behind it?")
    search.press_sequentially("papier")
    expect(dialog.get_by_role("radio")).to_have_count(2)
    search.press("Enter")
    expect(dialog.get_by_role("radio", name=other.title)).to_be_checked()
    dialog.get_by_label("Why 1").fill("Dit blijft staan")
    dialog.get_by_label("How much of it does this explain?").fill("26")
    dialog.get_by_role("button", name="Link this cause").click()

    expect(dialog.get_by_text("25 % is left")).to_be_visible()
    expect(dialog.get_by_label("Why 1")).to_have_value("Dit blijft staan")
    dialog.get_by_label("How much of it does this explain?").fill("25")
    dialog.get_by_role("button", name="Link this cause").click()
    expect(mo.get_by_role("region", name="Why does it happen?").get_by_text(other.title).first).to_be_visible()


def test_facts_are_edited_in_place_and_the_first_writer_is_not_overwritten(page_as, board):
    eva, roos = page_as("Eva", lang="en"), page_as("Roos", lang="en")
    for page in (eva, roos):
        page.goto(f"/problems/{board.id}")
        page.locator("#fact-employees a").click()
    roos.locator("#fact-employees input.input").fill("20")
    eva.locator("#fact-employees input.input").fill("85")
    eva.locator("#fact-employees input.input").press("Enter")
    expect(eva.locator("#fact-employees a")).to_contain_text("85")

    roos.get_by_role("button", name="Save").click()
    expect(roos.get_by_role("dialog")).to_contain_text("Eva Smit has just changed this")
    expect(roos.locator("#fact-employees input.input")).to_have_value("20")

    eva.locator("#fact-category a").click()
    eva.locator("#fact-category select").press("Escape")
    expect(eva.locator("#fact-category form")).to_have_count(0)
    expect(eva.locator("#fact-category a")).to_contain_text("Systems and tools")


def test_a_problem_gets_an_issue_from_its_own_page(page_as, board):
    mo = page_as("Mo", lang="en")
    mo.goto("/problems/3")
    mo.get_by_role("link", name="Link an issue").click()
    dialog = mo.get_by_role("dialog")
    dialog.get_by_label("What does the customer notice of it?").press_sequentially("Klant krijgt drie bedragen te horen")
    dialog.get_by_role("radio", name="New issue").check()
    dialog.get_by_role("button", name="Link this issue").click()

    expect(mo.get_by_role("region", name="What it causes for customers").get_by_text("Klant krijgt drie bedragen te horen")).to_be_visible()


def test_without_script_a_cause_is_searched_and_linked(page_as, board, person):
    other = make_problem("Storingsdienst werkt op papier", by=person("Eva"))
    mo = page_as("Mo", lang="en", script=False)
    mo.goto("/issues/1/causes")
    mo.get_by_label("Which EX problem is behind it?").fill("papier")
    mo.get_by_role("button", name="Search").click()
    mo.get_by_role("radio", name=other.title).check()
    mo.get_by_label("Why 7").fill("Zeven regels zonder script")
    mo.get_by_role("button", name="Link this cause").click()

    expect(mo).to_have_url("/issues/1")
    expect(mo.get_by_text(other.title).first).to_be_attached()


@pytest.mark.parametrize("look", [{}, {"phone": True, "dark": True}], ids=["desk", "phone"])
def test_axe_finds_nothing_on_the_pages_of_causes(page_as, axe, board, look):
    page = page_as("Eva", lang="en", **look)
    for url in ("/problems", f"/problems/{board.id}", f"/problems/{board.id}/leverage", "/problems/new", "/problems?category=culture", f"/issues/{board.causes[0].issue_id}", "/causes/1/revision", "/causes/1/removal", "/issues/1/causes", "/problems/3/issues", "/problems/1/facts/title", "/problems/1/facts/sponsor"):
        page.goto(url)
        if url == "/problems":
            page.get_by_role("link", name="Open the rows").first.click()
            expect(page.locator("#rows-1").get_by_text("× 60%")).to_be_visible()
            page.get_by_text("As table").click()
        if url.startswith("/issues/1") and not url.endswith("causes"):
            page.locator("details.other summary").first.click()
        axe(page)


def test_axe_finds_nothing_in_the_dialogs_of_causes(page_as, axe, board):
    page = page_as("Eva", lang="en")
    for url, name in (("/problems", "Signal a problem"), (f"/problems/{board.id}", "Link an issue"), ("/issues/1", "Cause")):
        page.goto(url)
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("dialog").get_by_role("heading")).to_be_visible()
        axe(page)


def test_the_pages_of_causes_fit_a_phone(page_as, board):
    page = page_as("Eva", phone=True)
    for url in ("/problems", f"/problems/{board.id}", "/issues/1", "/issues/1/causes", "/problems/1/leverage"):
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url
