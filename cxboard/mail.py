"""Mail that must go out at once: invitations, reset links, and word of a change to somebody's access.

Sent beside the request, so that a slow mail server keeps nobody waiting (and tells nobody which addresses are known).
Links are written to the log where no mail server is set.
"""

import logging
import threading
from email.message import EmailMessage
from typing import Any

from flask import current_app
from flask_babel import force_locale, gettext as _

from .delivery import Outcome, Postbox, envelope


def is_set() -> bool:
    """Whether there is a mail server; where there is none, whoever invites hands the link over."""
    return bool(current_app.config["SMTP_URL"])


def send_link(person: Any, token: str, purpose: str) -> str:
    """Send `person` an `invite` or `reset` link in their own language; returns the address that was sent."""
    url = f"{current_app.config['BASE_URL']}/password/{token}"
    with force_locale(person.locale):
        if purpose == "invite":
            subject = _("Your access to cxboard")
            text = _(
                "Hello %(name)s,\n\nYou can take part in cxboard, the shared board of the CX team. Choose your password here, within two days:\n\n%(url)s\n",
                name=person.first_name, url=url,
            )  # fmt: skip
        else:
            subject = _("Choose a new password for cxboard")
            text = _(
                "Hello %(name)s,\n\nSomebody asked for a new password for your account. Choose it here, within an hour:\n\n%(url)s\n\nWas it not you? Then you need to do nothing.\n",
                name=person.first_name, url=url,
            )  # fmt: skip
    if is_set():
        send(person.email, subject, text)
    else:
        current_app.logger.warning(
            "no mail server is set (CXBOARD_SMTP_URL); the link for person %s: %s", person.id, url
        )
    return url


def tell_of_password(person: Any) -> None:
    """Word to the owner that the password is another one."""
    with force_locale(person.locale):
        _tell(
            person,
            person.email,
            _("Your password for cxboard was changed"),
            _("Your password for cxboard was changed just now."),
        )


def tell_of_email(person: Any, before: str) -> None:
    """Word to the old address and the new one."""
    with force_locale(person.locale):
        for address in (before, person.email):
            _tell(
                person,
                address,
                _("Your e-mail address for cxboard was changed"),
                _("From now on you sign in to cxboard with %(email)s.", email=person.email),
            )


def tell_of_role(person: Any) -> None:
    """Word to the owner that the role is another one."""
    with force_locale(person.locale):
        _tell(
            person,
            person.email,
            _("Your role in cxboard was changed"),
            _("Your role in cxboard is now: %(role)s.", role=person.role.label),
        )


def _tell(person: Any, address: str, subject: str, what: str) -> None:
    text = _(
        "Hello %(name)s,\n\n%(what)s\n\nWas this not meant? Tell the administrator.\n",
        name=person.first_name,
        what=what,
    )
    if is_set():
        send(address, subject, text)


def send(to: str, subject: str, text: str) -> None:
    """Hand one mail over to the mail server, beside the request."""
    message = envelope(to=to, subject=subject, sender=current_app.config["MAIL_FROM"])
    message.set_content(text, cte="quoted-printable")
    threading.Thread(
        target=deliver, args=(message, current_app.config["SMTP_URL"], current_app.logger), name="mail"
    ).start()


def deliver(message: EmailMessage, server_url: str, logger: logging.Logger) -> bool:
    """False when the mail server did not take it (the log says why, never what it said)."""
    with Postbox(server_url, logger) as postbox:
        return postbox.send(message) == Outcome.SENT
