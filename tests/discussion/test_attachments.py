"""Files: what is taken and what it is, pictures without what they tell in secret, limits, who gets to see them, and rows and files that go together."""

import io
import re
import struct
import zipfile
import zlib
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from cxboard import clock, doctor
from cxboard.db import db
from cxboard.discussion import store
from cxboard.discussion.attachments import Attachment, Upload, look_at
from cxboard.discussion.jobs import forget_removed, sweep
from cxboard.discussion.kinds import MOST_ENTRIES, harmless, kind_of
from cxboard.discussion.models import Comment
from cxboard.discussion.pictures import Unreadable, clean
from cxboard.domain import Refused
from cxboard.history import Event
from tests.makers import make_issue, make_problem

HTMX = "drafts"


@pytest.fixture(autouse=True)
def folder(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path)
    return tmp_path / "attachments"


@pytest.fixture
def issue(person, at):
    at("2026-11-21 10:00")
    return make_issue(by=person("Mo"))


def picture(kind="PNG", size=(40, 20), mode="RGB", **how):
    out = io.BytesIO()
    Image.new(mode, size, "red").save(out, kind, **how)
    return out.getvalue()


def packed(*names, first=b"", **files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zip_:
        if first:
            zip_.writestr(zipfile.ZipInfo("mimetype"), first)
        for name in names:
            zip_.writestr(name, "x")
        for name, text in files.items():
            zip_.writestr(name, text)
    return out.getvalue()


DOCX = packed("[Content_Types].xml", "word/document.xml")


def send(client, url, data, name="foto.png", htmx=HTMX, **fields):
    return client.post(url, data={"file": (io.BytesIO(data), name), **fields}, content_type="multipart/form-data", htmx=htmx)


def put(issue, by, data=b"tekst", name="notitie.txt", comment=None):
    attachment = Attachment.take(look_at(data, name), by=by, about=issue)
    attachment.attach(by=by, comment=comment)
    db.session.commit()
    return attachment


def files(folder):
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


# what it is


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (picture(), "x.exe", "png"),
        (picture("JPEG"), "x", "jpg"),
        (picture("GIF"), "x", "gif"),
        (picture("WEBP"), "x", "webp"),
        (b"%PDF-1.7\n...", "x.docx", "pdf"),
        (DOCX, "x.zip", "docx"),
        (packed("[Content_Types].xml", "xl/workbook.xml"), "x", "xlsx"),
        (packed("[Content_Types].xml", "ppt/presentation.xml"), "x", "pptx"),
        (packed("content.xml", first=b"application/vnd.oasis.opendocument.text"), "x", "odt"),
        (packed("content.xml", first=b"application/vnd.oasis.opendocument.spreadsheet"), "x", "ods"),
        ("één;twee\n".encode(), "x.csv", "csv"),
        ("één".encode("cp1252"), "x", "txt"),
        (b"<html><script>alert(1)</script>", "x.html", "txt"),
        (b"<svg onload=alert(1)>", "x.svg", "txt"),
        # what is not taken
        (b"", "x.png", None),
        (b"MZ\x90\x00", "x.png", None),
        (b"\x7fELF", "x.txt", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "oud.doc", None),
        (packed("x.txt"), "x.docx", None),
        (packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "x.docx", None),
        (packed("evil", first=b"application/vnd.oasis.opendocument.text"), "x.odt", None),
        (DOCX[:-30], "x.docx", None),
        (b"PK\x03\x04" + b"\x00" * 100, "x.docx", None),
        (b"PK\x03\x04" + b"\xff" * 10_000 + b"PK\x05\x06" + b"\xff" * 18, "x.docx", None),
    ],
)
def test_a_file_is_what_it_holds(data, name, kind):
    assert kind_of(data, name) == kind


def test_a_bomb_is_seen_in_the_list_of_contents_alone():
    many = packed("[Content_Types].xml", "word/document.xml", *(f"f{n}" for n in range(MOST_ENTRIES)))
    big = bytearray(packed("[Content_Types].xml", "word/document.xml"))
    at = big.index(b"PK\x01\x02")
    big[at + 24 : at + 28] = struct.pack("<I", 0xF0000000)  # says that it unpacks to 4 GB

    assert kind_of(many) is None
    assert kind_of(bytes(big)) is None


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("foto.png", "png", "foto.png"),
        ("foto.JPEG", "jpg", "foto.jpeg"),
        ("../../etc/passwd", "txt", "passwd.txt"),
        ("C:\\Users\\x\\nota.pdf", "pdf", "nota.pdf"),
        ("rapport.exe", "pdf", "rapport.exe.pdf"),
        ("x.html", "txt", "x.html.txt"),
        ("a\x00b\r\nContent-Type: x.png", "png", "abContent-Type x.png"),
        ("\u202egnp.exe", "png", "gnp.exe.png"),
        (".htaccess", "txt", "htaccess.txt"),
        ("CON", "txt", "file CON.txt"),
        ("nul.txt", "txt", "file nul.txt"),
        ("", "png", "file.png"),
        ("....", "png", "file.png"),
        ('"><script>.png', "png", "script.png"),
        ("x" * 300 + ".pdf", "pdf", "x" * 96 + ".pdf"),
        ("\ud800a.txt", "txt", "a.txt"),
    ],
)
def test_a_name_can_do_no_harm(name, kind, kept):
    assert harmless(name, kind) == kept


# pictures


def test_what_a_picture_tells_in_secret_is_gone_and_it_stands_upright():
    exif = Image.Exif()
    exif[0x013B], exif[0x010F], exif[0x0112] = "Jan Geheim", "CanonGeheim", 6  # artist, maker, turned a quarter
    exif.get_ifd(0x8825)[1] = "N"
    data = picture("JPEG", exif=exif, comment=b"Geheim")
    assert b"Geheim" in data

    kept = clean(data + b"Geheim achteraan", "jpg")

    assert (kept.kind, kept.width, kept.height) == ("jpg", 20, 40)
    for copy in (kept.data, kept.small):
        assert b"Geheim" not in copy
        with Image.open(io.BytesIO(copy)) as shown:
            assert not shown.getexif()
            assert not {"exif", "comment", "icc_profile", "xmp"} & set(shown.info)
            assert shown.size == (20, 40)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_other_pictures_lose_their_secrets_too(kind):
    how = {"PNG": {"exif": b"Exif\x00\x00Geheim"}, "GIF": {"comment": b"Geheim"}, "WEBP": {"exif": b"Exif\x00\x00Geheim", "xmp": b"Geheim"}}[kind]

    kept = clean(picture(kind, **how), kind.lower())

    assert b"Geheim" not in kept.data + kept.small
    assert kept.kind == ("png" if kind == "GIF" else kind.lower())


def test_a_moving_picture_becomes_its_first_frame_and_clear_stays_clear():
    out = io.BytesIO()
    frames = [Image.new("RGB", (10, 10), c) for c in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])

    with Image.open(io.BytesIO(clean(out.getvalue(), "gif").data)) as shown:
        assert shown.n_frames == 1
        assert shown.convert("RGB").getpixel((5, 5)) == (255, 0, 0)
    with Image.open(io.BytesIO(clean(picture(mode="RGBA"), "png").data)) as shown:
        assert shown.mode == "RGBA"


def test_a_large_picture_gets_smaller():
    kept = clean(picture("JPEG", size=(5_000, 100)), "jpg")

    assert (kept.width, kept.height) == (4_096, 82)
    with Image.open(io.BytesIO(kept.small)) as small:
        assert max(small.size) == 480


def test_a_picture_of_fifty_thousand_by_fifty_thousand_is_not_even_begun():
    chunk = b"IHDR" + struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + b"\x00\x00\x00\x00IDAT"

    for broken in (data, picture()[:60], b"\x89PNG\r\n\x1a\n" + b"x" * 50):
        with pytest.raises(Unreadable):
            clean(broken, "png")


# attaching


def test_a_file_is_attached_and_comes_back_as_it_was(sign_in, issue, folder):
    answer = send(sign_in("Eva"), f"/issues/{issue.id}/attachments", DOCX, "Plan van aanpak.docx")

    assert answer.status_code == 200
    assert "Plan van aanpak.docx" in answer.text
    attachment = db.session.scalars(sa.select(Attachment)).one()
    assert files(folder) == [attachment.stored]
    assert re.fullmatch("[0-9a-f]{32}", attachment.stored)
    got = sign_in("Finn").get(f"/attachments/{attachment.id}")
    assert got.data == DOCX
    assert got.headers["Content-Disposition"] == 'attachment; filename="Plan van aanpak.docx"'
    assert got.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    page = sign_in("Finn").get(f"/issues/{issue.id}").text
    assert "Plan van aanpak.docx" in page
    assert 'id="attach-form"' not in page
    assert db.session.scalars(sa.select(Event.kind).where(Event.subject == "attachment")).all() == ["attached"]


def test_a_picture_is_shown_and_a_page_is_not(sign_in, issue):
    eva = sign_in("Eva")
    send(eva, f"/issues/{issue.id}/attachments", picture(), "één foto; X-Evil=1.png")
    send(eva, f"/issues/{issue.id}/attachments", b"<script>alert(1)</script>", "x.html")
    shown, page = db.session.scalars(sa.select(Attachment).order_by(Attachment.id))

    got = eva.get(f"/attachments/{shown.id}")
    assert got.mimetype == "image/png"
    assert got.headers["Content-Disposition"].startswith("inline; filename=")
    assert "filename*=UTF-8''%C3%A9%C3%A9n%20foto%3B%20X-Evil%3D1.png" in got.headers["Content-Disposition"]
    small = eva.get(f"/attachments/{shown.id}/small")
    assert (small.status_code, small.mimetype) == (200, "image/webp")
    got = eva.get(f"/attachments/{page.id}")
    assert got.mimetype == "text/plain"
    assert got.headers["Content-Disposition"] == "attachment; filename=x.html.txt"
    assert eva.get(f"/attachments/{page.id}/small").status_code == 404


def test_without_script_files_come_with_the_form(sign_in, issue):
    eva = sign_in("Eva")

    alone = send(eva, f"/issues/{issue.id}/comments", picture(), text="", htmx=False)
    with_words = eva.post(f"/issues/{issue.id}/comments", data={"text": "Kijk", "file": [(io.BytesIO(b"a"), "a.txt"), (io.BytesIO(b"b"), "b.txt")]}, content_type="multipart/form-data")

    assert (alone.status_code, with_words.status_code) == (303, 303)
    assert [(a.name, a.comment_id, a.is_draft) for a in db.session.scalars(sa.select(Attachment).order_by(Attachment.id))] == [
        ("foto.png", 1, False), ("a.txt", 2, False), ("b.txt", 2, False),
    ]  # fmt: skip
    page = eva.get(f"/issues/{issue.id}").text
    assert page.count('class="file"') == 3
    assert "attached “" not in page  # it shows with the comment


def test_a_draft_is_its_owners_until_the_comment_is_said(sign_in, issue, person):
    eva, mo = sign_in("Eva"), sign_in("Mo")
    other = make_issue("Anders", by=person("Mo"))
    answer = send(eva, f"/issues/{issue.id}/attachments", picture(), draft="1")
    id = int(re.search(r'name="attachments" value="(\d+)"', answer.text)[1])

    assert answer.status_code == 201
    assert eva.get(f"/attachments/{id}").status_code == 200
    for path in ("", "/small", "/removal"):
        assert mo.get(f"/attachments/{id}{path}").status_code == 404
    assert "foto.png" not in mo.get(f"/issues/{issue.id}").text
    mo.post(f"/issues/{issue.id}/comments", data={"text": "Van mij", "attachments": id})
    eva.post(f"/issues/{other.id}/comments", data={"text": "Elders", "attachments": id})
    assert db.session.get(Attachment, id).is_draft
    assert eva.post(f"/issues/{issue.id}/comments", data={"text": "", "attachments": id}, htmx="comment-form").status_code == 200
    assert mo.get(f"/attachments/{id}").status_code == 200
    assert eva.post(f"/issues/{issue.id}/comments", data={"text": "", "attachments": id}).status_code == 422  # it has its place


def test_what_is_too_much_is_refused_in_the_tone_of_the_page(app, sign_in, issue, folder, monkeypatch):
    monkeypatch.setitem(app.config, "FILE_BYTES", 100_000)
    eva, url = sign_in("Eva"), f"/issues/{issue.id}/attachments"

    assert send(eva, url, b"x" * 100_000, "x.txt").status_code == 200
    for size in (100_001, 9_000_000):
        answer = send(eva, url, b"x" * size, "x.txt", htmx=False)
        assert answer.status_code == 413
        assert "This is too much at once" in answer.text
    assert send(eva, "/preview", b"x" * 9_000_000).status_code == 413  # elsewhere the limit is what it was
    assert len(files(folder)) == 1
    monkeypatch.setitem(app.config, "FILES_EACH", 1)
    answer = send(eva, url, b"y", "y.txt")
    assert answer.status_code == 409
    assert "has 1 files already" in answer.text
    monkeypatch.setitem(app.config, "FILES_EACH", 5)
    monkeypatch.setitem(app.config, "FILES_BYTES", 100_000)
    assert "no room for more files" in send(eva, url, b"y", "y.txt").text
    assert len(files(folder)) == 1


@pytest.mark.parametrize(("data", "name", "said"), [(b"MZ\x90\x00", "x.png", "can&#39;t be attached"), (b"", "leeg.txt", "is empty"), (b"\x89PNG\r\n\x1a\nxx", "x.png", "is broken")])
def test_what_is_not_taken_is_said(sign_in, issue, folder, data, name, said):
    for htmx in (HTMX, False):
        answer = send(sign_in("Eva"), f"/issues/{issue.id}/attachments", data, name, htmx=htmx)
        assert answer.status_code == 409
        assert said in answer.text
    assert "Choose a file first" in sign_in("Eva").post(f"/issues/{issue.id}/attachments").text
    assert not folder.exists()


# who may


def test_who_may_not_see_a_problem_sees_none_of_its_files(sign_in, person, issue):
    eva, problem = person("Eva"), make_problem(by=person("Eva"), department="IT", restricted=True)
    comment = Comment.say("Zie", by=eva, problem=problem)
    one, two = put(problem, eva), put(problem, eva, picture(), "x.png", comment=comment)
    open_one = put(issue, eva)

    for who, sees in (("Mo", 404), ("Finn", 404), ("Roos", 200), ("Eva", 200)):
        client = sign_in(who)
        assert client.get(f"/attachments/{open_one.id}").status_code == 200
        assert client.get(f"/attachments/{two.id}/small").status_code == sees
        for id in (one.id, two.id):
            assert client.get(f"/attachments/{id}").status_code == sees
    mo = sign_in("Mo")
    assert mo.get("/attachments/9999").status_code == mo.get(f"/attachments/{one.id}/removal").status_code == 404
    assert mo.post(f"/attachments/{one.id}/removal").status_code == 404
    assert send(mo, f"/problems/{problem.id}/attachments", b"x").status_code == 404


def test_strangers_and_viewers_attach_nothing(sign_in, client, issue, folder, person):
    attachment = put(issue, person("Mo"))

    assert send(sign_in("Finn"), f"/issues/{issue.id}/attachments", picture()).status_code == 403
    assert send(client, f"/issues/{issue.id}/attachments", picture()).status_code == 401
    assert client.get(f"/attachments/{attachment.id}").status_code == 302
    assert len(files(folder)) == 1


def test_one_removes_ones_own_file_and_the_regisseur_any(sign_in, issue, folder, person):
    one, two = put(issue, person("Mo")), put(issue, person("Mo"))

    assert sign_in("Eva").post(f"/attachments/{one.id}/removal").status_code == 403
    assert sign_in("Mo").get(f"/attachments/{one.id}/removal").status_code == 200
    assert sign_in("Mo").post(f"/attachments/{one.id}/removal", htmx="dialog-body").status_code == 200
    assert sign_in("Roos").post(f"/attachments/{two.id}/removal", data={"back": f"/issues/{issue.id}"}).status_code == 303
    assert files(folder) == []
    assert "removed the file" in sign_in("Finn").get(f"/issues/{issue.id}").text


# rows and files


def test_a_file_goes_only_when_its_row_is_gone_for_good(issue, folder, person):
    attachment = put(issue, person("Mo"))
    attachment.detach(by=person("Mo"))
    db.session.flush()
    db.session.rollback()
    db.session.commit()

    assert len(files(folder)) == 1


def test_a_file_without_a_row_is_swept_away_and_a_row_without_its_file_is_told(app, issue, folder, person, at):
    kept = put(issue, person("Mo"), picture(), "x.png")
    Attachment.take(Upload("x.txt", "txt", b"x"), by=person("Mo"), about=issue)
    db.session.rollback()  # the server stopped in between
    assert len(files(folder)) == 3

    with clock.at(clock.now().replace(year=2100)):
        assert sweep() == 1
    stored = kept.stored
    assert files(folder) == [stored, stored + ".small"]
    db.session.commit()
    assert [f.mark for f in doctor.attachments(app)] == ["ok"]
    store.remove(stored)
    assert [f.mark for f in doctor.attachments(app)] == ["problem"]


def test_a_draft_that_is_not_sent_goes_after_a_day(issue, folder, person, at):
    Attachment.take(look_at(b"x", "x.txt"), by=person("Mo"), about=issue)
    db.session.commit()

    sweep()
    assert len(files(folder)) == 1
    with clock.at(clock.now() + timedelta(days=1, seconds=1)):
        sweep()
    db.session.commit()
    assert files(folder) == []


def test_the_files_of_a_removed_comment_go_with_it(sign_in, issue, folder, person, at):
    comment = Comment.say("Zie", by=person("Mo"), issue=issue)
    attachment = put(issue, person("Mo"), comment=comment)
    comment.remove(by=person("Mo"))

    assert sign_in("Mo").get(f"/attachments/{attachment.id}").status_code == 404
    at("2026-11-21 10:05")
    forget_removed()
    db.session.commit()
    assert files(folder) == []


def test_nothing_is_attached_to_what_was_merged_or_to_something_else(issue, person):
    other = make_issue("Dubbel", by=person("Mo"))
    comment = Comment.say("x", by=person("Mo"), issue=issue)
    draft = Attachment.take(look_at(b"x", "x.txt"), by=person("Mo"), about=other)
    with pytest.raises(Refused):
        draft.attach(by=person("Mo"), comment=comment)
    other.merge(into=issue, by=person("Roos"))

    with pytest.raises(Refused, match="merged into"):
        Attachment.take(look_at(b"x", "x.txt"), by=person("Mo"), about=other)
