"""A mail server for the tests: takes every mail and keeps it."""

import queue
import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


class Mailbox:
    """Listens on `url`; `next()` waits for a mail."""

    def __init__(self) -> None:
        mails: queue.Queue[tuple[list[str], EmailMessage]] = queue.Queue()

        class Smtp(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                to: list[str] = []
                self.say("220 tests")
                while line := self.rfile.readline().decode().strip():
                    word = line[:4].upper()
                    if word == "RCPT":
                        to.append(line.partition("<")[2].partition(">")[0])
                    if word == "DATA":
                        self.say("354 go on")
                        body = b""
                        while (part := self.rfile.readline()) != b".\r\n":
                            body += part
                        mails.put((to, message_from_bytes(body, policy=policy.default)))  # type: ignore[arg-type]
                    self.say("221 bye" if word == "QUIT" else "250 ok")
                    if word == "QUIT":
                        return

            def say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

        self.mails = mails
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp)
        self.server.daemon_threads = True
        self.url = f"smtp://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def next(self) -> tuple[list[str], EmailMessage]:
        """(to whom, the mail) of the next one that comes in."""
        return self.mails.get(timeout=10)

    @property
    def is_empty(self) -> bool:
        return self.mails.empty()

    def __enter__(self) -> "Mailbox":
        return self

    def __exit__(self, *_: Any) -> None:
        self.server.shutdown()
        self.server.server_close()
