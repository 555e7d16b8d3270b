"""The wording of what happens to the focus."""

from flask_babel import lazy_gettext as _l

from ..history.sentences import say

say("focused", _l("%(who)s made this focus %(place)s"), "bookmark")
say("unfocused", _l("%(who)s took this out of focus"), "bookmark")
