"""The wording of what happens to decisions and actions."""

from flask_babel import lazy_gettext as _l

from ..history.sentences import say

say("decided", _l("%(who)s wrote down the decision “%(text)s”"), "gavel")
say("decision_withdrawn", _l("%(who)s withdrew the decision “%(text)s”"), "gavel")
say("promised", _l("%(who)s wrote down for %(owner)s, by %(due)s: “%(text)s”"), "list-todo")
say("action_done", _l("%(who)s ticked off “%(text)s”"), "check")
say("action_reopened", _l("%(who)s opened “%(text)s” again"), "list-todo")
say("action_dropped", _l("%(who)s dropped “%(text)s”: “%(reason)s”"), "x")
say("action_carried", _l("%(who)s carried “%(text)s” over to %(due)s"), "arrow-right")
say("action_left_open", _l("“%(text)s”, promised for %(due)s, was still open when the review was closed"), "redo-2")
say("action_revised", _l("%(who)s rewrote “%(text)s”, for %(owner)s, by %(due)s"), "pencil")
