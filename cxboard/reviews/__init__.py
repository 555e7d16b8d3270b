"""The weekly review: its series, its agenda, the live meeting and the minutes."""

from flask import Blueprint

bp = Blueprint("reviews", __name__)

from ..live import add_topic  # noqa: E402
from . import calendar  # noqa: E402,F401  (the tables first: what is read is put together from them)

# isort: split
from . import (  # noqa: E402,F401
    afterwards_views,
    calendar_views,
    figures_views,
    jobs,
    meeting_views,
    models,
    preparing_today,
    preparing_views,
    public_holidays,
    sentences,
    views,
)

add_topic("review", group="reviews", action="review.view")
