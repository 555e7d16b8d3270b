"""What people hear: the inbox in the page, and mail that is wanted."""

from flask import Blueprint

bp = Blueprint("notifications", __name__)

from . import jobs, models, views  # noqa: E402,F401
