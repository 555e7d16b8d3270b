"""A file of voices is recognised by what is in it, read row by row, and what is no table is refused with a sentence."""

import io
import resource
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from cxboard.imports.reading import Unreadable
from cxboard.imports.voices_columns import match
from cxboard.imports.voices_personal import is_name, mails, masked, named, phones
from cxboard.imports.voices_reading import recognise
from cxboard.imports.voices_survey import survey
from cxboard.imports.voices_values import Days, is_nothing, read_day, read_score, score_in_words, yes_or_no
from tests.imports.sheets import excel
from tests.imports.voice_files import NHS_LIKE, dutch

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def read(app, tmp_path):
    """The sheet in a file with these bytes."""

    def read(data: bytes, name: str = "stemmen.csv"):
        path: Path = tmp_path / "file"
        path.write_bytes(data)
        return recognise(path, name)

    return read


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_each_separator_and_encoding_gives_the_same_rows(read, separator, encoding):
    text = f'Datum{separator}"Wat de klant\nzei"\n2026-01-02{separator}"Télé{separator} ""kapot"" – België"\n'

    sheet = read(text.encode(encoding))

    assert sheet.headers == ["Datum", "Wat de klant zei"]
    assert list(sheet.rows()) == [(2, ["2026-01-02", f'Télé{separator} "kapot" – België'])]


def test_commas_in_the_text_do_not_make_columns(read):
    assert read(b"datum;opmerking\n1-1-26;lang, traag, duur, nee\n2-1-26;a, b\n").headers == ["datum", "opmerking"]


def test_a_workbook_is_read_without_working_out_its_formulas(read):
    sheet = read(excel([[None], ["Datum", "Klantstem", "Score"], [datetime(2026, 11, 3, 12), "=1+1", 7.5], [None], [date(2026, 1, 2), "ja", 8]]))  # noqa: DTZ001

    assert sheet.headers == ["Datum", "Klantstem", "Score"]
    assert list(sheet.rows()) == [(3, ["2026-11-03", "", "7.5"]), (5, ["2026-01-02", "ja", "8"])]


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
PARTS = {
    "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
ROW = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>datum</t></is></c><c r="B{0}" t="inlineStr"><is><t>{1}</t></is></c></row>'
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'


def zipped(**parts: str | bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in {**PARTS, **parts}.items():
            package.writestr(name, data)
    return file.getvalue()


def workbook(rows: str, before: str = "") -> bytes:
    return zipped(**{"xl/worksheets/sheet1.xml": before + SHEET.format(rows)})


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"datum;tekst\n", "no rows"),
        (b"datum;tekst\n1-1-26;a\x00b\n", "Line 2"),
        (b'datum;tekst\n1-1-26;"open\n', "Row 2"),
        (b'datum;tekst\n1-1-26;"a"b\n', "Row 2"),
        (b";".join([b"x"] * 10_000) + b"\n1\n", "10000 columns"),
        (b"datum;tekst\n1-1-26;" + b"a" * 60_000 + b"\n", "50,000"),
        (b"datum;tekst\n" + b"a" * 2_100_000, "longer than a table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "2007"),
        (zipped().replace(b"workbook.xml", b"workbook.xmm"), "zip"),
        (b"PK\x03\x04 garbage", "can't be read"),
        (zipped(), "can't be read"),
        (workbook(ROW.format(1, "tekst") + ROW.format(2, "&b;"), BOMB), "can't be read"),
        (workbook('<row r="1"><c r="ZZ1" t="inlineStr"><is><t>x</t></is></c></row>'), "702 columns"),
        (workbook(ROW.format(1, "tekst") + ROW.format(2, "a" * 60_000)), "50,000"),
        (workbook(ROW.format(1, "tekst") + '<row r="2" x="' + " " * 6_000_000 + '"/>'), "more than cxboard takes"),
        (workbook(ROW.format(1, "tekst") + '<row r="2"><c r="A2" t="s"><v>9</v></c></row>'), "can't be read"),
        (excel([[]]), "empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_sentence(read, data, says):
    with pytest.raises(Unreadable, match=says):
        list(read(data).rows())


def test_a_zip_bomb_is_refused_before_it_is_unpacked(read):
    data = zipped(**{"xl/worksheets/sheet1.xml": b" " * 1024, "xl/media/1": b"\0" * 1024})
    part = zipfile.ZipFile(io.BytesIO(data)).getinfo("xl/media/1")
    size = part.file_size.to_bytes(4, "little")
    huge = data.replace(size + len("xl/media/1").to_bytes(2, "little"), (2**31).to_bytes(4, "little") + len("xl/media/1").to_bytes(2, "little"))
    assert huge != data

    with pytest.raises(Unreadable, match="unpacks to more"):
        read(huge)


@pytest.mark.parametrize(
    "marks",
    ["<a>" * 1_000_000, "<w>" + "".join(f"<a{n}/>" for n in range(200_000)), "<w>" + "".join(f'<a b{n}=""/>' for n in range(200_000))],
    ids=["one within another", "each with a name of its own", "each with an attribute of its own"],
)
def test_marks_that_the_parser_would_keep_are_refused_before_they_fill_the_memory(read, marks):
    sheet = zipped(**{"xl/worksheets/sheet1.xml": marks})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(Unreadable, match="more than cxboard takes"):
        read(sheet)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


def test_a_long_text_in_a_workbook_costs_little_memory(read):
    rows = "".join(ROW.format(n, "x" * 400) for n in range(1, 6_000))
    sheet = read(workbook(rows))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert sum(1 for _row in sheet.rows()) == 5_998

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 * 1024


@given(data=st.one_of(st.binary(max_size=300), st.text(alphabet='ab;,\t"\n\r\x00é', max_size=200).map(str.encode), st.binary(max_size=80).map(lambda b: b"PK\x03\x04" + b)))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_in_is_a_table_or_a_sentence(read, data):
    try:
        sheet = read(data)
        rows = list(sheet.rows())
    except Unreadable:
        return
    assert all(len(cells) >= len(sheet.headers) for _number, cells in rows)


# what stands in a cell


@pytest.mark.parametrize(
    "text",
    [
        "30/09/2021", "2021-09-30", "30-9-21", "9/30/2021", "30.09.2021", "44469", "44469,61", "30 sep 2021", "30 september 2021", "Sep 30, 2021", "do 30 sep. 2021",
        "30/09/2021 14:33", "2021-09-30T10:00:00Z", "9/30/21 3:05 PM", "20210930", "Thursday 30-09-2021", "30\u00a0september 2021",
    ],
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(text):
    assert read_day(text) == date(2021, 9, 30)


@pytest.mark.parametrize("text", ["31/02/2021", "12", "13/13/2021", "1-1-999", "gisteren", "0-1-2021", "99999", ""])
def test_what_is_no_date_is_none(text):
    assert read_day(text) is None


def test_the_whole_column_decides_which_comes_first():
    european, american = Days(), Days()
    for day in ("30/09/2021", "01/02/2021", "8/28/2021", "25/12/2021"):
        european.look(day)
    for day in ("9/30/2021", "1/2/2021"):
        american.look(day)

    assert (european.reads_day_first, european.day_first, european.month_first, european.either) == (True, 2, 1, 1)
    assert not american.reads_day_first
    assert read_day("1/2/2021", False) == date(2021, 1, 2)


@pytest.mark.parametrize(("text", "score"), [("7", 7), ("7,5", 7.5), ("7.5", 7.5), ("8/10", 8), ("4 van 5", 4), ("5 - Very good", 5), ("★★★★", 4), ("goed", None), ("30/09/2021", None)])
def test_a_score_is_read_however_it_is_written(text, score):
    assert read_score(text) == score


def test_words_for_scores_labels_and_nothing():
    assert (score_in_words("Zeer goed"), score_in_words("very poor"), score_in_words("x")) == (5, 1, None)
    assert [yes_or_no(t) for t in ("1", "Ja", "x", "TRUE", "0", "nee", "", "misschien")] == [True, True, True, True, False, False, False, None]
    assert all(is_nothing(t) for t in ("", "Did not answer", "n.v.t.", "N/A", "geen antwoord"))
    assert not is_nothing("Nothing.")


def test_who_said_it_is_recognised_and_masked():
    for number in ("06-12345678", "06 12 34 56 78", "+31 6 12345678", "0031612345678", "010-1234567", "+44 7700 900123", "(020) 7946 0958", "+31 (0)6 12345678"):
        assert phones(f"bel {number} graag") == [number]
    for other in ("21/09/2021", "0800-1234", "25153582", "NL91ABNA0417164300", "order 0012345678901234", "2021-09-30", "€ 0,50 per 1000000"):
        assert phones(other) == []
    assert mails("naar jan.de-vries@x-y.co.uk, nu") == ["jan.de-vries@x-y.co.uk"]
    assert named("Dank aan mevrouw De Vries en dhr. van der Berg") == ["mevrouw De Vries", "dhr. van der Berg"]
    assert [is_name(t) for t in ("Jan de Vries", "P. Jansen", "See and Convey", "goed")] == [True, True, False, False]
    assert masked("mail a@b.nl of bel 06-12345678") == "mail [e-mail] of bel [phone]"


# what the columns are


def test_columns_are_known_by_name_and_content(read):
    found = survey(read(NHS_LIKE))

    mapping = match(found, source="NHS")

    named = dict(zip(found.headers, mapping.fields, strict=True))
    assert named == {
        "Comment ID": "reference", "Trust": "", "Date": "said_on", "Service type 1": "stage", "FFT categorical answer": "score", "FFT answer": "quote",
        "Person identifiable info?": "", "Staff manner": "label", "Timeliness of care": "label", "Parking": "",
    }  # fmt: skip
    assert (mapping.scale, mapping.best_low, mapping.day_first) == ("csat", True, True)


def test_personal_columns_are_left_out_until_somebody_says_otherwise(read):
    found = survey(read(dutch()))

    mapping = match(found, source="x")

    assert [c.header for c in found.columns if c.holds] == ["Naam", "E-mail"]
    assert mapping.fields == ["said_on", "quote", "score", "", "", "segment", "channel", "tags"]
    assert (mapping.scale, mapping.best_low) == ("nps", False)


def test_a_column_of_addresses_under_another_name_is_seen(read):
    rows = "\n".join(f"{n}-1-2026;goed;klant{n}@x.nl" for n in range(1, 9))
    found = survey(read(f"datum;opmerking;contact\n{rows}\n".encode()))

    assert found.columns[2].holds is not None
    assert match(found, source="x").fields[2] == ""


def test_low_scores_beside_pleased_words_mean_that_low_is_best(read):
    rows = "\n".join(f"{1 + n % 28}-1-2026;{'goed en vriendelijk geholpen' if n % 2 else 'niet geholpen en lang gewacht'} {n};{1 if n % 2 else 5}" for n in range(60))

    mapping = match(survey(read(f"datum;opmerking;score\n{rows}\n".encode())), source="x")

    assert mapping.best_low


def test_a_list_whose_values_are_known_here_is_that_list(read):
    mapping = match(survey(read(b"datum;opmerking;waar\n1-1-26;goed gedaan;Balie\n2-1-26;niet goed;Thuis\n")), source="x", stages=["balie", "Thuis"])

    assert mapping.fields == ["said_on", "quote", "stage"]
