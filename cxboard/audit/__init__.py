"""The audit log: everything that was changed, by whom and when, to read, to filter and to take away as a file."""

from flask import Blueprint

bp = Blueprint("audit", __name__)

from . import views  # noqa: E402,F401
