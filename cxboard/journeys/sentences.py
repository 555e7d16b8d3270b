"""The wording of what happens to journeys and their stages."""

from flask_babel import lazy_gettext as _l

from ..history.sentences import say, say_field

say("journey_added", _l("%(who)s added the journey %(text)s"), "route")
say("journey_renamed", _l("%(who)s called the journey %(text)s from now on %(name)s"), "pencil")
say("stage_added", _l("%(who)s added the stage %(text)s"), "plus")
say("stage_changed", _l("%(who)s changed the stage %(text)s"), "pencil")
say("stage_renamed", _l("%(who)s called the stage %(was)s from now on %(text)s"), "pencil")
say("stage_work", _l("%(who)s rewrote what employees do in the stage %(text)s"), "pencil")
say("stage_tools", _l("%(who)s changed the tools of the stage %(text)s to: %(tools)s"), "pencil")
say("stage_departments", _l("%(who)s changed the departments of the stage %(text)s to: %(departments)s"), "pencil")
say("stage_moved", _l("%(who)s moved the stage %(text)s to place %(place)s"), "arrow-up")
say("stage_archived", _l("%(who)s archived the stage %(text)s"), "archive")
say("stage_restored", _l("%(who)s opened the stage %(text)s again"), "rotate-ccw")
say("touchpoint_added", _l("%(who)s added the touchpoint %(touchpoint)s to the stage %(text)s"), "plus")
say("touchpoint_changed", _l("%(who)s changed the touchpoint %(touchpoint)s of the stage %(text)s to %(name)s"), "pencil")
say("touchpoint_moved", _l("%(who)s moved the touchpoint %(touchpoint)s of the stage %(text)s to place %(place)s"), "arrow-up")
say("touchpoint_removed", _l("%(who)s removed the touchpoint %(touchpoint)s from the stage %(text)s"), "trash-2")
say("customer_mood_set", _l("%(who)s set the mood of customers in the stage %(text)s to %(mood)s"), "user-round")
say("customer_mood_cleared", _l("%(who)s took back the mood of customers in the stage %(text)s"), "user-round")
say("employee_mood_set", _l("%(who)s set the mood of employees in the stage %(text)s to %(mood)s"), "users-round")
say("employee_mood_cleared", _l("%(who)s took back the mood of employees in the stage %(text)s"), "users-round")
say_field("stages", _l("stages"))
