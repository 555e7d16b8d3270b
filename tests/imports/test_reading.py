"""A file becomes a table, or a sentence that says why not."""

import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from cxboard.imports.reading import Unreadable, read
from tests.imports.sheets import ROWS, dutch, excel

pytestmark = pytest.mark.databases("sqlite")


def test_a_dutch_excel_file_is_read_with_the_row_numbers_of_the_spreadsheet(app):
    table = read(dutch(), r"C:\Users\sanne\backlog 2026.csv")

    assert table.name == "backlog 2026.csv"
    assert table.stem == "backlog 2026"
    assert len(table.headers) == 13
    assert [number for number, _cells in table.rows] == [2, 3, 4, 5, 6]
    assert table.rows[0][1][2] == '"Ik stond er, 40 minuten ;-)"\nEn nog eens.'


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_each_separator_and_encoding_gives_the_same_table(app, separator, encoding):
    text = f'Titel{separator}Trekker\nTélé­foon "kapot" – België{separator}"K{separator}S"\n'.replace("­", "")

    table = read(text.encode(encoding), "x.csv")

    assert table.headers == ["Titel", "Trekker"]
    assert table.rows == [(2, ['Téléfoon "kapot" – België', f"K{separator}S"])]


def test_empty_rows_count_but_are_left_out(app):
    assert [n for n, _cells in read(b"\n;;\nTitel;Nr\n\n;;\nA;1\n", "x.csv").rows] == [6]


def test_excel_says_its_separator_itself(app):
    assert read(b"sep=,\nTitel,Nr\nA;B,1\n", "x.csv").rows == [(2, ["A;B", "1"])]


def test_a_workbook_gives_dates_and_numbers_as_people_write_them(app):
    first = ["A", datetime(2026, 11, 3, 12, 0), 1.2345, 7.0]  # noqa: DTZ001 - a workbook knows no zones
    second = ["B", date(2026, 1, 2), 3200, "08"]
    data = excel([[None], ["Titel", "Gemeld op", "Klanten per maand", "Nr"], first, second])

    table = read(data, "lijst.xlsx")

    assert table.headers == ["Titel", "Gemeld op", "Klanten per maand", "Nr"]
    assert table.rows == [(3, ["A", "2026-11-03", "1,2345", "7"]), (4, ["B", "2026-01-02", "3200", "08"])]


def zipped(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name.replace("__", "/"), data)
    return file.getvalue()


BOMB = zipped(**{"xl__workbook.xml": b"<x/>", "xl__worksheets__sheet1.xml": b" " * (60 * 1024 * 1024)})


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "leeg|empty"),
        (b"\xef\xbb\xbf  \r\n", "leeg|empty|no rows"),
        (b"Titel;Nr\n", "no rows"),
        (b"Titel;Nr\nA\x00B;1\n", "Line 2"),
        ("Titel;Nr\nA;1\n".encode("utf-16-le"), "Line 1"),
        (b'Titel;Nr\nA;1\n"B;2\nC;3\n', "Row 3"),
        (b'Titel;Nr\n"A"B;1\n', "Row 2"),
        (b";".join([b"x"] * 10_000) + b"\n1\n", "10000 columns"),
        (b"Titel\n" + b"A\n" * 5_001, "5,000 rows"),
        (b"Titel\n" + b"A" * 60_000, "50,000"),
        (b"Titel\n" + b"A" * 140_000, "quotation mark"),
        (b"A" * (5 * 1024 * 1024 + 1), "5 MB"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "2007"),
        (zipped(a=b"Titel;Nr"), "zip"),
        (b"PK\x03\x04 garbage", "can't be read"),
        (zipped(**{"xl__workbook.xml": b"<x/>"}), "can't be read"),
        (BOMB, "unpacks"),
        (zipped(**{"xl__workbook.xml": b"<x/>", "xl__worksheets__sheet1.xml": b"<a>" * 100_000}), "more than cxboard takes"),
        (excel([[]]), "no rows"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_what_is_no_table_is_refused_with_a_sentence(app, data, says):
    with pytest.raises(Unreadable, match=says):
        read(data, "x.csv")


@given(data=st.one_of(st.binary(max_size=300), st.text(alphabet='ab;,\t"\n\r\x00é', max_size=200).map(str.encode)))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_comes_in_is_a_table_or_a_sentence(app, data):
    try:
        table = read(data, "x.csv")
    except Unreadable:
        return
    assert all(len(cells) == len(table.headers) for _number, cells in table.rows)


def test_a_name_is_only_a_name(app):
    assert read(dutch(*ROWS), "../../etc/pass\u202ewd\r\n.csv").name == "passwd.csv"
