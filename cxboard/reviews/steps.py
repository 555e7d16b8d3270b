"""The seven steps of the weekly review, each with its time box."""

from enum import Enum

from flask_babel import lazy_gettext as _l


class Step(Enum):
    """In this order, in 60 minutes (product.md 5.6)."""

    CUSTOMER = "customer"
    NUMBERS = "numbers"
    PROMISES = "promises"
    NEW = "new"
    STUCK = "stuck"
    FOCUS = "focus"
    WRAP_UP = "wrap_up"

    @property
    def label(self) -> str:
        return str(LABELS[self])

    @property
    def minutes(self) -> int:
        """Its time box in a review of an hour."""
        return {Step.STUCK: 10, Step.FOCUS: 25}.get(self, 5)

    def box(self, duration: int) -> int:
        """Its time box, in minutes, in a review of `duration` minutes; Focus takes what rounding leaves."""
        share = {s: max(1, round(s.minutes * duration / 60)) for s in Step}
        share[Step.FOCUS] = max(1, share[Step.FOCUS] + duration - sum(share.values()))
        return share[self]

    def each(self, duration: int) -> int:
        """How many minutes a point of this step usually takes in a review of `duration` minutes: a share of its box."""
        return max(1, self.box(duration) // {Step.CUSTOMER: 1, Step.FOCUS: 3}.get(self, 5))

    @property
    def one_by_one(self) -> bool:
        """Whether its points are shown one at a time."""
        return self in (Step.NEW, Step.STUCK, Step.FOCUS)

    @property
    def following(self) -> "Step | None":
        steps = list(Step)
        at = steps.index(self) + 1
        return steps[at] if at < len(steps) else None

    @property
    def preceding(self) -> "Step | None":
        at = list(Step).index(self)
        return list(Step)[at - 1] if at else None


LABELS = {
    Step.CUSTOMER: _l("Customer at the table"),
    Step.NUMBERS: _l("Numbers"),
    Step.PROMISES: _l("Promises"),
    Step.NEW: _l("New"),
    Step.STUCK: _l("Stuck and waiting"),
    Step.FOCUS: _l("Focus"),
    Step.WRAP_UP: _l("Wrap-up"),
}
