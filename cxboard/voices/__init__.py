"""Voices: what customers said, one by one, and the issues that these support."""

from flask import Blueprint

bp = Blueprint("voices", __name__)

from ..issues.models import WHEN_MERGED, WHEN_UNMERGED  # noqa: E402
from ..live import add_topic  # noqa: E402
from . import evidence, finding, models, panels, queries, sentences, together, views  # noqa: E402,F401

WHEN_MERGED.append(evidence.go_along)
WHEN_UNMERGED.append(evidence.come_back)
finding.start()
add_topic("voice", group="voices", action="voice.view", model=models.Voice)
