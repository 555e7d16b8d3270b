"""What is done by the clock: words that were removed are gone for good once their removal can't be undone any more."""

from datetime import timedelta

import sqlalchemy as sa

from .. import clock, ticker
from ..db import db
from .models import UNDO, Comment, EarlierText, Mention, MentionSeen, Reaction


@ticker.every(timedelta(minutes=5), "removed_comments")
def forget_removed() -> None:
    """Nothing of a removed comment is kept but who removed it and when."""
    over = sa.select(Comment.id).where(Comment.removed_at < clock.now() - UNDO, Comment.text != "")
    gone = list(db.session.scalars(over))
    if not gone:
        return
    seen = sa.select(Mention.id).where(Mention.comment_id.in_(gone))
    db.session.execute(sa.delete(MentionSeen).where(MentionSeen.mention_id.in_(seen)))
    for model in (Mention, Reaction, EarlierText):
        db.session.execute(sa.delete(model).where(model.comment_id.in_(gone)))
    for comment in db.session.scalars(sa.select(Comment).where(Comment.id.in_(gone))):
        comment.text = ""
