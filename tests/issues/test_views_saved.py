"""Saved views: mine and shared, in the rail, in order, renamed, removed and put back; and who may."""

import pytest
import sqlalchemy as sa

from cxboard.db import db
from cxboard.domain import Refused
from cxboard.issues.saved import MOST_IN_RAIL, SavedView, tidy, views_for, views_of
from tests.makers import make_department, make_issue

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def mine(person):
    view = SavedView.keep(name="Van IT", page="board", query="department=IT&as=lead", by=person("Mo"))
    db.session.commit()
    return view


def test_a_view_is_its_filter_and_nothing_else():
    assert tidy("board", "department=it&evil=1&q=nota%20x&as=lead&owner=1;drop") == "department=IT&as=lead&q=nota+x"
    assert tidy("issues", "status=done&q=%00nota&page=3&department=IT") == "status=done&q=nota"
    assert tidy("issues", "status=password_hash") == ""
    assert tidy("board", "&".join(f"a{n}=1" for n in range(300))) == ""
    longest = tidy("board", "q=" + "%F0%9F%98%80" * 100 + "&tag=" + "%F0%9F%98%80" * 40)
    assert len(longest) <= SavedView.query.type.length


def test_mine_come_first_in_my_order_then_what_others_share(person, mine):
    mo, eva = person("Mo"), person("Eva")
    SavedView.keep(name="Klaar", page="issues", query="status=done", by=mo)
    SavedView.keep(name="Van iedereen", page="board", query="still=1", by=eva, shared=True)
    SavedView.keep(name="Van Eva", page="board", query="", by=eva)
    db.session.commit()
    mine.step(1)
    db.session.commit()

    assert [(v.name, v.path, v.mine) for v in views_for(mo)] == [
        ("Klaar", "/issues?status=done", True), ("Van IT", "/board?department=IT&as=lead", True), ("Van iedereen", "/board?still=1", False),
    ]  # fmt: skip
    assert [v.name for v in views_for(eva)] == ["Van iedereen", "Van Eva"]
    assert [v.name for v in views_for(person("Finn"))] == ["Van iedereen"]
    assert [[v.name for v in some] for some in views_of(mo)] == [["Klaar", "Van IT"], ["Van iedereen"]]


def test_the_rail_holds_a_dozen_and_a_person_fifty(person):
    mo = person("Mo")
    for n in range(50):
        SavedView.keep(name=f"V {n}", page="board", query="", by=mo)
    db.session.commit()

    assert len(views_for(mo)) == MOST_IN_RAIL
    with pytest.raises(Refused, match="50 views"):
        SavedView.keep(name="V", page="board", query="", by=mo)


def test_keeping_a_filter_leads_to_it_and_it_stands_in_the_rail(sign_in, person):
    client = sign_in("Mo")
    client.get("/board?department=IT&still=1")

    assert 'value="department=IT&amp;still=1"' in client.get("/views/new?page=board&query=still%3D1%26department%3DIT").text
    answer = client.post("/views", data={"name": "Van IT", "page": "board", "query": "still=1&department=IT", "shared": "y"})

    assert (answer.status_code, answer.location) == (303, "/board?department=IT&still=1")
    page = client.get(answer.location).text
    assert '<a href="/board?department=IT&amp;still=1" title="Van IT" aria-current="page">' in page
    assert "“Van IT” is kept" in page
    assert 'title="Van IT"' in sign_in("Finn").get("/issues").text
    assert client.post("/views", data={"name": " ", "page": "elsewhere"}).status_code == 422


def test_a_viewer_keeps_views_but_shares_none(sign_in, person):
    assert "Everybody sees it" not in sign_in("Finn").get("/views/new").text
    sign_in("Finn").post("/views", data={"name": "Stil", "page": "board", "query": "", "shared": "y"})

    assert db.session.scalar(sa.select(SavedView.shared)) is False


def test_only_the_keeper_changes_removes_and_puts_back(sign_in, person, mine):
    mo, roos = sign_in("Mo"), sign_in("Roos")
    assert roos.get(f"/views/{mine.id}/revision").status_code == 404
    mo.post(f"/views/{mine.id}/revision", data={"name": "IT leidt", "shared": "y"})
    assert (mine.name, mine.shared) == ("IT leidt", True)
    for what in ("revision", "removal", "earlier", "later"):
        assert roos.post(f"/views/{mine.id}/{what}", data={"name": "Van Roos"}).status_code == 403
    assert roos.post(f"/views/{mine.id}/return").status_code == 404

    page = mo.post(f"/views/{mine.id}/removal", follow_redirects=True).text
    assert f"/views/{mine.id}/return" in page
    assert views_for(person("Mo")) == ()
    mo.post(f"/views/{mine.id}/return")
    assert [v.name for v in views_for(person("Mo"))] == ["IT leidt"]
    assert views_of(person("Mo"))[0] == [mine]


def test_a_view_of_a_department_that_was_closed_still_says_what_it_shows(sign_in, person, mine):
    make_issue("Van toen", by=person("Mo"), lead="IT")
    make_department("IT").archive(by=person("Ada"))

    page = sign_in("Mo").get(mine.path).text

    assert "Van toen" in page
    assert '<summary class="chip" data-on>IT' in page


def test_the_rail_costs_one_question_however_many_views_there_are(sign_in, person, queries, mine):
    client = sign_in("Mo")

    def count():
        client.get("/board")
        with queries() as seen:
            client.get("/board")
        return len(seen)

    few = count()
    for n in range(20):
        SavedView.keep(name=f"V {n}", page="board", query="", by=person("Mo"), shared=True)
    assert count() == few <= 8
