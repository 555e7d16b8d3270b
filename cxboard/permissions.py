"""Who may do what: the whole table. Views and templates ask it through `allows()`; nothing else decides.

A rule takes the person and, where the action is about one thing, the thing. Own department's item: its lead or a
contributing department is one of mine, or I own or reported it (product.md section 2).
"""

from collections.abc import Callable
from typing import Any

Rule = Callable[[Any, Any], bool]


def anyone(person: Any, thing: Any = None) -> bool:
    """Everybody who is signed in."""
    return True


def member(person: Any, thing: Any = None) -> bool:
    """Everybody but viewers."""
    return bool(person.role.value != "viewer")


def regisseur(person: Any, thing: Any = None) -> bool:
    return bool(person.is_regisseur)


def admin(person: Any, thing: Any = None) -> bool:
    return bool(person.role.value == "admin")


def own(person: Any, thing: Any) -> bool:
    """A regisseur; or a member, when the thing is of a department of theirs."""
    return regisseur(person) or (member(person) and thing.belongs_to(person))


def own_and_open(person: Any, thing: Any) -> bool:
    """A regisseur; or a member, when the thing is of a department of theirs and nobody is kept from seeing it."""
    return regisseur(person) or (own(person, thing) and not thing.restricted)


def author(person: Any, thing: Any) -> bool:
    """A regisseur, or the member who wrote it down."""
    return regisseur(person) or (member(person) and thing.by_id == person.id)


def writer(person: Any, thing: Any) -> bool:
    """The member who wrote it down, and nobody else: these are their own words."""
    return member(person) and thing.by_id == person.id


def there(person: Any, thing: Any = None) -> bool:
    """Everybody but viewers; and a viewer who sits in it."""
    return member(person) or (thing is not None and thing.has(person))


def keeper(person: Any, thing: Any) -> bool:
    """Whoever keeps it."""
    return bool(thing.person_id == person.id)


def owning_department(person: Any, thing: Any) -> bool:
    """Somebody who lives with the problem: of the department that has it (a regisseur where no department has it)."""
    return member(person) and thing.judged_by(person)


def of_a_department(person: Any, thing: Any = None) -> bool:
    """A regisseur; or a member who works for a department, which is then the one that asks."""
    return regisseur(person) or (member(person) and bool(person.department_ids))


def asked_side(person: Any, thing: Any) -> bool:
    """A member of the department that is asked."""
    return member(person) and thing.asked_id in person.department_ids


def asking_side(person: Any, thing: Any) -> bool:
    """A regisseur, or a member of the department that asks."""
    return regisseur(person) or (member(person) and thing.asking_id in person.department_ids)


PERMISSIONS: dict[str, Rule] = {
    # issues
    "issue.view": anyone,
    "issue.report": member,
    "issue.edit": own,
    "issue.move": own,
    "issue.comment": member,
    "issue.triage": regisseur,
    "issue.decline": regisseur,
    "issue.merge": regisseur,
    "issue.rank": regisseur,
    "issue.focus": regisseur,
    "issue.import": regisseur,
    # views that are saved
    "view.keep": anyone,
    "view.share": member,
    "view.edit": keeper,
    "view.order": keeper,
    # problems and causes
    "problem.view": anyone,
    "problem.signal": member,
    "problem.edit": own,
    "problem.restrict": own,
    "problem.comment": member,
    "problem.share": own_and_open,
    "cause.link": member,
    "cause.edit": own,
    "cause.confirm": owning_department,
    "dossier.settle": regisseur,
    # what was said
    "comment.view": anyone,
    "comment.react": member,
    "comment.edit": writer,
    "comment.remove": author,
    "attachment.view": anyone,
    "attachment.remove": author,
    # decisions and actions
    "decision.record": member,
    "decision.withdraw": author,
    "action.promise": member,
    "action.edit": own,
    # hand-offs between departments
    "handoff.ask": of_a_department,
    "handoff.react": asked_side,
    "handoff.change": asking_side,
    "handoff.withdraw": asking_side,
    # what customers said
    "voice.view": anyone,
    "voice.log": member,
    "voice.edit": own,
    "voice.support": member,
    "voice.set_aside": member,
    "voice.import": regisseur,
    # the weekly review
    "review.view": anyone,
    "review.take_part": member,
    "review.rate": there,
    "review.plan": regisseur,
    "review.run": regisseur,
    "review.remark": regisseur,
    # people and the house
    "profile.edit": anyone,
    "inbox.read": anyone,
    "person.view": anyone,
    "live.follow": anyone,
    "person.manage": admin,
    "department.manage": admin,
    "journey.view": anyone,
    "journey.manage": regisseur,
    "audit.view": regisseur,
}


def allows(person: Any, action: str, thing: Any = None) -> bool:
    """Whether this person may do this (to this thing). Raises KeyError for an action that is not in the table."""
    rule = PERMISSIONS[action]
    if not getattr(person, "is_authenticated", False) or not person.is_active:
        return False
    return rule(person, thing)
