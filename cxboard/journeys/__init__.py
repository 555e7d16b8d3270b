"""The customer's journey: its stages in order, with the customer's lane above that of employees."""

from flask import Blueprint

bp = Blueprint("journeys", __name__)

from ..live import add_topic  # noqa: E402
from . import models, sentences, views  # noqa: E402,F401

add_topic("journey", group="journeys", action="journey.view", model=models.Journey)
