"""Logging what a customer said, reading on, one voice by itself, and what is done to one or several."""

from __future__ import annotations

import re

from flask import abort, request, session, url_for
from flask_babel import gettext as _, ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from .. import charts, clock
from ..accounts.queries import departments
from ..authorization import find, me, requires
from ..db import BIGGEST_ID, db
from ..domain import Refused
from ..forms import read_id, tidy
from ..history.sentences import icon as icon_of, sentence
from ..issues.models import Issue
from ..issues.queries import find_by_words
from ..journeys.queries import stages
from ..language import number
from ..rendering import changed, current_page, here, page, to_page
from ..words import Question
from . import bp
from .forms import CHANNELS, AboutForm, LogForm, ReviseForm, TakeOverForm, TogetherForm, channel_label
from .models import Scale, Voice
from .numbers import Numbers, Row, numbers as numbers_of
from .queries import history_of, voices_named
from .reading import Page, Reading, choices, page_of, tags_like
from .suggesting import issues_for
from .together import MOST, VoiceBatch, chosen, make_issue_of, set_all_aside, support_all, title_of

MOST_FOUND = 5

bp.add_app_template_global(channel_label, "channel_label")

# reading


@bp.get("/voices")
@requires("voice.view")
def index() -> Response:
    """What customers said, newest first."""
    reading = Reading.read(request.args)
    return page(
        "voices/index.html",
        reading=reading, shown=page_of(reading), choices=choices(), stages=stages(), departments=[(d.code, d.name) for d in departments()], scales=list(Scale), channels=CHANNELS,
    )  # fmt: skip


@bp.get("/voices/found")
@requires("voice.view")
def found() -> Response:
    """The newest few with these words, for the page that searches everything: it fetches them by itself, so that it need not wait."""
    reading = Reading.read(request.args)
    shown = page_of(reading) if reading.text else Page([], count=0)
    return page("voices/found.html", fragment="voices/_found.html", reading=reading, shown=shown, question=Question.of(reading.text), most=MOST_FOUND)


@bp.get("/voices/numbers")
@requires("voice.view")
def numbers() -> Response:
    """Per stage or label, month by month."""
    found = numbers_of(request.args)
    return page("voices/numbers.html", numbers=found, drawn=[(row, chart_of(found, row)) for row in found.rows], scales=list(Scale))


def chart_of(found: Numbers, row: Row) -> charts.Line:
    """The months of one row: how many voices, or their mean score on one scale with how many that is of. All rows on one scale."""
    readings = []
    for month in found.months:
        heard = row.of(month)
        scored = found.value(heard)
        value = (scored.mean if scored else None) if found.scale else float(heard.voices)
        n = (scored.n if scored else 0) if found.scale else None
        told = _("%(value)s, n = %(n)s", value=number(value or 0, 1), n=n) if found.scale else ngettext("%(num)s voice", "%(num)s voices", heard.voices)
        readings.append(charts.Reading(month.words, value, n, f"{month.words}: {told}", row.href(month, months=found.months)))
    marks = (found.scale.low, found.scale.high) if found.scale else whole_marks(found.most)
    return charts.line(readings, words=lambda v: number(v, 0), width=340, height=150, marks=marks)


def whole_marks(most: int) -> list[float]:
    """Round whole numbers from nothing to at least this many."""
    return [m for m in charts.round_steps(0, max(most, 1)) if m == int(m)] if most > 3 else [float(n) for n in range(max(most, 1) + 1)]


# writing one down


@bp.get("/voices/new")
@requires("voice.log")
def new() -> Response:
    """What a customer said, as a page or in a dialog from anywhere; on the page of an issue it supports that."""
    form = LogForm(formdata=None)
    form.said_on.data = clock.today()
    form.channel.data = session.get("voice_channel", "")
    form.scale.data = session.get("voice_scale", "")
    issue = issue_at_hand()
    form.issue.data = str(issue.id) if issue else ""
    form.stage.data = issue.stage_id if issue else None
    return ask(form, chosen_issue=issue)


def issue_at_hand() -> Issue | None:
    """The issue that the address names, or whose page the dialog is opened on."""
    at = request.args.get("issue", "") or ((m := re.fullmatch(r"/issues/([0-9]{1,10})", current_page().path)) and m[1]) or ""
    return find_open(at)


def find_open(text: str) -> Issue | None:
    id = read_id(text)
    issue = db.session.get(Issue, id) if id else None
    return issue if issue is not None and issue.merged_into_id is None else None


def ask(form: LogForm, *, chosen_issue: Issue | None = None, status: int = 200) -> Response:
    if chosen_issue is None and form.issue.data and not form.makes_new:
        chosen_issue = find_open(form.issue.data)
    return page("voices/new.html", fragment="voices/_log_form.html", status=status, form=form, channels=CHANNELS, scales=list(Scale), hits=getattr(form, "hits", []), chosen_issue=chosen_issue)


@bp.post("/voices")
@requires("voice.log")
def log() -> Response:
    form = LogForm()
    valid = form.validate_on_submit()
    issue = form.find()
    if not valid or form.issue_text.errors:
        return ask(form, status=422)
    if form.scale.data and form.score is None and not form.quote.data:
        form.quote.errors = (_("What did the customer say? Write it down, or choose a score."),)
        return ask(form, status=422)
    try:
        voice = Voice.log(by=current_user, **form.facts())
    except Refused as error:
        db.session.rollback()
        form.quote.errors = (str(error.message),)
        return ask(form, status=422)
    if form.makes_new:
        issue, _batch = make_issue_of([voice.id], form.title.data or title_of(voice.quote) or _("What a customer said"), by=me())
    elif issue is not None:
        voice.support(issue, by=current_user)
    db.session.commit()
    session["voice_channel"], session["voice_scale"] = form.channel.data or "", form.scale.data or ""
    if form.makes_new and issue is not None:
        return to_page(url_for("issues.show", id=issue.id))
    message = _("Written down; it supports %(key)s", key=issue.key) if issue else _("Written down")
    return changed(here(url_for(".show", id=voice.id)), message=message)


@bp.get("/voices/issues")
@requires("voice.support")
def issues() -> Response:
    """The open issues with this number or these words, to choose one from."""
    text = tidy(request.args.get("issue_text", "")[:400].encode(errors="ignore").decode())[:160]
    hits = find_by_words(text) if text else []
    picked = find_open(request.args.get("issue", ""))
    return page("voices/issues.html", fragment="voices/_issue_hits.html", hits=hits, text=text, chosen_issue=picked, new=request.args.get("issue") == "new")


@bp.get("/voices/labels")
@requires("voice.log")
def labels() -> Response:
    """Labels that are in use and begin like the last one that is being typed."""
    *before, last = tidy(request.args.get("tags", "")[:600].encode(errors="ignore").decode()).split(",")
    known = {" ".join(t.lower().split()) for t in before}
    return page("voices/labels.html", fragment="voices/_labels.html", found=[t for t in tags_like(last) if t not in known and t != last.strip().lower()])


# one voice


@bp.get("/voices/<int:id>")
@requires("voice.view", Voice)
def show(voice: Voice) -> Response:
    supported = [s.issue_id for s in voice.supports]
    suggestions = issues_for(voice.quote, stage_id=voice.stage_id, but=supported) if not voice.is_set_aside else []
    return page("voices/show.html", voice=voice, suggestions=suggestions, happened=[(icon_of(e), sentence(e), e.at) for e in history_of(voice)])


@bp.get("/voices/<int:id>/revision")
@requires("voice.edit", Voice)
def revise_form(voice: Voice) -> Response:
    form = ReviseForm(voice=voice, formdata=None)
    form.fill(voice)
    return _ask_again(voice, form)


def _ask_again(voice: Voice, form: ReviseForm, *, status: int = 200) -> Response:
    return page("voices/revise.html", fragment="voices/_revise_form.html", status=status, voice=voice, form=form, channels=CHANNELS, scales=list(Scale))


@bp.post("/voices/<int:id>/revision")
@requires("voice.edit", Voice)
def revise(voice: Voice) -> Response:
    form = ReviseForm(voice=voice)
    if not form.validate_on_submit():
        return _ask_again(voice, form, status=422)
    try:
        voice.edit(by=current_user, version=form.version.data, **form.facts())
    except Refused as error:
        db.session.rollback()
        form.quote.errors = (str(error.message),)
        return _ask_again(find(Voice, request.view_args["id"]), form, status=422)  # type: ignore[index]
    db.session.commit()
    return changed(here(url_for(".show", id=voice.id)), message=_("Saved"))


def _about() -> Issue:
    """The issue that a form names."""
    form = AboutForm()
    if not form.validate_on_submit() or not form.issue.data:
        abort(400)
    issue: Issue = find(Issue, form.issue.data)
    return issue


@bp.post("/voices/<int:id>/supports")
@requires("voice.support", Voice)
def support(voice: Voice) -> Response:
    """It is about this issue."""
    issue = _about()
    voice.support(issue, by=current_user)
    db.session.commit()
    return changed(here(url_for(".show", id=voice.id)), message=_("It supports %(key)s", key=issue.key))


@bp.post("/voices/<int:id>/supports/end")
@requires("voice.support", Voice)
def withdraw(voice: Voice) -> Response:
    """It is about something else after all."""
    issue = _about()
    voice.withdraw(issue, by=current_user)
    db.session.commit()
    return changed(here(url_for(".show", id=voice.id)), message=_("It does not support %(key)s any more", key=issue.key))


@bp.post("/voices/<int:id>/pin")
@requires("voice.support", Voice)
def pin(voice: Voice) -> Response:
    """It tells best what customers feel: show it first with the issue."""
    issue = _about()
    voice.pin(issue, by=current_user)
    db.session.commit()
    return changed(here(url_for("issues.show", id=issue.id)), message=_("Pinned: it stands first now"))


@bp.post("/voices/<int:id>/pin/end")
@requires("voice.support", Voice)
def unpin(voice: Voice) -> Response:
    issue = _about()
    voice.unpin(issue, by=current_user)
    db.session.commit()
    return changed(here(url_for("issues.show", id=issue.id)), message=_("Not pinned any more"))


@bp.post("/voices/<int:id>/return")
@requires("voice.set_aside", Voice)
def take_back(voice: Voice) -> Response:
    """It counts again."""
    voice.take_back(by=current_user)
    db.session.commit()
    return changed(here(url_for(".show", id=voice.id)), message=_("It counts again"))


# what the voices of an issue suggest


@bp.post("/issues/<int:id>/suggestions")
@requires("issue.edit", Issue)
def take_over(issue: Issue) -> Response:
    """Reach or severity as the voices tell it: filled in by whoever takes it over, so from then on it is theirs."""
    form = TakeOverForm()
    if not form.validate_on_submit() or not re.fullmatch("[0-9]{1,8}", form.value.data or ""):
        abort(400)
    value = int(form.value.data or "")
    if form.what.data == "severity" and not 1 <= value <= 5:
        abort(400)
    facts = {"reach": float(value)} if form.what.data == "reach" else {"severity": value}
    issue.edit(by=current_user, version=form.version.data, **facts)
    db.session.commit()
    return changed(here(url_for("issues.show", id=issue.id)), message=_("Taken over"))


# one or several


def asked_for(values: list[str]) -> list[int]:
    """The numbers in `12`, or several with commas between; what is no number is left out."""
    found = re.findall(r"(?<![\d:])\d{1,10}(?![\d])", re.sub(r":\d+", "", ",".join(values)[:20_000]), re.ASCII)
    return [n for n in dict.fromkeys(int(n) for n in found) if 0 < n <= BIGGEST_ID]


@bp.get("/voices/together")
@requires("voice.support")
def together_form() -> Response:
    """One or several voices, and what is to be done with them."""
    form = TogetherForm(formdata=None)
    what = request.args.get("what", "")
    form.what.data = what if what in ("support", "issue", "aside") else "support"
    return _ask_together(form, asked_for(request.args.getlist("ids")))


def _ask_together(form: TogetherForm, ids: list[int], *, status: int = 200) -> Response:
    voices = voices_named(ids[: MOST + 1])
    if form.what.data == "issue" and not form.title.data and voices:
        form.title.data = next((title_of(v.quote) for v in voices if v.quote), "")
    alike = issues_for(" ".join(v.quote for v in voices[:20]), but=[s.issue_id for s in voices[0].supports]) if form.what.data == "support" and voices else []
    return page(
        "voices/together.html", fragment="voices/_together_form.html", status=status,
        form=form, voices=voices, given=",".join(str(v.id) for v in voices), most=MOST, suggestions=alike, hits=getattr(form, "hits", []), chosen_issue=None,
    )  # fmt: skip


@bp.post("/voices/together")
@requires("voice.support")
def together() -> Response:
    """All of them support an issue, become a new one, or are set aside."""
    form, ids = TogetherForm(), asked_for(request.form.getlist("ids"))
    if not form.validate_on_submit():
        return _ask_together(form, ids, status=422)
    issue = form.find() if form.what.data == "support" else None
    if form.what.data == "issue" and not form.title.data:
        form.title.errors = (_("Write in one line what the customer notices."),)
    if form.what.data == "aside" and not form.why.data:
        form.why.errors = (_("Why is it set aside? One line is enough."),)
    if form.what.data == "support" and issue is None and not form.issue_text.errors:
        form.issue_text.errors = (_("Choose an issue, or fill in its number, such as CX-12."),)
    if form.title.errors or form.why.errors or form.issue_text.errors:
        return _ask_together(form, ids, status=422)
    batch, message, there = _carry_out(form, ids, issue)
    undo = url_for(".undo_together", id=batch.id) if batch else None
    db.session.commit()
    return changed(there, message=message, undo=undo)


def _carry_out(form: TogetherForm, ids: list[int], issue: Issue | None) -> tuple[VoiceBatch | None, str, str]:
    """What was asked: what can be undone, what is said, and where one reads on."""
    there = here(url_for(".index"))
    if form.what.data == "aside":
        batch = set_all_aside(ids, form.why.data or "", by=me())
        count = len(batch.voices) if batch else 0
        said = ngettext("%(num)s voice set aside", "%(num)s voices set aside", count) if count else _("They were set aside already")
        return batch, said, there
    if issue is None:
        issue, batch = make_issue_of(ids, form.title.data or "", by=me())
        said = ngettext("%(key)s is new, with %(num)s voice", "%(key)s is new, with %(num)s voices", len(chosen(ids)), key=issue.key)
        return batch, said, there
    batch = support_all(ids, issue, by=me())
    count = len(batch.voices) if batch else 0
    said = ngettext("%(num)s voice supports %(key)s now", "%(num)s voices support %(key)s now", count, key=issue.key) if count else _("They support %(key)s already", key=issue.key)
    return batch, said, there


@bp.post("/voices/together/<int:id>/undo")
@requires("voice.support")
def undo_together(id: int) -> Response:
    """Take all of it back."""
    batch = db.session.get(VoiceBatch, id)
    if batch is None or batch.by_id != me().id:
        abort(404)
    batch.undo(by=me())
    db.session.commit()
    return changed(here(url_for(".index")), message=_("Taken back"))
