"""How quickly departments help each other, counted by hand and by cxboard."""

from cxboard.handoffs.queries import Connections, Spread, matrix
from tests.makers import make_handoff, make_issue


def pair(asking, asked, **shown):
    found = matrix(Connections(**shown))
    return next(p for p in found.ranked if (p.asking.code, p.asked.code) == (asking, asked))


def test_times_are_counted_in_working_days_from_the_question_on(person, at):
    at("2026-11-20 16:00")  # a Friday
    mo, eva = person("Mo"), person("Eva")
    issue = make_issue(by=mo)
    quick, slow, late_answer, open_one, withdrawn = (make_handoff(by=mo, issue=issue, days=5) for _n in range(5))
    make_handoff(by=eva, issue=issue, asking="IT", asked="KS")
    withdrawn.withdraw(by=mo)
    quick.give_answer("Ja", by=eva)  # the same day: 0
    at("2026-11-23 09:00")
    late_answer.accept(by=eva)  # 1, over the weekend
    at("2026-11-26 09:00")
    slow.decline("Nee", by=eva)  # 4, and so too late
    at("2026-11-27 09:00")
    late_answer.give_answer("Ja", by=eva)  # 5, and needed on the 25th

    found = pair("KS", "IT")
    assert (found.count, found.open, found.late) == (5, 2, 3)
    assert (found.reaction, found.answer) == (Spread(3, 1, 4), Spread(2, 2.5, 5))
    assert found.reaction.is_small
    assert pair("IT", "KS").late == 1
    assert open_one.is_late


def test_a_period_counts_what_was_asked_in_it(person, at):
    at("2026-05-01 09:00")
    mo = person("Mo")
    issue = make_issue(by=mo)
    for moment in ("2026-05-01 09:00", "2026-10-15 09:00", "2026-11-20 09:00"):
        at(moment)
        make_handoff(by=mo, issue=issue)
    assert [pair("KS", "IT", weeks=w).count for w in (4, 12, 26, 0)] == [1, 2, 2, 3]


def test_the_page_opens_a_cell_and_says_when_there_is_nothing(sign_in, person, at, queries):
    at("2026-11-20 09:00")
    person("Eva")
    finn = sign_in("Finn")
    assert "No department asked another for help" in finn.get("/connections").text
    handoff = make_handoff("Kan de datum in het scherm?", by=person("Mo"))
    page = finn.get("/connections").text
    assert "/connections?from=KS&amp;to=IT" in page
    assert "Kan de datum" not in page
    cell = finn.get("/connections?from=KS&to=IT&weeks=4").text
    assert "Kan de datum in het scherm?" in cell
    assert "/withdrawal" not in cell
    for odd in ("?weeks=abc", "?from=KS", "?from=%00&to=%E2%82%AC", "?from=NIX&to=NIX", "?weeks=all"):
        assert finn.get(f"/connections{odd}").status_code == 200

    def many():
        finn.get("/connections?from=KS&to=IT")
        with queries() as seen:
            finn.get("/connections?from=KS&to=IT")
        return len(seen)

    few = many()
    for n in range(10):
        make_handoff(by=person("Mo"), issue=handoff.issue, asked=("IT", "JUR")[n % 2])
    assert many() == few <= 8
