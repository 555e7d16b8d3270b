"""The statuses of an issue, in board order, and the other fixed choices."""

from __future__ import annotations

from enum import Enum

from flask_babel import lazy_gettext as _l


class Status(Enum):
    """Where an issue stands. Six are columns of the board, three are off it."""

    NEW = "new"
    ANALYSING = "analysing"
    READY = "ready"
    IN_PROGRESS = "in_progress"
    VERIFYING = "verifying"
    DONE = "done"
    PARKED = "parked"
    DECLINED = "declined"
    MERGED = "merged"

    @property
    def label(self) -> str:
        return str(LABELS[self])

    @property
    def place(self) -> int:
        """1 to 6 along the board's path; 0 off the board."""
        return BOARD.index(self) + 1 if self in BOARD else 0

    @property
    def is_open(self) -> bool:
        return self in OPEN


BOARD = (Status.NEW, Status.ANALYSING, Status.READY, Status.IN_PROGRESS, Status.VERIFYING, Status.DONE)
OPEN = BOARD[:-1]
LABELS = {
    Status.NEW: _l("New"),
    Status.ANALYSING: _l("Analysing"),
    Status.READY: _l("Ready to start"),
    Status.IN_PROGRESS: _l("In progress"),
    Status.VERIFYING: _l("Measuring effect"),
    Status.DONE: _l("Done"),
    Status.PARKED: _l("Parked"),
    Status.DECLINED: _l("Declined"),
    Status.MERGED: _l("Merged"),
}


FEW_VOICES, MANY_VOICES = 5, 30  # under the first: low; from the second on: high


class Confidence(Enum):
    """How sure we are of reach and severity; counts as 50, 80 or 100 % (RICE, Intercom 2016)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def label(self) -> str:
        return str({Confidence.LOW: _l("low"), Confidence.MEDIUM: _l("medium"), Confidence.HIGH: _l("high")}[self])

    @property
    def factor(self) -> float:
        return {Confidence.LOW: 0.5, Confidence.MEDIUM: 0.8, Confidence.HIGH: 1.0}[self]

    @classmethod
    def of_voices(cls, voices: int) -> Confidence | None:
        """What so many customers say for it is worth, while nobody judged otherwise; without any it is not known.

        Five is what interviews take to hear what one in three customers runs into (Nielsen and Landauer 1993: 85 %); under
        five a few may tell of something that is theirs alone. Thirty is what it takes before a share of them is known
        to about 18 points (95 %, worst case), which is enough to put reach and severity beside each other.
        """
        return None if not voices else cls.LOW if voices < FEW_VOICES else cls.MEDIUM if voices < MANY_VOICES else cls.HIGH


class Verdict(Enum):
    """What a before/after comparison showed."""

    IMPROVED = "improved"
    NO_EFFECT_SEEN = "no_effect_seen"
    WORSENED = "worsened"
    TOO_LITTLE_DATA = "too_little_data"

    @property
    def label(self) -> str:
        return str(
            {
                Verdict.IMPROVED: _l("Improved"),
                Verdict.NO_EFFECT_SEEN: _l("No effect seen"),
                Verdict.WORSENED: _l("Worsened"),
                Verdict.TOO_LITTLE_DATA: _l("Too little data"),
            }[self]
        )

    @property
    def icon(self) -> str:
        return {"improved": "trending-up", "no_effect_seen": "minus", "worsened": "trending-down"}.get(
            self.value, "circle-help"
        )
