"""CX issues: what customers experience that should be better; the board, triage, gates and rank."""

from flask import Blueprint

bp = Blueprint("issues", __name__)

from ..live import add_topic  # noqa: E402
from ..markdown import link_keys  # noqa: E402
from . import jobs, journey, many_views, models, queries, sentences, views  # noqa: E402,F401

add_topic("issue", group="board", action="issue.view")
link_keys("CX", queries.linked)
