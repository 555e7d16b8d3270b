"""The link in every mail that switches off exactly its kind, for one person, without signing in. It opens nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from ..accounts.models import User
from ..db import db
from .models import MAILED, Kind, Silence
from .words import address, link


def off_link(person: User, kinds: Iterable[Kind]) -> str:
    """The whole address. It never ends: a mail may be read years later."""
    token = signer().dumps([person.id, sorted(k.value for k in kinds)])
    return link(address("notifications.unsubscribe", token=token))


def read(token: str) -> tuple[User, list[Kind]] | None:
    """Who wants no mail of which kinds; None for a link that is not ours."""
    try:
        person_id, names = signer().loads(token)
        kinds = [Kind(name) for name in names]
    except (BadSignature, TypeError, ValueError):
        return None
    person = db.session.get(User, person_id)
    return (person, kinds) if person is not None and kinds and set(kinds) <= set(MAILED) else None


def switch_off(person: User, kinds: Iterable[Kind]) -> None:
    """No mail of these kinds any more; the inbox goes on."""
    for kind in kinds:
        Silence.keep(person, kind)


def signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="no-mail-of-this-kind")
