"""The wording of what happens to hand-offs."""

from flask_babel import lazy_gettext as _l

from ..history.sentences import say

say("handoff_asked", _l("%(who)s asked %(asked)s for help on behalf of %(asking)s, by %(due)s: “%(text)s”"), "hand-helping")
say("handoff_asked_again", _l("%(who)s asked %(asked)s again on behalf of %(asking)s, by %(due)s: “%(text)s”"), "hand-helping")
say("handoff_changed", _l("%(who)s changed what %(asking)s asks %(asked)s, by %(due)s: “%(text)s”"), "pencil")
say("handoff_accepted", _l("%(who)s accepted for %(asked)s what %(asking)s asked, by %(due)s: “%(text)s”"), "hand-helping")
say("handoff_answered", _l("%(who)s answered %(asking)s on behalf of %(asked)s: “%(answer)s”"), "circle-check")
say("handoff_declined", _l("%(who)s declined for %(asked)s what %(asking)s asked (“%(text)s”): “%(reason)s”"), "ban")
say("handoff_withdrawn", _l("%(who)s withdrew what %(asking)s asked %(asked)s: “%(text)s”"), "x")
say("handoff_ended", _l("What %(asking)s asked %(asked)s ended with the issue: “%(text)s”"), "x")
say("handoff_undone", _l("%(who)s took that back: “%(text)s” is with the departments again"), "undo-2")
say("handoff_moved", _l("%(who)s moved what %(asking)s asked %(asked)s along to %(key)s: “%(text)s”"), "git-merge")
