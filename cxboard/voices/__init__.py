"""Voices: what customers said, one by one, and the issues that these support."""

from flask import Blueprint

bp = Blueprint("voices", __name__)

from ..issues.models import QUIET, WHEN_MERGED, WHEN_UNMERGED  # noqa: E402
from ..live import add_topic  # noqa: E402
from . import evidence, finding, journey, models, panels, queries, sentences, together, views  # noqa: E402,F401

QUIET.update(("issue_heard", "issue_heard_many", "issue_unheard", "issue_unheard_many"))
WHEN_MERGED.append(evidence.go_along)
WHEN_UNMERGED.append(evidence.come_back)
finding.start()
add_topic("voice", group="voices", action="voice.view", model=models.Voice)
