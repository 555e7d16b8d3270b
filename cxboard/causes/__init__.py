"""EX problems, and the root causes that link CX issues to them."""

from flask import Blueprint

bp = Blueprint("causes", __name__)

from ..live import add_topic  # noqa: E402
from ..markdown import link_keys  # noqa: E402
from . import journey, map_views, models, queries, sentences, views, whys, whys_views  # noqa: E402,F401

add_topic("problem", group="problems", action="problem.view", model=models.Problem, restricted=models.Problem.restricted)
link_keys("EX", queries.linked)
