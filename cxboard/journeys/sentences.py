"""The wording of what happens to journeys and their stages."""

from flask_babel import lazy_gettext as _l

from ..history.sentences import say, say_field

say("journey_added", _l("%(who)s added the journey %(text)s"), "route")
say("journey_renamed", _l("%(who)s called the journey %(text)s from now on %(name)s"), "pencil")
say("stage_added", _l("%(who)s added the stage %(text)s"), "plus")
say("stage_changed", _l("%(who)s changed the stage %(text)s"), "pencil")
say("stage_moved", _l("%(who)s moved the stage %(text)s to place %(place)s"), "arrow-up")
say("stage_archived", _l("%(who)s archived the stage %(text)s"), "archive")
say("stage_restored", _l("%(who)s opened the stage %(text)s again"), "rotate-ccw")
say_field("stages", _l("stages"))
