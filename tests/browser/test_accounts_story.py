"""People: the door, a person's own settings, an invitation that lets somebody in, departments and the log."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from cxboard.accounts.models import Role, User, UserLink
from cxboard.db import db
from tests.makers import PASSWORD, make_department, make_person

WAYS = [
    pytest.param({"lang": "nl"}, id="desk-nl"),
    pytest.param({"lang": "en", "phone": True, "dark": True}, id="phone-en"),
]


def no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


@pytest.mark.parametrize("way", WAYS)
def test_every_page_before_the_door_is_open_to_all(page_as, person, axe, way):
    link = f"/password/{UserLink.make(person('Mo'), 'invite')}"
    page = page_as(None, **way)

    for url in ("/sign-in", "/password/forgotten", link, "/password/closed"):
        page.goto(url)
        expect(page.locator("html")).to_have_attribute("lang", way["lang"])
        axe(page)
        no_sideways_scroll(page)


@pytest.mark.parametrize("way", WAYS)
def test_every_page_of_settings_is_open_to_all(page_as, person, axe, way):
    make_department("KS", "Klantenservice").lead = person("Roos")
    make_department("VH", "Verhuizingen").archive(by=person("Ada"))
    make_person("Noor van de Lange-Achternaam", departments=("KS", "VH"))
    page = page_as("Ada", **way)
    people, departments = person("Mo").id, make_department("KS").id

    for url in (
        "/profile", "/settings/people", f"/settings/people/{people}", "/settings/departments", f"/settings/departments/{departments}",
        "/settings/audit", "/more",
    ):  # fmt: skip
        page.goto(url)
        axe(page)
        no_sideways_scroll(page)


def test_the_first_administrator_sets_up_and_is_in(page_as, axe):
    page = page_as(None, lang="en")
    page.goto("/")
    expect(page).to_have_url(re.compile("/setup$"))
    axe(page)

    page.get_by_label("Your name").fill("Ada Bakker")
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()

    expect(page.get_by_text("Ada Bakker").first).to_be_visible()
    page.goto("/settings/departments")
    page.get_by_label("Name").fill("Klantenservice")
    page.get_by_label("Code").fill("ks")
    page.get_by_role("button", name="Add department").click()
    expect(page.get_by_role("link", name="Klantenservice").first).to_be_visible()


def test_a_person_chooses_a_language_and_an_appearance(page_as, person, axe):
    mo = person("Mo")
    mo.locale = "nl"
    page = page_as(None)
    page.goto("/sign-in")
    page.get_by_role("link", name="English").click()
    page.get_by_label("E-mail address").fill(mo.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("html")).to_have_attribute("lang", "nl")  # inside, one's own choice counts

    page.goto("/profile")
    page.get_by_role("radio", name="English").check()
    page.locator("input[name=theme][value=dark]").check()
    page.locator("form[action='/profile'] .btn.primary").click()

    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("status").get_by_text("Saved")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/profile")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_an_administrator_invites_somebody_who_comes_in(page_as, axe):
    make_department("KS", "Klantenservice")
    ada, noor = page_as("Ada", lang="en"), page_as(None, lang="en", phone=True)
    ada.goto("/settings/people")
    ada.get_by_label("Name", exact=True).fill("Noor Bos")
    ada.get_by_label("E-mail address").fill("noor@example.org")
    ada.get_by_label("Role").select_option(label="Department member")
    ada.get_by_text("Klantenservice", exact=True).click()
    ada.get_by_role("button", name="Send invitation").click()
    link = ada.get_by_label("Link for Noor Bos").input_value()
    axe(ada)

    noor.goto(link)
    expect(noor.get_by_role("heading", name="Welcome, Noor")).to_be_visible()
    noor.get_by_label("New password").fill("welkom01")
    noor.get_by_role("button", name="Choose this password").click()
    expect(noor.get_by_text("easy to guess")).to_be_visible()
    axe(noor)
    noor.get_by_label("New password").fill("een heel ander zinnetje")
    noor.get_by_role("button", name="Choose this password").click()

    noor.goto("/more")
    expect(noor.get_by_role("heading", name="Noor Bos")).to_be_visible()
    noor.goto(link)
    expect(noor.get_by_role("heading", name="This link no longer works")).to_be_visible()


def test_an_administrator_changes_a_role_in_a_dialog_and_gives_the_password_again(page_as, person, axe, at):
    at("2026-11-24 09:00")
    eva = person("Eva")
    page = page_as("Ada", lang="en")
    at("2026-11-24 09:20")
    page.goto("/settings/people")
    page.get_by_role("link", name="Change Eva Smit").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Role")).to_be_visible()
    axe(page)

    dialog.get_by_label("Role").select_option(label="Viewer")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("heading", name="Is it you?")).to_be_visible()
    axe(page)
    dialog.get_by_label("Your password").fill("niet het goede")
    dialog.get_by_role("button", name="Continue").click()
    expect(dialog.get_by_text("This is not your password.")).to_be_visible()
    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.get_by_role("button", name="Continue").click()

    expect(dialog).to_be_hidden()
    expect(page.get_by_role("row", name="Eva Smit")).to_contain_text("Viewer")
    db.session.refresh(eva)
    assert eva.role == Role.VIEWER


def test_a_department_gets_a_colour_by_keyboard_and_a_taken_code_is_said_in_the_dialog(page_as, axe):
    make_department("IT", "ICT")
    ks = make_department("KS", "Klantenservice")
    before = ks.colour
    page = page_as("Ada", lang="en")
    page.goto("/settings/departments")
    page.get_by_role("link", name="Change Klantenservice").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Code").fill("IT")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("There already is a department with the code IT.")).to_be_visible()
    axe(page)

    dialog.get_by_label("Code").fill("KC")
    dialog.get_by_role("radio", checked=True).focus()
    page.keyboard.press("ArrowRight")
    dialog.get_by_role("button", name="Save").click()

    expect(dialog).to_be_hidden()
    expect(page.get_by_role("row", name="Klantenservice")).to_contain_text("KC")
    db.session.refresh(ks)
    assert ks.colour != before


def test_everything_works_without_script(page_as, person):
    ks, eva = make_department("KS", "Klantenservice"), person("Eva")
    page = page_as("Ada", lang="en", script=False)
    page.goto("/settings/departments")
    page.get_by_role("link", name="Change Klantenservice").click()
    page.get_by_label("Name").fill("Klantcontact")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Klantcontact").first).to_be_visible()

    page.goto(f"/settings/people/{eva.id}")
    page.get_by_role("button", name="End access").click()
    expect(page.get_by_role("row", name="Eva Smit")).to_contain_text("no access")
    page.goto("/settings/audit?kind=person")
    expect(page.get_by_text("ended the access of Eva Smit")).to_be_visible()
    db.session.expire_all()
    assert db.session.scalar(sa.select(User.deactivated_at).where(User.id == eva.id))
    assert ks.name == "Klantcontact"


def test_a_session_elsewhere_is_ended_from_the_profile(page_as, complaints):
    here, there = page_as("Mo", lang="en"), page_as("Mo", lang="en")
    here.goto("/profile")
    here.get_by_role("button", name="End the session").click()
    expect(here.get_by_text("That session is ended.")).to_be_visible()
    expect(here.locator(".session")).to_have_count(1)

    there.goto("/profile")
    expect(there).to_have_url(re.compile("/sign-in"))


def test_what_is_refused_in_a_dialog_is_said_and_the_dialog_stays(page_as, person, axe):
    ada = person("Ada")
    page = page_as("Ada", lang="en")
    page.goto("/settings/people")
    page.get_by_role("link", name="Change Ada Bakker").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="End access").click()

    expect(page.get_by_text("Ada Bakker is the only administrator.")).to_be_visible()
    expect(dialog.get_by_label("E-mail address")).to_have_value(ada.email)
