"""EX problems, and the root causes that link CX issues to them."""

from flask import Blueprint

bp = Blueprint("causes", __name__)

from . import models, sentences, views  # noqa: E402,F401
