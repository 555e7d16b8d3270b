"""`python -m bench.live`: sixty people who have the board open and sixty who change it, on the production server.

A live client does what a browser does with static/js/live.js and changes.js: it holds a stream, and fetches the cards that it
hears of, at most once a second, spread as the server asks. An editor changes something every ten seconds: two of three times a
move on the board, otherwise an issue is opened and something said about it. Change to screen is counted from sending the change until a client has the
answer with the changed card, over all clients and moves.
"""

import argparse
import asyncio
import contextlib
import itertools
import os
import platform
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa

from bench.load import Ask, Server
from bench.run import environment, put

TITLE = "# Sixty who look on and sixty who change"
MUST = {"GET": 300.0, "screen": 2_000.0}  # p95 in milliseconds
EVERY = 10.0  # seconds between two changes of one editor
FIGURES = 15.0
WARM, WARM_UP = 4, 10.0  # editors who make three changes each (one per process at least), and seconds until the clock starts


@dataclass
class Told:
    """What came out."""

    times: dict[str, list[float]] = field(default_factory=lambda: {"GET": [], "POST": [], "page": []})
    statuses: Counter[str] = field(default_factory=Counter)
    broken: int = 0
    polling: int = 0
    changes: list[tuple[int, int, float]] = field(default_factory=list)  # issue, version, when it was sent
    seen: list[dict[int, list[tuple[int, float]]]] = field(default_factory=list)  # by client and issue: version, when

    def screen(self) -> tuple[list[float], int]:
        """Seconds from each change to each screen, and how many never came."""
        found, missing = [], 0
        for client in self.seen:
            for issue, version, sent in self.changes:
                arrived = next((at for seen, at in client.get(issue, []) if seen >= version), None)
                if arrived is None:
                    missing += 1
                else:
                    found.append(arrived - sent)
        return found, missing


class Line:
    """One connection of one person, kept open; HTTP/1.1 as far as our server speaks it."""

    def __init__(self, port: int, cookie: str, told: Told) -> None:
        self.port, self.cookie, self.told = port, cookie, told
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, method: str, path: str, headers: dict[str, str] | None = None, form: dict[str, str] | None = None) -> tuple[int, dict[str, str]]:
        body = urlencode(form).encode() if form is not None else b""
        lines = {"Host": f"127.0.0.1:{self.port}", "Cookie": self.cookie, **(headers or {})}
        if form is not None:
            lines |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
        head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in lines.items()) + "\r\n"
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(head.encode() + body)
        await writer.drain()
        status = int((await reader.readline()).split()[1])
        answered: dict[str, str] = {}
        while line := (await reader.readline()).decode().strip():
            name, _, value = line.partition(":")
            answered[name.lower()] = value.strip()
        return status, answered

    async def chunk(self) -> bytes:
        assert self.streams
        size = int((await self.streams[0].readline()).strip() or b"0", 16)
        data = await self.streams[0].readexactly(size)
        await self.streams[0].readline()
        return data

    async def ask(self, method: str, path: str, headers: dict[str, str] | None = None, form: dict[str, str] | None = None, kind: str = "") -> tuple[int, str]:
        """One question, and how long it took; asked again once on a connection that the server had closed meanwhile."""
        began = time.perf_counter()
        for attempt in (1, 2):
            try:
                status, answered = await self.send(method, path, headers, form)
                assert self.streams
                if "content-length" in answered:
                    data = await self.streams[0].readexactly(int(answered["content-length"]))
                elif answered.get("transfer-encoding") == "chunked":
                    data = b""
                    while part := await self.chunk():
                        data += part
                else:
                    data = b""
                if "set-cookie" in answered:
                    self.cookie = answered["set-cookie"].partition(";")[0]
                if answered.get("connection") == "close":
                    self.close()
                break
            except (OSError, IndexError, asyncio.IncompleteReadError):
                self.close()
                if attempt == 2:
                    self.told.broken += 1
                    return 0, ""
        took = 1000 * (time.perf_counter() - began)
        self.told.times[method].append(took)
        if kind:
            self.told.times[kind].append(took)
        self.told.statuses[f"{method} {status}"] += 1
        return status, data.decode()

    def close(self) -> None:
        if self.streams:
            self.streams[1].close()
        self.streams = None


class Follower:
    """A browser with a page open: the board."""

    page, topic, least, share = "/board", "board", 1.0, 1.0

    def __init__(self, port: int, person: int, cookie: str, told: Told) -> None:
        self.person, self.told = person, told
        self.stream, self.line = Line(port, cookie, told), Line(port, cookie, told)
        self.seen: dict[int, list[tuple[int, float]]] = {}
        told.seen.append(self.seen)
        self.numbers: set[int] = set()
        self.heard = asyncio.Event()
        self.version, self.spread = 0, 0.0
        self.figures = time.perf_counter() + FIGURES * random.random()
        self.headers = {"HX-Request": "true", "HX-Current-URL": f"http://127.0.0.1:{port}{self.page}"}

    async def open(self) -> None:
        _status, text = await self.line.ask("GET", self.page, kind="page")
        found = re.search(r'data-version="([0-9]+)" hidden', text)
        self.version = int(found[1]) if found else 0

    async def follow(self) -> None:
        while True:
            with contextlib.suppress(OSError, IndexError, ValueError, asyncio.IncompleteReadError):
                status, _ = await self.stream.send("GET", f"/live?topic={self.topic}&topic=person-{self.person}&since={self.version}")
                if status == 204:
                    self.told.polling += 1
                    await asyncio.sleep(4)
                rest = ""
                while status == 200:
                    rest += (await self.stream.chunk()).decode()
                    *blocks, rest = rest.split("\n\n")
                    for block in blocks:
                        self.take(dict(line.split(": ", 1) for line in block.splitlines() if ": " in line))
            self.stream.close()
            await asyncio.sleep(0.2 + random.random())

    def take(self, said: dict[str, str]) -> None:
        self.version = max(self.version, int(said.get("id", 0)))
        if said.get("event") == "hello":
            self.spread = int(said["data"].split()[1]) / 1000
        elif said.get("event") == "spread":
            self.spread = int(said["data"]) / 1000
        elif said.get("event") == "change" and said["data"].split()[0] == self.topic:
            self.numbers.update(int(number) for number in said["data"].split()[1:])
            self.heard.set()

    async def fetch(self) -> None:
        """Whenever something is heard, paced as live.js does."""
        ended, took, before = -10.0, 0.0, 0.0
        while True:
            await self.heard.wait()
            now = time.perf_counter()
            rest = min(10.0, max(self.least, 0.6 + self.spread, 3 * min(took, before))) * (0.9 + 0.2 * random.random())
            pause = ended + rest - now
            await asyncio.sleep(pause if pause > 0 else random.random() * self.share * self.spread)
            self.heard.clear()
            began = time.perf_counter()
            await self.catch_up()
            ended = time.perf_counter()
            before, took = took, ended - began

    async def catch_up(self) -> None:
        """As changes.js does."""
        numbers, self.numbers = self.numbers, set()
        _status, text = await self.line.ask("GET", f"/board/cards?numbers={','.join(map(str, sorted(numbers)))}", self.headers)
        now = time.perf_counter()
        for issue, version in re.findall(r'id="card-([0-9]+)"[^>]*?data-version="([0-9]+)"', text):
            self.seen.setdefault(int(issue), []).append((int(version), now))
        if now > self.figures:
            self.figures = now + FIGURES
            await self.line.ask("GET", "/board/cards?figures=1", self.headers)


class Editor:
    """Somebody who works on a few issues."""

    def __init__(self, port: int, cookie: str, told: Told, issues: list[tuple[int, str]]) -> None:
        self.line, self.told = Line(port, cookie, told), told
        self.issues, self.status = [issue for issue, _status in issues], dict(issues)
        self.board = {"HX-Request": "true", "HX-Current-URL": f"http://127.0.0.1:{port}/board"}
        self.token = ""

    async def open(self) -> None:
        _status, text = await self.line.ask("GET", "/board", kind="page")
        self.token = token_of(text)

    async def work(self, wait: float, first: int) -> None:
        await asyncio.sleep(wait)
        for turn in itertools.count(first):
            began = time.perf_counter()
            await self.change(turn)
            await asyncio.sleep(max(0.0, began + EVERY - time.perf_counter()))

    async def change(self, turn: int) -> None:
        issue = self.issues[turn % len(self.issues)]
        headers = {**self.board, "X-CSRFToken": self.token}
        if turn % 3 == 2:
            await self.line.ask("GET", f"/issues/{issue}", kind="page")
            await self.line.ask("POST", f"/issues/{issue}/comments", headers, {"text": f"Gehoord aan de balie, {turn}"})
            return
        sent = time.perf_counter()
        self.status[issue] = "ready" if self.status[issue] == "analysing" else "analysing"
        _status, text = await self.line.ask("POST", f"/issues/{issue}/move", headers, {"to": self.status[issue]})
        if found := re.search(rf'id="card-{issue}"[^>]*?data-version="([0-9]+)"', text):
            self.told.changes.append((issue, int(found[1]), sent))


def token_of(page: str) -> str:
    """What each change from this page has to carry."""
    found = re.search(r'X-CSRFToken&#34;: &#34;([^&]+)|X-CSRFToken": "([^"]+)', page)
    assert found, "no token on the page"
    return found[1] or found[2]


def cookies(folder: Path, url: str | None, count: int) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """That many signed-in browsers of the regisseur and the members (person, cookie), and the issues that can be moved."""
    from cxboard import create_app
    from cxboard.accounts.models import Role, User, UserSession
    from cxboard.db import db
    from cxboard.issues.models import Issue
    from cxboard.issues.status import Status

    app = create_app({"CXBOARD_DATA_DIR": str(folder), **({"CXBOARD_DATABASE_URL": url} if url else {})})
    made = []
    with app.app_context():
        people = list(db.session.scalars(sa.select(User).where(User.email.like("%@fill.example")).order_by(User.id)))
        chair = next(p for p in people if p.role == Role.REGISSEUR)
        for n in range(count):
            person = chair if n >= count // 2 else people[n % len(people)]
            _session, token = UserSession.start(person, agent="bench")
            signed = app.session_interface.get_signing_serializer(app).dumps({"_user_id": token, "_fresh": True, "_permanent": True})  # type: ignore[attr-defined]
            made.append((person.id, f"{app.config['SESSION_COOKIE_NAME']}={signed}"))
        movable = [(id, status.value) for id, status in db.session.execute(sa.select(Issue.id, Issue.status).where(Issue.status.in_((Status.ANALYSING, Status.READY))).order_by(Issue.id))]
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return made, movable


async def play(port: int, sessions: list[tuple[int, str]], movable: list[tuple[int, str]], given: argparse.Namespace) -> Told:
    """Everybody opens the board, one after another, and the first editor makes a few changes; then the clock starts.

    What a process does only once in its life (compiling templates and statements) is over by then; a team meets on a server
    that has been up for longer than ten seconds.
    """
    told, warm = Told(), Told()
    followers = [Follower(port, person, cookie, told) for person, cookie in sessions[: given.live]]
    share = max(1, len(movable) // given.editors)
    editors = [Editor(port, cookie, warm, movable[n * share : (n + 1) * share][:4]) for n, (_person, cookie) in enumerate(sessions[given.live :])]
    tasks = []
    for follower in followers:
        follower.line.told = warm
        await follower.open()
        follower.line.told = told
        tasks += [asyncio.create_task(follower.follow()), asyncio.create_task(follower.fetch())]
    for editor in editors:
        await editor.open()
    for turn in range(3 * WARM):
        await editors[turn % WARM].change(turn)
    await asyncio.sleep(WARM_UP)
    for editor in editors:
        editor.told = editor.line.told = told
    tasks += [asyncio.create_task(editor.work(EVERY * n / len(editors), n)) for n, editor in enumerate(editors)]
    await asyncio.sleep(given.seconds)
    for task in tasks[2 * len(followers) :]:
        task.cancel()
    await asyncio.sleep(5)  # what was changed last gets the time to arrive
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return told


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.live", description=__doc__.split("\n\n")[0])
    options.add_argument("--live", type=int, default=60, help="clients that have the board open")
    options.add_argument("--editors", type=int, default=60, help="people who change something every ten seconds")
    options.add_argument("--seconds", type=float, default=120)
    options.add_argument("--issues", type=int, default=10_000)
    options.add_argument("--open", type=int, default=200)
    options.add_argument("--workers", type=int, help="server processes (1; with --url 2)")
    options.add_argument("--url", help="an empty or filled PostgreSQL database, instead of SQLite")
    options.add_argument("--data", type=Path, help="a folder with a database that `cxboard fill` filled; made when it is not there")
    options.add_argument("--write", action="store_true", help="put the outcome in bench/RESULTS.md")
    given = options.parse_args()
    folder = given.data or Path(tempfile.mkdtemp(prefix="cxboard-live-"))
    workers = given.workers or (2 if given.url else 1)
    env = environment(folder) | ({"CXBOARD_DATABASE_URL": given.url} if given.url else {}) | {"CXBOARD_LOG_LEVEL": os.environ.get("BENCH_LOG_LEVEL", "WARNING")}
    try:
        command = [sys.executable, "-m", "cxboard.cli"]
        prepare(command, env, folder, given)
        sessions, movable = cookies(folder, given.url, given.live + given.editors)
        with serving(command, env, workers) as server:
            cpu, began = server.cpu(), time.perf_counter()
            told = asyncio.run(play(server.port, sessions, movable, given))
            busy = (server.cpu() - cpu) / (time.perf_counter() - began)
    finally:
        if given.data is None:
            shutil.rmtree(folder, ignore_errors=True)
    name = f"{'PostgreSQL' if given.url else 'SQLite'}, {workers} {'process' if workers == 1 else 'processes'}"
    text, good = report(name, given, told, busy)
    print(text)
    if given.write:
        put(TITLE, text, join=name)
    sys.exit(0 if good else 1)


def prepare(command: list[str], env: dict[str, str], folder: Path, given: argparse.Namespace) -> None:
    """A migrated and filled database."""
    if given.url or not (folder / "cxboard.db").exists():
        subprocess.run([*command, "upgrade"], env=env, check=True)
        if not filled(given.url, folder):
            counts = ["--issues", str(given.issues), "--open", str(given.open), "--comments", "5"]
            subprocess.run([*command, "fill", *counts], env=env, check=True)


def filled(url: str | None, folder: Path) -> bool:
    engine = sa.create_engine(url or f"sqlite:///{folder / 'cxboard.db'}")
    with engine.connect() as connection:
        found = connection.execute(sa.text("select 1 from person where email like '%@fill.example' limit 1")).first()
    engine.dispose()
    return found is not None


@contextlib.contextmanager
def serving(command: list[str], env: dict[str, str], workers: int):  # type: ignore[no-untyped-def]
    """The production server in a session of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*command, "serve", "--port", str(port), "--workers", str(workers)], env=env, stdout=subprocess.DEVNULL, start_new_session=True)
    server = Server("cxboard", process.pid, port)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                if server.once(Ask("/readyz"))[0] == 200:
                    break
            time.sleep(0.1)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def table(rows: list[tuple[str, list[float], float | None]]) -> list[str]:
    """What was measured, in milliseconds, and what its p95 must be."""
    return [
        "| | how many | p50 | p95 | p99 | must (p95) |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {what} | {len(values)} | {percentile(values, 0.5):.0f} ms | **{percentile(values, 0.95):.0f} ms** | {percentile(values, 0.99):.0f} ms | {f'{must:.0f} ms' if must else ''} |"
            for what, values, must in rows
        ),
    ]


def report(name: str, given: argparse.Namespace, told: Told, busy: float) -> tuple[str, bool]:
    """A section of RESULTS.md, and whether everything that must be reached was."""
    screen, missing = told.screen()
    wrong = sum(count for status, count in told.statuses.items() if status.split()[1] >= "500") + told.broken
    odd = {status: count for status, count in told.statuses.items() if not status.endswith((" 200", " 204"))}
    times = {**told.times, "screen": [1000 * s for s in screen]}
    good = wrong == 0 and missing == 0 and bool(screen) and all(percentile(times[kind], 0.95) < most for kind, most in MUST.items())
    rows = [
        ("GET, all", times["GET"], MUST["GET"]),
        ("GET, whole pages of editors", times["page"], None),
        ("POST", times["POST"], None),
        ("change to screen", times["screen"], MUST["screen"]),
    ]
    lines = [
        TITLE,
        "",
        (f"`python -m bench.live`: {given.live} clients with the board open, {given.editors} editors (a change every {EVERY:g} s each), {given.seconds:g} s, "
        f"{given.issues} issues, {given.open} on the board."),
        "",
        f"## {name}",
        "",
        (f"{time.strftime('%Y-%m-%d %H:%M')}, Python {platform.python_version()}, {os.cpu_count()} processors (the clients run on them too), load {os.getloadavg()[0]:.1f}. "
        f"The server used {busy:.2f} of a processor. 5xx or broken: **{wrong}**; other answers than 200 and 204: {odd or 'none'}; "
        f"{len(told.changes)} moves, {len(screen)} arrivals, {missing} missing; {told.polling} times told to poll."),
        "",
        *table(rows),
        "",
    ]
    return "\n".join(lines), good


if __name__ == "__main__":
    main()
