"""Importing voices in the browser, without script: file, columns, check, import, undo; and who may."""

import io
import re

import pytest
import sqlalchemy as sa

from cxboard.db import db
from cxboard.imports import voices_kept as kept, voices_run as run
from cxboard.voices.importing import Standing, VoiceImport
from tests.imports.voice_files import NHS_LIKE, dutch, many
from tests.makers import make_issue

HOME = "/voices/imports"


def send(client, data: bytes, name: str = "stemmen.csv", **more):
    return client.post(HOME, data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data", **more)


def fields(text: str) -> dict[str, str]:
    """What the form on the page of the columns would send as it stands."""
    chosen = {}
    for name, options in re.findall(r'<select class="input" (?:id="\w+" )?name="(\w+)".*?>(.*?)</select>', text, re.DOTALL):
        found = re.search(r'value="([^"]*)" selected', options)
        chosen[name] = found[1] if found else ""
    chosen["source"] = re.search(r'name="source" value="([^"]*)"', text)[1]
    return chosen | dict.fromkeys(re.findall(r'type="checkbox" name="(\w+)" value="1" checked', text), "1")


def test_a_file_goes_from_choosing_to_the_list_and_back(sign_in, rows):
    roos = sign_in("Roos")
    assert "Nothing was imported yet" in roos.get(HOME).text

    sent = send(roos, NHS_LIKE)
    assert sent.status_code == 303
    columns = roos.get(sent.location)
    assert "6 rows; CSV with commas, in UTF-8." in columns.text
    chosen = fields(columns.text)
    assert (chosen["c0"], chosen["scale"], chosen["best_low"]) == ("reference", "csat", "1")

    checked = roos.post(f"{sent.location}/columns", data={**chosen, "source": "NHS"})
    check = roos.get(checked.location)
    assert "3 voices can come in." in check.text
    assert "See and Convey" in check.text
    assert "Not on the scale, and so without a score: 6 (1x)." in check.text
    roos.get(roos.post(f"{sent.location}/values", data={"all": "stage"}).location)
    assert rows("voice") == 0

    started = roos.post(f"{sent.location}/start")
    assert started.status_code == 303
    assert "3 voices are in." in roos.get(started.location).text
    assert (rows("voice"), rows("stage")) == (3, 2)
    assert roos.get(sent.location).status_code == 404
    assert "stemmen.csv" in roos.get(HOME).text

    again = send(roos, NHS_LIKE)
    shown = roos.get(again.location, follow_redirects=True)
    assert "A file with the same headers was imported before" in shown.text
    assert "All 3 voices of this file are here already." in shown.text
    assert roos.post(f"{again.location}/start").status_code == 409

    assert "Take back all 3 voices?" in roos.get(f"{started.location}/undo").text
    roos.post(f"{started.location}/undo")
    assert "This import was undone" in roos.get(started.location).text
    assert rows("voice") == 0


def test_undoing_says_what_the_voices_support(sign_in, person):
    roos = sign_in("Roos")
    sent = send(roos, NHS_LIKE)
    roos.get(sent.location)
    started = roos.post(f"{sent.location}/start").location
    issue = make_issue(by=person("Roos"))
    db.session.scalars(sa.select(run.Voice)).first().support(issue, by=person("Roos"))

    asked = roos.get(f"{started}/undo", htmx="dialog-body").text

    assert "1 of them supports an issue by now" in asked
    assert "<html" not in asked


def test_personal_data_is_told_and_can_be_left_out(sign_in, rows):
    roos = sign_in("Roos")
    sent = send(roos, dutch())
    chosen = fields(roos.get(sent.location).text)
    assert (chosen["c3"], chosen["mask"]) == ("", "1")

    check = roos.get(roos.post(f"{sent.location}/columns", data={**chosen, "c4": "segment", "c5": ""}).location).text
    assert "e-mail addresses in 5 cells" in check

    roos.post(f"{sent.location}/columns/4/drop")
    roos.get(f"{sent.location}/check")
    roos.post(f"{sent.location}/start")
    kept_of_it = " ".join(str(r) for r in db.session.execute(sa.select(run.Voice.__table__)).all())
    assert rows("voice") == 5
    assert not re.search("vries.nl|Jan de|bakker.nl|12345678", kept_of_it)


def test_rows_that_can_not_be_read_are_named_and_can_be_left_out(sign_in, rows):
    roos = sign_in("Roos")
    sent = send(roos, b"id;datum;opmerking\n1;1-2-2026;goed\n2;32-1-2026;fout\n")
    roos.get(sent.location)

    check = roos.get(f"{sent.location}/check").text
    assert "Leave out this row" in check
    assert "Row 3, column “datum”" in check
    assert roos.post(f"{sent.location}/start").status_code == 409

    roos.post(f"{sent.location}/skip")
    roos.post(f"{sent.location}/start")
    assert rows("voice") == 1


def test_what_the_columns_still_need_is_asked(sign_in):
    roos = sign_in("Roos")
    sent = send(roos, b"wanneer;wat\nooit;iets\n")
    columns = roos.get(sent.location)

    answer = roos.post(f"{sent.location}/columns", data=fields(columns.text))

    assert answer.status_code == 422
    assert "Which column is the date?" in answer.text
    good = send(roos, NHS_LIKE)
    chosen = fields(roos.get(good.location).text)
    unnamed = roos.post(f"{good.location}/columns", data={**chosen, "source": b"\xed\xa0\x80"})
    assert unnamed.status_code in (303, 422)


def test_a_long_file_is_read_and_imported_by_another_process(sign_in, app, monkeypatch, rows):
    roos = sign_in("Roos")
    spawned = []
    monkeypatch.setitem(app.config, "WORKS_APART", True)
    monkeypatch.setattr(run, "SMALL", 1_000)
    monkeypatch.setattr(run, "spawn", lambda _app, token="": spawned.append(token))
    sent = send(roos, many(60))

    reading = roos.get(sent.location)
    assert "The file is being read." in reading.text
    assert "<html" not in roos.get(sent.location, htmx="reading").text
    [token] = spawned
    kept.find(token).prepare()
    assert roos.get(sent.location, htmx="reading").headers["HX-Redirect"].startswith(sent.location)

    progress = roos.post(f"{sent.location}/start").location
    assert spawned[1:] == [""]
    part = roos.get(progress, htmx="import-progress").text
    assert "Waiting to begin" in part
    assert 'hx-trigger="every 1s"' in part
    stopped = roos.post(f"{progress}/stop")
    assert "Nothing of it was kept." in roos.get(stopped.location).text
    run.work()
    assert rows("voice") == 0
    assert db.session.scalars(sa.select(VoiceImport)).one().standing == Standing.STOPPED


@pytest.mark.parametrize("data", [b"", b'datum\n"a', b"PK\x03\x04", b"a\n\x00", b";".join([b"x"] * 10_000) + b"\ny"], ids=range(5))
def test_garbage_stays_at_the_first_step(sign_in, data):
    answer = send(sign_in("Roos"), data)

    assert answer.status_code == 422
    assert 'class="err"' in answer.text


def test_a_file_that_breaks_off_far_down_is_refused(sign_in, rows):
    roos = sign_in("Roos")
    sent = send(roos, many(300) + b'\n"open;1-1-2026;x;5;;')

    answer = roos.get(sent.location)

    assert answer.status_code == 422
    assert "Row 302 has a quotation mark" in answer.text
    assert rows("voice_import") == 0


def test_too_large_a_file_and_none_at_all_are_said(sign_in, monkeypatch):
    roos = sign_in("Roos")
    monkeypatch.setattr("cxboard.imports.voices_kept.MOST_BYTES", 1_000)

    assert "larger than" in send(roos, b"a" * 1_001).text
    assert "Choose a file." in roos.post(HOME).text


@pytest.mark.parametrize("who", ["Mo", "Finn"])
def test_only_a_regisseur_imports(sign_in, who):
    roos, other = sign_in("Roos"), sign_in(who)
    sent = send(roos, NHS_LIKE)

    assert other.get(HOME).status_code == 403
    assert send(other, NHS_LIKE).status_code == 403
    assert other.post(f"{sent.location}/start").status_code == 403


def test_somebody_elses_file_is_as_missing_as_none(sign_in):
    sent = send(sign_in("Roos"), NHS_LIKE)
    ada = sign_in("Ada")

    for path in (sent.location, f"{sent.location}/check", f"{HOME}/files/..%5csecret_key", f"{HOME}/files/{'x' * 32}"):
        assert ada.get(path).status_code == 404
    for path in ("columns", "values", "skip", "end", "start", "columns/0/drop"):
        assert ada.post(f"{sent.location}/{path}").status_code == 404


def test_a_file_that_was_left_is_found_again_or_thrown_away(sign_in):
    roos, ada = sign_in("Roos"), sign_in("Ada")
    sent = send(roos, NHS_LIKE, "enquête.csv")

    told = roos.get(HOME).text
    assert "Not imported yet" in told
    assert f'href="{sent.location}"' in told
    assert "enquête.csv" in told
    assert sent.location not in ada.get(HOME).text

    roos.post(f"{sent.location}/end")
    assert sent.location not in roos.get(HOME).text


def test_a_file_that_is_imported_does_not_wait_any_more(sign_in):
    roos = sign_in("Roos")
    sent = send(roos, NHS_LIKE)
    roos.post(f"{sent.location}/columns", data=fields(roos.get(sent.location).text))
    assert sent.location in roos.get(HOME).text

    roos.post(f"{sent.location}/start")
    assert sent.location not in roos.get(HOME).text


def test_what_a_file_says_is_only_text(sign_in):
    roos = sign_in("Roos")
    data = b'datum;<img src=x>;"{{7*7}}"\n1-1-2026;"<script>alert(1)</script> en nog veel meer woorden";x\n'
    sent = send(roos, data, "<b>.csv")

    for path in (sent.location, f"{sent.location}/check"):
        shown = roos.get(path).text
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown


@pytest.mark.parametrize("choice", ["9" * 5_000, "9999999999", "²", "-1", "x"])
def test_a_choice_for_a_value_that_is_none_is_no_choice(sign_in, choice):
    roos = sign_in("Roos")
    sent = send(roos, NHS_LIKE)
    check = roos.post(f"{sent.location}/columns", data=fields(roos.get(sent.location).text)).location

    roos.post(f"{sent.location}/values", data={"stage0": choice})

    assert roos.get(check).status_code == 200


def test_old_files_are_thrown_away(app, sign_in):
    import os

    sent = send(sign_in("Roos"), NHS_LIKE)
    token = sent.location.rpartition("/")[2]
    os.utime(kept.folder() / token, (0, 0))

    kept.throw_away_old()

    assert kept.find(token) is None
