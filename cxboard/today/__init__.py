"""Today: what waits for me, to be done in its place; and what changed for customers this week."""

from flask import Blueprint

bp = Blueprint("today", __name__)

from . import views  # noqa: E402,F401
