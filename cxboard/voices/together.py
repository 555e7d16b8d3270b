"""Several voices at once: they support an issue, become one, or are set aside; with one way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column, selectinload

from .. import clock
from ..accounts.models import User
from ..db import Model, db
from ..domain import Refused
from ..issues.models import UNDO_GRACE, UNDO_SECONDS, Issue
from .evidence import lock, weigh
from .models import Voice
from .queries import shown

MOST = 200


class VoiceBatch(Model):
    """What was done to several voices at once: which ones it changed, so that it can be taken back."""

    __tablename__ = "voice_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    what: Mapped[str] = mapped_column(sa.String(10))  # support, issue, aside
    issue_id: Mapped[int | None] = mapped_column(sa.ForeignKey("issue.id"))
    voices: Mapped[list[Any]]
    undone_at: Mapped[datetime | None]

    def undo(self, *, by: User) -> None:
        """Take all of it back, within ten seconds; an issue that was made of them is declined. Raises Refused when it is too late."""
        late = clock.now() - self.at > timedelta(seconds=UNDO_SECONDS + UNDO_GRACE)
        if late or self.undone_at or self.by_id != by.id:
            raise Refused(_l("This can't be undone any more: it was too long ago. Change them back by hand."))
        voices = chosen(self.voices)
        if self.what == "aside":
            for voice in voices:
                voice.take_back(by=by)
        else:
            issue = db.session.get_one(Issue, self.issue_id)
            lock(issue)
            for voice in voices:
                voice.withdraw(issue, by=by, tell=False)
            issue.record("issue_unheard_many", by=by, after={"voices": len(voices)})
            weigh([issue.id])
            if self.what == "issue":
                issue.decline(by=by, reason=str(_l("It was taken back right after it was made.")))
        self.undone_at = clock.now()


def chosen(ids: Sequence[int]) -> list[Voice]:
    """These voices, as far as they are there, locked, with the issues they support."""
    if not ids or len(ids) > MOST:
        raise Refused(_l("Choose at most %(num)s voices at once.", num=MOST) if ids else _l("Choose at least one voice."))
    locked = sa.select(Voice).where(Voice.id.in_(ids), shown()).order_by(Voice.id).with_for_update(of=Voice, key_share=True)
    return list(db.session.scalars(locked.options(selectinload(Voice.supports)).execution_options(populate_existing=True)))


def support_all(ids: Sequence[int], issue: Issue, *, by: User, what: str = "support") -> VoiceBatch | None:
    """Let all of them support an issue; None when they did already. Raises Refused for an issue or a voice that can't."""
    voices = chosen(ids)
    lock(issue)
    changed = [v for v in voices if not any(s.issue_id == issue.id for s in v.supports)]
    if not changed:
        return None
    for voice in changed:
        voice.support(issue, by=by, tell=False)
    if len(changed) == 1:
        issue.record("issue_heard", by=by, after={"text": changed[0].in_short, "voice": changed[0].id})
    else:
        issue.record("issue_heard_many", by=by, after={"voices": len(changed)})
    weigh([issue.id])
    return kept(what, changed, by, issue)


def make_issue_of(ids: Sequence[int], title: str, *, by: User) -> tuple[Issue, VoiceBatch | None]:
    """A new issue that all of them support: what they say is its story, and where they said it its stage. Raises Refused."""
    voices = chosen(ids)
    if not voices:
        raise Refused(_l("Choose at least one voice."))
    issue = Issue.report(title=title, by=by, story=story_of(voices))
    stages = {v.stage_id for v in voices}
    if len(stages) == 1 and voices[0].stage is not None:
        issue.edit(by=by, stage=voices[0].stage)
    db.session.flush()
    return issue, support_all(ids, issue, by=by, what="issue")


def set_all_aside(ids: Sequence[int], why: str, *, by: User) -> VoiceBatch | None:
    """Set all of them aside; None when they were already. Raises Refused without a reason."""
    changed = [v for v in chosen(ids) if not v.is_set_aside]
    for voice in changed:
        voice.set_aside(why, by=by)
    return kept("aside", changed, by, None) if changed else None


def kept(what: str, voices: Sequence[Voice], by: User, issue: Issue | None) -> VoiceBatch:
    batch = VoiceBatch(by_id=by.id, at=clock.now(), what=what, issue_id=issue.id if issue else None, voices=[v.id for v in voices])
    db.session.add(batch)
    db.session.flush()
    return batch


def story_of(voices: Sequence[Voice], *, most: int = 5) -> str:
    """The first few quotes, each as a quote."""
    said = [v.quote for v in voices if v.quote][:most]
    return "\n\n".join("\n".join(f"> {line}" for line in quote.splitlines()) for quote in said)


def title_of(quote: str, *, at_most: int = 100) -> str:
    """What to call an issue that begins with this quote: its first sentence, or as much of that as fits."""
    first = quote.strip().splitlines()[0] if quote.strip() else ""
    for end in (". ", "! ", "? "):
        first = first.split(end)[0]
    first = first.strip(" .!?\"“”")
    if len(first) > at_most:
        first = first[:at_most].rsplit(" ", 1)[0] + "…"
    return first[:1].upper() + first[1:]
