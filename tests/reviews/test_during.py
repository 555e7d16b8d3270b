"""During the meeting: looking around, coming in, handing over, writing about the point on the table, and voting."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.accounts.models import User
from cxboard.actions.models import Action, Decision
from cxboard.authorization import find
from cxboard.causes.models import Cause
from cxboard.db import db
from cxboard.discussion.models import Comment
from cxboard.domain import Refused
from cxboard.focus.models import Focus
from cxboard.history import Event
from cxboard.issues.status import Status
from cxboard.reviews import looking, presence, queries, voting
from cxboard.reviews.models import AgendaItem, Presence, Review
from cxboard.reviews.steps import Step
from tests.client import Client
from tests.makers import make_issue, make_problem
from tests.reviews.making import go_to, live, planned

Person = Callable[[str], User]
SignIn = Callable[[str], Client]
At = Callable[[str], datetime]
HTMX = {"HX-Request": "true"}


def text(answer: object) -> str:
    return answer.get_data(as_text=True)  # type: ignore[attr-defined, no-any-return]


def with_points(person: Person, *, focus: int = 2, new: int = 0) -> Review:
    """A live review with focus points and new issues."""
    roos = person("Roos")
    for n in range(min(focus, 3)):
        Focus.put(make_issue(f"focus {n}", by=roos, status=Status.ANALYSING), by=roos)
    for n in range(new):
        make_issue(f"nieuw {n}", by=roos, days=9 - n)
    review = live(roos)
    for n in range(3, focus):  # what was not reached comes on top of the three
        issue = make_issue(f"focus {n}", by=roos, status=Status.ANALYSING)
        review.items.append(AgendaItem(step=Step.FOCUS, why="not_reached", issue=issue, facts={}, carried=1, position=100 + n))
    db.session.commit()
    return review


def marks(review: Review) -> list[tuple[str, str]]:
    return [(a.user.first_name, a.presence.value) for a in review.attendance if a.user]


# looking around


def test_an_address_says_what_one_looks_at_and_nonsense_follows(person: Person) -> None:
    review = go_to(with_points(person, new=2), Step.FOCUS, person("Roos"))
    items = queries.points_of(review, person("Mo"))
    second = review.points(Step.NEW)[1]
    asked = [
        {"step": "new"}, {"step": "new", "item": str(second.id)}, {"item": str(second.id)}, {"step": "numbers", "item": "x"}, {"step": "lunch"}, {}, {"item": "99999"},
    ]  # fmt: skip
    shown = [looking.looked_at(review, items, a) for a in asked]

    assert [s.mark for s in shown[:4]] == [f"new-{review.points(Step.NEW)[0].id}", f"new-{second.id}", f"new-{second.id}", "numbers-"]
    assert all(s == looking.meeting(review) for s in shown[4:])
    assert shown[1].name == f"New: {second.issue.key}"  # type: ignore[union-attr]


def test_looking_around_goes_page_by_page_from_end_to_end(person: Person) -> None:
    review = with_points(person, new=1)
    items = queries.points_of(review, person("Mo"))
    at: looking.Place | None = looking.Place(Step.CUSTOMER)
    seen = []
    while at:
        seen.append(at)
        at = at.beside(items, 1)

    assert [p.step.value for p in seen] == ["customer", "numbers", "promises", "new", "stuck", "focus", "focus", "wrap_up"]
    back = [seen[-1]]
    while before := back[-1].beside(items, -1):
        back.append(before)
    assert back == seen[::-1]


def test_who_looks_around_is_told_where_the_meeting_is_and_is_not_dragged_along(person: Person, sign_in: SignIn) -> None:
    review = go_to(with_points(person), Step.FOCUS, person("Roos"))
    browser = sign_in("Mo")
    there = f"/reviews/{review.id}?step=numbers"
    looked = text(browser.get(there))

    assert f"The meeting is at Focus: {review.item.issue.key}." in looked  # type: ignore[union-attr]
    assert 'data-turned="numbers-"' in looked
    assert "Next: " not in looked
    assert "looking around" not in text(browser.get(f"/reviews/{review.id}"))
    rated = browser.post(f"/reviews/{review.id}/ratings", data={"score": "8"}, headers={**HTMX, "HX-Current-URL": f"http://localhost{there}"})
    assert "HX-Redirect" not in rated.headers


def test_a_chair_who_looks_around_may_bring_everybody_along(person: Person, sign_in: SignIn) -> None:
    review = with_points(person)
    browser = sign_in("Roos")
    assert "Bring everybody here" in text(browser.get(f"/reviews/{review.id}?step=focus"))
    assert "Bring everybody here" not in text(sign_in("Mo").get(f"/reviews/{review.id}?step=focus"))
    browser.post(f"/reviews/{review.id}/page", data={"step": "focus", "seen": "customer-"})
    assert db.session.get_one(Review, review.id).step == Step.FOCUS


# two who turn


def test_a_turn_that_was_pressed_on_another_page_does_nothing(person: Person, sign_in: SignIn) -> None:
    review = with_points(person, new=2)
    one, two = sign_in("Roos"), sign_in("Roos")  # on two devices
    path, first = f"/reviews/{review.id}/page", review.points(Step.NEW)[0].id
    assert one.post(path, data={"step": "numbers", "seen": "customer-"}).status_code == 303
    one.post(path, data={"step": "promises", "seen": "numbers-"})
    again = two.post(path, data={"step": "numbers", "seen": "customer-"}, follow_redirects=True)
    assert "The page was turned just before you." in text(again)
    same = two.post(path, data={"step": "promises", "seen": "numbers-"}, follow_redirects=True)
    assert "turned just before you" not in text(same)
    two.post(path, data={"step": "new", "item": str(first), "seen": "promises-", "later": "1"})

    found = db.session.get_one(Review, review.id)
    assert (found.step, found.item_id) == (Step.NEW, first)
    assert len(db.session.scalars(sa.select(Event).where(Event.kind == "review_turned")).all()) == 4


def test_two_chairs_at_the_same_moment_go_one_page(app, person: Person) -> None:
    review = live(person("Roos")).id
    chairs = [person("Roos").id, person("Ada").id]
    db.session.rollback()

    def press(by: int, seen: str) -> None:
        """Next, on the page that was seen; whoever gets there second presses it on what the first has turned to."""
        with app.app_context():
            found = find(Review, review, lock=True)
            following = found.following()
            assert following
            looking.turn(found, looking.Place(*following), seen=seen, by=db.session.get_one(User, by))
            db.session.commit()

    with ThreadPoolExecutor(2) as pool:
        for before in list(Step)[:5]:
            list(pool.map(press, chairs, [f"{before.value}-"] * 2))
            assert db.session.get_one(Review, review).step == before.following
            db.session.rollback()
    assert len(db.session.scalars(sa.select(Event).where(Event.kind == "review_turned")).all()) == 6


# who is there


def test_who_takes_part_says_so_and_who_only_looks_takes_it_back(person: Person, sign_in: SignIn) -> None:
    review = live(person("Roos"))
    mo, finn = sign_in("Mo"), sign_in("Finn")
    assert 'id="coming"' in text(mo.get(f"/reviews/{review.id}"))
    assert 'id="coming"' not in text(finn.get(f"/reviews/{review.id}"))
    assert finn.post(f"/reviews/{review.id}/presence").status_code == 403
    assert mo.post(f"/reviews/{review.id}/presence", headers=HTMX).status_code == 204
    assert mo.post(f"/reviews/{review.id}/presence").status_code == 303
    assert 'id="coming"' not in text(mo.get(f"/reviews/{review.id}"))

    found = db.session.get_one(Review, review.id)
    assert marks(found) == [("Roos", "present"), ("Mo", "present")]
    assert not db.session.scalars(sa.select(Event).where(Event.by_id == person("Mo").id, Event.subject == "review")).all()

    own = 'id="only-look"'
    assert own in text(mo.get(f"/reviews/{review.id}/attendance"))
    assert own not in text(sign_in("Roos").get(f"/reviews/{review.id}/attendance"))
    assert finn.post(f"/reviews/{review.id}/presence/end").status_code == 403
    assert own not in text(mo.post(f"/reviews/{review.id}/presence/end", htmx=True))
    assert mo.post(f"/reviews/{review.id}/presence/end").status_code == 303
    assert marks(db.session.get_one(Review, review.id)) == [("Roos", "present")]
    assert 'id="coming"' in text(mo.get(f"/reviews/{review.id}"))
    with pytest.raises(Refused, match="lead"):
        presence.only_looks(review, person("Roos"))


def test_who_could_not_come_and_does_is_there_but_a_mark_by_hand_stays(person: Person) -> None:
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    review = live(roos)
    review.mark(mo, Presence.EXCUSED, by=roos)
    review.mark(eva, Presence.ABSENT, by=roos)

    assert [presence.arrive(review, p) for p in (mo, mo, eva, roos)] == [True, False, False, False]
    assert marks(review) == [("Roos", "present"), ("Mo", "present"), ("Eva", "absent")]


def test_a_late_comer_is_shown_with_the_time_until_it_is_closed(person: Person, sign_in: SignIn, at: At) -> None:
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    at("2026-11-24 10:00")
    review = live(roos)
    at("2026-11-24 10:04")
    presence.arrive(review, eva)
    review.turn(Step.NUMBERS, by=roos)
    at("2026-11-24 10:17")
    presence.arrive(review, mo)
    db.session.commit()

    assert queries.room(review).came == {mo.id: clock.now()}
    at("2026-11-24 10:18")
    ada = person("Ada")
    assert sign_in("Ada").post(f"/reviews/{review.id}/presence", data={"stayed": "yes"}, htmx=True).status_code == 204
    assert queries.room(review).came[ada.id] == clock.now() - timedelta(minutes=1)
    page = text(sign_in("Finn").get(f"/reviews/{review.id}/attendance"))
    assert page.count("since 10:17") == 2
    assert "since 10:04" not in page
    review.close(by=roos)
    db.session.commit()
    assert queries.room(review).came == {}
    assert {a.at for a in review.attendance} == {review.closed_at}
    with pytest.raises(Refused, match="closed"):
        presence.arrive(review, mo)


def test_the_list_says_per_department_how_many_are_there(person: Person, sign_in: SignIn) -> None:
    review = live(person("Roos"))
    presence.arrive(review, person("Mo"))
    db.session.commit()
    group = next(g for g in queries.room(review).groups if person("Mo") in [p for p, _presence in g.people])
    assert group.present == 2
    assert f"2 of {len(group.people)}" in text(sign_in("Finn").get(f"/reviews/{review.id}/attendance"))


# the chair


def test_the_chair_is_handed_to_somebody_who_may_run_it(person: Person, sign_in: SignIn) -> None:
    review = live(person("Roos"))
    ada = person("Ada")
    browser = sign_in("Roos")
    path = f"/reviews/{review.id}/chair"
    assert sign_in("Mo").get(path).status_code == 403
    assert "Roos van Dijk leads now." in text(browser.get(path))
    assert browser.post(path, data={"chair": str(person("Mo").id)}).status_code == 422
    assert browser.post(path, data={"chair": ""}).status_code == 422
    assert browser.post(path, data={"chair": str(ada.id)}).status_code == 303

    found = db.session.get_one(Review, review.id)
    assert found.chair_id == ada.id
    assert (ada.first_name, "present") not in marks(found), "nobody is there because somebody else says that they lead"
    page = text(browser.get(f"/reviews/{review.id}"))
    assert f"{ada.name} turns the page" in page
    assert "Take over" in page

    sign_in("Ada").post(path, data={"chair": str(person("Roos").id)})
    sign_in("Ada").post(path, data={"chair": str(ada.id)})
    assert (ada.first_name, "present") in marks(found), "who takes over is there"


def test_who_handed_the_chair_over_turns_no_page_and_closes_nothing_until_they_take_over(person: Person, sign_in: SignIn) -> None:
    """Also not from a page that was opened before, or with a key that was pressed out of habit."""
    review, ada = live(person("Roos")), person("Ada").id
    path, browser = f"/reviews/{review.id}", sign_in("Roos")
    browser.post(f"{path}/chair", data={"chair": str(ada)})

    turned = browser.post(f"{path}/page", data={"step": "numbers", "seen": "customer-"})
    assert (turned.status_code, "Ada" in text(turned), "Take over first" in text(turned)) == (409, True, True)
    assert browser.post(f"{path}/closing").status_code == 409
    page = text(browser.get(path))
    assert f'action="{path}/page"' not in page
    assert "Take over" in page
    assert (db.session.get_one(Review, review.id).step, db.session.get_one(Review, review.id).is_live) == (Step.CUSTOMER, True)

    browser.post(f"{path}/chair", data={"chair": str(person("Roos").id)})
    assert browser.post(f"{path}/page", data={"step": "numbers", "seen": "customer-"}).status_code == 303
    db.session.expire_all()
    assert db.session.get_one(Review, review.id).step == Step.NUMBERS


def test_nobody_is_handed_the_chair_who_may_not_run_a_review(person: Person) -> None:
    roos = person("Roos")
    review = live(roos)
    with pytest.raises(Refused, match="may not run"):
        presence.hand_over(review, person("Mo"), by=roos)
    gone = person("Ada")
    gone.deactivated_at = clock.now()
    with pytest.raises(Refused, match="may not run"):
        presence.hand_over(review, gone, by=roos)
    with pytest.raises(Refused, match="closed"):
        presence.hand_over(closed_after(review, roos), roos, by=roos)


def closed_after(review: Review, by: User) -> Review:
    review.close(by=by)
    return review


# one line about the point on the table


def test_a_line_belongs_to_the_point_it_was_written_about(person: Person, sign_in: SignIn) -> None:
    review = go_to(with_points(person, new=1), Step.NEW, person("Roos"))
    issue = review.item.issue  # type: ignore[union-attr]
    browser = sign_in("Mo")
    line = {"issue": str(issue.id), "step": "new", "review": str(review.id)}
    go_to(review, Step.WRAP_UP, person("Roos"))
    assert browser.post("/captures", data={**line, "kind": "action", "text": "@roos vandaag Bel de klant"}).status_code == 303
    assert browser.post("/captures", data={**line, "kind": "decision", "text": "We doen het"}).status_code == 303

    assert [(a.issue_id, a.step) for a in db.session.scalars(sa.select(Action))] == [(issue.id, "new")]
    assert [(d.issue_id, d.step) for d in db.session.scalars(sa.select(Decision))] == [(issue.id, "new")]


def test_a_comment_and_a_cause_are_one_line_each(person: Person, sign_in: SignIn) -> None:
    review = go_to(with_points(person), Step.FOCUS, person("Roos"))
    issue = review.item.issue  # type: ignore[union-attr]
    problem = make_problem("Alles zes keer overtypen", by=person("Eva"))
    make_problem("Niemand mag zes systemen opheffen", by=person("Eva"))
    browser = sign_in("Mo")
    line = {"issue": str(issue.id), "step": "focus", "review": str(review.id)}
    assert browser.post("/captures", data={**line, "kind": "comment", "text": "De klant van dinsdag belde weer"}).status_code == 303
    unclear = browser.post("/captures", data={**line, "kind": "cause", "text": "zes"})
    assert (unclear.status_code, "Which EX problem is it?" in text(unclear)) == (422, True)
    read = text(browser.get(f"/captures/reading?kind=cause&text=zes&issue={issue.id}"))
    assert problem.title in read
    assert "Niemand mag zes" in read
    assert browser.post("/captures", data={**line, "kind": "cause", "text": "overtypen"}).status_code == 303
    again = browser.post("/captures", data={**line, "kind": "cause", "text": problem.key})
    assert again.status_code == 422
    assert browser.post("/captures", data={**line, "kind": "comment", "text": " "}).status_code == 422
    assert sign_in("Finn").post("/captures", data={**line, "kind": "comment", "text": "x"}).status_code == 403

    assert [(c.issue_id, c.review_id) for c in db.session.scalars(sa.select(Comment))] == [(issue.id, review.id)]
    assert [(c.issue_id, c.problem_id) for c in db.session.scalars(sa.select(Cause))] == [(issue.id, problem.id)]
    page = text(sign_in("Finn").get(f"/reviews/{review.id}"))
    assert "De klant van dinsdag belde weer" in page
    assert problem.key in page


def test_a_restricted_problem_is_not_named_to_who_may_not_see_it(person: Person, sign_in: SignIn) -> None:
    review = go_to(with_points(person), Step.FOCUS, person("Roos"))
    issue = review.item.issue  # type: ignore[union-attr]
    hidden = make_problem("Spanning in het team", by=person("Eva"), department="IT", restricted=True)
    browser = sign_in("Mo")
    read = text(browser.get(f"/captures/reading?kind=cause&text={hidden.key}&issue={issue.id}"))
    assert "Spanning" not in read
    assert browser.post("/captures", data={"issue": str(issue.id), "step": "focus", "kind": "cause", "text": hidden.key}).status_code == 422


# what to discuss first


def test_a_vote_is_called_for_when_the_points_take_more_than_the_step_has(person: Person) -> None:
    review = go_to(with_points(person, focus=3), Step.FOCUS, person("Roos"))
    assert not voting.is_called_for(review)
    for point in review.points(Step.FOCUS)[:2]:
        point.facts = (point.facts or {}) | {"minutes": 20}
    assert voting.is_called_for(review)
    review.box(Step.FOCUS).minutes = 50
    assert not voting.is_called_for(review)


def test_a_vote_puts_the_points_in_order_and_forgets_who_voted(person: Person) -> None:
    roos, mo, eva = person("Roos"), person("Mo"), person("Eva")
    review = go_to(with_points(person, focus=5), Step.FOCUS, roos)
    points = review.points(Step.FOCUS)
    assert voting.is_called_for(review)
    voting.open_vote(review, by=roos)
    for who, wanted in ((roos, (2, 4)), (mo, (2, 3)), (eva, (3, 2))):
        for n in wanted:
            voting.vote(review, points[n], by=who)
    voting.vote(review, points[4], by=roos, wanted=False)
    assert voting.voters(review) == 3
    ballot = voting.close_vote(review, by=roos)
    db.session.commit()

    assert [p.id for p in review.points(Step.FOCUS)] == [points[n].id for n in (2, 3, 0, 1, 4)]
    assert [ballot.votes_for(points[n]) for n in range(5)] == [0, 0, 3, 2, 0]
    assert ballot.voters == 3
    assert db.session.scalar(sa.select(sa.func.count()).select_from(voting.Vote)) == 0
    assert review.item is points[2]
    assert points[0].discussed_at is None  # it was only on the table while the vote was held


def test_everybody_has_three_votes_and_one_for_a_point(person: Person) -> None:
    roos, mo = person("Roos"), person("Mo")
    review = go_to(with_points(person, focus=5, new=1), Step.FOCUS, roos)
    points = review.points(Step.FOCUS)
    with pytest.raises(Refused, match="No vote is open"):
        voting.vote(review, points[0], by=mo)
    voting.open_vote(review, by=roos)
    for point in (points[0], points[0], points[1], points[2]):
        voting.vote(review, point, by=mo)
    with pytest.raises(Refused, match="three votes"):
        voting.vote(review, points[3], by=mo)
    with pytest.raises(Refused, match="can't be voted"):
        voting.vote(review, review.points(Step.NEW)[0], by=mo)
    with pytest.raises(Refused, match="already"):
        voting.open_vote(review, by=roos)
    assert voting.votes_of(review, mo) == {p.id for p in points[:3]}
    review.close(by=roos)
    assert not voting.votes_of(review, mo)


def test_how_a_vote_goes_is_hidden_until_it_is_closed(person: Person, sign_in: SignIn) -> None:
    review = go_to(with_points(person, focus=5), Step.FOCUS, person("Roos"))
    roos, mo, finn = sign_in("Roos"), sign_in("Mo"), sign_in("Finn")
    path, point = f"/reviews/{review.id}", str(review.points(Step.FOCUS)[1].id)
    assert "Open the vote" in text(roos.get(path))
    assert "Open the vote" not in text(mo.get(path))
    assert mo.post(f"{path}/vote/opening").status_code == 403
    assert roos.post(f"{path}/vote/opening").status_code == 303
    assert finn.post(f"{path}/votes", data={"item": point, "wanted": "1"}).status_code == 403
    assert mo.post(f"{path}/votes", data={"item": point, "wanted": "1"}).status_code == 303
    assert mo.post(f"{path}/votes", data={"item": "99999", "wanted": "1"}).status_code == 409
    shown = text(roos.get(path))
    assert "1 person has voted." in shown
    assert "1 vote<" not in shown
    assert "You have 2 votes left." in text(mo.get(path))
    assert mo.post(f"{path}/vote/closing").status_code == 403
    assert roos.post(f"{path}/vote/closing").status_code == 303
    shown = text(mo.get(path))
    assert "1 vote<" in shown
    assert "In the order of the votes of 1 person." in shown


# what was put off too often


def test_the_third_time_a_point_asks_for_a_decision(person: Person, sign_in: SignIn) -> None:
    review = go_to(with_points(person), Step.FOCUS, person("Roos"))
    browser = sign_in("Roos")
    told = []
    for times in (2, 3):
        db.session.get_one(Review, review.id).item.carried = times  # type: ignore[union-attr]
        db.session.commit()
        told.append("Decide now: drop it" in text(browser.get(f"/reviews/{review.id}")))
    assert told == [False, True]


def test_a_planned_review_prints_with_room_to_write(person: Person, sign_in: SignIn) -> None:
    page = text(sign_in("Mo").get(f"/reviews/{planned(person('Roos')).id}"))
    assert "data-print" in page
    assert page.count('class="print-only paper-lines"') == 2
