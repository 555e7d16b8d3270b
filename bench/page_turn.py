"""`python -m bench.page_turn`: how long it takes until sixty others have the page that the chair turned to, on the production server.

Each of them does what a browser does with static/js/live.js and review.js: it holds a stream, asks for the pulse of the review
when it hears of a change, gets the new page with the answer when one was turned to, and fetches the rest of the stage (what its
own reader may do) after that. Counted is from sending the turn until a client has the new page, over all clients and turns.
"""

import argparse
import asyncio
import os
import platform
import random
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench.live import WARM_UP, Follower, Line, Told, cookies, percentile, prepare, serving, table, token_of
from bench.run import environment, put

TITLE = "# Turning the page for sixty"
MUST = 1_000.0  # p95 in milliseconds
ARRIVES = 3.0  # seconds of a turn in which the page arrives
MOST_STOLEN = 0.05
STEPS = ("numbers", "promises", "new", "stuck", "focus", "wrap_up", "customer")


class Participant(Follower):
    """A browser with the stage open."""

    least, share = 0.3, 0.25

    def __init__(self, port: int, person: int, cookie: str, told: Told, review: int) -> None:
        self.page, self.topic, self.pulse = f"/reviews/{review}", f"review-{review}", ""
        super().__init__(port, person, cookie, told)
        self.headers["HX-Target"] = "div#main"
        self.turned: list[tuple[str, float]] = []
        self.whole, self.other_line = asyncio.Event(), Line(port, cookie, told)

    async def open(self) -> None:
        await super().open()
        await self.show()

    async def catch_up(self) -> None:
        status, text = await self.line.ask("GET", f"{self.page}/pulse?seen={self.pulse}&turned={self.turned[-1][0]}", kind="pulse")
        if status == 200 and 'id="page"' in text:
            self.saw(text)
            self.whole.set()
        elif status == 200 and text != self.pulse:
            await self.show()

    async def complete(self) -> None:
        """What one's own reader may do on the page that was turned to; not all at once."""
        while True:
            await self.whole.wait()
            await asyncio.sleep(self.spread * (2 + 12 * random.random()))
            self.whole.clear()
            await self.show(self.other_line)

    async def show(self, line: Line | None = None) -> None:
        _status, text = await (line or self.line).ask("GET", self.page, self.headers, kind="stage")
        self.pulse = self.saw(text).get("pulse", "")

    def saw(self, text: str) -> dict[str, str]:
        told = dict(re.findall(r'data-(pulse|turned)="([^"]*)"', text))
        self.turned.append((told.get("turned", ""), time.perf_counter()))
        return told


def live_review(folder: Path, url: str | None) -> int:
    """A review that is going on; its regisseur leads it."""
    from cxboard import clock, create_app
    from cxboard.accounts.models import User
    from cxboard.db import db
    from cxboard.fill import EMAIL
    from cxboard.reviews.models import Review

    app = create_app({"CXBOARD_DATA_DIR": str(folder), **({"CXBOARD_DATABASE_URL": url} if url else {})})
    with app.app_context():
        review = Review.live()
        if review is None:
            chair = db.session.query(User).filter_by(email=EMAIL).one()
            review = Review.plan_one(clock.now(), by=chair, chair=chair)
            db.session.flush()
            review.start(by=chair)
            db.session.commit()
        number = review.id
        db.session.remove()
        db.engine.dispose()
    return number


def processors() -> list[int]:
    """What the processors did so far, in ticks: user, nice, system, idle, waiting, interrupts (2), stolen; nothing where that is not told."""
    stat = Path("/proc/stat")
    return [int(n) for n in stat.read_text().splitlines()[0].split()[1:9]] if stat.exists() else [0] * 8


def stolen(before: list[int], after: list[int]) -> float:
    """The share (0 to 1) of the processors' time that the host of a virtual machine gave to others meanwhile."""
    ticks = [b - a for a, b in zip(before, after, strict=True)]
    return ticks[7] / max(1, sum(ticks))


async def play(port: int, sessions: list[tuple[int, str]], review: int, given: argparse.Namespace) -> tuple[Told, list[tuple[float, float]], int]:
    """Everybody opens the stage; then the chair turns a page every few seconds.

    Returns the seconds until each had each page, with the share of the processors that the host took then; and how many never came.
    """
    warm, told = Told(times={k: [] for k in ("GET", "POST", "page", "pulse", "stage")}), Told(times={k: [] for k in ("GET", "POST", "page", "pulse", "stage")})
    present = [Participant(port, person, cookie, warm, review) for person, cookie in sessions[: given.live]]
    chair = Participant(port, *sessions[-1], warm, review)
    await chair.open()
    _status, text = await chair.line.ask("GET", chair.page)
    chair.headers["X-CSRFToken"] = token_of(text)
    tasks = []
    for one in present:
        await one.open()
        tasks += [asyncio.create_task(one.follow()), asyncio.create_task(one.fetch()), asyncio.create_task(one.complete())]
    await asyncio.sleep(WARM_UP)
    turns: list[tuple[str, float, float]] = []
    for n in range(-len(STEPS), given.turns):
        if n == 0:
            for one in (*present, chair):
                one.told = one.line.told = one.other_line.told = told
        sent, before = time.perf_counter(), processors()
        await chair.line.ask("POST", f"{chair.page}/page", chair.headers, {"step": STEPS[n % len(STEPS)]})
        await chair.show()
        await asyncio.sleep(max(0.0, sent + ARRIVES - time.perf_counter()))
        if n >= 0:
            turns.append((chair.turned[-1][0], sent, stolen(before, processors())))
        await asyncio.sleep(max(0.0, sent + given.every - time.perf_counter()))
    await asyncio.sleep(3)  # what was turned last gets the time to arrive
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    found, missing = [], 0
    for one in present:
        for mark, sent, taken in turns:
            arrived = next((at for seen, at in one.turned if at > sent and seen == mark), None)
            if arrived is None:
                missing += 1
            else:
                found.append((arrived - sent, taken))
    return told, found, missing


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.page_turn", description=__doc__.split("\n\n")[0])
    options.add_argument("--live", type=int, default=60, help="clients that have the stage open")
    options.add_argument("--turns", type=int, default=21)
    options.add_argument("--every", type=float, default=10.0, help="seconds between two turns")
    options.add_argument("--issues", type=int, default=10_000)
    options.add_argument("--open", type=int, default=300)
    options.add_argument("--workers", type=int, help="server processes (1; with --url 2)")
    options.add_argument("--url", help="an empty or filled PostgreSQL database, instead of SQLite")
    options.add_argument("--data", type=Path, help="a folder with a database that `cxboard fill` filled; made when it is not there")
    options.add_argument("--write", action="store_true", help="put the outcome in bench/RESULTS.md")
    given = options.parse_args()
    folder = given.data or Path(tempfile.mkdtemp(prefix="cxboard-page-turn-"))
    workers = given.workers or (2 if given.url else 1)
    env = environment(folder) | ({"CXBOARD_DATABASE_URL": given.url} if given.url else {}) | {"CXBOARD_LOG_LEVEL": os.environ.get("BENCH_LOG_LEVEL", "WARNING")}
    try:
        command = [sys.executable, "-m", "cxboard.cli"]
        prepare(command, env, folder, given)
        sessions, _movable = cookies(folder, given.url, 2 * given.live)
        review = live_review(folder, given.url)
        with serving(command, env, workers) as server:
            cpu, began = server.cpu(), time.perf_counter()
            told, found, missing = asyncio.run(play(server.port, sessions, review, given))
            busy = (server.cpu() - cpu) / (time.perf_counter() - began)
    finally:
        if given.data is None:
            shutil.rmtree(folder, ignore_errors=True)
    name = f"{'PostgreSQL' if given.url else 'SQLite'}, {workers} {'process' if workers == 1 else 'processes'}"
    text, good = report(name, given, told, [(1000 * s, taken) for s, taken in found], missing, busy)
    print(text)
    if given.write:
        put(TITLE, text, join=name)
    sys.exit(0 if good else 1)


def report(name: str, given: argparse.Namespace, told: Told, found: list[tuple[float, float]], missing: int, busy: float) -> tuple[str, bool]:
    """A section of RESULTS.md, and whether what must be reached was: while the machine was there for it."""
    everything = [s for s, _taken in found]
    arrivals = [s for s, taken in found if taken < MOST_STOLEN]
    wrong = sum(count for status, count in told.statuses.items() if status.split()[1] >= "500") + told.broken
    good = not wrong and not missing and bool(arrivals) and percentile(arrivals, 0.95) < MUST
    rows = [("turn to screen", arrivals, MUST), ("the same, also while the host was busy", everything, None), ("POST, the turn", told.times["POST"], None), ("GET, the pulse", told.times["pulse"], None), ("GET, the stage", told.times["stage"], None)]
    lines = [
        TITLE,
        "",
        f"`python -m bench.page_turn`: {given.live} clients with a live review open, a turn every {given.every:g} s; {given.issues} issues, {given.open} on the board.",
        "",
        f"## {name}",
        "",
        (f"{time.strftime('%Y-%m-%d %H:%M')}, Python {platform.python_version()}, {os.cpu_count()} processors (the clients run on them too), load {os.getloadavg()[0]:.1f}. "
        f"The server used {busy:.2f} of a processor. 5xx or broken: **{wrong}**; {len(everything)} arrivals, {missing} missing; {told.polling} times told to poll. "
        f"Counted are the {len(arrivals) // given.live} of {given.turns} turns during which the host of this virtual machine gave less than {MOST_STOLEN:.0%} of its processors to others."),
        "",
        *table(rows),
        "",
    ]
    return "\n".join(lines), good


if __name__ == "__main__":
    main()
