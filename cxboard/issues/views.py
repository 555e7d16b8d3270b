"""The board, the page of an issue, and everything that is done to one."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import sqlalchemy as sa
from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from .. import clock
from ..accounts.models import Department, User
from ..authorization import find, me, requires
from ..db import db
from ..domain import Refused
from ..history import Event
from ..permissions import allows
from ..rendering import Part, changed, current_page, here, is_htmx, page, part, to_page
from . import bp
from .forms import FACTS, AcceptForm, MergeForm, MoveForm, RankForm, ReportForm, staff_effect_words
from .gates import in_progress
from .models import Issue, not_of
from .queries import (
    MOST_PER_COLUMN,
    BoardFilter,
    Column,
    Lane,
    ageing,
    board as board_of,
    board_departments,
    card_of,
    cards,
    choices,
    column_counts,
    like,
    listed,
    number_in,
    searchable,
    similar,
    usual_days,
)
from .rendering import card_renderer
from .status import BOARD, Status, Verdict

# the board

USUALLY_PARKED = timedelta(weeks=4)  # what is proposed
MOST_NUMBERS = 200  # of cards that a browser fetches one by one


@bp.get("/board")
@requires("issue.view")
def board() -> Response:
    shown = BoardFilter.read(request.args)
    known = board_departments()
    lanes = board_of(me(), shown, known)
    columns = whole(lanes)
    return page(
        "issues/board.html",
        filter=shown, lanes=lanes, columns=columns, counts=tuple((c.status, c.count) for c in columns), choices=choices(me().department_ids), departments=tuple((d.code, d.name) for d in known.values() if not d.archived), statuses=BOARD, render_cards=card_renderer(),
    )  # fmt: skip


def whole(lanes: list[Lane]) -> list[Column]:
    """The columns over all lanes, for their heads and counts."""
    if len(lanes) == 1:
        return lanes[0].columns
    return [
        Column(c.status, count=sum(lane.columns[i].count for lane in lanes), usual=c.usual)
        for i, c in enumerate(lanes[0].columns)
    ]


@bp.get("/board/cards")
@requires("issue.view")
def board_cards() -> Response:
    """Some of the board, for a browser that shows it and heard that these issues changed: their cards, which of them are
    not on it (any more), the counts, and with `figures` what stands above the board."""
    shown = BoardFilter.read(request.args)
    if not is_htmx():
        return redirect(shown.url())
    numbers = [int(n) for n in request.args.get("numbers", "").split(",")[:MOST_NUMBERS] if re.fullmatch("[0-9]{1,9}", n)]
    found = cards(me(), numbers=numbers, filter=shown)[0] if numbers else []
    return page(
        "issues/_changes.html",
        cards=found, gone=sorted(set(numbers) - {c.id for c in found}), counts=column_counts(me(), shown), most=MOST_PER_COLUMN,
        choices=choices(me().department_ids) if request.args.get("figures") else None, render_cards=card_renderer(),
    )  # fmt: skip


def on_board() -> bool:
    """Whether the person did this on the board, which then wants the card and the counts only."""
    return is_htmx() and current_page().path == url_for("issues.board")


def board_parts(*issues: Issue) -> list[Part]:
    """The cards that changed (a card that left the board says so), and the counts under the board's filter."""
    query = current_page().query
    shown = BoardFilter.read(MultiDict(parse_qsl(query[:2_000])))
    arrived = [card_of(i, current_user) for i in issues]
    return [
        part(
            "arrivals",
            "issues/_arrivals.html",
            cards=arrived,
            render_cards=card_renderer(),
            counts=column_counts(current_user, shown),
            swap="innerHTML",
        )
    ]


@bp.get("/issues")
@requires("issue.view")
def index() -> Response:
    """Every issue there ever was, by status."""
    status = next((s for s in Status if s.value == request.args.get("status")), None)
    number = int(request.args.get("page", "1")) if re.fullmatch("[0-9]{1,6}", request.args.get("page", "1")) else 1
    text = searchable(" ".join(request.args.get("q", "").split()))[:100]
    issues, total = listed(status=status, text=text, page=max(number, 1))
    return page(
        "issues/index.html",
        issues=issues,
        total=total,
        chosen=status,
        text=text,
        number=max(number, 1),
        per_page=50,
        statuses=list(Status),
    )


# reporting


@bp.get("/issues/new")
@requires("issue.report")
def new() -> Response:
    return page("issues/new.html", fragment="issues/_report_form.html", form=ReportForm())


@bp.post("/issues")
@requires("issue.report")
def report() -> Response:
    form = ReportForm()
    if not form.validate_on_submit():
        if request.form.get("quick"):
            raise Refused(form.first_error or _("Write in one line what the customer notices."))
        return page("issues/new.html", fragment="issues/_report_form.html", status=422, form=form)
    lead = db.session.get(Department, form.lead.data) if form.lead.data else None
    issue = Issue.report(title=form.title.data, story=form.story.data or "", lead=lead, by=current_user)
    parts = board_parts(issue) if on_board() else []
    db.session.commit()
    message = _("%(key)s is on the board under New", key=issue.key)
    if request.form.get("quick") or on_board():
        return changed(url_for(".board"), *parts, message=message)
    return (
        changed(here(url_for(".show", id=issue.id)), message=message)
        if is_htmx()
        else changed(url_for(".show", id=issue.id), message=message)
    )


# the page of one issue


@bp.get("/issues/<int:id>")
@requires("issue.view", Issue)
def show(issue: Issue) -> Response:
    if issue.merged_into_id:
        return redirect(url_for(".show", id=issue.merged_into_id, _anchor=f"merged-{issue.id}"))
    usual = usual_days().get(issue.status)
    return page(
        "issues/show.html", issue=issue, mark=ageing(issue.days, issue.status), usual=usual, staff_effect_words=staff_effect_words, overruled=overruled(issue), declined_reason=declined_reason(issue),
    )  # fmt: skip


def declined_reason(issue: Issue) -> str:
    """Why it was declined, for whoever reported it."""
    if issue.status != Status.DECLINED:
        return ""
    event = db.session.scalar(
        sa.select(Event)
        .where(Event.issue_id == issue.id, Event.kind.in_(("declined", "imported")))
        .order_by(Event.id.desc())
        .limit(1)
    )
    return event.reason or "" if event else ""


def overruled(issue: Issue) -> Event | None:
    """The newest move that passed a gate with a reason, until the next review has been (the issue stands where it went)."""
    newest = db.session.scalar(
        sa.select(Event)
        .where(
            Event.issue_id == issue.id,
            Event.kind.in_(("moved", "moved_anyway", "parked", "declined", "returned", "undone")),
        )
        .order_by(Event.id.desc())
        .limit(1)
    )
    if newest is None or newest.kind != "moved_anyway":
        return None
    reviewed = sa.select(Event.id).where(Event.kind == "review_closed", Event.id > newest.id).limit(1)
    return None if db.session.scalar(reviewed) else newest


@bp.get("/issues/<int:id>/facts/<name>")
@requires("issue.edit", Issue)
def fact(issue: Issue, name: str) -> Response:
    """A fact as a field in its place."""
    spec = FACTS.get(name) or abort(404)
    form = spec.form(formdata=None)
    spec.fill(issue, form)
    form.version.data = issue.version  # type: ignore[attr-defined]
    return page(
        "issues/fact.html", fragment="issues/_fact_form.html", issue=issue, name=name, form=form, hint=spec.hint
    )


@bp.post("/issues/<int:id>/facts/<name>")
@requires("issue.edit", Issue)
def save_fact(issue: Issue, name: str) -> Response:
    spec = FACTS.get(name) or abort(404)
    form = spec.form()
    typed = {f.name: f.data for f in form}
    spec.fill(issue, form)  # the choices; then what was typed again
    for field in form:
        field.data = typed[field.name]
    if not form.validate_on_submit():
        return page(
            "issues/fact.html",
            fragment="issues/_fact_form.html",
            status=422,
            issue=issue,
            name=name,
            form=form,
            hint=spec.hint,
        )
    if name == "title" and not form.title.data:  # type: ignore[attr-defined]
        raise Refused(_("An issue needs a title."))
    owner = issue.owner
    issue.edit(by=current_user, version=form.version.data, **spec.read(form))  # type: ignore[attr-defined]
    db.session.commit()
    said = _("Saved")
    if name == "lead" and issue.lead and owner and issue.owner is None:
        said = _("Saved. %(name)s does not work at %(department)s, so nobody owns it yet.", name=owner.name, department=issue.lead.name)
    return changed(here(url_for(".show", id=issue.id)), message=said)


# moving


@bp.get("/issues/<int:id>/move")
@requires("issue.move", Issue)
def move_form(issue: Issue) -> Response:
    """Where to? With `to` it asks at once for what that place needs."""
    form = MoveForm(issue, formdata=MultiDict({"to": request.args.get("to", ""), "version": str(issue.version)}))
    form.owner.data = issue.owner_id
    form.lead.data = issue.lead_id
    to = next((s for s in Status if s.value == form.to.data and s != Status.MERGED), None)
    if to == Status.PARKED:
        form.until.data = issue.parked_until or clock.today() + USUALLY_PARKED
    if to and (to in (Status.PARKED, Status.DECLINED) or issue.missing(to)):
        return _ask(issue, form, to, 200)
    return page(
        "issues/move.html",
        fragment="issues/_move_form.html",
        issue=issue,
        form=form,
        may_decline=allows(current_user, "issue.decline", issue),
    )


@bp.post("/issues/<int:id>/move")
@requires("issue.move", Issue)
def move(issue: Issue) -> Response:
    form = MoveForm(issue)
    if not form.validate_on_submit():
        wanted = next((s for s in Status if s.value == form.to.data and s != Status.MERGED), None)
        if wanted is None:
            return page(
                "issues/move.html",
                fragment="issues/_move_form.html",
                status=422,
                issue=issue,
                form=form,
                may_decline=allows(current_user, "issue.decline", issue),
            )
        return _ask(issue, form, wanted, 422)
    to = Status(form.to.data)
    if Status.DECLINED in (to, issue.status) and not allows(current_user, "issue.decline", issue):
        abort(403)  # whoever may not decline does not take a declining back either
    if form.version.data is not None and (moved := issue.changed_since(form.version.data, {"status"})):
        who = moved[-1].by.name if moved[-1].by else "cxboard"
        raise Refused(
            _(
                "%(name)s moved %(key)s meanwhile, to %(status)s. Look again before you move it.",
                name=who,
                key=issue.key,
                status=issue.status.label,
            )
        )
    _fill_gaps(issue, form)
    missing = issue.missing(to)
    if (
        (missing and not form.reason.data)
        or (to == Status.PARKED and not form.until.data)
        or (to == Status.DECLINED and not form.reason.data)
    ):
        db.session.rollback()
        if request.form.get("asked") == to.value and not form.errors:
            form.reason.errors = (_("Something is still open above. Fill it in, or give a reason here."),)
        return _ask(issue, form, to, 422)
    before = find(Issue, form.before.data) if form.before.data and allows(current_user, "issue.rank") else None
    event = issue.move(to, by=current_user, reason=form.reason.data or None, until=form.until.data, before=before)
    parts = board_parts(issue) if on_board() else []
    db.session.flush()
    undo_url = url_for(".undo", id=issue.id, event=event.id) if event else None
    page_now, said = here(url_for(".show", id=issue.id)), _said(issue)
    db.session.commit()
    return changed(page_now, *parts, message=said, undo=undo_url)


def _fill_gaps(issue: Issue, form: MoveForm) -> None:
    """What the gate's dialog brought along counts before the gate is looked at again."""
    facts: dict[str, Any] = {}
    if form.lead.data and issue.lead is None:
        facts["lead"] = db.session.get(Department, form.lead.data)
    if form.owner.data and issue.owner is None:
        facts["owner"] = db.session.get(User, form.owner.data)
    if form.no_cause_note.data and not issue.no_cause_note:
        facts["no_cause_note"] = form.no_cause_note.data
    if form.expected_effect.data and not issue.expected_effect:
        facts["expected_effect"] = form.expected_effect.data
    if form.verdict.data and issue.verdict is None:
        facts["verdict"] = Verdict(form.verdict.data)
    if facts:
        issue.edit(by=current_user, **facts)


def _ask(issue: Issue, form: MoveForm, to: Status, status: int) -> Response:
    missing = {g.name: g for g in issue.missing(to)}
    return page(
        "issues/gate.html",
        fragment="issues/_gate_form.html",
        status=status,
        issue=issue,
        form=form,
        to=to,
        missing=missing,
        in_progress=in_progress(issue),
    )


def _said(issue: Issue) -> str:
    if issue.status == Status.PARKED:
        from ..language import day

        return _("%(key)s is parked until %(day)s", key=issue.key, day=day(issue.parked_until))
    return _("%(key)s: %(status)s", key=issue.key, status=issue.status.label)


@bp.post("/issues/<int:id>/undo/<int:event>")
@requires("issue.move", Issue)
def undo(issue: Issue, event: int) -> Response:
    """Take the newest move back."""
    done = db.session.get(Event, event)
    if done is None or done.issue_id != issue.id:
        abort(404)
    issue.undo(done, by=current_user)
    parts = board_parts(issue) if on_board() else []
    db.session.commit()
    return changed(
        here(url_for(".show", id=issue.id)),
        *parts,
        message=_("Taken back: %(key)s is in %(status)s again", key=issue.key, status=issue.status.label),
    )


@bp.post("/issues/<int:id>/rank")
@requires("issue.rank", Issue)
def rank(issue: Issue) -> Response:
    """Another place in the one ranking: before another issue, or last."""
    form = RankForm()
    if not form.validate_on_submit():
        raise Refused(form.first_error or _("Choose one from the list."))
    event = issue.rank_before(find(Issue, form.before.data) if form.before.data else None, by=current_user)
    db.session.flush()
    parts = board_parts(issue) if on_board() else []
    undo_url = url_for(".undo", id=issue.id, event=event.id) if event else None
    db.session.commit()
    return changed(
        here(url_for(".board")),
        *parts,
        message=_("%(key)s has another place in the ranking", key=issue.key) if event else None,
        undo=undo_url,
    )


# triage


@bp.get("/issues/<int:id>/acceptance")
@requires("issue.triage", Issue)
def accept_form(issue: Issue) -> Response:
    form = AcceptForm(issue, formdata=None)
    form.lead.data, form.owner.data = issue.lead_id, issue.owner_id
    return page("issues/accept.html", fragment="issues/_accept_form.html", issue=issue, form=form)


@bp.post("/issues/<int:id>/acceptance")
@requires("issue.triage", Issue)
def accept(issue: Issue) -> Response:
    """Yes: this department takes the lead, and this is the next step."""
    form = AcceptForm(issue)
    if not form.validate_on_submit():
        return page("issues/accept.html", fragment="issues/_accept_form.html", status=422, issue=issue, form=form)
    if issue.status != Status.NEW:
        raise Refused(_("%(key)s was triaged already: it is in %(status)s.", key=issue.key, status=issue.status.label))
    lead = db.session.get(Department, form.lead.data)
    owner = db.session.get(User, form.owner.data) if form.owner.data else None  # who owns it now stays, where that fits the lead
    facts: dict[str, Any] = {"lead": lead} | ({"owner": owner} if owner else {})
    try:
        if owner and lead and lead.id not in owner.department_ids:
            raise not_of(lead, owner)
        issue.edit(by=current_user, **facts)
    except Refused as error:
        db.session.rollback()
        form.owner.errors = (error.message,)
        return page("issues/accept.html", fragment="issues/_accept_form.html", status=422, issue=issue, form=form)
    event = issue.move(Status(form.to.data), by=current_user)
    parts = board_parts(issue) if on_board() else []
    db.session.flush()
    undo_url = url_for(".undo", id=issue.id, event=event.id) if event else None
    db.session.commit()
    return changed(
        here(url_for(".show", id=issue.id)),
        *parts,
        message=_("%(key)s is accepted: %(status)s", key=issue.key, status=issue.status.label),
        undo=undo_url,
    )


@bp.get("/issues/<int:id>/merge")
@requires("issue.merge", Issue)
def merge_form(issue: Issue) -> Response:
    return page(
        "issues/merge.html",
        fragment="issues/_merge_form.html",
        issue=issue,
        form=MergeForm(formdata=None),
        similar=similar(issue),
    )


@bp.post("/issues/<int:id>/merge")
@requires("issue.merge", Issue)
def merge(issue: Issue) -> Response:
    """It is the same as another one: one of those that look alike, else the one that was typed."""
    form = MergeForm(MultiDict({"into": request.form.get("chosen") or request.form.get("into", "")}))
    found = number_in(form.into.data or "")
    # Locked: what goes into another issue at this very moment takes nothing over any more.
    into = db.session.get(Issue, found, with_for_update={"key_share": True}) if found else None
    if not form.validate_on_submit() or into is None:
        alike = similar(issue)
        if not form.into.errors:
            alike = [] if found else like(form.into.data, but=issue)
            said = _("Choose one of these.") if alike else _("No other open issue has this number or these words.")
            form.into.errors = (said,)
        return page(
            "issues/merge.html", fragment="issues/_merge_form.html", status=422, issue=issue, form=form, similar=alike or similar(issue)
        )
    event = issue.merge(into=into, by=current_user)
    db.session.flush()
    undo_url = url_for(".undo", id=issue.id, event=event.id)
    parts = board_parts(issue, into) if on_board() else []
    db.session.commit()
    target = here(url_for(".show", id=into.id))
    if urlsplit(target).path == url_for(".show", id=issue.id):
        target = url_for(".show", id=into.id)
    return changed(
        target,
        *parts,
        message=_("%(key)s is read under %(into)s from now on", key=issue.key, into=into.key),
        undo=undo_url,
    )


@bp.post("/issues/<int:id>/merge/end")
@requires("issue.merge", Issue)
def unmerge(issue: Issue) -> Response:
    """Not a duplicate after all."""
    issue.unmerge(by=current_user)
    db.session.commit()
    return (
        to_page(url_for(".show", id=issue.id))
        if not is_htmx()
        else changed(here(url_for(".show", id=issue.id)), message=_("%(key)s stands on its own again", key=issue.key))
    )
