"""Settings, import: a file, its columns, a dry run; nothing is written before the last step."""

from flask import Response, abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from ..authorization import requires
from ..db import db
from ..rendering import changed, page, to_page
from . import bp, kept
from .columns import LABELS, left_out
from .forms import FileForm, chosen_columns
from .plan import Plan
from .reading import MOST_BYTES, Table, Unreadable

SHOWN = 8
SHOWN_WRONG = 40


@bp.get("/settings/import")
@requires("issue.import")
def index() -> Response:
    """Step 1: choose a file."""
    return page("imports/index.html", form=FileForm())


@bp.post("/settings/import")
@requires("issue.import")
def upload() -> Response:
    """Keep the file, and go on to its columns."""
    form = FileForm()
    file = request.files.get("file")
    if form.validate() and file and file.filename:
        try:
            with file.stream:
                data = file.stream.read(MOST_BYTES + 1)
            token, _table = kept.keep(data, file.filename, current_user)
        except Unreadable as error:
            form.file.errors = (str(error.message),)
        else:
            return to_page(url_for(".columns", token=token))
    elif not form.file.errors:
        form.file.errors = (_("Choose a file."),)
    return page("imports/index.html", fragment="imports/_file_form.html", status=422, form=form)


@bp.get("/settings/import/<token>")
@requires("issue.import")
def columns(token: str) -> Response:
    """Step 2: which column is what."""
    table = found(token)
    columns = chosen_columns(table)
    behind = left_out(table.headers, columns)
    return page("imports/columns.html", token=token, table=table, columns=columns, left_out=behind, fields=LABELS, rows=table.rows[:SHOWN])


@bp.get("/settings/import/<token>/check")
@requires("issue.import")
def check(token: str) -> Response:
    """Step 3: what would be written, and what each row still needs."""
    plan = Plan(table := found(token), chosen_columns(table))
    bad = [d for d in plan.drafts if d.wrong][:SHOWN_WRONG]
    good = [d for d in plan.drafts if not d.wrong][:SHOWN]
    rows = len({w.row for w in plan.wrong})
    problems = plan.new_problems(current_user)
    return page("imports/check.html", token=token, table=table, plan=plan, problems=problems, fields=LABELS, drafts=bad + good, bad=rows)


@bp.post("/settings/import/<token>")
@requires("issue.import")
def carry_out(token: str) -> Response:
    """Write everything at once."""
    table = found(token)
    done = Plan(table, chosen_columns(table)).carry_out(by=current_user)
    db.session.commit()
    kept.throw_away(token)
    return changed("/board", message=done.sentence)


@bp.post("/settings/import/<token>/end")
@requires("issue.import")
def give_up(token: str) -> Response:
    """Not this file after all."""
    found(token)
    kept.throw_away(token)
    return changed(url_for(".index"), message=_("The file is thrown away; nothing was written."))


def found(token: str) -> Table:
    """The kept file; somebody else's is as missing as one that never was."""
    return kept.find(token, current_user) or abort(404)
