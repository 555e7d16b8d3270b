"""The shapes of a comment, of its revision, and of a reaction."""

from typing import Self

from flask_babel import lazy_gettext as _l

from ..forms import Choice, Form, InputRequired, Prose, Version
from .models import Reacting

LONGEST = 10_000  # about five printed pages


class CommentForm(Form):
    """Markdown."""

    text = Prose(_l("Write a comment"), at_most=LONGEST, required=True, missing=_l("Write something first."))

    def with_files(self) -> Self:
        """A file says enough by itself."""
        self.text.validators = tuple(v for v in self.text.validators if not isinstance(v, InputRequired))
        self.text.flags.required = False  # type: ignore[attr-defined]
        return self


class RevisionForm(CommentForm):
    """Other words for what was said, and the version they take the place of."""

    version = Version()


class ReactionForm(Form):
    """One of the few reactions."""

    kind = Choice(required=True, choices=[(k.value, k.value) for k in Reacting])
