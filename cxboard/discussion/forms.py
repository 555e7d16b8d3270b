"""The shape of a comment."""

from flask_babel import lazy_gettext as _l

from ..forms import Form, Prose


class CommentForm(Form):
    """Plain text, up to about five printed pages."""

    text = Prose(_l("Write a comment"), at_most=10_000, required=True, missing=_l("Write something first."))
