"""The small company that the tests of the whole house walk through."""

import pytest
from flask import Flask

from tests.architecture.house import House, furnish


@pytest.fixture
def house(app: Flask, at) -> House:
    at("2026-11-24 10:00")
    return furnish(app)
