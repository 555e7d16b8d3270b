"""A real mail server (aiosmtpd) that keeps what it takes, and misbehaves on demand; and one that never says a whole sentence."""

from __future__ import annotations

import asyncio
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailserver:
    """Takes mail at `url` as `mode` says: ok, later (451), never (550), data-later, data-never, busy (421), drop, took-and-dropped, slow."""

    def __init__(self) -> None:
        self.mode = "ok"
        self.raw: list[tuple[str, bytes]] = []
        self.tried = 0
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port(), ready_timeout=10)
        self.url = f"smtp://127.0.0.1:{self.controller.port}"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        self.tried += 1
        answer = {"later": "451 not now", "never": "550 nobody here", "busy": "421 too busy"}.get(self.mode)
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.mode == "data-later":
            return "451 not now"
        if self.mode == "data-never":
            return "554 no"
        if self.mode == "slow":
            await asyncio.sleep(0.3)
        if self.mode != "drop":
            self.raw.append((envelope.rcpt_tos[0], bytes(envelope.content or b"")))
        if self.mode in ("drop", "took-and-dropped"):
            server.transport.abort()
        return "250 ok"

    @property
    def mails(self) -> list[EmailMessage]:
        """What was taken, as a mail program reads it."""
        return [message_from_bytes(content, policy=policy.default) for _to, content in self.raw]  # type: ignore[misc]

    def to(self, address: str) -> list[EmailMessage]:
        return [m for m in self.mails if m["To"] == address]


@contextmanager
def mailserver() -> Iterator[Mailserver]:
    server = Mailserver()
    server.controller.start()
    try:
        yield server
    finally:
        server.controller.stop()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def mumbling(first: bytes = b"", *, pause: float | None = 0.05) -> Iterator[str]:
    """Says `first`, and then a byte now and then but never the end of a line; without a `pause` it hangs up at once."""
    over = threading.Event()

    class Mumble(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(first)
            while pause is not None and not over.wait(pause):
                try:
                    self.request.sendall(b"2")
                except OSError:
                    return

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mumble)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"smtp://127.0.0.1:{server.server_address[1]}"
    finally:
        over.set()
        server.shutdown()
        server.server_close()


def both(message: EmailMessage) -> tuple[str, str]:
    """(the text, the HTML) of a mail."""
    parts: dict[str, Any] = {p.get_content_type(): p.get_content() for p in message.walk() if not p.is_multipart()}
    return parts["text/plain"], parts["text/html"]


def seconds(since: float) -> float:
    return time.monotonic() - since
