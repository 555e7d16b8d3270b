"""People, departments, and how a person signs in and stays signed in."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)

from . import models, sentences, views  # noqa: E402,F401
