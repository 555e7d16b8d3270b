"""What people say to each other about an issue or a problem."""

from flask import Blueprint

bp = Blueprint("discussion", __name__)

from . import attachments, files, jobs, models, sentences, uploading, views  # noqa: E402,F401
