"""What is done by the clock: what was removed is gone for good once that can't be undone any more, drafts go after a day."""

from datetime import timedelta

import sqlalchemy as sa

from .. import clock, ticker
from ..db import db
from . import store
from .attachments import DRAFT_LIFE, Attachment
from .models import UNDO, Comment, EarlierText, Mention, MentionSeen, Reaction


@ticker.every(timedelta(minutes=5), "removed_comments")
def forget_removed() -> None:
    """Nothing of a removed comment is kept but who removed it and when."""
    has_files = sa.exists().where(Attachment.comment_id == Comment.id)
    over = sa.select(Comment.id).where(Comment.removed_at < clock.now() - UNDO, sa.or_(Comment.text != "", has_files))
    gone = list(db.session.scalars(over))
    if not gone:
        return
    for attachment in db.session.scalars(sa.select(Attachment).where(Attachment.comment_id.in_(gone))):
        attachment.forget()
    seen = sa.select(Mention.id).where(Mention.comment_id.in_(gone))
    db.session.execute(sa.delete(MentionSeen).where(MentionSeen.mention_id.in_(seen)))
    for model in (Mention, Reaction, EarlierText):
        db.session.execute(sa.delete(model).where(model.comment_id.in_(gone)))
    for comment in db.session.scalars(sa.select(Comment).where(Comment.id.in_(gone))):
        comment.text = ""


@ticker.every(timedelta(hours=1), "attachments")
def sweep() -> int:
    """Drafts that nobody sent, and files that no row knows; returns how many of the files."""
    for draft in db.session.scalars(sa.select(Attachment).where(Attachment.attached_at.is_(None), Attachment.at < clock.now() - DRAFT_LIFE)):
        draft.forget()
    db.session.flush()
    return store.sweep(set(db.session.scalars(sa.select(Attachment.stored))))
