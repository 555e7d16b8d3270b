"""Small files as people have them: a Dutch Excel's CSV, and what can be wrong with one."""

import io

from openpyxl import Workbook

HEADER = (
    "Nr;Verbeterpunt;Wat de klant ervaart;Trekker;Doet mee;Status;Gemeld op;Klanten per maand;Ernst (1-5);Fase;"
    "Vermoede EX-oorzaak;Soort oorzaak;Opmerking"
)
ROWS = [
    '1;Wachten (Balie);"""Ik stond er, 40 minuten ;-)""\nEn nog eens.";BAL;;Nieuw;11-01-2026;8,4;4;Balie;Te weinig mensen;workload;12 keer',
    "2;Folder klopt niet;;C3;IT, HR;Klaar om te starten;30-04-2026;1.200,5;5;Thuis;Te weinig mensen;Werkdruk;",
    "3;Formulier kwijt;;BAL;;In uitvoering;14-05-2026;2,0;4;Balie;;;navragen",
    "4;Parkeren;;BAL;;Geparkeerd;;;;;;;",
    "5;Bellen lukt;;BAL;IT;Klaar;03-05-2026;1,7;4;Balie;Oud systeem;systems;x",
]


def dutch(*rows: str, header: str = HEADER) -> bytes:
    """As a Dutch Excel writes it: semicolons, a byte order mark, Windows line ends between the rows."""
    return b"\xef\xbb\xbf" + "\r\n".join([header, *(rows or ROWS)]).encode() + b"\r\n"


def excel(rows: list[list[object]]) -> bytes:
    """A workbook with one sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
