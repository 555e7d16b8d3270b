"""Voices that are there for nobody: of an import that still runs, failed, or was undone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..db import db
from .importing import VoiceImport


def unseen_imports() -> list[int]:
    """The imports whose voices nobody sees and that are not all deleted yet; mostly none."""
    unseen = sa.or_(VoiceImport.finished_at.is_(None), VoiceImport.undone_at.is_not(None))
    return list(db.session.scalars(sa.select(VoiceImport.id).where(unseen, VoiceImport.cleared_at.is_(None))))


def shown_where(import_id: Any, unseen: list[int] | None = None) -> list[sa.ColumnElement[bool]]:
    """The condition on a column that names the import; no condition at all while there is no such import.

    Who asks several times in one request asks `unseen_imports` once and brings the answer along.
    """
    unseen = unseen_imports() if unseen is None else unseen
    return [sa.or_(import_id.is_(None), import_id.not_in(unseen))] if unseen else []
