"""The dossier: the case for solving one EX problem, with every assumption visible and adjustable."""

from flask import Blueprint

bp = Blueprint("dossiers", __name__)

from . import links, models, sentences  # noqa: E402,F401
