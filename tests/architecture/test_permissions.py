"""Who may do what, as one table that is looked at: changing a rule changes permissions.txt."""

from pathlib import Path

from cxboard.actions.models import Action, Decision
from cxboard.causes.models import Cause, Problem
from cxboard.db import db
from cxboard.discussion.attachments import Attachment
from cxboard.discussion.models import Comment
from cxboard.handoffs.models import Handoff
from cxboard.issues.models import Issue
from cxboard.issues.saved import SavedView
from cxboard.permissions import PERMISSIONS, allows
from cxboard.voices.models import Voice
from tests.architecture.house import House
from tests.cast import person

TABLE = Path(__file__).with_name("permissions.txt")
THINGS = {"issue": (Issue, "issues"), "problem": (Problem, "problems"), "cause": (Cause, "causes"), "action": (Action, "actions"), "handoff": (Handoff, "handoffs"), "decision": (Decision, "decisions"), "view": (SavedView, "views"), "comment": (Comment, "comments"), "attachment": (Attachment, "attachments"), "voice": (Voice, "voices")}
WHO = (("viewer", "Finn"), ("member elsewhere", "Eva"), ("member of its department", "Mo"), ("regisseur", "Roos"), ("administrator", "Ada"))


def test_the_table_of_permissions_is_the_one_that_was_agreed(house: House):
    """The thing asked about is one of KS: Mo works there, Eva works at IT."""
    rows = ["".join(f"{title:26}" for title in ("action", *(w for w, _name in WHO))).rstrip()]
    for action in PERMISSIONS:
        kind = THINGS.get(action.partition(".")[0])
        thing = db.session.get(kind[0], house.ids[kind[1]][0]) if kind else None
        marks = ("yes" if allows(person(name), action, thing) else "-" for _who, name in WHO)
        rows.append("".join(f"{cell:26}" for cell in (action, *marks)).rstrip())
    table = "\n".join(rows) + "\n"
    print(table)

    assert table == TABLE.read_text(), "A rule has changed. When that is meant, write the table above to permissions.txt."


def test_nobody_who_left_may_do_anything(house: House):
    mo = person("Mo")
    mo.deactivate(by=person("Ada"))
    issue = db.session.get(Issue, house.ids["issues"][0])

    assert not any(allows(mo, action, issue if action.startswith("issue") else None) for action in ("issue.view", "issue.edit", "profile.edit"))
