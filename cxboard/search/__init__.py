"""Search: everything that a person may see, by key and by words, as they type; and the palette that goes anywhere."""

from flask import Blueprint

bp = Blueprint("search", __name__)

from . import index, views  # noqa: E402,F401
