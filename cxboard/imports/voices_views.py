"""Voices, import: a file, its columns, what would happen; then it is carried out beside everything else, and can be undone."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, g, request, url_for
from flask_babel import gettext as _, ngettext
from flask_login import current_user

from ..accounts.queries import departments
from ..authorization import me, requires
from ..db import db
from ..domain import Refused
from ..permissions import allows
from ..rendering import changed, page, target, to_page
from ..voices.importing import DIED, VoiceImport, latest, support_of
from ..voices.models import Scale
from ..web import TAKES_MORE
from . import bp, voices_kept as kept
from .columns import IGNORE
from .forms import FileForm
from .reading import Unreadable
from .voices_columns import LABELS
from .voices_forms import chosen, date_orders, stage_choices, with_values
from .voices_kept import CHECK, COLUMNS, Kept
from .voices_plan import Known, missing, unknown, warnings
from .voices_reading import MOST_BYTES, MOST_ROWS
from .voices_run import begin, ready
from .voices_told import readings

TAKES_MORE[f"{bp.name}.send_voices"] = MOST_BYTES
UNDER = "voices"  # what the rail marks
WAITING = "reading"  # the part of a page that asks whether a file is read


@bp.before_app_request
def keep_file() -> None:
    """Take the file in before the request changes anything: as long as that lasts, nobody's change should wait for it."""
    if request.endpoint != f"{bp.name}.send_voices" or request.method != "POST":
        return
    if not current_user.is_authenticated or not allows(current_user, "voice.import"):
        return
    person = current_user.id
    db.session.commit()  # who asks is known; let go of the database
    file = request.files.get("file")
    if file is None or not file.filename:
        return
    try:
        g.voices_file = kept.keep(file.stream, file.filename, person)
    except Unreadable as error:
        g.voices_file = error
    file.stream.close()
    file.stream = _Seen()  # type: ignore[assignment]


class _Seen:
    """What is left of a file that was taken in: nothing to read once more."""

    def read(self, *_size: int) -> bytes:
        return b""

    def seek(self, *_place: int) -> None: ...

    def close(self) -> None: ...


# choosing a file


@bp.get("/voices/imports")
@requires("voice.import")
def voices() -> Response:
    """Step 1: choose a file; and what was imported before."""
    return files_page(FileForm(formdata=None))


@bp.post("/voices/imports")
@requires("voice.import")
def send_voices() -> Response:
    """Keep the file, and go on to its columns."""
    form = FileForm()
    found = g.pop("voices_file", None)
    if isinstance(found, Kept):
        found.want(COLUMNS)
        return to_page(url_for(".voice_columns", token=found.token))
    form.file.errors = (str(found.message) if isinstance(found, Unreadable) else _("Choose a file."),)
    return files_page(form, 422)


def files_page(form: FileForm, status: int = 200) -> Response:
    return page("imports/voices.html", status=status, form=form, left=kept.left_by(me()), imports=latest(), most_mb=MOST_BYTES // 1024**2, most_rows=MOST_ROWS, under=UNDER, died=DIED)


# its columns


@bp.get("/voices/imports/files/<token>")
@requires("voice.import")
def voice_columns(token: str) -> Response:
    """Step 2: which column is what, and how dates and scores are read."""
    file = found(token)
    if not ready(file, app()):
        return waiting_page(file)
    if target() == WAITING:
        return to_page(request.full_path)
    survey, mapping = file.survey, file.mapping
    if file.refused or survey is None or mapping is None:
        return refused_page(file)
    if file.remembered and file.outlook and "again" not in request.args:
        return to_page(url_for(".voice_check", token=token))
    return columns_page(file)


def columns_page(file: Kept, *, error: str | None = None, status: int = 200, mapping: Any = None) -> Response:
    survey, mapping = file.survey, mapping or file.mapping
    assert survey is not None and mapping is not None
    columns = list(enumerate(survey.columns))
    return page(
        "imports/voice_columns.html", status=status, token=file.token, sheet=file.sheet, survey=survey, mapping=mapping, error=error, fields=LABELS,
        columns=[(at, c) for at, c in columns if c.answered and not c.is_label], labels=[(at, c) for at, c in columns if c.is_label],
        blank=[c.header for _at, c in columns if not c.answered], scales=list(Scale), orders=date_orders(), remembered=file.remembered, ignore=IGNORE, under=UNDER,
    )  # fmt: skip


@bp.post("/voices/imports/files/<token>/columns")
@requires("voice.import")
def choose_voice_columns(token: str) -> Response:
    """Keep how the file is to be read, and read it so."""
    file = found(token)
    if (known := file.mapping) is None:
        return to_page(url_for(".voice_columns", token=token))
    mapping = chosen(known)
    if error := missing(mapping):
        return columns_page(file, error=error, status=422, mapping=mapping)
    if mapping != known or file.outlook is None:
        file.choose(mapping)
        file.want(CHECK)
    return to_page(url_for(".voice_check", token=token))


# what would happen


@bp.get("/voices/imports/files/<token>/check")
@requires("voice.import")
def voice_check(token: str) -> Response:
    """Step 3: what would be written, what the rows still need, and what is not known here."""
    file = found(token)
    if not ready(file, app()):
        return waiting_page(file)
    if target() == WAITING:
        return to_page(request.full_path)
    survey, mapping, outlook = file.survey, file.mapping, file.outlook
    if file.refused:
        return refused_page(file)
    if survey is None or mapping is None or outlook is None:
        return to_page(url_for(".voice_columns", token=token, again=1))
    return page(
        "imports/voice_check.html", token=token, sheet=file.sheet, survey=survey, mapping=mapping, outlook=outlook, fields=LABELS, warnings=warnings(survey, mapping),
        unknown=unknown(survey, mapping, Known.all()), stages=stage_choices(), departments=[(str(d.id), d.name) for d in departments()],
        readings=readings(survey, mapping, outlook), remembered=file.remembered, blocked=bool(outlook.wrong and not mapping.skip_wrong), under=UNDER,
    )  # fmt: skip


@bp.post("/voices/imports/files/<token>/values")
@requires("voice.import")
def choose_voice_values(token: str) -> Response:
    """What the stages and departments that are not known here are."""
    file = found(token)
    if (survey := file.survey) and (mapping := file.mapping):
        file.choose(with_values(mapping, unknown(survey, mapping, Known.all())))
        file.want(CHECK)
    return to_page(url_for(".voice_check", token=token))


@bp.post("/voices/imports/files/<token>/columns/<int:at>/drop")
@requires("voice.import")
def drop_voice_column(token: str, at: int) -> Response:
    """Leave out a column that looks like personal data."""
    file = found(token)
    if (mapping := file.mapping) is None or at >= len(mapping.fields):
        abort(404)
    mapping.fields[at] = IGNORE
    file.choose(mapping)
    if missing(mapping):
        return to_page(url_for(".voice_columns", token=token, again=1))
    file.want(CHECK)
    return to_page(url_for(".voice_check", token=token))


@bp.post("/voices/imports/files/<token>/skip")
@requires("voice.import")
def skip_voice_rows(token: str) -> Response:
    """Bring in the others, without the rows that can't be read."""
    file = found(token)
    if (mapping := file.mapping) is None or (outlook := file.outlook) is None:
        return to_page(url_for(".voice_columns", token=token))
    mapping.skip_wrong = True
    file.choose(mapping)
    file.write("outlook", outlook.as_json())
    return changed(url_for(".voice_check", token=token))


@bp.post("/voices/imports/files/<token>/end")
@requires("voice.import")
def give_up_voices(token: str) -> Response:
    """Not this file after all."""
    found(token).throw_away()
    return changed(url_for(".voices"), message=_("The file is thrown away; nothing was written."))


# carrying it out


@bp.post("/voices/imports/files/<token>/start")
@requires("voice.import")
def start_voices(token: str) -> Response:
    """Begin; the rest happens beside everything else."""
    file = found(token)
    mapping, outlook = file.mapping, file.outlook
    if mapping is None or outlook is None or missing(mapping):
        return to_page(url_for(".voice_columns", token=token, again=1))
    if outlook.wrong and not mapping.skip_wrong:
        raise Refused(_("Some rows can't be read yet. Correct the file, choose other columns, or leave these rows out."))
    if not outlook.new:
        raise Refused(_("There is nothing to import."))
    if file.read("begun"):
        raise Refused(_("This file is being imported already."))
    begun = VoiceImport.begin(
        by=me(), source=mapping.source, file=file.sheet.name, rows=outlook.rows, columns=mapping.as_json(), headers_key=file.sheet.key, token=token
    )
    file.write("begun", {"id": begun.id})
    number = begun.id
    db.session.commit()
    return soon(changed(url_for(".voice_import", id=number)))


@bp.get("/voices/imports/<int:id>")
@requires("voice.import", VoiceImport)
def voice_import(found: VoiceImport) -> Response:
    """How far it is, and what came of it."""
    return page("imports/voice_import.html", fragment="imports/_progress.html", found=found, died=DIED, under=UNDER)


@bp.post("/voices/imports/<int:id>/stop")
@requires("voice.import", VoiceImport)
def stop_voices(found: VoiceImport) -> Response:
    """Not after all, while it runs."""
    found.stop(by=me())
    db.session.commit()
    return soon(changed(url_for(".voice_import", id=found.id), message=_("Stopped. Nothing of it was kept.")))


@bp.get("/voices/imports/<int:id>/undo")
@requires("voice.import", VoiceImport)
def ask_undo_voices(found: VoiceImport) -> Response:
    """Whether it is meant: how many voices go, and what they support by now."""
    voices, issues = support_of(found)
    return page("imports/voice_undo.html", fragment="imports/_undo_form.html", found=found, supporting=voices, issues=issues, under=UNDER)


@bp.post("/voices/imports/<int:id>/undo")
@requires("voice.import", VoiceImport)
def undo_voices(found: VoiceImport) -> Response:
    """Take all of it back."""
    found.undo(by=me())
    db.session.commit()
    gone = ngettext("%(num)s voice is gone.", "%(num)s voices are gone.", found.added)
    return soon(changed(url_for(".voice_import", id=found.id), message=gone))


def soon(response: Response) -> Response:
    """Once this is answered (and with that committed), do what waits."""
    here = app()
    response.call_on_close(lambda: begin(here))
    return response


def app() -> Any:
    return current_app._get_current_object()  # type: ignore[attr-defined]


def found(token: str) -> Kept:
    """The kept file; somebody else's is as missing as one that never was."""
    return kept.find(token, me()) or abort(404)


def waiting_page(file: Kept) -> Response:
    return page("imports/voice_reading.html", fragment="imports/_reading.html", token=file.token, sheet=file.sheet, rows=file.rows_read, under=UNDER)


def refused_page(file: Kept) -> Response:
    """A file that turned out to be broken somewhere down."""
    form = FileForm(formdata=None)
    form.file.errors = (file.refused or _("This file can't be read."),)
    file.throw_away()
    return files_page(form, 422)
