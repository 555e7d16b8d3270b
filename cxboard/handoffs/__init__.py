"""Hand-offs: what one department asks of another about an issue, and the connections between departments."""

from flask import Blueprint

bp = Blueprint("handoffs", __name__)

from . import models, sentences, views  # noqa: E402,F401
