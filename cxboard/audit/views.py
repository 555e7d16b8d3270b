"""The audit log as a page and as a file."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from flask import Response, request, stream_with_context, url_for
from flask_babel import gettext as _, lazy_gettext as _l
from flask_login import current_user

from .. import clock
from ..accounts.queries import people
from ..authorization import requires
from ..history import Event
from ..history.sentences import icon, sentence
from ..rendering import page
from . import bp
from .queries import SUBJECTS, Filter, all_of_it, names_of, one_page

KINDS = {
    "issue": _l("CX issues"), "problem": _l("EX problems"), "cause": _l("Root causes"), "action": _l("Actions"), "decision": _l("Decisions"),
    "review": _l("Weekly reviews"), "review_series": _l("Weekly rhythm"), "person": _l("People"), "department": _l("Departments"),
    "journey": _l("Journeys"), "voice_import": _l("Imports of voices"),
}  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


@bp.get("/settings/audit")
@requires("audit.view")
def index() -> Response:
    asked = Filter.read(request.args)
    events, older = one_page(asked, current_user)
    return page(
        "audit/index.html",
        asked=asked,
        rows=lines(events),
        older=url_for(".index", **asked.as_args, before=older) if older else None,
        newest=url_for(".index", **asked.as_args) if asked.before else None,
        export=url_for(".export", **asked.as_args),
        people=people(inactive=True),
        kinds=[(kind, KINDS[kind]) for kind in SUBJECTS],
    )


def lines(events: list[Event]) -> list[dict[str, Any]]:
    """What a row shows: the moment, the icon, the sentence, and what it was about with its address."""
    names = names_of(events)
    return [{"event": e, "icon": icon(e), "sentence": sentence(e), **about(e, names)} for e in events]


def about(event: Event, names: dict[tuple[str, int], str]) -> dict[str, Any]:
    """The thing in words, and where it can be read."""
    if event.subject in ("person", "department", "journey"):
        return {"thing": names.get((event.subject, event.subject_id), "–"), "url": None}
    if event.subject == "voice_import":
        return {"thing": str(_l("Import of voices")), "url": url_for("imports.voice_import", id=event.subject_id)}
    if event.issue_id:
        return {"thing": f"CX-{event.issue_id}", "url": url_for("issues.show", id=event.issue_id)}
    if event.problem_id:
        return {"thing": f"EX-{event.problem_id}", "url": url_for("causes.show", id=event.problem_id)}
    if event.subject == "review":
        return {"thing": str(_l("Weekly review")), "url": url_for("reviews.show", id=event.subject_id)}
    return {"thing": str(KINDS.get(event.subject, "–")), "url": None}


@bp.get("/settings/audit.csv")
@requires("audit.view")
def export() -> Response:
    """The same rows, all of them, as a file that opens in a spreadsheet."""
    asked, reader = Filter.read(request.args), current_user
    heading = [_("Moment"), _("Who"), _("About"), _("What happened"), _("Reason")]

    def write() -> Iterator[str]:
        yield "\ufeff" + row(heading)
        for events in all_of_it(asked, reader):
            names = names_of(events)
            for event in events:
                what = sentence(event).striptags()
                who = event.by.name if event.by else "cxboard"
                yield row([clock.local(event.at).isoformat(sep=" ", timespec="seconds"), who, about(event, names)["thing"], what, event.reason or ""])

    answer = Response(stream_with_context(write()), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="cxboard-audit-{clock.today().isoformat()}.csv"'
    return answer


def row(cells: list[str]) -> str:
    """One line (RFC 4180); a cell that a spreadsheet would take for a formula gets an apostrophe in front."""
    line = io.StringIO()
    csv.writer(line).writerow("'" + cell if cell.startswith(FORMULA) else cell for cell in cells)
    return line.getvalue()
