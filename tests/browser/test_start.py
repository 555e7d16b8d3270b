"""The first page that anybody sees works in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.makers import PASSWORD


@pytest.mark.databases("sqlite", "postgresql")
def test_mo_signs_in_and_sees_his_name(page_as, person, axe):
    mo = person("Mo")
    page = page_as(None)
    page.goto("/")
    axe(page)

    page.get_by_label("E-mail").fill(mo.email)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("main form button").first.click()

    expect(page.get_by_text("Mo Amrani").first).to_be_attached()


def test_a_violation_of_the_content_policy_is_noticed(page_as, complaints):
    page = page_as(None)
    page.goto("/")

    page.evaluate("() => document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">bad</p>')")
    page.wait_for_timeout(50)

    assert any("style" in complaint for complaint in complaints)
    complaints.clear()


def test_axe_finds_what_is_wrong(page_as, axe):
    page = page_as(None, dark=True)
    page.goto("/")

    page.evaluate("() => document.querySelector('main').append(document.createElement('img'))")

    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)
