"""The wording of an import in an issue's history."""

from flask_babel import lazy_gettext as _l

from ..history.sentences import say

say("imported", _l("%(who)s imported this from %(file)s, row %(row)s"), "upload")
