"""One of everything in a small company, an address for every route, and what people can send there.

The routes come from the app itself and the fields from the forms on its pages, so that a new slice is tested by being there.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule

from cxboard import clock
from cxboard.accounts.models import User, UserLink, UserSession
from cxboard.actions.models import Decision
from cxboard.causes.models import Category
from cxboard.causes.whys import Why
from cxboard.db import Base, db
from cxboard.discussion.attachments import Attachment, look_at
from cxboard.discussion.models import Comment, Reacting
from cxboard.dossiers.links import DossierLink
from cxboard.dossiers.models import Assumption, Dossier
from cxboard.dossiers.reckoning import Name, Range
from cxboard.focus.models import Focus
from cxboard.forms import NOT_TYPED
from cxboard.imports import kept, voices_kept as voice_files
from cxboard.issues.saved import SavedView
from cxboard.issues.status import Status
from cxboard.issues.together import change
from cxboard.journeys.models import Journey
from cxboard.journeys.moods import Lane
from cxboard.notifications.hearing import tell
from cxboard.notifications.models import Kind, Notification
from cxboard.notifications.unsubscribing import off_link
from cxboard.reviews import preparing
from cxboard.reviews.afterwards import WrittenLine
from cxboard.reviews.agenda import agenda_for
from cxboard.reviews.calendar import CalendarLink, FreeDay, RhythmChange
from cxboard.reviews.models import Attendance, Review, Series
from cxboard.reviews.steps import Step
from cxboard.voices.importing import VoiceImport
from cxboard.voices.models import Scale, Voice
from cxboard.voices.together import support_all
from tests.cast import person
from tests.client import Client
from tests.database import Database, Databases
from tests.makers import make_action, make_cause, make_department, make_handoff, make_issue, make_problem

READS = {"GET", "HEAD", "OPTIONS"}
SECRET = "Teamleider Jan houdt alles tegen"


@dataclass(frozen=True)
class Answer:
    """What somebody got to see."""

    status_code: int
    mimetype: str
    text: str
    headers: Headers


# By database, person, address and htmx. The house is put back before every test and looking at it changes nothing
# (test_requests proves that), so what was shown once is not asked for again.
_seen: dict[tuple[str, str, str, str], Answer] = {}


@dataclass
class House:
    """The ids of what is in the small company, the first of each kind being Mo's own (of KS), the second of IT."""

    app: Flask
    shared: Path  # a folder of all processes of this run
    ids: dict[str, list[Any]] = field(default_factory=dict)
    browsers: dict[str, Client] = field(default_factory=dict)

    def browser(self, who: str) -> Client:
        """The browser of one of the cast, or of a stranger when there is no name."""
        if who not in self.browsers:
            client = Client(self.app)
            self.browsers[who] = client.signed_in_as(person(who)) if who else client
        return self.browsers[who]

    def ask(self, who: str, address: str, htmx: str = "") -> Answer:
        """Fetch a page of the house, as it was furnished."""
        got = self.browser(who).get(address, htmx=htmx)
        key = (db.engine.dialect.name, who, address, htmx)
        _seen[key] = Answer(got.status_code, got.mimetype, got.data.decode(errors="replace"), got.headers)
        return _seen[key]

    def see(self, who: str, address: str, htmx: str = "") -> Answer:
        """What is on a page of the house as it was furnished; not for a test that has changed something."""
        return _seen.get((db.engine.dialect.name, who, address, htmx)) or self.ask(who, address, htmx)

    def rules(self) -> list[Rule]:
        """Every route but the static files."""
        return sorted((r for r in self.app.url_map.iter_rules() if r.endpoint != "static"), key=lambda r: (r.rule, r.endpoint))

    def reads(self) -> list[Rule]:
        return [r for r in self.rules() if "GET" in (r.methods or ())]

    def changes(self) -> list[Rule]:
        return [r for r in self.rules() if set(r.methods or ()) - READS]

    def permission(self, rule: Rule) -> str:
        return str(self.app.view_functions[rule.endpoint].permission)  # type: ignore[attr-defined]

    def kinds(self, rule: Rule) -> dict[str, str]:
        """What each argument of a rule names: `{"id": "issues"}`. Raises KeyError for one that nobody told of here."""
        found = {}
        for name in rule.arguments:
            before = rule.rule[: re.search(rf"<[^<>]*{name}>", rule.rule).start()].rstrip("/").rpartition("/")[2]  # type: ignore[union-attr]
            kind = before if name in ("id", "name", "token") and not before.startswith("<") else name
            if kind == "facts":
                kind = f"facts of {rule.rule.split('/')[1]}"
            if kind not in self.ids:
                raise KeyError(f"{rule.rule}: tell House.ids which {kind!r} there are")
            found[name] = kind
        return found

    def address(self, rule: Rule, which: int = 0) -> str:
        """An address of this route, about the first (own), second (somebody else's) … thing of its kind."""
        values = {name: self.ids[kind][min(which, len(self.ids[kind]) - 1)] for name, kind in self.kinds(rule).items()}
        return self.build(rule, values)

    def addresses(self, rule: Rule) -> list[str]:
        """An address of this route for everything of its kind."""
        many = max([len(self.ids[kind]) for kind in self.kinds(rule).values()] or [1])
        return [self.address(rule, n) for n in range(many)]

    @staticmethod
    def build(rule: Rule, values: dict[str, Any]) -> str:
        return re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", lambda m: str(values[m[1]]), rule.rule)


def furnish() -> dict[str, list[Any]]:
    """Make one of everything, by the domain's own verbs. Returns the ids of it."""
    roos, mo, eva, finn, ada = (person(n) for n in ("Roos", "Mo", "Eva", "Finn", "Ada"))
    ks, it = make_department("KS"), make_department("IT")
    closed_department = make_department("OUD")
    closed_department.archive(by=ada)

    own = make_issue("Eindnota komt te laat", by=mo, lead="KS", reach=300.0, story="Het *verhaal* van CX-1")
    other = make_issue("Monteur komt niet", by=eva, lead="IT")
    moving = make_issue("Verhuizen lukt niet", by=mo, lead="KS", status=Status.IN_PROGRESS)
    parked = make_issue("Later", by=mo, lead="KS", status=Status.PARKED)
    declined = make_issue("Niet", by=mo, lead="KS", status=Status.DECLINED)
    twin = make_issue("Nota is laat", by=mo, lead="KS")
    twin.merge(into=own, by=roos)
    done = make_issue("Klaar", by=mo, lead="KS", status=Status.DONE)
    Focus.put(moving, by=roos)
    view = SavedView.keep(name="Van KS", page="board", query="department=KS", by=mo, shared=True)
    its_view = SavedView.keep(name="Van IT", page="issues", query="status=new", by=eva)
    together, _count = change({parked.id: None, done.id: None}, "tag", by=mo, tag="samen")
    assert together

    mine = make_problem("Geen tijd om in te werken", by=mo, department="KS", category=Category.WORKLOAD)
    theirs = make_problem("Zes systemen", by=eva, department="IT")
    secret = make_problem(SECRET, by=eva, department="IT", restricted=True)
    cause = make_cause(own, mine, by=mo, share=30, whys=["Daarom", "En daarom"])
    cause_of_it = make_cause(other, theirs, by=eva, share=40)
    secret_cause = make_cause(own, secret, by=eva, share=20, whys=[SECRET])
    why, its_why = Why.answer("Menselijke fout", issue=own, by=mo), Why.answer("Communicatie", issue=other, by=eva)
    Why.answer("Geen mens weet het", issue=own, by=eva, parent=why).end_not_ours("Zo is de wet", by=eva)
    why_gone = Why.answer("Weg ermee", issue=own, by=mo).remove(by=mo)

    said = Comment.say("Dat *klopt*, @Eva Smit", by=mo, issue=own)
    said.edit("Dat klopt, @Eva Smit en @IT", by=mo)
    answered_by_eva = Comment.say("Zie CX-1, EX-3 en https://example.org, @Mo Amrani", by=eva, issue=own)
    answered_by_eva.react(Reacting.THANKS, by=mo)
    whispered = Comment.say(f"{SECRET}, @Roos van Dijk", by=eva, problem=secret)
    Comment.say("Bij ons ook", by=mo, problem=theirs)
    Comment.say("Weg ermee", by=mo, issue=own).remove(by=roos)
    put, put_too, put_in_secret = (Attachment.take(look_at(b"Tekst", f"{name}.txt"), by=by, about=about) for name, by, about in (("Notitie", mo, own), ("Van Eva", eva, other), (SECRET, eva, secret)))
    for attachment in (put, put_too, put_in_secret):
        attachment.attach(by=attachment.by)

    journey = Journey.named("Verhuizen", by=roos)
    stage = journey.add_stage("Doorgeven", work="Overtypen", by=roos)
    touchpoints = [stage.add_touchpoint(name, channel="telefoon", by=roos) for name in ("Bellen", "Terugbellen")]
    stage.edit(by=roos, tools=["CRM"], departments=[ks])
    for lane in Lane:
        stage.set_mood(lane, -1, by=roos)
    journey.add_stage("Bevestigen", by=roos)
    gone = journey.add_stage("Vroeger", by=roos)
    db.session.flush()
    gone.archive(by=roos)

    Series.set(weekday=1, at="10:00", by=roos, chair=roos, place="Kamer 1")
    db.session.commit()
    with clock.at(clock.now() - timedelta(days=7)):
        closed = Review.plan_one(clock.now(), by=roos)
        db.session.commit()
        closed.start(by=roos)
        closed.welcome("Gast", by=roos)
        Decision.record_one("Besloten", by=roos, issue=own)
        closed.close(by=roos)
        closed.remark("Een opmerking", by=roos)
        db.session.commit()
    live = Review.plan_one(clock.now() - timedelta(minutes=5), by=roos)  # beside that of the rhythm
    db.session.commit()
    live.start(by=roos)
    live.welcome("Gast nu", by=roos)
    db.session.commit()
    planned = db.session.scalars(sa.select(Review).where(Review.status == "planned").order_by(Review.id)).first()
    guests = db.session.scalars(sa.select(Attendance.id).where(Attendance.guest.is_not(None)).order_by(Attendance.id.desc())).all()

    action = make_action(owner=mo, issue=own)
    theirs_too = make_action("Van Eva", owner=eva, by=eva, issue=other)
    finished = make_action("Gedaan", owner=mo, by=mo)
    finished.finish(by=mo)
    question, asked_of_ks, answered, declined_one = (
        make_handoff(by=mo, issue=own), make_handoff(by=eva, issue=other, asking="IT", asked="KS"), make_handoff("Beantwoord?", by=mo, issue=own),
        make_handoff("Afgewezen?", by=mo, issue=own),
    )  # fmt: skip
    answered.give_answer("Ja, zie CX-1.", by=eva)
    declined_one.decline("Kan niet.", by=eva)
    if planned:
        preparing.add(planned, moving, Step.STUCK, by=mo, why="Er is nieuws")
        [new] = [i for i in agenda_for(planned, only=Step.NEW) if i.issue is other]
        preparing.answer(planned, new, "Dat was storing", by=eva)
        preparing.excuse(planned, by=eva, stand_in=mo)
    written = WrittenLine(review=planned or live, step=Step.STUCK, kind="decision", text="Van papier", issue=moving, by=roos)
    db.session.add(written)
    series = Series.current()
    assert series
    later = RhythmChange.plan(series, clock.today() + timedelta(days=100), weekday=3, at="14:00", zone=series.zone, by=roos)
    free_day = FreeDay.keep(clock.today() + timedelta(days=90), "Personeelsdag", by=roos)
    decision = Decision.record_one("Zo doen we het", by=mo, issue=own)
    its = Decision.record_one("Zo doet IT het", by=eva, problem=theirs)
    for somebody in (mo, eva):
        UserSession.start(somebody, agent="elsewhere")
    link = UserLink.make(finn, "reset")
    calendar = CalendarLink.make(finn)
    for about, kept_by in ((None, roos), (mine, mo), (secret, eva)):
        Assumption.keep(about, Name.HOUR_COST, Range(40, 45, 50), by=kept_by, source="Finance")
    mine.edit(by=mo, employees=10, hours_lost=2.0, investment=5_000)
    Dossier.put(mine, ask="Een dag per week", decide_by=clock.today() + timedelta(days=20), by=mo)
    shared, its_token = DossierLink.make(mine, by=mo, receiver="De directie", locale="en")
    its_link, _its_token = DossierLink.make(theirs, by=eva)
    secret_link, _secret_token = DossierLink.make(secret, by=roos, receiver=SECRET)
    imported, undone = (VoiceImport.begin(by=roos, source=f"Enquête {n}", file=f"{n}.csv", rows=1, columns={}) for n in (1, 2))
    for brought in (imported, undone):
        brought.claim()
        brought.added = 1
        brought.finish()
    undone.undo(by=roos)
    undone.cleared_at = clock.now()
    voice = Voice.log(quote="Ik bel al drie keer", by=mo, score=2, scale=Scale.CSAT, channel="phone", stage=stage, tags=["nota"], department=ks)
    its_voice = Voice.log(quote="De monteur kwam niet", by=eva, department=it)
    voice.support(own, by=mo)
    voice.pin(own, by=mo)
    heard = support_all([its_voice.id], other, by=mo)
    aside = Voice.log(quote="Reclame", by=mo)
    aside.set_aside("Geen klant", by=mo)
    assert heard
    moved = own.move(Status.ANALYSING, by=mo, reason="begin")
    for somebody in (mo, roos, ada):
        tell(somebody, Kind.ASSIGNED, "house", subject=("action", action.id), issue_id=own.id, text=action.title, due=action.due.isoformat())
    # Told before the problem was restricted.
    db.session.add(Notification(person=mo, kind=Kind.MENTION, key="secret", subject="comment", subject_id=1, problem_id=secret.id, facts={"text": SECRET}))
    db.session.commit()
    told = db.session.scalars(sa.select(Notification.id).order_by(Notification.id)).all()
    no_more = off_link(finn, [Kind.DIGEST]).rpartition("/")[2]
    assert moved
    sessions = db.session.scalars(sa.select(UserSession.id).order_by(UserSession.id)).all()
    return {
        "issues": [i.id for i in (own, other, moving, parked, declined, twin, done)],
        "facts of issues": ["title", "story", "lead", "owner", "weight"],
        "facts of problems": ["title", "description", "department", "status"],
        "problems": [mine.id, theirs.id, secret.id],
        "causes": [cause.id, cause_of_it.id, secret_cause.id],
        "ref": [why.ref, its_why.ref],
        "removal": [why_gone.id],
        "actions": [action.id, theirs_too.id, finished.id],
        "handoffs": [question.id, asked_of_ks.id, answered.id, declined_one.id],
        "decisions": [decision.id, its.id],
        "attachments": [put.id, put_too.id, put_in_secret.id],
        "comments": [said.id, answered_by_eva.id, whispered.id],
        "mentions": [m.id for c in (answered_by_eva, said, whispered) for m in c.mentions],
        "reviews": [live.id, closed.id, planned.id if planned else live.id],
        "point": [f"new-issue-{other.id}", f"promises-action-{action.id}", f"new-issue-{other.id}"],
        "numbers": ["reviews", "promises", "issues", "actions"],
        "figures": ["promises", "attendance", "carried", "minutes", "decided"],
        "guest": list(guests),
        "line": [written.id],
        "event": [moved.id, 1],
        "views": [view.id, its_view.id],
        "changes": [together.id],
        "departments": [ks.id, it.id, closed_department.id],
        "people": [mo.id, eva.id, finn.id, roos.id, ada.id],
        "sessions": list(sessions),
        "journeys": [journey.id],
        "stages": [stage.id, gone.id],
        "stage": [stage.id, gone.id],
        "facts of stages": ["work", "customer", "tools", "departments", "name"],
        "touchpoints": [t.id for t in touchpoints],
        "import": [leave_a_list(roos)],
        "files": [leave_voices(roos)],
        "imports": [imported.id, undone.id],
        "at": [2, 0],
        "voices": [voice.id, its_voice.id, aside.id],
        "together": [heard.id],
        "password": [link],
        "inbox": list(told),
        "thing": [f"issue-{own.id}", f"problem-{secret.id}"],
        "off": [no_more],
        "rhythms": [later.id],
        "free-days": [free_day.id],
        "calendar": [calendar],
        "assumptions": ["hour_cost", "weeks"],
        "dossier-links": [shared.id, its_link.id, secret_link.id],
        "d": [its_token],
    }  # fmt: skip


def leave_a_list(by: User) -> str:
    """A file that waits to be imported, outside the database. Returns its token."""
    token, _table = kept.keep(b"Titel;Afdeling;Status\nFoutje;KS;Nieuw\n;;\n", "lijst.csv", by)
    return token


def leave_voices(by: User) -> str:
    """A file of voices that waits to be imported, outside the database, with a stage that is not known. Returns its token."""
    left = voice_files.keep(io.BytesIO(b"datum;opmerking;naam;fase;score\n1-2-2026;Bel me op 06-12345678;Jan de Vries;Ergens;8\n31-2-2026;Fout;Eva Smit;;9\n"), "stemmen.csv", by.id)
    left.want(voice_files.COLUMNS)
    return left.token


def furnished(databases: Databases, database: Database) -> House:
    """The small company, made once; the file is left anew, since it is thrown away once it was imported."""
    ids = databases.furnished(database.name, "house", furnish)
    return House(database.app, databases.shared, {**ids, "import": [leave_a_list(person("Roos"))], "files": [leave_voices(person("Roos"))]})


def digest() -> str:
    """A fingerprint of all that is kept, but for when sessions were last seen and private links last opened."""
    db.session.rollback()
    seen = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        if table.name in ("user_session", "sign_in_attempt", "dossier_visits", "job"):
            continue
        rows = db.session.execute(sa.select(table).order_by(*table.primary_key.columns)).all()
        seen.update(repr((table.name, [tuple(r) for r in rows])).encode(errors="replace"))
    db.session.rollback()
    return seen.hexdigest()


# what stands on a page


@dataclass
class Sent:
    """A form on a page: where it goes, how, and its fields with the values they would be sent with."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Reader(HTMLParser):
    """Reads a page or a fragment: its forms, ids, headings, fields and their labels."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Sent] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.fields: list[dict[str, str | None]] = []
        self.labels: set[str] = set()
        self.lang = ""
        self.title = ""
        self._open: list[str] = []
        self._form: Sent | None = None
        self._select: str | None = None
        self._text: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = dict(attrs)
        self.tags.append(tag)
        if at.get("id"):
            self.ids.append(str(at["id"]))
        if tag == "html":
            self.lang = at.get("lang") or ""
        if tag == "label":
            self.labels.add(at.get("for") or "")
        if tag == "form":
            self._form = Sent(at.get("action") or "", (at.get("method") or "get").lower())
            self.forms.append(self._form)
        elif tag != "a" and at.get("hx-post"):
            self.forms.append(Sent(str(at["hx-post"]), "post"))
        if tag in ("input", "select", "textarea") and at.get("type") not in ("hidden", "submit") and "hidden" not in at:
            self.fields.append(at | {"in label": "yes" if "label" in self._open else None})
        name = at.get("name") or ""
        if self._form is not None and name:
            if tag in ("input", "button") and not (at.get("type") in ("radio", "checkbox") and "checked" not in at and name in self._form.fields):
                self._form.fields[name] = at.get("value") or ""
            elif tag == "select":
                self._select, self._form.fields[name] = name, ""
            elif tag == "textarea":
                self._text, self._form.fields[name] = name, ""
        if tag == "option" and self._form is not None and self._select:
            value = at.get("value") or ""
            if "selected" in at or not self._form.fields[self._select]:
                self._form.fields[self._select] = value
        if tag not in ("input", "br", "hr", "img", "meta", "link", "path", "rect", "circle", "use"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag) :]
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title" and "svg" not in self._open:
            self.title += data
        if self._form is not None and self._text:
            self._form.fields[self._text] += data


# What scripts send without a form on a page, and what a good value is for a field that stands empty there.
WITHOUT_A_FORM = {
    "issues.rank": {"before": "2"},
    "issues.undo": {},
    "issues.undo_many": {},
    "issues.put_view_back": {},
    "issues.change_many": {"ids": "1", "what": "tag", "tag": "iets"},
    "focus.put": {"place": "1"},
    "focus.take_out": {},
    "issues.unmerge": {},
    "causes.put_back": {},
    "issues.move": {"to": "ready", "until": "2027-01-04", "reason": "omdat", "version": "", "before": ""},
    "actions.withdraw": {},
    "actions.reopen": {},
    "discussion.preview": {"text": "iets"},
    "dossiers.keep": {"contacts": "7", "source": "Geteld"},
    "discussion.restore": {},
    "discussion.see": {},
    "reviews.turn": {"step": "new", "item": "", "later": ""},
    "reviews.note": {"step": "new", "text": "iets"},
    "reviews.lengthen": {},
    "reviews.see_off": {},
    "reviews.mark": {"user": "1", "presence": "present"},
}
GOOD = {
    "due": "2027-01-04", "until": "2027-01-04", "day": "2027-01-04", "date": "2027-01-04", "at": "10:00", "time": "10:00", "email": "nieuw@example.org",
    "text": "Iets", "title": "Iets", "name": "Iets", "reason": "omdat", "code": "NEW", "guest": "Gast", "score": "8", "share": "10",
    "password": "vier woorden op rij", "current": "vier woorden op rij", "description": "Iets", "whys": "Daarom", "category": "systems",
}  # fmt: skip


Forms = dict[tuple[str, str], dict[str, str]]
ANEW = ("import", "files", "password", "off", "calendar", "d", "ref")  # what is another one in each process


@cache
def kept_forms(file: Path) -> Forms:
    return {(rule, method): fields for rule, method, fields in json.loads(file.read_text())}


def forms(house: House) -> Forms:
    """(rule, method) -> fields with good values, for every form that anybody of the cast sees anywhere.

    Looked up once in a run, whatever the process and the database: the house is the same on each, down to its ids.
    """
    told = repr([(kind, ids) for kind, ids in house.ids.items() if kind not in ANEW])
    file = house.shared / f"forms-{hashlib.sha256(told.encode()).hexdigest()[:16]}.json"
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second waits for what the first finds
        if not file.exists():
            file.write_text(json.dumps([(rule, method, fields) for (rule, method), fields in find_forms(house).items()]))
    return kept_forms(file)


def find_forms(house: House) -> Forms:
    urls = house.app.url_map.bind("localhost")
    found: Forms = {}
    for rule in house.reads():
        if rule.endpoint in ("accounts.sign_in", "accounts.setup"):
            continue
        looked_at = [("Roos", address) for address in house.addresses(rule)] + [("Ada", house.address(rule))]
        for who, address in looked_at:
            for form in Reader(house.see(who, address).text).forms:
                note(form, urls, found)
    for rule in house.reads():
        if house.permission(rule) == "public":
            for form in Reader(house.see("", house.address(rule)).text).forms:
                note(form, urls, found)
    for rule in house.changes():
        known = found.setdefault((rule.rule, "POST"), {})
        for name, value in WITHOUT_A_FORM.get(rule.endpoint, {}).items():
            known.setdefault(name, value)
    return found


def note(form: Sent, urls: Any, found: Forms) -> None:
    """Add the fields of a form to those of its route."""
    path = form.action.split("?")[0].split("#")[0]
    method = form.method.upper()
    try:
        rule, _values = urls.match(path, method=method, return_rule=True)
    except Exception:
        if path:
            raise AssertionError(f"a form leads nowhere: {method} {form.action}") from None
        return
    known = found.setdefault((rule.rule, method), {})
    for name, value in form.fields.items():
        if name not in (*NOT_TYPED, "back"):
            known[name] = known.get(name) or value or GOOD.get(name, "")


def good(fields: dict[str, str]) -> dict[str, Any]:
    """What a browser would send; a file where one is asked for."""
    return {n: (io.BytesIO(b"Titel\nIets\n"), "lijst.csv") if n == "file" else v for n, v in fields.items()}


def principals() -> Iterator[str]:
    yield from ("Finn", "Mo", "Eva", "Roos", "Ada")


__all__ = ["SECRET", "House", "Reader", "digest", "forms", "furnish", "furnished", "good", "principals"]
