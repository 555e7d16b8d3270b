"""Voices that are there for nobody: of an import that still runs, failed, or was undone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..db import db
from .importing import VoiceImport


def unseen() -> sa.ColumnElement[bool]:
    """The imports whose voices nobody sees and that are not all deleted yet."""
    return sa.and_(sa.or_(VoiceImport.finished_at.is_(None), VoiceImport.undone_at.is_not(None)), VoiceImport.cleared_at.is_(None))


def unseen_imports() -> list[int]:
    """Their ids; mostly none."""
    return list(db.session.scalars(sa.select(VoiceImport.id).where(unseen())))


def shown_where(import_id: Any, known: list[int] | None = None) -> list[sa.ColumnElement[bool]]:
    """The condition on a column that names the import; no condition at all while there is no such import.

    Who asks several times in one request asks `unseen_imports` once and brings the answer along.
    """
    hidden = unseen_imports() if known is None else known
    return [sa.or_(import_id.is_(None), import_id.not_in(hidden))] if hidden else []
