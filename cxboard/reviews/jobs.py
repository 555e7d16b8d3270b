"""What happens to reviews by itself: the coming weeks are planned."""

from datetime import timedelta

from ..ticker import every
from .models import Series


@every(timedelta(hours=1), "plan_reviews")
def plan_reviews() -> int:
    """Plan the coming four weeks of the rhythm; returns how many reviews were made."""
    series = Series.current()
    return len(series.plan()) if series else 0
