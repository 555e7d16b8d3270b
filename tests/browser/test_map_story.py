"""The root-cause map with mouse and keyboard: a path lights up, a click narrows it, and every label lies where the geometry says."""

from itertools import combinations

import pytest
from playwright.sync_api import expect

from cxboard.causes.models import Certainty
from cxboard.db import db
from cxboard.issues.status import Confidence
from cxboard.journeys.models import Journey
from tests.makers import make_cause, make_issue, make_problem

BOXES = """() => [...document.querySelectorAll(".flow-map .node > text")].map((text) => {
  const box = text.getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom];
})"""
OUTSIDE = """() => {
  const map = document.querySelector(".flow-map").getBoundingClientRect();
  return [...document.querySelectorAll(".flow-map text")].filter((text) => {
    const box = text.getBoundingClientRect();
    return box.left < map.left - 1 || box.right > map.right + 1 || box.top < map.top - 1 || box.bottom > map.bottom + 1;
  }).length;
}"""


@pytest.fixture
def company(person):
    """Two stages, three problems, eight issues; one link is only suspected, and some of it is not explained."""
    roos, eva = person("Roos"), person("Eva")
    stages = [Journey.named("Klant zijn", by=roos).add_stage(name, by=roos) for name in ("Verhuizen", "Rekening en betalen")]
    problems = [make_problem(title, by=eva) for title in ("Medewerkers typen één verhuizing over in zes systemen", "Inwerken duurt te kort", "Elke brief gaat langs drie afdelingen")]
    for n in range(8):
        issue = make_issue(f"Verhuizing doorgeven lukt niet in één keer, nummer {n}", by=roos, reach=900 * 3**n // 81 + 5, severity=4, confidence=Confidence.HIGH)
        issue.edit(by=roos, stage=stages[n % 2])
        cause = make_cause(issue, problems[n % 3], by=roos, share=60)
        if n % 3:
            cause.confirm(Certainty.LIKELY, by=eva)
    db.session.commit()
    return problems


def test_a_path_lights_up_and_a_click_narrows_the_map(page_as, company):
    page = page_as("Mo", lang="en")
    page.goto("/causes")
    expect(page.get_by_role("heading", name="60% of the pain is explained")).to_be_visible()
    boxes = page.evaluate(BOXES)
    assert len(boxes) == 14
    for one, other in combinations(boxes, 2):
        assert one[2] <= other[0] + 1 or other[2] <= one[0] + 1 or one[3] <= other[1] + 4 or other[3] <= one[1] + 4, (one, other)
    assert page.evaluate(OUTSIDE) == 0

    node = page.locator("[data-node=p2]")
    node.hover()
    expect(page.locator("[data-node=i2]")).to_have_attribute("data-on", "")
    expect(page.locator("[data-node=i1]")).to_have_css("opacity", "0.15")
    page.mouse.move(5, 5)
    expect(page.locator("[data-node=i1]")).to_have_css("opacity", "1")

    node.focus()
    expect(page.locator("[data-node=i1]")).to_have_css("opacity", "0.15")
    page.keyboard.press("ArrowRight")
    issue = page.evaluate("() => document.activeElement.dataset.node")
    assert issue in ("i2", "i5", "i8")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("() => document.activeElement.dataset.node") in ("s1", "s2")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".narrowed")).to_have_count(1)
    page.goto("/causes?problem=2")
    expect(page.get_by_role("heading", name="EX-2 explains 60% of the pain of these 3 issues")).to_be_visible()
    expect(page.locator("[data-column='1']")).to_have_count(3)
    page.locator("[data-node=s2]").click()
    expect(page.locator(".narrowed")).to_have_count(2)
    page.get_by_role("link", name="Table").click()
    expect(page.locator("#map-rows tbody tr")).to_have_count(4)
    page.get_by_role("link", name="Take away: EX-2 Inwerken duurt te kort").click()
    expect(page.locator("#map-rows tbody tr")).to_have_count(8)
    page.get_by_role("link", name="Issue", exact=True).click()
    expect(page.locator("#map-rows tbody tr").first).to_contain_text("CX-2")


@pytest.mark.parametrize("look", [{}, {"phone": True}], ids=["desk", "phone"])
def test_axe_finds_nothing_on_the_map_and_the_pareto(page_as, axe, company, look):
    page = page_as("Mo", lang="en", **look)
    for url in ("/causes", "/causes?problem=1&stage=1&view=map", "/causes?view=table", "/problems?by=category"):
        page.goto(url)
        if look:
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url
        axe(page)
    if not look:
        page.get_by_role("link", name="the pain is not known yet").or_(page.locator("#pareto figcaption a")).first.click()
        expect(page.get_by_role("dialog").get_by_role("heading")).to_be_visible()
        axe(page)
