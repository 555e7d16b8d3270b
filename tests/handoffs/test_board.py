"""The board says whom an issue waits for, and shows what waits for my department."""

from cxboard.issues.queries import BoardFilter, cards, choices
from cxboard.issues.status import Status
from tests.makers import make_handoff, make_issue


def waits(person, filter=None):
    return {c.id: (c.waits.code, c.waits_days) for c in cards(person, filter=filter)[0] if c.waits}


def test_a_card_says_whom_it_waits_for_longest_until_nobody_has_to_act(person, at):
    at("2026-11-20 09:00")
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    issue, other = make_issue(by=mo, status=Status.READY), make_issue("Niets gevraagd", by=mo)
    first = make_handoff(by=mo, issue=issue)
    at("2026-11-23 09:00")
    second = make_handoff(by=mo, issue=issue, asked="JUR")
    at("2026-11-26 08:00")
    assert waits(roos) == {issue.id: ("IT", 6)}

    mine = BoardFilter(waiting=True)
    assert waits(eva, mine) == waits(person("Ada"), mine) == {issue.id: ("IT", 6)}
    assert [c.id for c in cards(mo, filter=mine)[0]] == []
    assert (choices(eva.department_ids).waiting, choices(mo.department_ids).waiting, choices().waiting) == (1, 0, 1)

    first.decline("Nee", by=eva)
    assert waits(roos) == {issue.id: ("JUR", 3)}
    assert [c.id for c in cards(mo, filter=mine)[0]] == [issue.id]
    first.withdraw(by=mo)
    second.give_answer("Ja", by=roos)
    assert waits(roos) == {}
    assert other.handoffs == []


def test_the_board_shows_it_and_can_be_narrowed_to_it(sign_in, person, at):
    at("2026-11-20 09:00")
    person("Eva")
    issue = make_issue(by=person("Mo"), status=Status.READY)
    make_issue("Iets anders", by=person("Mo"))
    make_handoff(by=person("Mo"), issue=issue)
    at("2026-11-26 08:00")
    board = sign_in("Eva").get("/board?waiting=1").text
    assert f'id="card-{issue.id}"' in board
    assert "Iets anders" not in board
    assert "Waits for my department" in board
    assert "Waits for <abbr" in board
    assert "6 days" in board
