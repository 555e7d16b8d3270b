"""The wording of what happens to reviews."""

from flask_babel import lazy_gettext as _l

from ..history.sentences import say

say("review_planned", _l("%(who)s planned this review"), "calendar")
say("review_started", _l("%(who)s opened the review"), "play")
say("review_turned", _l("%(who)s turned to %(text)s"), "arrow-right")
say("review_closed", _l("%(who)s closed the review"), "check")
say("review_cancelled", _l("%(who)s cancelled this review: “%(reason)s”"), "ban")
say("review_remarked", _l("%(who)s added a remark to the minutes"), "pencil")
say("review_moved", _l("%(who)s moved this review to %(text)s"), "calendar")
say("series_set", _l("%(who)s set the weekly rhythm"), "calendar")
say("attendance_marked", _l("%(who)s marked who is there"), "users-round")
