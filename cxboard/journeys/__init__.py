"""The customer's journey: its stages in order, and what employees do in each."""

from flask import Blueprint

bp = Blueprint("journeys", __name__)

from . import models, sentences, views  # noqa: E402,F401
