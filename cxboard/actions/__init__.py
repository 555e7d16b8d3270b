"""Decisions, and actions: who does what by when."""

from flask import Blueprint

bp = Blueprint("actions", __name__)

from ..live import add_topic  # noqa: E402
from . import models, sentences, views  # noqa: E402,F401

add_topic("action", group="actions", action="issue.view")
