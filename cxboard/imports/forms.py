"""The file that somebody sends, and which column is what."""

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import FileField

from ..forms import Form
from .columns import IGNORE, LABELS, match
from .reading import Table


class FileForm(Form):
    """One file. Its size is checked when it is read."""

    file = FileField(_l("File (CSV or Excel)"))


def chosen_columns(table: Table) -> list[str]:
    """The field of each column: `c0`, `c1` … from the address or the form, else matched by name."""
    said = request.values
    if "c0" not in said:
        return match(table.headers)
    fields = [said.get(f"c{at}", IGNORE) for at in range(len(table.headers))]
    return [f if f in LABELS else IGNORE for f in fields]
