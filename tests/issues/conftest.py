"""What the verbs say is compared in English."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale


@pytest.fixture(autouse=True)
def in_english(app: Flask) -> Iterator[None]:
    with force_locale("en"):
        yield
