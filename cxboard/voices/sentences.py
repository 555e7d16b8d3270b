"""The wording of what happens to voices."""

from flask_babel import lazy_gettext as _l

from ..history.sentences import say, say_field

say("voice_logged", _l("%(who)s wrote down what a customer said"), "message-square-quote")
say("voice_supports", _l("%(who)s let this voice support %(key)s"), "link")
say("voice_withdrawn", _l("%(who)s took back that this voice supports %(key)s"), "link")
say("voice_pinned", _l("%(who)s pinned this voice to %(key)s"), "bookmark")
say("voice_unpinned", _l("%(who)s unpinned this voice from %(key)s"), "bookmark")
say("voice_set_aside", _l("%(who)s set this voice aside: “%(reason)s”"), "archive")
say("voice_taken_back", _l("%(who)s took this voice back"), "undo-2")

say("issue_heard", _l("%(who)s let a voice support this: “%(text)s”"), "message-square-quote")
say("issue_heard_many", _l("%(who)s let %(voices)s voices support this"), "message-square-quote")
say("issue_unheard_many", _l("%(who)s took %(voices)s voices away from this"), "message-square-quote")
say("issue_unheard", _l("%(who)s took a voice away from this: “%(text)s”"), "message-square-quote")

say("voices_import_begun", _l("%(who)s began to import %(rows)s rows of %(file)s as “%(source)s”"), "upload")
say("voices_imported", _l("%(who)s imported %(voices)s voices from %(file)s as “%(source)s”"), "upload")
say("voices_import_stopped", _l("%(who)s stopped the import of %(file)s; nothing of it was kept"), "upload")
say("voices_import_failed", _l("The import of %(file)s failed; nothing of it was kept"), "upload")
say("voices_import_undone", _l("%(who)s undid the import of %(file)s: %(voices)s voices are gone"), "undo-2")
say("issue_unheard_many", _l("%(who)s undid the import of %(file)s; %(voices)s of its voices supported this"), "undo-2")

say_field("quote", _l("the quote"))
say_field("said_on", _l("the day it was said"))
say_field("channel", _l("the channel"))
say_field("segment", _l("the segment"))
say_field("about_department", _l("the department it is about"))
say_field("score", _l("the score"))
say_field("scale", _l("the scale"), lambda v: str(v).upper())
