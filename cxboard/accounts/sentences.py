"""The wording of what happens to people and departments."""

from flask_babel import lazy_gettext as _l

from ..history.sentences import say, say_field
from .models import Role

say("department_opened", _l("%(who)s added the department %(text)s"), "building-2")
say("department_archived", _l("%(who)s archived the department %(text)s"), "archive")
say("department_restored", _l("%(who)s opened the department %(text)s again"), "building-2")
say("person_joined", _l("%(who)s added %(text)s"), "user-plus")
say("person_deactivated", _l("%(who)s ended the access of %(text)s"), "user-round")
say("person_reactivated", _l("%(who)s let %(text)s in again"), "user-round")
say("person_invited", _l("%(who)s sent %(text)s an invitation"), "mail")
say("password_changed", _l("%(who)s chose a new password"), "key-round")
say("role_changed", _l("%(who)s changed the role from %(before)s to %(after)s"), "shield")
say_field("role", _l("role"), lambda v: Role(v).label)
say_field("departments", _l("departments"), ", ".join)
say_field("name", _l("name"))
say_field("code", _l("code"))
say_field("colour", _l("colour"))
say_field("lead_person", _l("lead person"))
say_field("wip_limit", _l("limit of issues in progress"))
say_field("change_limit", _l("limit of open changes"))
say_field("mandate", _l("mandate"))
say_field("email", _l("e-mail address"))
