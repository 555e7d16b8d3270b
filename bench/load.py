"""A small HTTP client that asks the same thing over and over on a number of connections, and what a server's processes used meanwhile."""

import http.client
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Ask:
    """One request: method, path and form."""

    path: str
    form: dict[str, str] | None = None


@dataclass
class Measured:
    """What came out of one or more runs."""

    requests: int = 0
    cpu: float = 0.0
    wall: float = 0.0
    size: int = 0
    wrong: int = 0
    times: list[float] = field(default_factory=list)

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.cpu / max(self.requests, 1)

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        ordered = sorted(self.times)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class Server:
    """A running server: its address, the headers that it wants, and all its processes."""

    def __init__(self, name: str, pid: int, port: int) -> None:
        self.name, self.pid, self.port = name, pid, port
        self.headers: dict[str, str] = {"Connection": "keep-alive"}

    def cpu(self) -> float:
        """Seconds of processor time that its whole process group has used, ended children included."""
        total = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                words = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(words[2]) == self.pid:
                total += int(words[11]) + int(words[12])
        return total / TICK

    def ask(self, connection: http.client.HTTPConnection, ask: Ask) -> tuple[int, int, bytes, list[tuple[str, str]]]:
        headers, body = dict(self.headers), None
        if ask.form is not None:
            body = urlencode(ask.form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST" if ask.form is not None else "GET", ask.path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        return answer.status, len(data), data, answer.getheaders()

    def once(self, ask: Ask) -> tuple[int, bytes, list[tuple[str, str]]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            status, _size, data, headers = self.ask(connection, ask)
        finally:
            connection.close()
        return status, data, headers

    def measure(self, asks: Callable[[int], Iterator[Ask]], *, connections: int, seconds: float, into: Measured) -> None:
        """Ask for `seconds` on each connection; `asks(n)` gives the requests of connection n."""
        lock, until = threading.Lock(), time.perf_counter() + seconds

        def run(number: int) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            times, wrong, size = [], 0, 0
            for ask in asks(number):
                began = time.perf_counter()
                if began > until:
                    break
                status, size, _data, _headers = self.ask(connection, ask)
                times.append(time.perf_counter() - began)
                wrong += status != 200
            connection.close()
            with lock:
                into.requests += len(times)
                into.times += times
                into.wrong += wrong
                into.size = size or into.size

        before, began = self.cpu(), time.perf_counter()
        threads = [threading.Thread(target=run, args=(n,)) for n in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        into.cpu += self.cpu() - before
        into.wall += time.perf_counter() - began


def sign_in(server: Server, email: str, password: str) -> None:
    """Keep the session cookie and the token against forgery for what follows."""
    _status, data, headers = server.once(Ask("/sign-in"))
    server.headers["Cookie"] = cookie(headers)
    form = {"csrf_token": token(data), "email": email, "password": password}
    status, _data, headers = server.once(Ask("/sign-in", form))
    assert status == 303 or status == 302, f"signing in answered {status}"
    server.headers["Cookie"] = cookie(headers)
    _status, data, headers = server.once(Ask("/board"))
    if fresh := cookie(headers):
        server.headers["Cookie"] = fresh
    server.headers["X-CSRFToken"] = token(data)


def cookie(headers: list[tuple[str, str]]) -> str:
    return "; ".join(value.split(";")[0] for name, value in headers if name.lower() == "set-cookie")


def token(data: bytes) -> str:
    found = re.search(rb'X-CSRFToken&#34;: &#34;([^&]+)|X-CSRFToken": "([^"]+)', data)
    assert found, "no token on the page"
    return (found[1] or found[2]).decode()
