"""The door, passwords, a person's own settings, and the settings of people and departments."""

from . import departments, door, passwords, people, profile  # noqa: F401
