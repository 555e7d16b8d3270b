"""Minutes are frozen: whatever happens later to issues, people, departments, promises or the rhythm, page and files read the same.

Two things may differ afterwards, on purpose. Dated remarks are added under them. And what is about an EX problem is left out,
in old minutes too, for whoever may not see that problem now (product.md section 4: one filter, in every page and export): a
problem that is restricted later is not readable by others in the minutes of before.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from cxboard import clock
from cxboard.accounts.models import Role, User
from cxboard.actions.models import Action, Decision
from cxboard.causes.models import Cause, Problem, ProblemStatus
from cxboard.db import db
from cxboard.discussion.jobs import forget_removed
from cxboard.discussion.models import Comment
from cxboard.domain import Refused
from cxboard.focus.models import Focus
from cxboard.issues.models import Issue
from cxboard.issues.status import Status
from cxboard.reviews.models import AgendaItem, Presence, Review, Series
from cxboard.reviews.steps import Step
from cxboard.search.kinds import minutes_text
from tests.client import Client
from tests.makers import make_action, make_department, make_issue, make_person, make_problem
from tests.reviews.making import go_to, live

Person = Callable[[str], User]
SignIn = Callable[[str], Client]
At = Callable[[str], datetime]
READERS = ("Roos", "Mo", "Eva", "Finn")


@pytest.fixture
def review(person: Person, at: At) -> Review:
    """The minutes of a meeting in which something of everything happened."""
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    at("2026-12-18 10:00")
    focus = make_issue("Verhuizen lukt niet", by=roos, status=Status.ANALYSING, story="> Ik zat in het **donker**, zegt @mo over CX-2.")
    Focus.put(focus, by=roos)
    Focus.put(make_issue("Tweede focus", by=roos, status=Status.ANALYSING), by=roos)
    make_issue("Wachtwoord", by=roos, lead="IT", status=Status.DONE)
    new, later = make_issue("Nieuw punt", by=mo), make_issue("Later punt", by=mo)
    old = make_action("Veldenlijst sturen", owner=mo, due=clock.today(), issue=focus)
    problem = make_problem("Alles overtypen", by=eva)
    at("2026-12-21 10:00")
    review = live(roos)
    review.place = "Zaal 3"
    review.mark(eva, Presence.EXCUSED, by=roos)
    review.mark(mo, Presence.PRESENT, by=roos)
    review.welcome("Mr. De Vries", by=roos)
    at("2026-12-21 10:15")
    go_to(review, Step.PROMISES, roos)
    old.carry(due=clock.today() + timedelta(days=3), by=mo)
    go_to(review, Step.NEW, roos)
    new.decline(by=roos, reason="Past niet bij de belofte")
    later.park(until=clock.today() + timedelta(days=30), by=roos)
    go_to(review, Step.FOCUS, roos)
    Decision.record_one("We noemen een voorlopige datum.", by=mo, issue=focus)
    Decision.record_one("Het overtypen stopt.", by=eva, problem=problem)
    Action.promise("Bel de top-10", owner=mo, due=clock.today() + timedelta(days=3), by=roos, issue=focus)
    Action.promise("Meet het overtypen", owner=eva, due=clock.today() + timedelta(days=20), by=eva, problem=problem)
    Comment.say("Er belden er nog\ndrie over deze week.", by=mo, issue=focus)
    Comment.say("Dit kost een uur per dag.", by=mo, problem=problem)
    Comment.say("Zei ik niets.", by=mo, issue=focus).remove(by=mo)
    Cause.link(issue=focus, problem=problem, by=eva)
    focus.move(Status.IN_PROGRESS, by=roos, reason="Nu kan het")
    review.note(Step.FOCUS, "Over het proefje, met @mo en CX-1.", by=roos)
    at("2026-12-21 10:55")
    go_to(review, Step.WRAP_UP, roos)
    for n in range(5):
        review.rate(7 + n % 2, by=make_person(f"Gast {n}"))
    at("2026-12-21 11:00")
    review.close(by=roos)
    db.session.commit()
    return review


def as_read(review: Review, sign_in: SignIn) -> dict[str, list[str]]:
    """The minutes as page and as Markdown, per reader."""
    found = {}
    for who in READERS:
        browser = sign_in(who)
        page = browser.get(f"/reviews/{review.id}").get_data(as_text=True)
        article = re.search(r'<article class="minutes-doc">.*?</article>', page, re.DOTALL)
        assert article
        frozen = re.search(r'class="hidden-n">.*?</p>', page, re.DOTALL)
        assert frozen
        found[who] = [article[0], frozen[0], browser.get(f"/reviews/{review.id}/minutes.md").get_data(as_text=True)]
    return found


def test_the_minutes_hold_what_this_is_about(review: Review, sign_in: SignIn) -> None:
    for page, _frozen, markdown in as_read(review, sign_in).values():
        for said in ("Verhuizen lukt niet", "Wachtwoord", "We noemen een voorlopige datum.", "Het overtypen stopt.", "Bel de top-10", "Meet het overtypen", "Veldenlijst sturen",
                     "drie over deze week.", "Dit kost een uur per dag.", "Past niet bij de belofte", "proefje", "Zaal 3", "Mr. De Vries", "Tweede focus", "Mo Amrani", "Roos van Dijk", "24 Dec 2026"):  # fmt: skip
            assert said in page, said
            assert said in markdown, said
        assert "Zei ik niets" not in page + markdown


def test_what_was_said_stands_at_the_step_in_which_it_was_said(review: Review) -> None:
    said = {step["step"]: [(c["by"], c["key"], c["text"]) for c in step["said"]] for step in review.minutes["steps"] if step["said"]}  # type: ignore[index]
    assert said == {"focus": [("Mo Amrani", "CX-1", "Er belden er nog\ndrie over deze week."), ("Mo Amrani", "EX-1", "Dit kost een uur per dag.")]}


def issues_change(roos: User, _person: Person) -> None:
    first, second, *rest = db.session.query(Issue).order_by(Issue.id).all()
    first.edit(by=roos, title="Heel anders", story="Anders", lead=make_department("FIN"))
    second.merge(into=first, by=roos)
    for issue in rest:
        issue.move(Status.READY, by=roos, reason="toch")


def promises_change(roos: User, person: Person) -> None:
    for action in db.session.query(Action).all():
        action.revise(by=roos, title="Iets anders", owner=person("Ada"), due=clock.today() + timedelta(days=9))
        action.drop(by=roos, reason="toch niet")
    for decision in db.session.query(Decision).all():
        with pytest.raises(Refused, match="minutes of a closed review"):
            decision.withdraw(by=roos)


def comments_change(_roos: User, person: Person) -> None:
    first, second = db.session.query(Comment).filter(Comment.removed_at.is_(None)).order_by(Comment.id)
    first.edit("Toch maar twee.", by=person("Mo"))
    second.edit("Twee uur.", by=person("Mo"))


def people_change(_roos: User, person: Person) -> None:
    ada, mo, eva = person("Ada"), person("Mo"), person("Eva")
    mo.edit(by=ada, name="Mohammed Amrani-Bos")
    eva.change_departments([make_department("FIN")], by=ada)
    mo.change_departments([], by=ada)
    person("Roos").edit(by=ada, name="Roos Anders")
    for n in range(5):
        make_person(f"Gast {n} erbij")
    mo.change_role(Role.REGISSEUR, by=ada)


def departments_change(_roos: User, person: Person) -> None:
    ada = person("Ada")
    for code in ("KS", "IT"):
        department = make_department(code)
        department.edit(by=ada, name=f"Nieuw {code}", code=f"{code}X", colour="teal" if department.colour != "teal" else "plum")


def problems_change(_roos: User, person: Person) -> None:
    eva = person("Eva")
    problem = db.session.query(Problem).one()
    problem.edit(by=eva, title="Een heel andere naam", description="Anders", status=ProblemStatus.RESOLVED)
    db.session.query(Cause).one().unlink(by=eva)


def the_rhythm_changes(roos: User, _person: Person) -> None:
    Series.set(weekday=3, at="15:30", zone="Pacific/Auckland", by=roos, chair=roos)


def another_year_comes(_roos: User, _person: Person) -> None:
    clock.set(datetime.fromisoformat("2028-02-03T12:00+00:00"))


@pytest.mark.parametrize("change", [issues_change, promises_change, comments_change, people_change, departments_change, problems_change, the_rhythm_changes, another_year_comes])
def test_what_happens_later_changes_nothing(change: Callable[..., None], review: Review, person: Person, sign_in: SignIn) -> None:
    before, kept = as_read(review, sign_in), review.minutes
    change(person("Roos"), person)
    db.session.commit()

    db.session.expire_all()
    assert review.minutes == kept
    if change is people_change:  # who is renamed is not found by their old name any more
        ids = {who: db.session.query(User).filter(User.email.like(f"{who.lower()}%")).one() for who in READERS}
        assert as_read(review, lambda who: sign_in(ids[who])) == before  # type: ignore[arg-type]
    else:
        assert as_read(review, sign_in) == before


def test_the_file_for_paper_stays_the_same_to_the_byte(review: Review, person: Person, sign_in: SignIn) -> None:
    browser = sign_in("Finn")
    before = browser.get(f"/reviews/{review.id}/minutes.pdf").data
    assert before.startswith(b"%PDF")
    for change in (issues_change, promises_change, comments_change, departments_change, problems_change, another_year_comes):
        change(person("Roos"), person)
    db.session.commit()
    assert sign_in("Finn").get(f"/reviews/{review.id}/minutes.pdf").data == before


def test_whoever_leaves_stays_in_the_minutes(review: Review, person: Person, sign_in: SignIn) -> None:
    before = as_read(review, sign_in)["Finn"]
    for who in ("Mo", "Eva"):
        person(who).deactivate(by=person("Ada"))
    make_department("IT").archive(by=person("Ada"))
    db.session.commit()
    browser = sign_in("Finn")
    page = browser.get(f"/reviews/{review.id}").get_data(as_text=True)
    assert before[0] in page
    assert browser.get(f"/reviews/{review.id}/minutes.md").get_data(as_text=True) == before[2]


def test_a_remark_is_added_with_its_date_and_nothing_else_differs(review: Review, person: Person, sign_in: SignIn, at: At) -> None:
    before = as_read(review, sign_in)["Finn"]
    at("2027-01-04 09:00")
    review.remark("Het was donderdag.", by=person("Roos"))
    db.session.commit()
    after = as_read(review, sign_in)["Finn"]
    assert after[0].startswith(before[0].removesuffix("</article>").rstrip())
    assert after[2].startswith(before[2].rstrip())
    for added in (after[0].removeprefix(before[0].removesuffix("</article>").rstrip()), after[2].removeprefix(before[2].rstrip())):
        assert "Het was donderdag." in added
        assert "4 Jan 2027, 09:00" in added


def test_a_comment_that_is_removed_stays_in_closed_minutes_and_who_removes_it_is_told(review: Review, person: Person, sign_in: SignIn, at: At) -> None:
    before = as_read(review, sign_in)
    said = db.session.query(Comment).filter(Comment.text.contains("belden")).one()
    told = sign_in("Mo").post(f"/comments/{said.id}/removal", htmx="main").text
    assert "It still stands in the minutes of week 52" in told
    later = Comment.say("Na afloop.", by=person("Mo"), issue=said.issue)
    db.session.commit()
    assert "minutes of week" not in sign_in("Mo").post(f"/comments/{later.id}/removal", htmx="main").text

    at("2026-12-21 11:10")
    forget_removed()
    db.session.commit()
    db.session.expire_all()
    assert said.text == ""
    assert as_read(review, sign_in) == before
    assert "over deze week" in minutes_text(review.minutes), "what the search finds minutes by"


def test_minutes_from_before_comments_stood_in_them_can_be_read(review: Review, sign_in: SignIn) -> None:
    about_nothing = {"key": "", "title": "", "issue": None, "problem": None, "icon": "plus", "text": {"nl": "Roos opende een afdeling", "en": "Roos opened a department"}}
    steps = [{k: v for k, v in step.items() if k != "said"} | {"changes": [*step["changes"], about_nothing]} for step in review.minutes["steps"]]  # type: ignore[index]
    review.minutes = review.minutes | {"steps": steps}  # type: ignore[operator]
    db.session.commit()
    for address in ("", "/minutes.md", "/minutes.pdf"):
        assert sign_in("Finn").get(f"/reviews/{review.id}{address}").status_code == 200, address
    assert "\n  - Roos opened a department" in sign_in("Finn").get(f"/reviews/{review.id}/minutes.md").text
    assert "\n-  \n" not in sign_in("Finn").get(f"/reviews/{review.id}/minutes.md").text


def test_what_somebody_elsewhere_said_about_something_else_is_not_in_the_minutes(person: Person) -> None:
    roos, mo = person("Roos"), person("Mo")
    on, off = make_issue("Verhuizen lukt niet", by=roos, status=Status.ANALYSING), make_issue("Iets anders", by=roos, status=Status.ANALYSING)
    Focus.put(on, by=roos)
    meeting = go_to(live(roos), Step.FOCUS, roos)
    for text, by, about in (("Aan tafel", roos, off), ("Van ver, over een punt", mo, on), ("Van ver, over iets anders", mo, off), ("", roos, on)):
        Comment.say(text, by=by, issue=about)
    meeting.mark(roos, Presence.PRESENT, by=roos)
    meeting.close(by=roos)
    db.session.commit()
    assert [c["text"] for step in meeting.minutes["steps"] for c in step["said"]] == ["Aan tafel", "Van ver, over een punt"]  # type: ignore[index]


def test_a_problem_that_is_restricted_later_is_left_out_for_who_may_not_see_it(review: Review, person: Person, sign_in: SignIn) -> None:
    before = as_read(review, sign_in)
    problem = db.session.query(Problem).one()
    problem.edit(by=person("Eva"), restricted=True)
    db.session.commit()
    after = as_read(review, sign_in)

    for who in ("Roos", "Eva"):  # a regisseur, and somebody of the department that has it
        assert after[who] == before[who]
    for who in ("Mo", "Finn"):
        for now in after[who]:
            assert not re.search(r"overtypen|uur per dag|EX-\d|problems/", now, re.IGNORECASE), who
        assert set(after[who][2].splitlines()) <= set(before[who][2].splitlines())
        for said in ("Verhuizen lukt niet", "We noemen een voorlopige datum.", "Bel de top-10"):
            assert said in after[who][0]
            assert said in after[who][2]

    problem.edit(by=person("Eva"), restricted=False)
    db.session.commit()
    assert as_read(review, sign_in) == before


def test_what_was_not_reached_stands_once_and_what_was_discussed_does_not(person: Person, sign_in: SignIn) -> None:
    roos, mo = person("Roos"), person("Mo")
    twice, other = (make_issue(f"Punt {n}", by=mo, status=Status.ANALYSING) for n in (1, 2))
    meeting = live(roos)
    for step in (Step.STUCK, Step.FOCUS):
        for issue in (twice, other):
            meeting.items.append(AgendaItem(step=step, why="not_reached", issue=issue, facts={}, carried=2, position=90 + issue.id))
    db.session.flush()
    meeting.turn(Step.STUCK, next(i for i in meeting.points(Step.STUCK) if i.issue is other), by=roos)
    meeting.mark(mo, Presence.EXCUSED, by=roos)
    meeting.turn(Step.WRAP_UP, by=roos)
    db.session.commit()
    assert "1 point was not reached and comes back" in sign_in("Roos").get(f"/reviews/{meeting.id}").text
    meeting.close(by=roos)
    db.session.commit()
    assert meeting.minutes
    assert [i["title"] for i in meeting.minutes["not_reached"]] == ["Punt 1"]

    text = sign_in("Mo").get(f"/reviews/{meeting.id}/minutes.md").get_data(as_text=True)
    assert f"- {twice.key} Punt 1 (carried over 2 times before)" in text
    assert f"Excused: {mo.name}" in text
