"""Mail that must go out at once: invitations and reset links. Written to the log where no mail server is set."""

import smtplib
import ssl
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from flask_babel import force_locale, gettext as _

TIMEOUT = 10


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
    send(person.email, subject, text, link=url)
    return url


def send(to: str, subject: str, text: str, *, link: str = "") -> bool:
    """Send one mail; False when the mail server did not take it (the log says why, never what it said)."""
    if not current_app.config["SMTP_URL"]:
        current_app.logger.warning("no mail server is set (CXBOARD_SMTP_URL); the link for this person: %s", link)
        return False
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = to
    message.set_content(text)
    server = urlsplit(current_app.config["SMTP_URL"])
    host, secure = server.hostname or "localhost", server.scheme == "smtps"
    try:
        context = ssl.create_default_context()
        smtp = smtplib.SMTP_SSL(host, server.port or 465, timeout=TIMEOUT, context=context) if secure else smtplib.SMTP(host, server.port or 587, timeout=TIMEOUT)
        with smtp:
            if not secure and smtp.has_extn("starttls"):
                smtp.starttls(context=context)
            if server.username:
                smtp.login(unquote(server.username), unquote(server.password or ""))
            smtp.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        current_app.logger.error("mail not sent: %s", type(error).__name__)
        return False
    return True
