"""The dossier: the case for solving one EX problem, with every assumption visible and adjustable."""

from flask import Blueprint

bp = Blueprint("dossiers", __name__)

from . import link_views, links, models, sentences, views  # noqa: E402,F401
