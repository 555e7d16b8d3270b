"""The weekly review: its series, its agenda, the live meeting and the minutes."""

from flask import Blueprint

bp = Blueprint("reviews", __name__)

from . import jobs, models, sentences, views  # noqa: E402,F401
