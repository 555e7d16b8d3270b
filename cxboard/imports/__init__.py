"""Bringing a team's spreadsheet in: columns matched by name, a preview, then all or nothing."""

from flask import Blueprint

bp = Blueprint("imports", __name__)

from . import sentences, views, voices_run, voices_views  # noqa: E402,F401
