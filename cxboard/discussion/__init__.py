"""What people say to each other about an issue or a problem."""

from flask import Blueprint

bp = Blueprint("discussion", __name__)

from . import models, views  # noqa: E402,F401
