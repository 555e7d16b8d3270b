"""`python -m bench.voice_import`: how long an import of voices takes, and what everybody else notices of it.

A file of so many generated rows (or `--file`) is sent and imported through the pages, as a regisseur does. One person after
another asks for the board, for the list of voices, and says something, a few times a second: first for a while with nothing else
going on, then during the import from the first byte to the last row. What others may notice is at most twice the usual.
"""

import argparse
import http.client
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path

from bench.load import Ask, Measured, Server, sign_in
from bench.run import Running, environment, put
from cxboard.fill import EMAIL, PASSWORD

TITLE = "# Importing voices"
PAUSE = 0.08  # seconds between two requests of the one who looks on
KINDS = ("GET /board", "GET /voices", "POST a comment")
PARTS = "wachttijd vriendelijk onduidelijk prijs app website brief monteur nota verhuizen snel bereikbaar".split()
WORDS = (
    "de het een en maar want ik wij zij klant monteur kwam te laat vroeg vriendelijk nota klopt niet wel betaal dubbel brief app website snel traag "
    "gebeld teruggebeld afspraak verhuizing meterstand voorschot opgezegd contract uitleg geduld beloofd gewacht uur week medewerker goed slecht"
).split()  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.voice_import", description=__doc__)
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--file", type=Path, help="import this file instead of a generated one")
    options.add_argument("--issues", type=int, default=10_000)
    options.add_argument("--seconds", type=float, default=60, help="how long the usual is measured")
    options.add_argument("--database", help="a PostgreSQL address; otherwise SQLite")
    options.add_argument("--write", action="store_true", help="put the table in bench/RESULTS.md")
    given = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cxboard-bench-"))
    try:
        text = measure(folder, given)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(text)
    if given.write:
        put(TITLE, text, join=re.findall(r"(?m)^## (.*)$", text)[0])


def measure(folder: Path, given: argparse.Namespace) -> str:
    file = given.file or generated(folder / "stemmen.csv", given.rows)
    settings = environment(folder) | ({"CXBOARD_DATABASE_URL": given.database} if given.database else {})
    command = [sys.executable, "-m", "cxboard.cli"]
    subprocess.run([*command, "upgrade"], env=settings, check=True)
    subprocess.run([*command, "fill", "--issues", str(given.issues), "--open", "200", "--comments", "2"], env=settings, check=True)
    with Running(folder, "cxboard", **({"CXBOARD_DATABASE_URL": given.database} if given.database else {})) as server:
        sign_in(server, EMAIL, PASSWORD)
        others = Others(server)
        others.look(5, {kind: Measured() for kind in KINDS})  # warm up
        before = memory(server)
        usual: dict[str, Measured] = {kind: Measured() for kind in KINDS}
        others.look(given.seconds, usual)
        meanwhile: dict[str, Measured] = {kind: Measured() for kind in KINDS}
        done = threading.Event()
        looking = threading.Thread(target=others.look, args=(3_600, meanwhile, done))
        watching = Memory(server)
        looking.start()
        watching.start()
        took = bring_in(server, file)
        done.set()
        looking.join()
        watching.done.set()
        watching.join()
    return report(given, file, took, usual, meanwhile, before, watching)


def generated(file: Path, rows: int) -> Path:
    """As a survey exports it: a number, a date, a service, a grade, words, and a yes or no for each of twelve subjects."""
    chance = random.Random(11)
    with file.open("w", encoding="utf-8") as out:
        out.write(";".join(["Respons ID", "Datum", "Dienst", "Kanaal", "NPS", "Toelichting", *PARTS]) + "\n")
        for n in range(rows):
            day = date(2025, 1, 1) + timedelta(days=chance.randrange(600))
            said = " ".join(chance.choices(WORDS, k=chance.randint(4, 60)))
            labels = [chance.choice(("1", "", "", "", "", "")) for _ in PARTS]
            service = chance.choice(("Storing", "Nota", "Verhuizing", "Contract"))
            out.write(";".join([f"R{n}", f"{day:%d-%m-%Y}", service, chance.choice(("app", "web", "telefoon")), str(chance.randint(0, 10)), said, *labels]) + "\n")
    return file


class Others:
    """Somebody who goes on with their work."""

    def __init__(self, server: Server) -> None:
        self.server = server
        _status, data, _headers = server.once(Ask("/board"))
        self.issues = re.findall(rb'href="/issues/(\d+)"', data)[:50] or [b"1"]
        self.said = 0

    def look(self, seconds: float, into: dict[str, Measured], done: threading.Event | None = None) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        until = time.perf_counter() + seconds
        while time.perf_counter() < until and not (done and done.is_set()):
            self.said += 1
            issue = self.issues[self.said % len(self.issues)].decode()
            asks = (Ask("/board"), Ask("/voices"), Ask(f"/issues/{issue}/comments", {"text": f"Gehoord op dinsdag, {self.said}, {time.time_ns()}"}))
            for kind, ask in zip(KINDS, asks, strict=True):
                began = time.perf_counter()
                status, _size, _data, _headers = self.server.ask(connection, ask)
                into[kind].times.append(time.perf_counter() - began)
                into[kind].requests += 1
                into[kind].wrong += status not in (200, 303)
                time.sleep(PAUSE)
        connection.close()


def bring_in(server: Server, file: Path) -> dict[str, float]:
    """Through the pages: send, look at the columns, check, import; the seconds of each."""
    took: dict[str, float] = {}
    began = time.perf_counter()
    address = send(server, file)
    took["sent"] = time.perf_counter() - began
    page = wait_while(server, address, b'id="reading"')
    took["columns and check"] = time.perf_counter() - began - took["sent"]
    assert b'name="source"' in page, page[:300]
    form = dict(selected(page)) | {"source": file.stem, "mask": "1", "skip_wrong": "1"}
    form |= {name.decode(): "1" for name in re.findall(rb'type="checkbox" name="(\w+)" value="1" checked', page)}
    status, _data, headers = server.once(Ask(f"{address}/columns", form))
    assert status == 303, status
    page = wait_while(server, f"{address}/check", b'id="reading"')
    status, _data, headers = server.once(Ask(f"{address}/start", {}))
    assert status == 303, status
    progress = dict(headers)["Location"]
    start = time.perf_counter()
    page = wait_while(server, progress, b"every 1s")
    assert b"/undo" in page, re.sub(rb"<[^>]+>", b"", page)[-800:]  # it can be taken back, so it is there
    took["import"] = time.perf_counter() - start
    took["all"] = time.perf_counter() - began
    return took


def send(server: Server, file: Path) -> str:
    """Where the file is looked at."""
    mark = "bench-boundary"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\nContent-Type: text/csv\r\n\r\n'.encode()
    body = head + file.read_bytes() + f"\r\n--{mark}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    connection.request("POST", "/voices/imports", body, {**server.headers, "Content-Type": f"multipart/form-data; boundary={mark}"})
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == 303, (answer.status, text[:300])
    connection.close()
    return answer.headers["Location"]


def selected(page: bytes) -> list[tuple[str, str]]:
    """What each list on the page has chosen."""
    found = []
    for name, options in re.findall(rb'<select class="input" (?:id="\w+" )?name="(\w+)".*?>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(rb'value="([^"]*)" selected', options)
        found.append((name.decode(), chosen[1].decode() if chosen else ""))
    return found


def wait_while(server: Server, address: str, mark: bytes) -> bytes:
    """Ask, as the page does by itself, until it says something else."""
    while True:
        status, data, _headers = server.once(Ask(address))
        assert status == 200, (status, address)
        if mark not in data:
            return data
        time.sleep(1)


def memory(server: Server) -> float:
    """Megabytes of all processes of the server."""
    return sum(rss for _pid, rss in processes(server))


def processes(server: Server) -> list[tuple[int, float]]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
            if int(words[2]) == server.pid:
                found.append((int(stat.parent.name), int(words[21]) * os.sysconf("SC_PAGE_SIZE") / 1024**2))
        except (OSError, IndexError):
            continue
    return found


class Memory(threading.Thread):
    """The most that the processes used which are there for the import, and by how much the server grew."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.server, self.done = server, threading.Event()
        self.here = {pid for pid, _rss in processes(server)}
        self.server_most = self.worker_most = 0.0

    def run(self) -> None:
        while not self.done.wait(0.2):
            now = processes(self.server)
            self.server_most = max(self.server_most, sum(rss for pid, rss in now if pid in self.here))
            self.worker_most = max([self.worker_most, *(rss for pid, rss in now if pid not in self.here)])


def report(given: argparse.Namespace, file: Path, took: dict[str, float], usual: dict[str, Measured], meanwhile: dict[str, Measured], before: float, watched: Memory) -> str:
    rows = given.rows if not given.file else sum(1 for _row in file.open("rb"))
    what = f"{rows} generated rows" if not given.file else file.name
    kind = "PostgreSQL" if given.database else "SQLite"
    lines = [
        f"{TITLE}\n",
        "`python -m bench.voice_import`: a file through the pages (sent, columns, check, import) beside somebody who goes on with their work.\n",
        f"## {kind}, {what}\n",
        (f"{time.strftime('%Y-%m-%d %H:%M')}, Python {platform.python_version()}, {os.cpu_count()} processors (the clients run on them too), load {os.getloadavg()[0]:.1f}. "
        f"{file.stat().st_size / 1024**2:.1f} MB sent in {took['sent']:.1f} s, read and checked in {took['columns and check']:.1f} s, imported in **{took['import']:.1f} s**; "
        f"**{took['all']:.1f} s** in all. The importing process used at most **{watched.worker_most:.0f} MB**; the server grew from {before:.0f} to {watched.server_most:.0f} MB.\n"),
        "| | usual p50 / p95 / max | during, how many | p50 / p95 / max | p95, times the usual | max, times the usual | wrong answers |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in KINDS:
        a, b = usual[name], meanwhile[name]
        shares = [b.percentile(p) / max(a.percentile(p), 0.001) for p in (0.95, 1.0)]
        lines.append(
            f"| {name} | {three(a)} | {b.requests} | {three(b)} | **{shares[0]:.1f}** | {shares[1]:.1f} | {a.wrong + b.wrong} |"
        )
    return "\n".join(lines) + "\n"


def three(found: Measured) -> str:
    return f"{found.percentile(0.5):.0f} / {found.percentile(0.95):.0f} / {found.percentile(1.0):.0f} ms"


if __name__ == "__main__":
    main()
