"""A form is carried out once, however often it is sent: a double click, a retry after a broken connection, a second tab.

Every form carries a key of its own (`form_key`, from the `csrf()` macro; a request by script has it in the header
Idempotency-Key). The key is claimed in the transaction of the change and kept with the answer, for a day. Whoever sends it
again waits for the first, changes nothing and gets the first answer. A key without a change (refused, to correct, failed)
stays free. A request without a key is carried out as it comes.

For that, what a view commits waits for its answer: both are kept, or neither. So an answer that could not be made means that
nothing was done, and nobody changes the thing in between.
"""

import hmac
import json
import re
import secrets
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import flask
import sqlalchemy as sa
from flask import Flask, Response, abort, current_app, g, make_response, request
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import generate_csrf, validate_csrf
from markupsafe import Markup
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column
from wtforms import ValidationError

from . import clock, ticker
from .authorization import is_public, may_still
from .db import READS, Model, db, one_at_a_time
from .forms import NOT_TYPED
from .rendering import answer, changed, here, instructions, is_htmx, is_repeatable, page, part

KEPT_FOR = timedelta(days=1)
SHOWN_FOR = timedelta(minutes=15)
BIGGEST_ANSWER = 60_000  # bytes, compressed; whoever repeats a request with a bigger answer gets the page itself
MOST_TOLD = 5  # messages that wait for a page to show them, in a cookie of at most 4 kB
MADE_HERE = re.compile(r"f\.([0-9a-f]{1,14})\.[\w-]+")
ONE_OF_A_LIST = re.compile(r"[a-z0-9_.:-]{0,40}")


class FormKey(Model):
    """What a form already brought about: whose, which, and what was answered. Key and body only as a keyed hash."""

    __tablename__ = "form_key"
    __table_args__ = (sa.UniqueConstraint("person_id", "key_hash"), sa.Index(None, "person_id", "body_hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    key_hash: Mapped[str] = mapped_column(sa.String(64))
    body_hash: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int] = mapped_column(default=0)
    answer: Mapped[dict[str, Any] | None]
    shown: Mapped[bytes | None] = mapped_column(sa.LargeBinary)


def start(app: Flask) -> None:
    """Bind to the app, after everything that may turn a request away."""
    app.jinja_env.globals["csrf"] = brought_along

    @app.before_request
    def carry_out_once() -> Response | None:
        if request.method in READS or is_public() or not current_user.is_authenticated:
            return None
        db.session().waits = True  # type: ignore[attr-defined]
        sent = Sent.read()
        if sent is None:
            return None
        g.form_key = True
        first = sent.claim()
        if first is None:
            g.form_key_claim = sent
            return None
        return again(first) if first.body_hash == sent.body_hash else sent_before()

    @app.after_request
    def keep_change_and_answer(response: Response) -> Response:
        if g.pop("form_key", False):
            response.headers["Form-Key"] = new_key()
        sent: Sent | None = g.pop("form_key_claim", None)
        session: Any = db.session()
        session.waits = False
        if not session.wanted:
            return response
        if len(told := flask.session.get("_flashes", [])) > MOST_TOLD:
            flask.session["_flashes"] = told[-MOST_TOLD:]
        try:
            if sent is not None:
                sent.answered(response)
            session.commit()
        except Exception as error:
            session.rollback()
            return make_response(current_app.handle_user_exception(error))
        return response


def brought_along() -> Markup:
    """What every form that changes something carries: the token against forgery, and a key with which it is carried out once."""
    if g.get("for_everybody"):
        return Markup("")  # nobody can send it; who may gets a form of their own
    token: Markup = Markup('<input type="hidden" name="csrf_token" value="%s">') % generate_csrf()
    if not current_user.is_authenticated:
        return token
    return token + Markup('<input type="hidden" name="form_key" value="%s" autocomplete="off">') % new_key()


def new_key() -> str:
    """A key that nobody else has; it says when the form was made."""
    return f"f.{int(clock.now().timestamp() * 1_000_000):x}.{secrets.token_urlsafe(12)}"


@dataclass
class Sent:
    """A request that carries a key."""

    person_id: int
    key: str
    key_hash: str
    body_hash: str
    made_at: datetime | None  # when its form was made, if a second tab may hold the same form

    @classmethod
    def read(cls) -> "Sent | None":
        """What this request is, or None for one without a key. Aborts for a key that can't be one."""
        key = request.headers.get("Idempotency-Key") or request.form.get("form_key")
        if not key:
            return None
        if not re.fullmatch(r"[\x21-\x7e]{1,200}", key):
            abort(400)
        address = f"{request.path}?{request.query_string.decode('latin-1')}"
        made = MADE_HERE.fullmatch(key)
        return cls(
            person_id=current_user.id,
            key=key,
            key_hash=seal([key, address]),
            body_hash=seal([address, *typed_and_attached()]),
            made_at=datetime.fromtimestamp(int(made[1], 16) / 1_000_000, UTC) if made and holds_a_text() else None,
        )

    def claim(self) -> FormKey | None:
        """From now until the end of the transaction the key is ours: None. Or, once it is done, what came of the first."""
        table = FormKey.__table__
        if self.made_at is not None:
            one_at_a_time(int(self.body_hash[:15], 16))
        values = {
            "person_id": self.person_id,
            "key_hash": self.key_hash,
            "body_hash": self.body_hash,
            "at": clock.now(),
            "status": 0,
        }
        row = sa.select(*(sa.literal(value, table.c[name].type) for name, value in values.items())).where(
            ~sa.exists(self.twins())
        )
        kind = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
        claim = kind.insert(table).from_select(list(values), row).on_conflict_do_nothing().returning(table.c.id)
        if db.session.scalar(claim) is not None:
            return None
        same = sa.select(FormKey).where(FormKey.person_id == self.person_id, FormKey.key_hash == self.key_hash)
        first = db.session.scalar(same) or db.session.scalar(self.twins().with_only_columns(FormKey).limit(1))
        return first or abort(503)

    def twins(self) -> sa.Select[Any]:
        """The same text sent from a form that stood open at the same time in another tab."""
        same_text = sa.select(FormKey.id).where(
            FormKey.person_id == self.person_id, FormKey.body_hash == self.body_hash
        )
        return same_text.where(FormKey.at > self.made_at) if self.made_at is not None else same_text.where(sa.false())

    def answered(self, response: Response) -> None:
        """Keep what was answered; a key with which nothing was carried out is free again."""
        mine = sa.and_(FormKey.person_id == self.person_id, FormKey.key_hash == self.key_hash)
        if response.status_code >= 400:
            db.session.execute(sa.delete(FormKey).where(mine))
            return
        if response.status_code == 303:
            # The page after it lets go of what was kept of the form (static/js/drafts.js); only the last one counts.
            others = [told for told in flask.session.get("_flashes", []) if told[0] != "done"]
            flask.session["_flashes"] = [*others, ("done", self.key)]
        empty = not response.is_streamed and not response.get_data()
        kept = {"headers": instructions(response), "htmx": is_htmx(), "empty": empty or response.status_code >= 300}
        shown = None
        if empty or response.status_code >= 300 or is_repeatable():
            told = {
                "body": response.get_data(as_text=True),
                "toasts": flask.session.get("_flashes"),
                "csrf": generate_csrf(),
            }
            packed = zlib.compress(json.dumps(told).encode(), 1)
            shown = packed if len(packed) <= BIGGEST_ANSWER else None
        done = {"status": response.status_code, "at": clock.now(), "answer": kept, "shown": shown}
        db.session.execute(sa.update(FormKey).where(mine).values(**done))


def seal(parts: list[str]) -> str:
    """A hash that says nothing about what went in, not even to whoever has the database and guesses."""
    sealed = hmac.new(str(current_app.secret_key).encode(), digestmod="sha256")
    for text in parts:
        raw = text.encode("utf-8", "surrogatepass")
        sealed.update(len(raw).to_bytes(8, "big") + raw)
    return sealed.hexdigest()


def typed_and_attached() -> list[str]:
    """What a person put into the form; not what the form itself brings along."""
    parts = [
        text
        for name, value in request.form.items(multi=True)
        if name not in (*NOT_TYPED, "back")
        for text in (name, value)
    ]
    for name, file in request.files.items(multi=True):
        parts += [name, file.filename or "", hmac.new(b"", file.stream.read(), "sha256").hexdigest()]
        file.stream.seek(0)
    return parts


def holds_a_text() -> bool:
    """Whether something was written, and is not guarded by a version: a tick or a move may well be meant twice."""
    typed = {name: value for name, value in request.form.items(multi=True) if name not in (*NOT_TYPED, "back")}
    return "version" not in typed and any(not ONE_OF_A_LIST.fullmatch(value) for value in typed.values())


def again(first: FormKey) -> Response:
    """The first answer once more: what it showed only to who may still see it, and after a while just where it led."""
    kept = first.answer or {}
    told: dict[str, Any] = (
        json.loads(zlib.decompress(first.shown)) if first.shown else {"body": "", "toasts": None, "csrf": ""}
    )
    same_way = kept.get("htmx") == is_htmx()
    if not same_way or not (kept.get("empty") or (first.shown and may_still())):
        page_of_form = request.path if current_app.url_map.bind("").test(request.path, "GET") else "/"
        return changed(here(page_of_form), message=_("This was carried out already."))
    try:
        validate_csrf(told["csrf"])
    except ValidationError:  # signed in again since then: the forms in it get the token of now
        told["body"] = told["body"].replace(told["csrf"] or "\0", generate_csrf())
    if told["toasts"]:
        flask.session["_flashes"] = told["toasts"]
    repeated = make_response(told["body"], first.status)
    repeated.headers.update(kept["headers"])
    return repeated


def sent_before() -> Response:
    """The key is used up, and what comes with it now is something else: nothing is done, and nothing typed is lost."""
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_TYPED]
    if is_htmx():
        return answer(part("dialog-body", "errors/_sent_before.html", swap="innerHTML", typed=typed), status=422)
    return page("errors/sent_before.html", status=422, typed=typed)


@ticker.every(timedelta(minutes=15), "form_keys")
def forget() -> None:
    """What an answer showed is forgotten soon, that it was given after a day."""
    now = clock.now()
    db.session.execute(sa.delete(FormKey).where(FormKey.at < now - KEPT_FOR))
    db.session.execute(
        sa.update(FormKey).where(FormKey.at < now - SHOWN_FOR, FormKey.shown.is_not(None)).values(shown=None)
    )
