"""Several issues at once: all or none, who is in the way and why, one way back, and how many questions that takes."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.db import db
from cxboard.domain import Refused
from cxboard.history import Event
from cxboard.issues.jobs import forget_many_changed
from cxboard.issues.models import Issue
from cxboard.issues.together import ManyChanged, NotAll, change
from tests.makers import make_department, make_issue

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.databases("sqlite", "postgresql")]


@pytest.fixture
def three(person, at):
    at("2026-11-24 10:00")
    return [make_issue(f"Punt {n}", by=person("Mo"), lead="KS") for n in range(3)]


def now(issues):
    return {i.id: i.version for i in issues}


def test_each_gets_the_change_and_its_history(three, person):
    it, mo = make_department("IT"), person("Mo")

    done, count = change(now(three), "lead", by=mo, lead=it)
    db.session.commit()

    assert count == 3
    assert {i.lead.code for i in three} == {"IT"}
    assert [e.issue_id for e in db.session.scalars(sa.select(Event).where(Event.field == "lead").order_by(Event.issue_id))] == [i.id for i in three]
    assert done


@pytest.mark.parametrize(("what", "value", "read"), [
    ("owner", {}, lambda i: i.owner and i.owner.name), ("tag", {"tag": "brief"}, lambda i: i.tags), ("untag", {"tag": "NOTA"}, lambda i: i.tags),
    ("park", {"until": "soon"}, lambda i: (i.status, i.parked_until)), ("lead", {}, lambda i: (i.lead.code, i.owner and i.owner.name, [d.code for d in i.contributing])),
])  # fmt: skip
def test_one_undo_takes_all_of_it_back(three, person, what, value, read):
    roos = person("Roos")
    for issue in three:
        issue.edit(by=roos, tags=["nota"], contributing=[make_department("IT")], owner=person("Mo"))
    db.session.commit()
    before = [read(i) for i in three]
    if what == "park":
        value = {"until": clock.today() + timedelta(days=7)}
    if what == "owner":
        value = {"owner": person("Roos")}
    if what == "lead":
        value = {"lead": make_department("IT")}

    done, count = change(now(three), what, by=roos, **value)
    db.session.commit()
    assert (count, [read(i) != b for i, b in zip(three, before, strict=True)]) == (3, [True] * 3)
    done.undo(by=roos)
    db.session.commit()

    assert [read(i) for i in three] == before
    with pytest.raises(Refused, match="too long ago"):
        done.undo(by=roos)


def test_how_they_were_is_forgotten_after_a_day(three, person, at):
    change(now(three), "tag", by=person("Mo"), tag="samen")
    db.session.commit()
    at("2026-11-25 09:00")
    assert forget_many_changed() == 0
    at("2026-11-25 11:00")
    assert forget_many_changed() == 1

    assert db.session.scalar(sa.select(sa.func.count()).select_from(ManyChanged)) == 0
    assert [i.tags for i in three] == [["samen"]] * 3


def test_the_rank_keeps_their_order_and_comes_back(three, person):
    roos = person("Roos")
    others = [make_issue(f"Ander {n}", by=roos) for n in range(3)]

    def order():
        return list(db.session.scalars(sa.select(Issue.id).order_by(Issue.rank)))

    was = order()
    some = [three[1], others[1]]
    done, _count = change(now(some), "top", by=roos)
    db.session.commit()
    assert order()[:3] == [three[1].id, others[1].id, three[0].id]
    done.undo(by=roos)
    db.session.commit()
    assert order() == was
    change(now(some), "bottom", by=roos)
    db.session.commit()
    assert order()[-2:] == [three[1].id, others[1].id]


def test_all_or_none_and_each_that_is_in_the_way_is_named(three, person):
    eva, mo = person("Eva"), person("Mo")
    theirs = make_issue("Van IT", by=eva, lead="IT")
    stale = now(three)
    three[1].edit(by=person("Roos"), tags=["eerder"])
    gone = 999_999
    db.session.commit()

    with pytest.raises(NotAll) as told:
        change({**stale, theirs.id: theirs.version, gone: None}, "tag", by=mo, tag="samen")
    db.session.rollback()

    why = {o.key: o.why for o in told.value.obstacles}
    assert set(why) == {three[1].key, theirs.key, f"CX-{gone}"}
    assert "Roos van Dijk changed it meanwhile" in why[three[1].key]
    assert "another department" in why[theirs.key]
    assert [i.tags for i in three] == [[], ["eerder"], []]


def test_an_owner_of_another_department_is_in_the_way(three, person):
    with pytest.raises(NotAll) as told:
        change(now(three), "owner", by=person("Mo"), owner=person("Eva"))
    db.session.rollback()

    assert all("does not work at" in o.why for o in told.value.obstacles)
    assert [i.owner for i in three] == [None] * 3


def test_what_others_changed_after_it_is_not_taken_back(three, person, at):
    mo = person("Mo")
    done, _count = change(now(three), "tag", by=mo, tag="samen")
    db.session.commit()
    three[2].edit(by=person("Roos"), title="Nieuw")
    db.session.commit()

    with pytest.raises(Refused, match=three[2].key):
        done.undo(by=mo)
    db.session.rollback()
    with pytest.raises(Refused):
        done.undo(by=person("Eva"))
    at("2026-11-24 10:05")
    with pytest.raises(Refused, match="too long ago"):
        done.undo(by=mo)


def test_at_most_two_hundred(person):
    with pytest.raises(Refused, match="200"):
        change(dict.fromkeys(range(1, 202)), "tag", by=person("Mo"), tag="x")
    with pytest.raises(Refused, match="at least one"):
        change({}, "tag", by=person("Mo"), tag="x")


def test_the_questions_for_each_issue_stay_few(person, queries):
    roos = person("Roos")
    issues = [make_issue(f"Punt {n}", by=roos) for n in range(24)]

    def count(some):
        versions = now(some)
        roos.department_ids  # noqa: B018 - read before it is counted
        with queries() as seen:
            change(versions, "tag", by=roos, tag=f"t{len(some)}")
            db.session.flush()
        db.session.commit()
        return len(seen)

    few, many = count(issues[:4]), count(issues[4:24])
    assert (many - few) / 16 <= 6


# the form


def test_the_form_changes_them_and_the_toast_takes_it_back(sign_in, three):
    client, ids = sign_in("Mo"), ",".join(f"{i.id}:{i.version}" for i in three)
    assert "Change 3 issues" in client.get(f"/issues/changes?what=tag&ids={ids}").text

    page = client.post("/issues/changes", data={"what": "tag", "tag": "samen", "ids": ids}, follow_redirects=True).text

    assert "3 issues changed" in page
    assert [i.tags for i in three] == [["samen"]] * 3
    assert "Taken back: 3 issues" in client.post("/issues/changes/1/undo", follow_redirects=True).text
    assert [i.tags for i in three] == [[]] * 3
    assert sign_in("Roos").post("/issues/changes/1/undo").status_code == 404


def test_the_form_names_who_is_in_the_way_and_keeps_what_was_chosen(sign_in, person, three):
    theirs = make_issue("Van IT", by=person("Eva"), lead="IT")

    answer = sign_in("Mo").post("/issues/changes", data={"what": "tag", "tag": "samen", "ids": f"{three[0].id},{theirs.id}"}, htmx="dialog-body")

    assert answer.status_code == 422
    assert "Nothing was changed" in answer.text
    assert theirs.key in answer.text
    assert 'value="samen"' in answer.text
    assert three[0].tags == []


def test_nonsense_is_asked_again_and_viewers_change_nothing(sign_in, three):
    client, ids = sign_in("Mo"), str(three[0].id)

    for data in ({"what": "owner_password"}, {"what": "tag", "tag": " "}, {"what": "park", "until": "gisteren"}, {"what": "top"}, {"what": "lead", "lead": "99999"}):
        assert client.post("/issues/changes", data={"ids": ids, **data}).status_code == 422
    assert client.post("/issues/changes", data={"ids": "x'; drop", "what": "tag", "tag": "a"}).status_code == 409
    assert client.post("/issues/changes", data={"ids": ids, "what": "park", "until": "2020-01-01"}).status_code == 422
    assert sign_in("Finn").get(f"/issues/changes?ids={ids}").status_code == 403
    assert sign_in("Finn").post("/issues/changes", data={"ids": ids, "what": "tag", "tag": "a"}).status_code == 403
    assert three[0].tags == []


def test_the_list_can_choose_without_script(sign_in, person, three):
    page = sign_in("Mo").get("/issues").text

    assert f'name="ids" value="{three[0].id}:{three[0].version}"' in page
    assert "Change the chosen issues" in page
    assert "Change the chosen issues" not in sign_in("Finn").get("/issues").text
