"""A tree of whys built in the meeting: with the keyboard alone, by two people at once, and nothing that was typed is lost."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from cxboard.causes.whys import Why, grown
from cxboard.db import db
from tests.makers import make_cause, make_issue, make_problem


@pytest.fixture
def issue(person):
    return make_issue("Eindnota komt weken te laat", by=person("Mo"))


def outline(issue, person):
    db.session.expire_all()
    return [f"{'.' * (n.why.depth - 1)}{n.why.text}" for n in grown(issue, person).nodes]


def saved(page, count):
    expect(page.locator("#whys .whys-node:not([data-new])")).to_have_count(count)


class Hands:
    """Types as people do, and counts the keys that are no letters."""

    def __init__(self, page):
        self.page, self.keys = page, 0

    def types(self, text):
        self.page.keyboard.type(text)
        return self

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1
        return self


def test_a_tree_is_built_with_the_keyboard_alone(page_as, issue, person, axe):
    make_problem("Zes systemen kennen elkaar niet", by=person("Eva"))
    mo = page_as("Mo", lang="en")
    mo.goto(f"/issues/{issue.id}/whys")
    expect(mo.get_by_role("textbox", name="Why “Eindnota komt weken te laat”?")).to_be_focused()

    hands = Hands(mo)
    hands.types("De meterstand komt te laat").press("Tab").types("Menselijke fout").press("Tab").types("Het formulier heeft twee datums").press("Enter")
    hands.types("Zes schermen open").press("Enter", "Shift+Tab", "Shift+Tab").types("De netbeheerder levert per week").press("Control+Enter")
    assert hands.keys == 7
    saved(mo, 5)
    box = mo.get_by_role("dialog")
    expect(box.get_by_label("An EX problem, another issue")).to_be_focused()
    hands.types("De wet schrijft het voor")
    expect(box.get_by_text("Not ours to change: “De wet schrijft het voor”")).to_be_visible()
    hands.press("Enter", "ArrowDown", "Enter")
    expect(box).to_be_hidden()
    expect(mo.locator("#whys").get_by_text("Not ours to change")).to_be_visible()

    hands.press("ArrowUp", "Control+Enter")
    expect(box.get_by_label("An EX problem, another issue")).to_be_focused()
    hands.types("zes systemen")
    expect(box.get_by_text("New problem: “zes systemen”")).to_be_visible()
    hands.press("Enter", "Enter")
    expect(box).to_be_hidden()
    expect(mo.locator("#whys").get_by_role("link", name="Zes systemen kennen elkaar niet")).to_be_visible()
    assert hands.keys == 14
    assert outline(issue, person("Mo")) == ["De meterstand komt te laat", ".Menselijke fout", "..Het formulier heeft twee datums", "..Zes schermen open", "De netbeheerder levert per week"]
    assert [c.whys[-1] for c in issue.causes] == ["Zes schermen open"]

    hands.press("ArrowDown", "Alt+ArrowUp")
    expect(mo.locator("#whys .whys-text").first).to_have_value("De netbeheerder levert per week")
    expect(mo.locator("#whys .whys-text").first).to_be_focused()
    hands.press("Enter").types("Communicatie").press("ArrowUp")
    saved(mo, 6)
    expect(mo.get_by_text("Which message, from whom to whom")).to_be_visible()
    mo.get_by_role("button", name="It stands").click()
    expect(mo.get_by_text("Which message, from whom to whom")).to_be_hidden()
    axe(mo)


def test_two_people_build_at_once_and_nothing_typed_is_lost(page_as, issue, person):
    Why.answer("Samen begonnen", issue=issue, by=person("Mo"))
    db.session.commit()
    mo, eva = page_as("Mo", lang="en"), page_as("Eva", lang="en")
    for page in (mo, eva):
        page.goto(f"/issues/{issue.id}/whys")
        page.locator(".whys-text").first.focus()
    mo.keyboard.press("Tab")
    mo.keyboard.type("Van Mo, nog niet kl")
    eva.keyboard.press("Enter")
    eva.keyboard.type("Van Eva")
    eva.keyboard.press("Tab")
    saved(eva, 2)
    expect(mo.get_by_text("Van Eva", exact=True)).to_be_visible()
    mo.keyboard.type("aar")
    mo.keyboard.press("Enter")
    mo.keyboard.type("Halve zin")
    expect(eva.get_by_text("Van Mo, nog niet klaar", exact=True)).to_be_visible()
    assert outline(issue, person("Mo")) == ["Samen begonnen", ".Van Mo, nog niet klaar", "Van Eva"]

    mo.wait_for_timeout(500)  # drafts are kept a moment after typing
    mo.route("**/issues/*/whys", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    mo.reload()
    expect(mo.locator("[data-new] .whys-text")).to_have_value("Halve zin")
    mo.unroute("**/issues/*/whys")
    mo.locator("[data-new] .whys-text").press("ArrowUp")
    saved(mo, 4)
    assert outline(issue, person("Mo")) == ["Samen begonnen", ".Van Mo, nog niet klaar", ".Halve zin", "Van Eva"]

    mo.locator(".whys-text").nth(3).press("End")
    mo.keyboard.type(", door Mo aangevuld")
    last = db.session.scalars(sa.select(Why).where(Why.text == "Van Eva")).one()
    last.remove(by=person("Eva"))
    db.session.commit()
    expect(mo.locator("[data-new] .whys-text")).to_have_value("Van Eva, door Mo aangevuld")
    expect(mo.locator("[data-new] .whys-text")).to_be_focused()
    mo.keyboard.press("ArrowUp")
    saved(mo, 4)
    assert outline(issue, person("Mo")) == ["Samen begonnen", ".Van Mo, nog niet klaar", ".Halve zin", "Van Eva, door Mo aangevuld"]


def test_without_script_and_on_a_phone_it_is_built_with_buttons(page_as, issue, person, axe):
    make_cause(issue, make_problem(by=person("Mo")), by=person("Mo"), whys=["Eerst"])
    phone = page_as("Mo", lang="en", phone=True)
    phone.goto(f"/issues/{issue.id}/whys")
    phone.get_by_role("link", name="Another answer").click()
    phone.keyboard.type("Met een vinger")
    phone.get_by_role("button", name="Save").click()
    saved(phone, 2)
    phone.get_by_role("link", name="More about “Met een vinger”").click()
    phone.get_by_role("dialog").get_by_label("How do we know?").fill("Tien keer geteld")
    phone.get_by_role("button", name="Save how we know").click()
    expect(phone.locator("#whys").get_by_text("Tien keer geteld")).to_be_visible()

    plain = page_as("Mo", lang="en", script=False)
    plain.goto(f"/issues/{issue.id}/whys")
    plain.get_by_role("link", name="Why? “Met een vinger”").click()
    plain.get_by_label("Answer").fill("Zonder script")
    plain.get_by_role("button", name="Answer").click()
    expect(plain.locator(".whys-text").nth(2)).to_have_value("Zonder script")
