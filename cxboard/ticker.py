"""What is due by the clock: done once, however many processes run (`cxboard tick`, or the thread inside `serve`)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy.orm import Mapped, mapped_column

from . import clock
from .db import Model, db

Work = Callable[[], object]
JOBS: dict[str, tuple[timedelta, Work]] = {}
OFTEN, AFTER_A_FAILURE = 5.0, 30.0  # seconds between two looks at what is due


class Job(Model):
    """When a job is due next; whoever moves this row on does the work."""

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    next_at: Mapped[datetime]


def every(period: timedelta, name: str) -> Callable[[Work], Work]:
    """Do this each `period`, in one transaction that cxboard commits."""

    def register(work: Work) -> Work:
        JOBS[name] = (period, work)
        return work

    return register


def tick() -> list[str]:
    """Do what is due; returns the names of what was done here. Raises what went wrong once everything else is done."""
    done, wrong = [], []
    for name in due():
        period, work = JOBS[name]
        now = clock.now()
        if db.session.get(Job, name) is None:
            try:
                db.session.add(Job(name=name, next_at=now))
                db.session.commit()
            except sa.exc.IntegrityError:
                db.session.rollback()
        claimed = db.session.execute(
            sa.update(Job).where(Job.name == name, Job.next_at <= now).values(next_at=now + period)
        )
        try:
            if claimed.rowcount:  # type: ignore[attr-defined]
                work()
            db.session.commit()
        except Exception as error:  # one job that fails must not keep the others from their turn
            db.session.rollback()
            wrong.append(error)
            continue
        if claimed.rowcount:  # type: ignore[attr-defined]
            done.append(name)
    if wrong:
        raise wrong[0]
    return done


def due() -> list[str]:
    """The jobs whose time has come, by one question that keeps nobody from writing."""
    g.only_reads = True
    try:
        known = {job.name: job.next_at for job in db.session.execute(sa.select(Job.name, Job.next_at))}
        db.session.rollback()
    finally:
        g.only_reads = False
    return [name for name in JOBS if name not in known or known[name] <= clock.now()]


def start_thread(app: Flask) -> threading.Event:
    """Tick in the background until the returned event is set."""
    stop = threading.Event()

    def run() -> None:
        pause = OFTEN
        while not stop.wait(pause):
            pause = OFTEN
            with app.app_context():
                try:
                    tick()
                except Exception:
                    pause = AFTER_A_FAILURE
                    db.session.rollback()
                    app.logger.exception("tick failed")

    threading.Thread(target=run, name="ticker", daemon=True).start()
    return stop
