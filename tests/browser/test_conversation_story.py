"""Talking about an issue: buttons and keys for who knows no markup, calling somebody in, thinking better of it, and a picture from the clipboard."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from cxboard.db import db
from cxboard.discussion.attachments import Attachment, look_at
from cxboard.discussion.models import Comment, Reacting
from tests.makers import make_issue

PASTE = """async ([selector, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
  document.querySelector(selector).dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (600, 300), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.fixture(autouse=True)
def folder(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)


@pytest.fixture
def issue(person, at):
    at("2026-11-21 10:00")
    for name in ("Eva", "Roos"):
        person(name)
    return make_issue(by=person("Mo"))


def first(page: Page):
    return page.locator("#stream-list > li").first


def test_eva_writes_with_buttons_calls_somebody_in_looks_and_says_it(page_as, issue):
    page = page_as("Eva", lang="en")
    page.goto(f"/issues/{issue.id}")
    field = page.locator("#comment-text")

    field.click()
    page.keyboard.press("Control+b")
    page.keyboard.type("Let op")
    expect(field).to_have_value("**Let op**")
    page.keyboard.press("End")
    page.keyboard.type(" @ro")
    option = page.locator(".mentionable").get_by_role("option", name="Roos van Dijk")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "mentionable-1")
    page.keyboard.press("Escape")
    expect(option).to_be_hidden()
    expect(field).not_to_have_attribute("aria-activedescendant", "mentionable-1")
    page.keyboard.type("o")
    expect(option).to_be_visible()
    page.keyboard.press("Enter")
    expect(field).to_have_value("**Let op** @Roos van Dijk ")
    page.keyboard.type(f" en {issue.key}")  # the space that came with the name is there once
    page.keyboard.press("Enter")
    page.get_by_role("button", name="List", exact=True).first.click()
    page.keyboard.type("een")
    page.keyboard.press("Enter")
    page.keyboard.type("twee, @ro")
    expect(option).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.type(".")
    expect(field).to_have_value(f"**Let op** @Roos van Dijk en {issue.key}\n- een\n- twee, @Roos van Dijk.")

    page.get_by_role("button", name="Preview").first.click()
    expect(page.locator("#comment-text-preview strong")).to_have_text("Let op")
    expect(field).to_be_hidden()
    page.get_by_role("button", name="Preview").first.click()
    expect(field).to_be_focused()
    page.keyboard.press("Control+Enter")

    expect(first(page).locator(".mention")).to_have_text(["@Roos van Dijk"] * 2)
    expect(first(page).get_by_role("link", name=issue.key)).to_have_attribute("title", issue.title)
    expect(first(page).locator("li")).to_have_text(["een", "twee, @Roos van Dijk."])
    expect(field).to_have_value("")


def test_mo_reacts_rewrites_and_takes_back_what_he_said(page_as, issue, person):
    Comment.say("Eerst zo", by=person("Mo"), issue=issue)
    db.session.commit()
    page = page_as("Mo", lang="en")
    page.goto(f"/issues/{issue.id}")

    first(page).get_by_label("React").click()
    first(page).get_by_role("button", name="Well done").click()
    mine = first(page).locator("button.react")
    expect(mine).to_have_attribute("aria-pressed", "true")
    mine.click()
    expect(mine).to_have_count(0)

    first(page).get_by_label("What to do with this comment").click()
    first(page).get_by_role("link", name="Edit").click()
    field = page.get_by_label("Your comment")
    expect(field).to_have_value("Eerst zo")
    field.fill("Toch anders")
    first(page).get_by_role("button", name="Save").click()
    expect(first(page)).to_contain_text("Toch anders")
    first(page).get_by_role("link", name="edited").click()
    expect(page.locator("#dialog")).to_contain_text("Eerst zo")
    page.locator("#dialog").get_by_role("link", name="Close").click()

    first(page).get_by_label("What to do with this comment").click()
    first(page).get_by_role("button", name="Remove").click()
    expect(first(page)).to_contain_text("Mo Amrani removed a comment")
    page.get_by_role("button", name="Undo").click()
    expect(first(page)).to_contain_text("Toch anders")


def test_a_picture_is_pasted_sent_and_seen_on_a_phone_too(page_as, issue):
    page = page_as("Eva", lang="en", phone=True)
    page.goto(f"/issues/{issue.id}")

    page.locator("#comment-text").tap()
    page.keyboard.type("@it")
    page.locator(".mentionable").get_by_role("option", name="IT").tap()
    expect(page.locator("#comment-text")).to_have_value("@IT ")
    page.evaluate(PASTE, ["#comment-text", list(picture())])
    expect(page.locator("#comment-form [data-drafts] img")).to_be_visible()
    page.get_by_role("button", name="Comment", exact=True).tap()
    shown = first(page).locator("img")
    expect(shown).to_be_visible()
    assert shown.evaluate("i => i.decode().then(() => i.naturalWidth)") == 480

    with page.expect_file_chooser() as choosing:
        page.locator("label[for=attach-files]").tap()
    page.locator("#attach-files").set_input_files({"name": "plan.txt", "mimeType": "text/plain", "buffer": b"Plan"})
    expect(page.locator("#attachments a.file-name")).to_contain_text("plan.txt")  # while the next one is being chosen
    choosing.value.set_files({"name": "x.exe", "mimeType": "text/plain", "buffer": b"MZ\x00"})
    expect(page.locator("#toasts")).to_contain_text("“x.exe” can't be attached")


def test_the_page_is_accessible(page_as, axe, issue, person):
    comment = Comment.say("Kijk @Eva Smit en @Roos van Dijk\n\n> Drie keer gebeld\n\n- een\n- twee", by=person("Roos"), issue=issue)
    comment.edit(comment.text + " en CX-1", by=person("Roos"))
    comment.react(Reacting.THANKS, by=person("Eva"))
    comment.react(Reacting.AGREE, by=person("Mo"))
    for data, name, about in ((picture(), "scherm.png", comment), (b"Tekst", "notitie.txt", None)):
        Attachment.take(look_at(data, name), by=person("Eva"), about=issue).attach(by=person("Eva"), comment=about)
    Comment.say("Weg", by=person("Eva"), issue=issue).remove(by=person("Eva"))
    db.session.commit()
    page = page_as("Eva", lang="en")
    page.goto(f"/issues/{issue.id}")
    page.locator("#comment-text").press_sequentially("Dag @m")
    expect(page.locator(".mentionable").get_by_role("option", name="Mo Amrani")).to_be_visible()
    axe(page)
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Preview").first.click()
    expect(page.locator("#comment-text-preview")).to_be_visible()
    first_comment = page.locator(f"#comment-{comment.id}")
    first_comment.get_by_label("React").click()
    axe(page)
    page.goto(f"/comments/{comment.id}/earlier")
    axe(page)
