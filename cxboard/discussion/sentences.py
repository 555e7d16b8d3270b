"""The wording of what happens to comments and attachments."""

from flask_babel import lazy_gettext as _l

from ..history.sentences import say

say("commented", _l("%(who)s said something about this"), "message-circle")
say("comment_edited", _l("%(who)s rewrote a comment"), "pencil")
say("comment_removed", _l("%(who)s removed a comment"), "trash-2")
say("comment_restored", _l("%(who)s put a comment back"), "undo-2")
say("comment_attached", _l("%(who)s attached “%(text)s” to a comment"), "paperclip")
say("attached", _l("%(who)s attached “%(text)s”"), "paperclip")
say("detached", _l("%(who)s removed the file “%(text)s”"), "trash-2")
