"""CX issues: what customers experience that should be better; the board, triage, gates and rank."""

from flask import Blueprint

bp = Blueprint("issues", __name__)

from . import jobs, models, sentences, views  # noqa: E402,F401
