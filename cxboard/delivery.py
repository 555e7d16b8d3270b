"""Handing a mail over to the mail server, and what came of it: sent, later, never, or the server itself is in trouble.

Nothing here takes longer than DEADLINE for one mail, whatever the server does: a server that lets a byte through now
and then would otherwise never time out.
"""

from __future__ import annotations

import logging
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import EmailPolicy
from enum import Enum
from typing import Any
from urllib.parse import unquote, urlsplit

TIMEOUT = 10  # seconds without an answer
DEADLINE = 30  # seconds for one mail, from the first word to the last
LOCAL = ("localhost", "127.0.0.1", "::1")
BUSY = 421  # "closing the channel": about the server, not about this mail


class Outcome(Enum):
    """What came of handing over one mail."""

    SENT = "sent"
    LATER = "later"  # not this mail, not now
    NEVER = "never"  # not this mail, whenever it is tried
    DOWN = "down"  # no mail at all, for now


class WholeAddresses(EmailPolicy):
    """Header lines as RFC 5322 wants them; the address to unsubscribe is never broken or encoded, since no program puts it together again."""

    WHOLE = ("list-unsubscribe",)

    def fold(self, name: str, value: Any) -> str:
        return f"{name}: {value}{self.linesep}" if name.lower() in self.WHOLE else super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii", "surrogateescape") if name.lower() in self.WHOLE else super().fold_binary(name, value)


POLICY = WholeAddresses(linesep="\r\n")


def one_line(text: str) -> str:
    """What people typed, fit for a header: no line ends, no control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def envelope(*, to: str, subject: str, sender: str) -> EmailMessage:
    """An empty mail with its first headers; nothing that people typed can add another one."""
    message = EmailMessage(policy=POLICY)
    message["Subject"] = one_line(subject)
    message["From"] = one_line(sender)
    message["To"] = one_line(to)
    return message


class Watched(smtplib.SMTP):
    """A connection that can be hung up from outside, also while it is being made."""

    def __init__(self, watch: Watch, *given: Any, **settings: Any) -> None:
        self.watch, watch.smtp = watch, self
        super().__init__(*given, **settings)

    def getreply(self) -> tuple[int, bytes]:
        if self.watch.is_over:  # before there was anything to hang up
            self.close()
            raise smtplib.SMTPServerDisconnected("out of time")
        return super().getreply()


class WatchedTls(Watched, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class Watch:
    """Hangs up when one mail takes too long."""

    def __init__(self) -> None:
        self.smtp: smtplib.SMTP | None = None
        self.is_over = False

    def hang_up(self) -> None:
        self.is_over = True
        connection = getattr(self.smtp, "sock", None)
        if connection is not None:
            with suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # below TLS, which would want to say goodbye

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        self.is_over = False
        timer = threading.Timer(seconds, self.hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


class Postbox:
    """One connection to the mail server, opened at the first mail; `with Postbox(url, logger) as postbox: postbox.send(…)`."""

    def __init__(self, server_url: str, logger: logging.Logger) -> None:
        self.server_url = server_url
        self.logger = logger
        self.watch = Watch()
        self.smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Postbox:
        return self

    def __exit__(self, *_: object) -> None:
        if self.smtp is not None:
            with self.watch.within(TIMEOUT):
                with suppress(OSError, smtplib.SMTPException):
                    self.smtp.quit()
                self.smtp.close()

    def send(self, message: EmailMessage) -> Outcome:
        """Hand over one mail; the log says what went wrong, never to whom or what the server said."""
        with self.watch.within(DEADLINE):
            outcome, why = self._send(message)
        if outcome != Outcome.SENT:
            self.logger.error("mail not sent (%s): %s", outcome.value, why)
        if outcome == Outcome.DOWN and self.smtp is not None:
            self.smtp.close()
            self.smtp = None
        return outcome

    def _send(self, message: EmailMessage) -> tuple[Outcome, str]:
        try:
            if self.smtp is None:
                opened = self._open()
                if opened is None:
                    return Outcome.DOWN, "the mail server offers no encryption, so the password is kept from it"
                self.smtp = opened
            self.smtp.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code = max((code for code, _text in error.recipients.values()), default=0)
            return judged(code), f"recipient refused with {code}"
        except smtplib.SMTPDataError as error:
            return judged(error.smtp_code), f"content refused with {error.smtp_code}"
        except (smtplib.SMTPNotSupportedError, UnicodeError) as error:
            return Outcome.NEVER, type(error).__name__
        except smtplib.SMTPResponseException as error:  # the greeting, the password, the sender: it would be the same for every mail
            return Outcome.DOWN, f"{type(error).__name__} with {error.smtp_code}"
        except (OSError, smtplib.SMTPException) as error:
            return Outcome.DOWN, type(error).__name__
        return Outcome.SENT, ""

    def _open(self) -> smtplib.SMTP | None:
        server = urlsplit(self.server_url)
        host, secure = server.hostname or "localhost", server.scheme == "smtps"
        smtp: smtplib.SMTP = (
            WatchedTls(self.watch, host, server.port or 465, timeout=TIMEOUT, context=ssl.create_default_context())
            if secure
            else Watched(self.watch, host, server.port or 587, timeout=TIMEOUT)
        )
        try:
            smtp.ehlo()
            if not secure and smtp.has_extn("starttls"):
                smtp.starttls(context=ssl.create_default_context())
                smtp.ehlo()
                secure = True
            if server.username:
                if not secure and host not in LOCAL:
                    smtp.close()
                    return None
                smtp.login(unquote(server.username), unquote(server.password or ""))
        except BaseException:
            smtp.close()
            raise
        return smtp


def judged(code: int) -> Outcome:
    """What an answer about one mail means (RFC 5321, 4.2.1): 4xx is not now, 5xx is not ever."""
    if code == BUSY:
        return Outcome.DOWN
    return Outcome.NEVER if 500 <= code < 600 else Outcome.LATER
