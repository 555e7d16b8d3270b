"""Import in the browser, without script: a file, its columns, a dry run, and only then the writing."""

import io
import re

import pytest

from cxboard.db import db
from tests.imports.sheets import dutch, excel


def send(client, data: bytes, name: str = "lijst.csv"):
    return client.post("/settings/import", data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def test_a_file_goes_from_choosing_to_the_board(sign_in, rows):
    roos = sign_in("Roos")
    assert roos.get("/settings/import").status_code == 200

    sent = send(roos, dutch())
    assert sent.status_code == 303
    columns = roos.get(sent.location)
    assert columns.status_code == 200
    assert 'value="reach" selected' in columns.text

    check = roos.get(f"{sent.location}/check")
    assert "BAL, C3, IT, HR" in check.text
    assert rows("issue") == 0

    done = roos.post(sent.location)
    assert (done.status_code, done.location) == (303, "/board")
    assert rows("issue") == 5
    assert roos.get(sent.location).status_code == 404


def test_a_column_can_be_put_right(sign_in, rows):
    roos = sign_in("Roos")
    sent = send(roos, b"Wat;Wie\nBel me terug;KS\n")

    assert "Which column is the title" in roos.get(f"{sent.location}/check").text
    assert "Everything can be read" in roos.get(f"{sent.location}/check?c0=title&c1=lead").text
    assert roos.post(sent.location).status_code == 409
    assert roos.post(sent.location, data={"c0": "title", "c1": "lead"}).status_code == 303
    assert rows("issue") == 1


def test_rows_that_need_something_are_named_and_nothing_is_written(sign_in, rows):
    roos = sign_in("Roos")
    sent = send(roos, b"Titel;Ernst\nGoed;4\nFout;9\n")

    check = roos.get(f"{sent.location}/check")

    assert "Row 3" in check.text
    assert 'class="btn primary"' not in check.text
    assert "will be added" not in check.text
    assert roos.post(sent.location).status_code == 409
    assert rows("issue") == 0


def test_what_stays_behind_and_what_will_be_made_is_said(sign_in):
    roos = sign_in("Roos")
    sent = send(roos, b"Titel;Afdeling;Ernst;Kleur\nGoed;XYZ;4;rood\nFout;KS;9;blauw\n")

    assert "1 column was not recognised and is left out:" in roos.get(sent.location).text
    check = roos.get(f"{sent.location}/check").text
    assert "Left out is the column “Kleur”." in check
    assert "will be added as a department: XYZ." in check

    whole = roos.get(f"{send(roos, dutch()).location}/check").text
    assert "in the journey “Lijst”: Balie, Thuis" in whole
    assert "New EX problems" in whole


def test_the_same_file_again_has_nothing_to_import(sign_in, rows):
    roos = sign_in("Roos")
    roos.post(send(roos, dutch()).location)

    again = send(roos, dutch())

    assert "All 5 issues of this file are here already" in roos.get(f"{again.location}/check").text
    roos.post(again.location)
    assert rows("issue") == 5


def test_a_workbook_comes_in_too(sign_in, rows):
    roos = sign_in("Roos")
    sent = send(roos, excel([["Titel", "Bereik"], ["Brief is onduidelijk", 12.5]]), "lijst.xlsx")

    assert roos.post(sent.location).status_code == 303
    assert rows("issue") == 1


@pytest.mark.parametrize("data", [b"", b'Titel\n"A', b"PK\x03\x04", b"Titel\n\x00", b";".join([b"x"] * 10_000) + b"\ny"], ids=range(5))
def test_garbage_stays_at_the_first_step(sign_in, app, data):
    answer = send(sign_in("Roos"), data)

    assert answer.status_code == 422
    assert 'class="err"' in answer.text


def test_no_file_is_asked_for(sign_in):
    assert "Choose a file" in sign_in("Roos").post("/settings/import").text


def test_too_large_a_file_is_said(sign_in, monkeypatch):
    monkeypatch.setattr("cxboard.imports.views.MOST_BYTES", 1_000)
    monkeypatch.setattr("cxboard.imports.reading.MOST_BYTES", 1_000)

    assert "5 MB" in send(sign_in("Roos"), b"a" * 1_001).text


def test_somebody_elses_file_is_as_missing_as_none(sign_in, rows):
    sent = send(sign_in("Roos"), dutch())
    ada = sign_in("Ada")

    for path in (sent.location, f"{sent.location}/check", "/settings/import/..%5csecret_key", "/settings/import/" + "x" * 32):
        assert ada.get(path).status_code == 404
    assert ada.post(sent.location).status_code == 404
    assert ada.post(f"{sent.location}/end").status_code == 404
    assert rows("issue") == 0


@pytest.mark.parametrize("who", ["Mo", "Finn"])
def test_only_a_regisseur_imports(sign_in, who):
    sent = send(sign_in("Roos"), dutch())
    other = sign_in(who)

    assert other.get("/settings/import").status_code == 403
    assert send(other, dutch()).status_code == 403
    assert other.post(sent.location).status_code == 403


def test_a_file_can_be_thrown_away(sign_in):
    roos = sign_in("Roos")
    sent = send(roos, dutch())

    assert roos.post(f"{sent.location}/end").status_code == 303
    assert roos.get(sent.location).status_code == 404


def test_what_a_file_says_is_only_text(sign_in):
    roos = sign_in("Roos")
    sent = send(roos, dutch("1;<script>alert(1)</script>;{{7*7}};BAL;;Nieuw;;;;;;;<img src=x onerror=x>"), "<b>.csv")

    for path in (sent.location, f"{sent.location}/check"):
        shown = roos.get(path).text
        assert "<script>alert" not in shown
        assert "<img" not in re.sub(r"<symbol.*?</symbol>", "", shown)
        assert "{{7*7}}" in shown


def test_old_files_are_thrown_away(app, person, tmp_path):
    import os

    from cxboard.imports import kept

    token, _table = kept.keep(dutch(), "x.csv", person("Roos"))
    db.session.commit()
    os.utime(kept.folder() / token, (0, 0))

    kept.throw_away_old()

    assert kept.find(token, person("Roos")) is None
