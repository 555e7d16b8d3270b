"""VoiceImport: one file of voices that was brought in; how far it is, and how it is taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .. import clock
from ..accounts.models import User
from ..db import Model, db
from ..domain import Refused
from ..history import HasHistory
from ..live import announce

LIVES_FOR = timedelta(minutes=2)  # without a heartbeat; then whoever carried it out has stopped
STOPPED, DIED = "stopped", "died"  # why it failed, where that is no sentence


class Standing(Enum):
    """How far an import is."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    UNDONE = "undone"

    @property
    def label(self) -> str:
        return str(
            {
                Standing.WAITING: _l("Waiting"),
                Standing.RUNNING: _l("Running"),
                Standing.FINISHED: _l("Done"),
                Standing.FAILED: _l("Failed"),
                Standing.STOPPED: _l("Stopped"),
                Standing.UNDONE: _l("Undone"),
            }[self]
        )


class VoiceImport(HasHistory, Model):
    """A file of voices: whose, how far it is, and how its columns were read.

    Its voices are there for nobody until it has finished, and after it failed or was undone (`hidden.shown_where`); those are
    deleted a few at a time, and `cleared_at` is when the last was gone.
    """

    __tablename__ = "voice_import"
    __table_args__ = (sa.Index("ix_voice_import_headers_key", "headers_key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(60))
    file: Mapped[str] = mapped_column(sa.String(200))
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    beat_at: Mapped[datetime] = mapped_column(default=clock.now)
    claimed_at: Mapped[datetime | None]
    stop_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    failed_why: Mapped[str] = mapped_column(sa.Text, default="")
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    here: Mapped[int] = mapped_column(default=0)
    doubles: Mapped[int] = mapped_column(default=0)
    empty: Mapped[int] = mapped_column(default=0)
    wrong: Mapped[int] = mapped_column(default=0)
    headers_key: Mapped[str] = mapped_column(sa.String(64), default="")
    token: Mapped[str] = mapped_column(sa.String(40), default="")
    columns: Mapped[dict[str, Any]] = mapped_column(default=dict)

    by: Mapped[User] = relationship()

    @property
    def standing(self) -> Standing:
        if self.undone_at:
            return Standing.UNDONE
        if self.failed_why:
            return Standing.STOPPED if self.failed_why == STOPPED else Standing.FAILED
        if self.finished_at:
            return Standing.FINISHED
        return Standing.RUNNING if self.claimed_at else Standing.WAITING

    @property
    def is_going_on(self) -> bool:
        return self.standing in (Standing.WAITING, Standing.RUNNING)

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.rows) if self.rows else 0

    # from beginning to end

    @classmethod
    def begin(cls, *, by: User, source: str, file: str, rows: int, columns: dict[str, Any], headers_key: str = "", token: str = "") -> VoiceImport:
        """It may be carried out from now on; nobody sees any of it before it is finished."""
        begun = cls(source=source, file=file, by=by, rows=rows, columns=columns, headers_key=headers_key, token=token, failed_why="")
        db.session.add(begun)
        db.session.flush()
        begun.record("voices_import_begun", by=by, after={"file": file, "source": source, "rows": rows})
        return begun

    def claim(self) -> bool:
        """Whether it is the caller's to carry out: it waited, and nobody else took it."""
        now = clock.now()
        mine = sa.update(VoiceImport).where(
            VoiceImport.id == self.id, VoiceImport.claimed_at.is_(None), VoiceImport.failed_why == "", VoiceImport.undone_at.is_(None)
        )
        return bool(db.session.execute(mine.values(claimed_at=now, beat_at=now)).rowcount)  # type: ignore[attr-defined]

    def finish(self) -> None:
        """All of it is there now, for everybody. Raises Refused when it was stopped meanwhile."""
        if not self.is_going_on:
            raise Refused(_l("This import was stopped."))
        self.finished_at = self.beat_at = clock.now()
        self.done = self.rows
        announce("voices")
        self.record("voices_imported", by=self.by, after={"file": self.file, "source": self.source, "voices": self.added})

    def fail(self, why: str, *, by: User | None = None) -> None:
        """It ends here, and leaves nothing."""
        if not self.is_going_on:
            return
        self.failed_why, self.beat_at = why, clock.now() - LIVES_FOR
        self.record("voices_import_stopped" if why == STOPPED else "voices_import_failed", by=by, after={"file": self.file}, reason=why)

    def stop(self, *, by: User) -> None:
        """Not after all. One that nobody has begun with ends at once, one that runs at its next breath. Raises Refused once it is done."""
        if not self.is_going_on:
            raise Refused(_l("This import is not running any more."))
        self.stop_at = clock.now()
        self.fail(STOPPED, by=by)

    def undo(self, *, by: User) -> None:
        """Take all its voices back, also where they support an issue. Nobody sees them from now on. Raises Refused when there are none."""
        from .evidence import weigh
        from .models import Support, Voice

        if self.standing != Standing.FINISHED:
            raise Refused(_l("There is nothing to undo: none of these voices are here."))
        mine = sa.exists().where(Voice.id == Support.voice_id, Voice.import_id == self.id)  # few support something, so these are walked through
        supported = sa.select(Support.issue_id, sa.func.count()).where(mine).group_by(Support.issue_id)
        counts: dict[int, int] = dict(db.session.execute(supported).all())
        self.undone_at, self.beat_at = clock.now(), clock.now() - LIVES_FOR
        db.session.execute(sa.delete(Support).where(mine), execution_options={"synchronize_session": False})
        self.record("voices_import_undone", by=by, after={"file": self.file, "source": self.source, "voices": self.added})
        for issue_id, voices in counts.items():
            self.record("issue_unheard_many", by=by, issue_id=issue_id, after={"file": self.file, "voices": voices})
        weigh(counts)
        announce("voices")


def support_of(found: VoiceImport) -> tuple[int, int]:
    """How many of its voices support an issue by now, and how many issues."""
    from .models import Support, Voice

    mine = sa.exists().where(Voice.id == Support.voice_id, Voice.import_id == found.id)
    counted = sa.select(sa.func.count(sa.distinct(Support.voice_id)), sa.func.count(sa.distinct(Support.issue_id)))
    voices, issues = db.session.execute(counted.where(mine)).one()
    return voices, issues


def latest(limit: int = 100) -> list[VoiceImport]:
    """The imports, the newest first."""
    return list(db.session.scalars(sa.select(VoiceImport).order_by(VoiceImport.id.desc()).limit(limit)))


def same_headers(key: str) -> VoiceImport | None:
    """The last import of a file with these headers that stayed."""
    select = sa.select(VoiceImport).where(VoiceImport.headers_key == key, VoiceImport.finished_at.is_not(None), VoiceImport.undone_at.is_(None))
    return db.session.scalar(select.order_by(VoiceImport.id.desc()).limit(1))


def waiting() -> list[VoiceImport]:
    """What may be begun with, the oldest first."""
    return going_on(VoiceImport.claimed_at.is_(None))


def running() -> list[VoiceImport]:
    """What somebody is carrying out, or stopped carrying out without a word."""
    return going_on(VoiceImport.claimed_at.is_not(None))


def going_on(claimed: sa.ColumnElement[bool]) -> list[VoiceImport]:
    still = (VoiceImport.finished_at.is_(None), VoiceImport.failed_why == "", VoiceImport.undone_at.is_(None))
    return list(db.session.scalars(sa.select(VoiceImport).where(claimed, *still).order_by(VoiceImport.id)))


def left_behind() -> list[VoiceImport]:
    """What failed or was undone, and still has voices to delete."""
    gone = sa.or_(VoiceImport.failed_why != "", VoiceImport.undone_at.is_not(None))
    return list(db.session.scalars(sa.select(VoiceImport).where(gone, VoiceImport.cleared_at.is_(None)).order_by(VoiceImport.id)))
