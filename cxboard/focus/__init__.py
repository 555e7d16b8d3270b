"""The at most three issues that are the priority now."""

from flask import Blueprint

bp = Blueprint("focus", __name__)

from . import models, sentences, views  # noqa: E402,F401
