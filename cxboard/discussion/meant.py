"""Who is meant by an @name in a text: a person or a department, by the name in full, a first name that is the only one, or a code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ..accounts.models import Department, User, membership
from ..causes.models import Problem
from ..db import db

MOST = 30  # in one comment
AT = re.compile(r"(?<![\w@/.+-])@(?=\w)")
CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)


@dataclass(frozen=True)
class Candidate:
    """Somebody who can be meant: `handle` is what stands behind the @ and means nobody else."""

    kind: str  # person or department
    id: int
    name: str
    handle: str
    detail: str  # the codes of a person's departments, a department's name
    short: str = ""  # a first name, a code


def candidates(problem: Problem | None = None) -> list[Candidate]:
    """Everybody who is active, and every open department; about a restricted problem only those who may see it."""
    hidden = problem is not None and problem.restricted
    codes: dict[int, list[str]] = {}
    for id, code in db.session.execute(
        sa.select(membership.c.user_id, Department.code).join(Department, Department.id == membership.c.department_id).order_by(Department.code)
    ):
        codes.setdefault(id, []).append(code)
    people = sa.select(User).where(User.deactivated_at.is_(None)).order_by(User.name, User.id)
    if hidden:
        in_it = db.session.scalars(people).all()
        rows = [(u.id, u.name, u.email) for u in in_it if problem and problem.is_visible_to(u)]
    else:
        rows = [(id, name, email) for id, name, email in db.session.execute(people.with_only_columns(User.id, User.name, User.email))]
    departments = sa.select(Department).where(Department.archived_at.is_(None)).order_by(Department.code)
    if hidden and problem:
        departments = departments.where(Department.id == problem.department_id)
    open_ones = list(db.session.scalars(departments))
    return [*_people(rows, codes), *(Candidate("department", d.id, d.name, d.code, d.name, d.name) for d in open_ones)]


def _people(rows: Sequence[tuple[int, str, str]], codes: dict[int, list[str]]) -> Iterable[Candidate]:
    """People by a handle of their own: the name, with the department or the start of the address where two have the same."""
    detail = {id: ", ".join(codes.get(id, [])) for id, _name, _email in rows}
    names, with_detail = [plain(name) for _id, name, _email in rows], [plain(f"{name} {detail[id]}") for id, name, _email in rows]
    for id, name, email in rows:
        handle = name
        if names.count(plain(name)) > 1:
            alone = detail[id] and with_detail.count(plain(f"{name} {detail[id]}")) == 1
            handle = f"{name} ({detail[id] if alone else email.partition('@')[0]})"
        yield Candidate("person", id, name, handle, detail[id], name.split()[0])


def plain(text: str) -> str:
    """Without accents and capitals."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def read(text: str, among: Sequence[Candidate]) -> list[tuple[str, Candidate]]:
    """What is written (`@Eva Smit`) and who is meant by it, each as often as it stands there. What could be two means nobody."""
    text = CODE.sub(lambda m: " " * len(m[0]), text)
    handles = _handles(among)
    by_length = sorted({len(h) for h in handles}, reverse=True)
    found: list[tuple[str, Candidate]] = []
    for match in AT.finditer(text):
        if len(found) >= MOST:
            break
        rest = text[match.end() : match.end() + 120]
        for length in by_length:
            written = rest[:length]
            ends = len(written) == length and not (rest[length : length + 1].isalnum() or rest[length : length + 1] == "_")
            if ends and (who := handles.get(written.casefold())):
                found.append((f"@{written}", who))
                break
    return found


def _handles(among: Sequence[Candidate]) -> dict[str, Candidate]:
    """Everything that can stand behind an @, in small letters, with and without accents."""
    full = {h: c for c in among for h in (c.handle.casefold(), plain(c.handle))}
    shorts: dict[str, set[Candidate]] = {}
    for candidate in among:
        for short in {candidate.short.casefold(), plain(candidate.short)} - {""}:
            shorts.setdefault(short, set()).add(candidate)
    return {s: next(iter(who)) for s, who in shorts.items() if len(who) == 1} | full


def matching(typed: str, among: Sequence[Candidate], most: int = 8) -> list[Candidate]:
    """Whom somebody may be typing the name of: a word of the name, a code or initials begin so."""
    wanted = plain(typed.strip())
    if not wanted:
        return list(among[:most])

    def rank(c: Candidate) -> int | None:
        names = [plain(c.handle), plain(c.name)]
        if any(n.startswith(wanted) for n in names):
            return 0
        if any(part.startswith(wanted) for n in names for part in re.split(r"[\s(-]+", n)):
            return 1
        return 2 if "".join(w[:1] for w in plain(c.name).split()).startswith(wanted) else None

    ranked = [(r, n, c) for n, c in enumerate(among) if (r := rank(c)) is not None]
    return [c for _rank, _n, c in sorted(ranked, key=lambda row: row[:2])][:most]
