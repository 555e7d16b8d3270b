"""Both servers on the same data, under the same gunicorn, in turn: CPU a request, latency at 1, 8 and 32 connections, and the ratios."""

import argparse
import itertools
import os
import platform
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.load import Ask, Measured, Server, sign_in
from cxboard.fill import EMAIL, PASSWORD

ROOT = Path(__file__).resolve().parents[1]
CONNECTIONS = (1, 8, 32)
TARGETS = {"board, 200 cards": 1.3, "issue page": 1.7, "move": 1.7, "comment": 1.7}


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    options.add_argument("--issues", type=int, default=100_000)
    options.add_argument("--open", type=int, default=200)
    options.add_argument("--comments", type=int, default=5)
    options.add_argument("--seconds", type=float, default=4, help="for each page, server and number of connections, in each round")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--data", type=Path, help="a folder with a database that `cxboard fill` filled; made when it is not there")
    options.add_argument("--write", action="store_true", help="put the table in bench/RESULTS.md")
    given = options.parse_args()
    folder = given.data or Path(tempfile.mkdtemp(prefix="cxboard-bench-"))
    try:
        prepare(folder, given)
        text = report(given, measure(folder, given))
    finally:
        if given.data is None:
            shutil.rmtree(folder, ignore_errors=True)
    print(text)
    if given.write:
        put("# Measured beside the floor", text)


def put(title: str, text: str, join: str = "") -> None:
    """Put a part of RESULTS.md in the place of the one with the same title; with `join`, only its `## join`."""
    file = ROOT / "bench" / "RESULTS.md"
    parts = re.split(r"(?m)^(?=# )", file.read_text()) if file.exists() else []
    earlier = next((p for p in parts if p.startswith(title)), "")
    if join and earlier:
        head, *sections = re.split(r"(?m)^(?=## )", text)
        others = [s for s in re.split(r"(?m)^(?=## )", earlier)[1:] if not s.startswith(f"## {join}\n")]
        text = head + "\n".join(s.rstrip("\n") + "\n" for s in sorted([*others, *sections]))
    file.write_text("\n".join(p.rstrip("\n") + "\n" for p in [*(p for p in parts if p.strip() and not p.startswith(title)), text]))


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CXBOARD_")}
    return {**kept, "CXBOARD_DATA_DIR": str(folder), "BENCH_DATABASE_URL": f"sqlite:///{folder / 'cxboard.db'}", "PYTHONPATH": str(ROOT)}


def prepare(folder: Path, given: argparse.Namespace) -> None:
    """A migrated and filled database."""
    if (folder / "cxboard.db").exists():
        return
    command = [sys.executable, "-m", "cxboard.cli"]
    subprocess.run([*command, "upgrade"], env=environment(folder), check=True)
    counts = ["--issues", str(given.issues), "--open", str(given.open), "--comments", str(given.comments)]
    subprocess.run([*command, "fill", *counts], env=environment(folder), check=True)


def pages(folder: Path) -> dict[str, tuple[Callable[[int], Iterator[Ask]], bool]]:
    """What is asked for: for each connection its own endless requests; and whether they come from the board (htmx)."""
    with sqlite3.connect(folder / "cxboard.db") as connection:
        movable = [i for (i,) in connection.execute("select id from issue where status in ('analysing', 'ready') order by id")]
        some = [i for (i,) in connection.execute("select id from issue where status = 'done' order by id limit 64")]
    connection.close()

    def moves(number: int) -> Iterator[Ask]:
        mine = movable[number % len(movable)]
        return (Ask(f"/issues/{mine}/move", {"to": to}) for to in itertools.cycle(("ready", "analysing")))

    def comments(number: int) -> Iterator[Ask]:
        return (Ask(f"/issues/{movable[number % len(movable)]}/comments", {"text": f"Gehoord op dinsdag, {time.time_ns()}"}) for _n in itertools.count())  # said twice is said once

    return {
        "board, 200 cards": (lambda _n: itertools.repeat(Ask("/board")), False),
        "issue page": (lambda _n: (Ask(f"/issues/{i}") for i in itertools.cycle(some)), False),
        "move": (moves, True),
        "comment": (comments, True),
    }


Results = dict[tuple[str, str, int], Measured]


def measure(folder: Path, given: argparse.Namespace) -> Results:
    """Each page at each number of connections, floor and cxboard in turn, a few rounds."""
    results: Results = {}
    with Running(folder, "floor") as floor, Running(folder, "cxboard") as cxboard:
        sign_in(cxboard, EMAIL, PASSWORD)
        hello = {"hello": (lambda _n: itertools.repeat(Ask("/hello")), False)}
        for (name, (asks, from_board)), _round in itertools.product({**hello, **pages(folder)}.items(), range(given.rounds)):
            for connections, server in itertools.product(CONNECTIONS, (floor, cxboard)):
                if name == "hello" and server is cxboard:
                    continue
                htmx = {"HX-Request": "true", "HX-Current-URL": f"http://127.0.0.1:{server.port}/board"}
                kept = dict(server.headers)
                server.headers.update(htmx if from_board else {})
                found = results.setdefault((name, server.name, connections), Measured())
                if not found.requests:
                    server.measure(asks, connections=connections, seconds=0.5, into=Measured())  # warm up
                server.measure(asks, connections=connections, seconds=given.seconds, into=found)
                server.headers = kept
    return results


class Running:
    """A server in a session of its own, stopped at the end."""

    def __init__(self, folder: Path, name: str, **settings: str) -> None:
        self.folder, self.name, self.settings = folder, name, settings

    def __enter__(self) -> Server:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        if self.name == "cxboard":
            command = ["-m", "cxboard.cli", "serve", "--port", str(port)]
        else:
            same = ["--worker-class", "gthread", "--threads", "32", "--keep-alive", "30", "--no-control-socket"]
            command = ["-m", "gunicorn", *same, "--bind", f"127.0.0.1:{port}", "bench.floor:app"]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(
            [sys.executable, *command], env=environment(self.folder) | self.settings, cwd=self.folder, stdout=quiet, stderr=quiet, start_new_session=True
        )
        server = Server(self.name, self.process.pid, port)
        ready = Ask("/readyz" if self.name == "cxboard" else "/hello")
        for _ in range(200):
            try:
                if server.once(ready)[0] == 200:
                    return server
            except OSError:
                time.sleep(0.1)
        self.__exit__()
        raise SystemExit(f"the {self.name} server did not start: {' '.join(command)}")

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()


def report(given: argparse.Namespace, results: Results) -> str:
    """The table, with what it was measured on."""
    head = (
        "# Measured beside the floor\n\n"
        f"`python -m bench --issues {given.issues} --open {given.open} --comments {given.comments} --seconds {given.seconds:g} "
        f"--rounds {given.rounds}`, {time.strftime('%Y-%m-%d %H:%M')}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}. Absolute times move with the machine; the ratios hold.\n\n"
        "CPU is that of all processes of the server, for one request, on one connection. p50 / p95 are milliseconds as the client sees them.\n\n"
        "| page | floor CPU | cxboard CPU | ratio | must | floor p50 / p95 at 1, 8, 32 | cxboard p50 / p95 at 1, 8, 32 | bytes | wrong answers |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
    )
    rows = []
    hello = results["hello", "floor", 1]
    rows.append(f"| hello | {hello.cpu_ms:.2f} ms | | | | {latencies(results, 'hello', 'floor')} | | {hello.size} | {wrong(results, 'hello')} |")
    for name, must in TARGETS.items():
        floor, ours = results[name, "floor", 1], results[name, "cxboard", 1]
        rows.append(
            f"| {name} | {floor.cpu_ms:.2f} ms | {ours.cpu_ms:.2f} ms | **{ours.cpu_ms / floor.cpu_ms:.2f}** | {must} | "
            f"{latencies(results, name, 'floor')} | {latencies(results, name, 'cxboard')} | {ours.size} | {wrong(results, name)} |"
        )
    return head + "\n".join(rows) + "\n"


def latencies(results: Results, name: str, server: str) -> str:
    found = [results[name, server, connections] for connections in CONNECTIONS]
    return ", ".join(f"{m.percentile(0.5):.0f} / {m.percentile(0.95):.0f}" for m in found)


def wrong(results: Results, name: str) -> int:
    return sum(m.wrong for (page, _server, _connections), m in results.items() if page == name)
