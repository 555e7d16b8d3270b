"""The small company that the tests of the whole house walk through."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from tests.architecture.house import House, furnished
from tests.database import Database, Databases


@pytest.fixture
def house(app: Flask, database: Database, databases: Databases, at: Callable[[str], datetime]) -> House:
    at("2026-11-24 10:00")
    return furnished(databases, database)
