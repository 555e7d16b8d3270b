"""The wording of what happens to problems and causes."""

from flask_babel import lazy_gettext as _l

from .. import language
from ..history.sentences import say, say_field
from .models import Category, Certainty, ProblemStatus

say("problem_signalled", _l("%(who)s signalled this problem"), "puzzle")
say("cause_linked", _l("%(who)s linked %(key)s as a cause of %(issue)s"), "spline")
say("cause_unlinked", _l("%(who)s took %(key)s away as a cause of %(issue)s"), "spline")
say("cause_share", _l("%(who)s set the share of %(key)s to %(share)s %%"), "spline")
say("cause_share_open", _l("%(who)s left the share of %(key)s open"), "spline")
say("cause_evidence", _l("%(who)s rewrote the evidence for %(key)s"), "spline")
say("cause_confirmed", _l("%(who)s set %(key)s as a cause of %(issue)s from %(before)s to %(after)s"), "badge-check")
say_field("certainty", _l("certainty"), lambda v: Certainty(v["certainty"] if isinstance(v, dict) else v).label)
say_field("share", _l("share"), lambda v: language.percent(v["share"] if isinstance(v, dict) else v) or "–")
say_field("answer", _l("the answer to the why"))
say_field("evidence", _l("the evidence"), lambda v: str(v["evidence"] if isinstance(v, dict) else v))
say_field("description", _l("what employees run into"))
say_field("category", _l("category"), lambda v: Category(v).label)
say_field("problem_status", _l("status"), lambda v: ProblemStatus(v).label)
say_field("department", _l("owning department"))
say_field("sponsor", _l("sponsor"))
say_field("restricted", _l("who sees this"), lambda v: str(_l("only the department, the sponsor and regisseurs") if v else _l("everybody")))
say_field("employees", _l("employees affected"), language.number)
say_field("hours_lost", _l("hours lost per employee per week"), lambda v: language.number(v, 2))
say_field("investment", _l("investment asked"), lambda v: f"€ {language.number(v)}")
# The words of an answer are not told: who may not see it (any more) would read them here.
say("why_answered", _l("%(who)s answered a why"), "spline")
say("why_reworded", _l("%(who)s reworded the answer to a why"), "spline")
say("why_evidence", _l("%(who)s wrote down how we know the answer to a why"), "spline")
say("why_moved", _l("%(who)s put the answers to a why in another order"), "spline")
say("why_stands", _l("%(who)s let the words of an answer stand"), "spline")
say("why_ended_problem", _l("%(who)s traced the whys of %(issue)s to %(key)s"), "puzzle")
say("why_ended_issue", _l("%(who)s traced the whys of %(issue)s to %(key)s"), "spline")
say("why_not_ours", _l("%(who)s ended a why of %(issue)s in what is not ours to change"), "spline")
say("why_opened", _l("%(who)s took the end of a why of %(issue)s away"), "spline")
say("why_removed", _l("%(who)s removed answers from the whys of %(issue)s"), "trash-2")
say("why_put_back", _l("%(who)s put answers back into the whys of %(issue)s"), "spline")
