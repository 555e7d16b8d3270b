"""Many issues at once: the same change to each, all of them or none, with one way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, selectinload

from .. import clock
from ..accounts.models import Department, User
from ..db import Model, db
from ..domain import Refused, Stale
from ..permissions import allows
from .models import UNDO_GRACE, UNDO_SECONDS, Issue, lock_ranking
from .queries import is_open
from .status import Status

MOST = 200
ACTIONS = {"lead": "issue.edit", "owner": "issue.edit", "tag": "issue.edit", "untag": "issue.edit", "top": "issue.rank", "bottom": "issue.rank", "park": "issue.move"}
FIELDS = {"lead": {"lead", "owner", "contributing"}, "owner": {"owner", "lead"}, "tag": {"tags"}, "untag": {"tags"}, "park": {"status"}}


class ManyChanged(Model):
    """What was changed together, so that it can be taken back together: for each issue how it was, and its version after."""

    __tablename__ = "many_changed"

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    what: Mapped[str] = mapped_column(sa.String(10))
    before: Mapped[list[Any]]
    undone_at: Mapped[datetime | None]

    def undo(self, *, by: User) -> list[Issue]:
        """Take all of it back, within ten seconds. Raises Refused when it is too late, or when one of them changed after it."""
        late = clock.now() - self.at > timedelta(seconds=UNDO_SECONDS + UNDO_GRACE)
        issues = {i.id: i for i in chosen([b["id"] for b in self.before])}
        later = [f"CX-{b['id']}" for b in self.before if b["id"] not in issues or issues[b["id"]].version != b["version"]]
        if late or self.undone_at or self.by_id != by.id:
            raise Refused(_l("This can't be undone any more: it was too long ago. Change them back by hand."))
        if later:
            raise Refused(_l("This can't be undone any more: %(keys)s changed after it. Change them back by hand.", keys=", ".join(later[:10])))
        people = self._by_id(User, "owner")
        departments = self._by_id(Department, "lead", "contributing")
        if self.what in ("top", "bottom"):
            lock_ranking()
        for was in self.before:
            issue = issues[was["id"]]
            if self.what in ("top", "bottom"):
                before, issue.rank = issue.rank, was["rank"]
                issue.record("undone", by=by, field="rank", before={"rank": before}, after={"rank": was["rank"]})
            elif self.what == "park":
                issue.move(Status(was["status"]), by=by, reason=str(_l("Taken back.")), until=date.fromisoformat(was["until"]) if was["until"] else None)
            elif self.what in ("tag", "untag"):
                issue.edit(by=by, tags=was["tags"])
            else:
                issue.edit(by=by, lead=departments.get(was["lead"]), owner=people.get(was["owner"]), contributing=[departments[d] for d in was["contributing"]])
        self.undone_at = clock.now()
        return list(issues.values())

    def _by_id(self, kind: type[Any], *names: str) -> dict[int | None, Any]:
        values = [was[name] for was in self.before for name in names]
        ids = {i for v in values for i in (v if isinstance(v, list) else [v]) if i}
        return {thing.id: thing for thing in db.session.scalars(sa.select(kind).where(kind.id.in_(ids)))} if ids else {}


@dataclass(frozen=True)
class Obstacle:
    """One issue that can't be changed, and why, in a sentence."""

    key: str
    title: str
    why: str


class NotAll(Exception):
    """Some of them can't be changed, so none was."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__("not all can be changed")
        self.obstacles = obstacles


def chosen(ids: Sequence[int], *, lock: bool = True) -> list[Issue]:
    """These issues with what changing them asks for, in the order of the ranking; locked in the order of their numbers."""
    if lock:
        db.session.execute(sa.select(Issue.id).where(Issue.id.in_(ids)).order_by(Issue.id).with_for_update(key_share=True))
    select = sa.select(Issue).where(Issue.id.in_(ids)).options(selectinload(Issue.contributing), selectinload(Issue.tag_rows), selectinload(Issue.lead), selectinload(Issue.owner).selectinload(User.departments))
    return list(db.session.scalars(select.order_by(Issue.rank, Issue.id).execution_options(populate_existing=True)))


def change(versions: dict[int, int | None], what: str, *, by: User, lead: Department | None = None, owner: User | None = None, tag: str = "", until: date | None = None) -> tuple[ManyChanged | None, int]:
    """The same change to each of these issues; `versions` says how each was when it was chosen (None: as it is now).

    All or none: raises NotAll with what is in the way of each that can't. Raises Refused for more than 200. Gives what can be
    undone (None when nothing changed), and how many changed. Whoever calls it rolls back when it raises.
    """
    if not versions or len(versions) > MOST:
        raise Refused(_l("Choose at most %(num)s issues at once.", num=MOST) if versions else _l("Choose at least one issue."))
    issues = chosen(sorted(versions))
    obstacles = [Obstacle(f"CX-{id}", "", str(_l("It is not there any more."))) for id in versions.keys() - {i.id for i in issues}]
    obstacles += [Obstacle(i.key, i.title, why) for i in issues if (why := in_the_way(i, what, versions[i.id], by))]
    before, changed = [], 0
    first = db.session.scalars(sa.select(Issue).where(is_open(), Issue.id.not_in(list(versions))).order_by(Issue.rank, Issue.id).limit(1)).first() if what == "top" else None
    for issue in issues if not obstacles or what not in ("top", "bottom") else ():
        was, version = standing(issue), issue.version
        try:
            one(issue, what, by=by, lead=lead, owner=owner, tag=tag, until=until, first=first)
        except (Refused, Stale) as error:
            obstacles.append(Obstacle(issue.key, issue.title, str(getattr(error, "message", error))))
        if issue.version != version:
            before.append(was | {"version": issue.version})
            changed += 1
    if obstacles:
        raise NotAll(sorted({o.key: o for o in obstacles}.values(), key=lambda o: int(o.key[3:])))
    if not before:
        return None, 0
    done = ManyChanged(by_id=by.id, at=clock.now(), what=what, before=before)
    db.session.add(done)
    db.session.flush()
    return done, changed


def in_the_way(issue: Issue, what: str, version: int | None, by: User) -> str:
    """Why this issue can't be changed so, or ''."""
    if not allows(by, ACTIONS[what], issue):
        return str(_l("It belongs to another department; only that one and the CX regisseur change it."))
    if issue.status == Status.MERGED:
        return str(_l("It was merged; change the one it was merged into."))
    if version is not None and what in FIELDS and (meanwhile := issue.changed_since(version, FIELDS[what])):
        return str(_l("%(name)s changed it meanwhile. Look again.", name=meanwhile[-1].by.name if meanwhile[-1].by else "cxboard"))
    return ""


def standing(issue: Issue) -> dict[str, Any]:
    """How an issue stands, as far as it can be changed together with others."""
    return {
        "id": issue.id, "lead": issue.lead_id, "owner": issue.owner_id, "contributing": [d.id for d in issue.contributing], "tags": issue.tags, "rank": issue.rank,
        "status": issue.status.value, "until": issue.parked_until.isoformat() if issue.parked_until else None,
    }  # fmt: skip


def one(issue: Issue, what: str, *, by: User, lead: Department | None, owner: User | None, tag: str, until: date | None, first: Issue | None) -> None:
    """The change to one of them."""
    if what == "lead":
        issue.edit(by=by, lead=lead)
    elif what == "owner":
        issue.edit(by=by, owner=owner)
    elif what == "tag":
        issue.edit(by=by, tags=sorted({*issue.tags, tag}, key=str.casefold))
    elif what == "untag":
        issue.edit(by=by, tags=[t for t in issue.tags if t.casefold() != tag.casefold()])
    elif what == "park":
        if until is None or until <= clock.today():
            raise Refused(_l("Until when? Choose a day after today."))
        issue.park(until=until, by=by)
    elif what == "top" and first is not None:
        issue.rank_before(first, by=by)
    elif what == "bottom":
        issue.rank_before(None, by=by)
