"""User and Department, the sessions kept on the server, and the links that invite or reset."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from .. import clock
from ..db import Model, db, one_at_a_time
from ..domain import Refused, Stale
from ..history import Event, HasHistory
from ..live import announce
from ..live.models import newest
from .passwords import check_password

COLOURS = ("zalm", "koper", "kastanje", "olijf", "linde", "lagune", "hemel", "marine", "iris", "pruim", "mauve", "fuchsia")
IDLE = timedelta(days=14)
ABSOLUTE = timedelta(days=30)
LINK_LIFE = timedelta(hours=48)
CONFIRMED_FOR = timedelta(minutes=15)
ADMIN_LOCK = 7_042

# OWASP's smallest argon2id setting: 19 MiB, two passes, one lane (Password Storage Cheat Sheet).
hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


class Role(Enum):
    """What a person may do here; product.md section 2."""

    REGISSEUR = "regisseur"
    MEMBER = "member"
    VIEWER = "viewer"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        return str(ROLE_LABELS[self])


ROLE_LABELS = {
    Role.REGISSEUR: _l("CX regisseur"),
    Role.MEMBER: _l("Department member"),
    Role.VIEWER: _l("Viewer"),
    Role.ADMIN: _l("Administrator"),
}

membership = sa.Table(
    "membership",
    Model.metadata,
    sa.Column("user_id", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("department_id", sa.ForeignKey("department.id"), primary_key=True, index=True),
)


class Department(HasHistory, Model):
    """A silo: a part of the company that has its own work, people and limits."""

    __tablename__ = "department"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    code: Mapped[str] = mapped_column(sa.String(6), unique=True)
    colour: Mapped[str] = mapped_column(sa.String(10))
    lead_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", use_alter=True))
    wip_limit: Mapped[int] = mapped_column(default=3)
    change_limit: Mapped[int] = mapped_column(default=5)
    mandate: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)

    lead: Mapped[User | None] = relationship(foreign_keys=[lead_id])
    people: Mapped[list[User]] = relationship(secondary=membership, back_populates="departments", order_by="User.name")

    @classmethod
    def open(cls, *, name: str, code: str, by: User | None, colour: str | None = None, **limits: int) -> Department:
        """Add a department; without a colour it gets the least used one. Raises Refused when the name or the code is taken or no code."""
        _must_be_new(name)
        department = cls(name=name.strip(), code=good_code(code), colour=colour or least_used_colour(), **limits)
        with unless_taken(_l("There already is a department with the code %(code)s.", code=department.code)):
            db.session.add(department)
        department.record("department_opened", by=by, after={"text": department.name})
        return department

    def edit(self, *, by: User, version: int | None = None, **facts: Any) -> list[Event]:
        """Change name, code, colour, lead, wip_limit, change_limit or mandate.

        Raises Stale when one of them changed after `version`, Refused when the name or the code is taken or no code.
        """
        if facts.get("name", self.name) != self.name:
            _must_be_new(facts["name"], but=self)
        if "code" in facts:
            facts["code"] = good_code(facts["code"])
        changes = changes_to(self, facts, version)
        with unless_taken(_l("There already is a department with the code %(code)s.", code=facts.get("code", self.code))):
            return [set_fact(self, name, value, by) for name, value in changes.items()]

    def archive(self, *, by: User) -> None:
        """Close the department; what it did stays."""
        if self.archived_at:
            return
        self.archived_at = clock.now()
        self.record("department_archived", by=by, after={"text": self.name})

    def restore(self, *, by: User) -> None:
        """Open an archived department again."""
        if self.archived_at:
            self.archived_at = None
            self.record("department_restored", by=by, after={"text": self.name})

    def record(self, kind: str, **details: Any) -> Event:
        announce("board", "problems")  # its name, code and colour stand on every card
        return super().record(kind, **details)


class NameTaken(Refused):
    """Another department has this name."""


def _must_be_new(name: str, but: Department | None = None) -> None:
    """Two departments of one name can't be told apart where one chooses one."""
    others = db.session.scalars(sa.select(Department.name).where(Department.id != (but.id if but else 0)))
    if " ".join(name.split()).casefold() in {" ".join(other.split()).casefold() for other in others}:
        raise NameTaken(_l("There already is a department called %(name)s.", name=name))


def good_code(code: str) -> str:
    """The code in capitals. Raises Refused when it is no code."""
    code = code.strip().upper()
    if not re.fullmatch("[A-Z][A-Z0-9]{1,5}", code):
        raise Refused(_l("A code has two to six letters or digits and begins with a letter, such as KS or LOG."))
    return code


def least_used_colour() -> str:
    """The colour that the fewest open departments have; a thirteenth department shares one."""
    used = dict(
        db.session.execute(
            sa.select(Department.colour, sa.func.count()).where(Department.archived_at.is_(None)).group_by(Department.colour)
        ).all()
    )
    return min(COLOURS, key=lambda c: (used.get(c, 0), COLOURS.index(c)))


class User(HasHistory, Model):
    """A person who can sign in. Deactivated people keep their name on what they did."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    role: Mapped[Role]
    locale: Mapped[str] = mapped_column(sa.String(5), default="nl")
    theme: Mapped[str] = mapped_column(sa.String(6), default="system")
    single_keys: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    deactivated_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=0)

    departments: Mapped[list[Department]] = relationship(
        secondary=membership, back_populates="people", order_by="Department.code"
    )

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.deactivated_at is None

    @property
    def has_come_in(self) -> bool:
        """Whether this person has chosen a password; before that there is only an invitation."""
        return self.password_hash is not None

    @property
    def is_regisseur(self) -> bool:
        """A regisseur, or an administrator, who may everything that a regisseur may."""
        return self.role in (Role.REGISSEUR, Role.ADMIN)

    shown_problem = cast("int | None", None)  # what somebody without an account was given a link to
    told_ids = cast("frozenset[int] | None", None)  # of the departments, as they came along with the session

    @property
    def department_ids(self) -> frozenset[int]:
        if self.told_ids is None or "departments" in self.__dict__:
            return frozenset(d.id for d in self.departments)
        return self.told_ids

    @property
    def initials(self) -> str:
        words = self.name.split()
        return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    @classmethod
    def join(cls, *, email: str, name: str, role: Role, departments: list[Department], by: User | None, locale: str = "nl") -> User:
        """Add a person. Raises Refused when the address is in use."""
        person = cls(email=email.strip().lower(), name=name.strip(), role=role, locale=locale)
        with unless_taken(_l("Somebody with the address %(email)s is here already.", email=person.email)):
            db.session.add(person)
        person.departments = departments
        person.record("person_joined", by=by or person, after={"text": person.name})
        return person

    def edit(self, *, by: User, version: int | None = None, **facts: Any) -> None:
        """Change name, email, role or departments. Another e-mail address closes the links that were sent to the old one.

        Raises Stale when one of them changed after `version`, Refused for a taken address or the last administrator.
        """
        if "email" in facts:
            facts["email"] = facts["email"].strip().lower()
        changes = changes_to(self, facts, version)
        with unless_taken(_l("Somebody with the address %(email)s is here already.", email=facts.get("email", self.email))):
            for name in ("name", "email"):
                if name in changes:
                    set_fact(self, name, changes[name], by)
        if "name" in changes:
            announce("board")
        if "email" in changes:
            UserLink.close_all(self)
        if "departments" in changes:
            self.change_departments(changes["departments"], by=by)
        if "role" in changes:
            self.change_role(changes["role"], by=by)

    def prefer(self, *, locale: str, theme: str, single_keys: bool) -> None:
        """How cxboard looks and listens to this person; nobody else's business, so not in the history."""
        self.locale, self.theme, self.single_keys = locale, theme, single_keys

    def invite(self, *, by: User) -> str:
        """A link with which a new person chooses a password and comes in. Returns its token, which is told once."""
        self.record("person_invited", by=by, after={"text": self.name})
        return UserLink.make(self, "invite")

    def set_password(self, password: str, *, by: User, keep: UserSession | None = None) -> None:
        """A new password ends every other session and every unused link at once. Raises Refused for a weak one."""
        self.password_hash = hasher.hash(check_password(password, self))
        self.end_sessions(keep=keep)
        UserLink.close_all(self)
        self.record("password_changed", by=by)

    def has_password(self, password: str) -> bool:
        """Whether this is the password; takes as long when there is none."""
        try:
            return hasher.verify(self.password_hash or NO_PASSWORD, password) and self.password_hash is not None
        except (VerificationError, InvalidHashError):
            return False

    def change_role(self, role: Role, *, by: User) -> None:
        """Another role, at once everywhere. Raises Refused when nobody would be left to administer."""
        if role == self.role:
            return
        if self.role == Role.ADMIN:
            self._keep_one_admin()
        before, self.role = self.role, role
        self.end_sessions()
        self.record("role_changed", by=by, field="role", before=before.value, after=role.value)

    def change_departments(self, departments: list[Department], *, by: User) -> None:
        """The departments this person works for from now on."""
        before = sorted(d.code for d in self.departments)
        after = sorted(d.code for d in departments)
        if before != after:
            self.departments = departments
            announce(f"access-{self.id}")
            self.record("filled", by=by, field="departments", before=before, after=after)

    def deactivate(self, *, by: User) -> None:
        """End all access at once; the name stays on what was done. Raises Refused for the last administrator."""
        if self.deactivated_at:
            return
        if self.role == Role.ADMIN:
            self._keep_one_admin()
        self.deactivated_at = clock.now()
        self.end_sessions()
        UserLink.close_all(self)
        self.record("person_deactivated", by=by, after={"text": self.name})

    def reactivate(self, *, by: User) -> None:
        """Let a deactivated person in again."""
        if self.deactivated_at:
            self.deactivated_at = None
            self.record("person_reactivated", by=by, after={"text": self.name})

    def _keep_one_admin(self) -> None:
        """One at a time: two administrators who send each other away at the same moment must not both succeed."""
        one_at_a_time(ADMIN_LOCK)
        others = sa.select(User.id).where(User.role == Role.ADMIN, User.deactivated_at.is_(None), User.id != self.id).limit(1)
        if db.session.scalar(others) is None:
            raise Refused(_l("%(name)s is the only administrator. Make somebody else administrator first.", name=self.name))

    def end_sessions(self, keep: UserSession | None = None) -> None:
        """Sign this person out everywhere (but in the session `keep`)."""
        ends = sa.update(UserSession).where(UserSession.user_id == self.id, UserSession.ended_at.is_(None))
        if keep is not None:
            ends = ends.where(UserSession.id != keep.id)
        db.session.execute(ends.values(ended_at=clock.now()), execution_options={"synchronize_session": "fetch"})
        announce(f"access-{self.id}")


def changes_to(thing: Department | User, facts: dict[str, Any], version: int | None) -> dict[str, Any]:
    """Which of the facts differ from what is. Raises Stale when somebody changed one of those after `version`."""
    changes = {name: value for name, value in facts.items() if plain(getattr(thing, name)) != plain(value)}
    fields = {field_of(name): name for name in changes}
    if version is not None and (meanwhile := thing.changed_since(version, set(fields))):
        from ..history.sentences import FIELDS, value_of

        both = {}
        for field in dict.fromkeys(e.field for e in meanwhile if e.field):
            name = fields[field]
            both[str(FIELDS[field])] = value_of(field, plain(changes[name])), value_of(field, plain(getattr(thing, name)))
        raise Stale(meanwhile[-1].by.name if meanwhile[-1].by else None, both)
    return changes


def set_fact(thing: Department | User, name: str, value: Any, by: User) -> Event:
    """Change one fact and write it down."""
    before, after = plain(getattr(thing, name)), plain(value)
    setattr(thing, name, value)
    kind = "filled" if before in (None, "") else "cleared" if after in (None, "") else "changed"
    return thing.record(kind, by=by, field=field_of(name), before=before, after=after)


def field_of(name: str) -> str:
    """What history calls a fact; an issue's lead is a department, a department's lead a person."""
    return "lead_person" if name == "lead" else name


def plain(value: Any) -> Any:
    """A fact as history keeps it: a person by name, departments by code."""
    if isinstance(value, User):
        return value.name
    if isinstance(value, Role):
        return value.value
    if isinstance(value, list):
        return sorted(d.code for d in value)
    return value


@contextmanager
def unless_taken(sentence: Any) -> Iterator[None]:
    """What is written within must be unique; when somebody else has it, the database says so, and this raises Refused."""
    try:
        with db.session.begin_nested():
            yield
    except sa.exc.IntegrityError:
        raise Refused(sentence) from None


# The hash of a password that nobody has, so that a wrong address takes as long as a wrong password.
NO_PASSWORD = hasher.hash(secrets.token_hex(16))


def digest(token: str) -> str:
    """What is stored of a token: its SHA-256, so that a copy of the database opens nothing."""
    return hashlib.sha256(token.encode()).hexdigest()


# What a browser's own description holds, most telling word first.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
            ("CriOS", "Chrome"), ("Chrom", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("CrOS", "ChromeOS"),
           ("Linux", "Linux"))  # fmt: skip


class UserSession(Model):
    """One signed-in browser. The cookie holds a random token; this row says whether it still counts."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
    agent: Mapped[str] = mapped_column(sa.String(200), default="")

    user: Mapped[User] = relationship(lazy="joined")

    newest_change = 0  # that there was when the request began: what comes after it is news to the page

    @classmethod
    def start(cls, person: User, *, agent: str = "") -> tuple[UserSession, str]:
        """A fresh session and its token, which is told once."""
        token = secrets.token_urlsafe(32)
        session = cls(user=person, token_hash=digest(token), agent=agent[:200])
        db.session.add(session)
        db.session.flush()
        return session, token

    @classmethod
    def of(cls, token: str) -> UserSession | None:
        """The session of this token while it counts: not ended, not idle too long, of an active person."""
        found = db.session.execute(_session_of(), {"hash": digest(token)}).one_or_none()
        if found is None or not found[0].counts:
            return None
        session: UserSession = found[0]
        session.newest_change = found[1]
        session.user.told_ids = frozenset(map(int, found[2].split(","))) if found[2] else frozenset()
        return session

    @property
    def counts(self) -> bool:
        now = clock.now()
        fresh = now - self.seen_at < IDLE and now - self.started_at < ABSOLUTE
        return self.ended_at is None and fresh and self.user.is_active

    @property
    def is_confirmed(self) -> bool:
        """Whether the password was given in the last quarter of an hour; changing rights asks for that (ASVS 5.0, 7.5.1)."""
        return clock.now() - self.confirmed_at < CONFIRMED_FOR

    def confirm(self) -> None:
        """The person has just given the password again."""
        self.confirmed_at = clock.now()

    @property
    def device(self) -> str:
        """`Firefox, Windows`, as far as the browser says so."""
        found = [next((name for word, name in kinds if word in self.agent), "") for kinds in (BROWSERS, SYSTEMS)]
        return ", ".join(filter(None, found))

    def end(self) -> None:
        """Sign out here."""
        self.ended_at = self.ended_at or clock.now()
        announce(f"access-{self.user_id}")


@cache
def _session_of() -> sa.Select[UserSession, int, str]:
    """Asked at every request, so it is one statement (the person and the ids of their departments come along), built once."""
    ids = sa.select(sa.func.aggregate_strings(sa.cast(membership.c.department_id, sa.String), ","))
    ids = ids.where(membership.c.user_id == UserSession.user_id)
    with_person = joinedload(UserSession.user)
    wanted = sa.select(UserSession, newest(), ids.scalar_subquery()).options(with_person)
    return wanted.where(UserSession.token_hash == sa.bindparam("hash"))


@sa.event.listens_for(User, "expire")
def forget_told_ids(person: User | None, _attributes: object) -> None:
    """What came along with the session is as old as the rest of the person (who may be gone from memory)."""
    if person is not None:
        person.told_ids = None


class UserLink(Model):
    """A link in a mail that lets one person choose a password, once, within two days."""

    __tablename__ = "user_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    purpose: Mapped[str] = mapped_column(sa.String(10))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")

    @classmethod
    def make(cls, person: User, purpose: str) -> str:
        """A new `invite` or `reset` link; earlier unused ones stop working. Returns the token, which is told once."""
        cls.close_all(person)
        token = secrets.token_urlsafe(32)
        life = LINK_LIFE if purpose == "invite" else timedelta(hours=1)
        db.session.add(cls(user=person, purpose=purpose, token_hash=digest(token), expires_at=clock.now() + life))
        return token

    @classmethod
    def close_all(cls, person: User) -> None:
        """From now on no link that was sent to this person opens anything."""
        db.session.execute(sa.update(cls).where(cls.user_id == person.id, cls.used_at.is_(None)).values(used_at=clock.now()))

    @classmethod
    def of(cls, token: str) -> UserLink | None:
        """The link, while it still opens something."""
        link = db.session.scalar(sa.select(cls).where(cls.token_hash == digest(token)).with_for_update(of=cls))
        if link is None or link.used_at or link.expires_at <= clock.now() or not link.user.is_active:
            return None
        return link

    def use(self, password: str) -> User:
        """Set the password and close the link. Raises Refused for a weak password."""
        self.user.set_password(password, by=self.user)
        self.used_at = clock.now()
        return self.user


class SignInAttempt(Model):
    """A failed attempt, by account and by address (both hashed), kept for an hour to slow guessing down.

    In the database and not in memory, so that the limit holds over several processes and restarts.
    """

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
