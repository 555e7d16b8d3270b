"""The wording of what happens to comments."""

from flask_babel import lazy_gettext as _l

from ..history.sentences import say

say("commented", _l("%(who)s said something about this"), "message-circle")
say("comment_edited", _l("%(who)s rewrote a comment"), "pencil")
say("comment_removed", _l("%(who)s removed a comment"), "trash-2")
say("comment_restored", _l("%(who)s put a comment back"), "undo-2")
