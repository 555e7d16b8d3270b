"""Decisions, and actions: who does what by when."""

from flask import Blueprint

bp = Blueprint("actions", __name__)

from . import models, sentences, views  # noqa: E402,F401
