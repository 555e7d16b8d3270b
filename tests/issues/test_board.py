"""The board: what it shows, to whom, how many questions it asks, and what a move answers."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cxboard import clock
from cxboard.accounts.queries import departments
from cxboard.db import db
from cxboard.focus.models import Focus
from cxboard.issues.models import Issue, IssueTag, Stay
from cxboard.issues.queries import BoardFilter, ageing, board, cards, choices, forget_usual_days, usual_days
from cxboard.issues.status import Status
from tests.makers import make_cause, make_department, make_issue, make_problem


def shown(person, **filter):
    return {c.title for c in cards(person, filter=BoardFilter(**filter))[0]}


def test_open_issues_are_on_the_board_and_done_ones_for_two_weeks(person):
    for status in Status:
        if status != Status.MERGED:
            make_issue(status.value, by=person("Roos"), status=status)
    make_issue("long done", by=person("Roos"), status=Status.DONE, days=15)

    assert shown(person("Finn")) == {"new", "analysing", "ready", "in_progress", "verifying", "done"}


def test_cards_stand_in_order_of_rank(person):
    low, high = make_issue("laag", by=person("Roos")), make_issue("hoog", by=person("Roos"))
    high.rank_before(low, by=person("Roos"))

    assert [c.title for c in cards(person("Roos"))[0]] == ["hoog", "laag"]


def test_the_filters_narrow_to_what_they_say(person):
    roos, mo = person("Roos"), person("Mo")
    a = make_issue("Nota 100% fout_x", by=roos, lead="KS", owner=mo, days=1)
    b = make_issue("Storing", by=roos, lead="IT", contributing=[make_department("KS")], days=40)
    a.tag_rows = [IssueTag(name="nota")]
    db.session.commit()

    assert shown(roos, department="KS") == {a.title, b.title}
    assert shown(roos, department="KS", lead_only=True) == {a.title}
    assert shown(roos, department="XX") == set()
    assert shown(mo, owner="me") == {a.title}
    assert shown(roos, owner="none") == {b.title}
    assert shown(roos, tag="nota") == {a.title}
    assert shown(roos, still=True) == {b.title}
    assert shown(roos, text="100% fout_") == {a.title}
    assert shown(roos, text="100%fout") == set()
    assert shown(roos, text="%") == {a.title}
    for written in ("cx-{}", "CX {} ", "cx{}", "{}"):
        assert shown(roos, text=written.format(b.id)) == {b.title}
    assert shown(roos, text=f"ex-{b.id}") == set()


def test_a_filter_is_its_url_and_back(app):
    from werkzeug.datastructures import MultiDict

    for one in (
        BoardFilter(),
        BoardFilter(department="KS", lead_only=True, owner="me", still=True),
        BoardFilter(stage=3, tag="nota", text="a b", lanes=True),
    ):
        assert BoardFilter.read(MultiDict({k: str(v) for k, v in one.args().items()})) == one
    assert (
        BoardFilter.read(MultiDict({"stage": "x", "owner": "9" * 30, "still": "yes", "as": "boss", "lanes": "moon"}))
        == BoardFilter()
    )


def test_usual_is_the_70th_and_85th_percentile_of_finished_stays(person):
    issue = make_issue(by=person("Roos"))
    now = clock.now()
    for days in range(1, 21):
        db.session.add(Stay(issue_id=issue.id, status=Status.ANALYSING, since=now - timedelta(days=days), until=now))
    db.session.commit()
    forget_usual_days()

    assert usual_days()[Status.ANALYSING][:2] == (14, 17)
    assert [ageing(d, Status.ANALYSING) for d in (14, 15, 17, 18)] == ["", "slow", "slow", "late"]
    assert usual_days()[Status.READY].n == 0, "too few stays: a first guess"


def test_a_card_counts_only_causes_that_its_reader_may_see(person):
    issue = make_issue(by=person("Mo"))
    make_cause(issue, make_problem("Open", by=person("Eva")), by=person("Mo"))
    make_cause(issue, make_problem("Dicht", by=person("Eva"), restricted=True), by=person("Eva"))

    assert {name: cards(person(name))[0][0].causes for name in ("Roos", "Eva", "Mo", "Finn")} == {
        "Roos": 2,
        "Eva": 2,
        "Mo": 1,
        "Finn": 1,
    }


def test_what_is_mine_is_asked_anew_for_everybody_though_the_statement_is_the_same(person):
    """One statement serves all members, and one all regisseurs; who reads is said when it runs."""
    mine = make_issue("Van Mo", by=person("Mo"), lead="KS")
    theirs = make_issue("Van Eva", by=person("Eva"), lead="IT")
    for issue, who in ((mine, "Mo"), (theirs, "Eva")):
        issue.owner = person(who)
        make_cause(issue, make_problem(f"Dicht van {who}", by=person(who), department=issue.lead.code, restricted=True), by=person(who))
    sponsored = make_problem("Dicht, gesteund door Mo", by=person("Eva"), department="IT", restricted=True)
    sponsored.sponsor = person("Mo")
    make_cause(theirs, sponsored, by=person("Eva"))

    def counted(who):
        return {c.title: c.causes for c in cards(person(who), filter=BoardFilter())[0]}

    assert counted("Mo") == {"Van Mo": 1, "Van Eva": 1}
    assert counted("Eva") == {"Van Mo": 0, "Van Eva": 2}
    assert counted("Roos") == {"Van Mo": 1, "Van Eva": 2}
    assert counted("Finn") == {"Van Mo": 0, "Van Eva": 0}
    assert shown(person("Mo"), owner="me") == {"Van Mo"}
    assert shown(person("Eva"), owner="me") == {"Van Eva"}


def test_only_who_may_move_a_card_gets_a_card_that_moves(person):
    make_issue(by=person("Roos"), lead="IT")

    assert {name: cards(person(name))[0][0].movable for name in ("Roos", "Eva", "Mo", "Finn", "Ada")} == {
        "Roos": True, "Eva": True, "Mo": False, "Finn": False, "Ada": True,
    }  # fmt: skip


def test_lanes_gather_by_lead_department_and_tell_when_it_passes_its_limit(person):
    make_department("KS", wip_limit=1)
    for _n in range(2):
        make_issue(by=person("Roos"), lead="KS", status=Status.IN_PROGRESS)
    make_issue(by=person("Ada"), lead=None)
    lanes = board(person("Roos"), BoardFilter(lanes=True), {d.id: d for d in departments()})

    assert [(lane.department.code if lane.department else None, lane.over) for lane in lanes] == [
        ("KS", True),
        (None, False),
    ]


def test_the_figures_count_open_still_and_focus(person):
    issue = make_issue(by=person("Roos"), days=60)
    make_issue(by=person("Roos"))
    Focus.put(issue, by=person("Roos"))
    finished = make_issue(by=person("Roos"))
    Focus.put(finished, by=person("Roos"))
    finished.move(Status.DONE, by=person("Roos"), reason="klaar")
    db.session.commit()
    found = choices()

    assert (found.open, found.still, found.focus) == (2, 1, 1)


def test_the_board_asks_at_most_eight_questions_whatever_the_number_of_rows(person, sign_in, queries):
    roos = sign_in("Roos")

    def count():
        roos.get("/board")
        with queries() as asked:
            assert roos.get("/board").status_code == 200
        return len(asked)

    for n in range(3):
        make_cause(
            make_issue(f"Punt {n}", by=person("Roos"), lead="KS", contributing=[make_department("IT")]),
            make_problem(by=person("Eva")),
            by=person("Roos"),
        )
    few = count()
    for n in range(30):
        make_cause(
            make_issue(
                f"Meer {n}", by=person("Roos"), lead="IT", owner=person("Eva"), contributing=[make_department("KS")]
            ),
            make_problem(by=person("Eva")),
            by=person("Roos"),
        )

    assert count() == few
    assert few <= 8


def test_a_column_shows_a_hundred_and_says_how_many_more(person, sign_in):
    db.session.add_all(
        Issue(
            title=f"Punt {n}",
            status=Status.NEW,
            rank=n,
            reporter=person("Roos"),
            created_at=clock.now(),
            status_since=clock.now(),
            touched_at=clock.now(),
            version=1,
        )
        for n in range(130)
    )
    db.session.commit()
    page = sign_in("Roos").get("/board").text

    assert page.count('data-card="') == 100
    assert "and 30 more" in page or "en nog 30" in page


def test_a_move_answers_with_one_card_and_the_counts_in_two_kilobytes(person, sign_in):
    issue = make_issue(by=person("Mo"), lead="KS")
    answer = sign_in("Mo").post(
        f"/issues/{issue.id}/move",
        data={"to": "analysing", "version": issue.version},
        htmx=True,
        headers={"HX-Current-URL": "http://localhost/board?department=KS"},
    )

    assert answer.status_code == 200
    assert answer.text.count('data-card="') == 1
    assert 'data-status="analysing"' in answer.text
    assert 'data-count="analysing">1<' in answer.text
    assert len(answer.data) < 4_000
    assert "/undo/" in answer.text


def test_a_gate_asks_in_a_dialog_and_goes_on_with_the_answer(person, sign_in):
    issue = make_issue(by=person("Mo"), lead="KS", status=Status.READY)
    mo = sign_in("Mo")
    asked = mo.post(
        f"/issues/{issue.id}/move", data={"to": "in_progress", "version": issue.version}, htmx="dialog-body"
    )

    assert asked.status_code == 422
    assert 'name="reason"' in asked.text
    assert 'name="owner"' in asked.text

    done = mo.post(
        f"/issues/{issue.id}/move",
        data={"to": "in_progress", "owner": person("Mo").id, "no_cause_note": "Wet", "version": issue.version},
        htmx="dialog-body",
    )
    assert done.status_code == 200
    assert (db.session.get(Issue, issue.id).status, db.session.get(Issue, issue.id).owner.name) == (
        Status.IN_PROGRESS,
        "Mo Amrani",
    )


def test_somebody_who_looks_at_an_old_board_does_not_move_over_another_move(person, sign_in):
    issue = make_issue(by=person("Mo"), lead="KS")
    old = issue.version
    sign_in("Roos").post(f"/issues/{issue.id}/move", data={"to": "analysing", "version": old})
    answer = sign_in("Mo").post(f"/issues/{issue.id}/move", data={"to": "ready", "version": old})

    assert answer.status_code == 409
    assert db.session.get(Issue, issue.id).status == Status.ANALYSING


def test_without_script_a_move_leads_back_with_a_message(person, sign_in):
    issue = make_issue(by=person("Mo"), lead="KS")
    mo = sign_in("Mo")
    answer = mo.post(f"/issues/{issue.id}/move", data={"to": "analysing", "back": "/board"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/board")
    assert f"CX-{issue.id}" in mo.get("/board").text


@pytest.mark.parametrize(("name", "status"), [("Finn", 403), ("Eva", 403), ("Mo", 303), ("Roos", 303), ("Ada", 303)])
def test_members_move_their_own_departments_issues_only(person, sign_in, name, status):
    issue = make_issue(by=person("Roos"), lead="KS")

    assert sign_in(name).post(f"/issues/{issue.id}/move", data={"to": "analysing"}).status_code == status


@pytest.mark.parametrize("url", ["merge", "rank", "focus", "acceptance"])
def test_a_member_does_not_rank_focus_merge_or_triage(person, sign_in, url):
    issue = make_issue(by=person("Mo"), lead="KS")

    assert sign_in("Mo").post(f"/issues/{issue.id}/{url}", data={"into": "CX-1", "lead": "1"}).status_code == 403
    assert sign_in("Mo").post(f"/issues/{issue.id}/move", data={"to": "declined", "reason": "nee"}).status_code == 403


def test_the_focus_holds_three(person, sign_in):
    roos = sign_in("Roos")
    issues = [make_issue(f"Punt {n}", by=person("Roos")) for n in range(4)]
    for issue in issues[:3]:
        assert roos.post(f"/issues/{issue.id}/focus").status_code == 303

    assert roos.post(f"/issues/{issues[3].id}/focus").status_code == 409
    roos.post(f"/issues/{issues[2].id}/focus", data={"place": "1"})
    assert [f.issue_id for f in Focus.now()] == [issues[2].id, issues[0].id, issues[1].id]
    roos.post(f"/issues/{issues[0].id}/focus/end")
    assert [(f.issue_id, f.place) for f in Focus.now()] == [(issues[2].id, 1), (issues[1].id, 2)]


def test_a_new_issue_in_one_line(person, sign_in):
    answer = sign_in("Mo").post("/issues", data={"title": "  Brief  is\u202e niet te begrijpen ", "quick": "1"})

    assert answer.status_code == 303
    assert db.session.scalar(sa.select(Issue.title)) == "Brief is niet te begrijpen"


def test_an_empty_or_endless_title_is_asked_again_and_kept(person, sign_in):
    mo = sign_in("Mo")

    assert mo.post("/issues", data={"title": "   "}).status_code == 422
    answer = mo.post("/issues", data={"title": "x" * 161, "story": "blijft staan"})
    assert answer.status_code == 422
    assert "blijft staan" in answer.text


def test_a_merged_address_leads_to_the_other_issue(person, sign_in):
    into, duplicate = make_issue("Een", by=person("Mo")), make_issue("Twee", by=person("Mo"))
    roos = sign_in("Roos")
    assert roos.post(f"/issues/{duplicate.id}/merge", data={"into": into.key.lower().replace("-", " ")}).status_code == 303

    assert roos.get(f"/issues/{duplicate.id}").headers["Location"] == f"/issues/{into.id}#merged-{duplicate.id}"
    assert roos.post(f"/issues/{into.id}/merge", data={"into": "cx 99999"}).status_code == 422


def test_acceptance_gives_a_lead_and_a_next_step_once(person, sign_in):
    issue = make_issue(by=person("Ada"), lead=None)
    roos = sign_in("Roos")
    assert roos.post(f"/issues/{issue.id}/acceptance", data={"to": "analysing"}).status_code == 422
    answer = roos.post(f"/issues/{issue.id}/acceptance", data={"lead": make_department("KS").id, "to": "ready"})

    assert answer.status_code == 303
    assert (db.session.get(Issue, issue.id).status, db.session.get(Issue, issue.id).lead.code) == (Status.READY, "KS")
    assert (
        roos.post(f"/issues/{issue.id}/acceptance", data={"lead": make_department("KS").id, "to": "ready"}).status_code
        == 409
    )


@pytest.mark.parametrize(
    ("name", "data", "attribute", "expected"),
    [
        ("title", {"title": "Nieuwe titel"}, "title", "Nieuwe titel"),
        ("story", {"story": "Regel een\r\n\r\nRegel twee"}, "story", "Regel een\n\nRegel twee"),
        ("weight", {"reach": "3.200", "severity": "4", "confidence": "high", "effort": "1,5"}, "reach", 3200),
        ("due", {"due": "18-12-2026"}, "due", __import__("datetime").date(2026, 12, 18)),
        ("tags", {"tags": "Verhuizen, online,online"}, "tags", ["online", "verhuizen"]),
        ("staff_effect", {"staff_effect": "-2"}, "staff_effect", -2),
        ("expected_effect", {"expected_effect": "CES omlaag"}, "expected_effect", "CES omlaag"),
        ("no_cause_note", {"no_cause_note": "geen"}, "no_cause_note", "geen"),
    ],
)
def test_each_fact_is_edited_in_its_place(person, sign_in, name, data, attribute, expected):
    issue = make_issue(by=person("Mo"))
    mo = sign_in("Mo")

    assert mo.get(f"/issues/{issue.id}/facts/{name}").status_code == 200
    assert mo.post(f"/issues/{issue.id}/facts/{name}", data=data | {"version": issue.version}).status_code == 303
    assert getattr(db.session.get(Issue, issue.id), attribute) == expected


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("weight", {"reach": "veel"}),
        ("weight", {"severity": "9"}),
        ("due", {"due": "31-11-2026"}),
        ("title", {"title": ""}),
        ("owner", {"owner": "1e9"}),
    ],
)
def test_a_fact_that_can_not_be_is_asked_again(person, sign_in, name, data):
    issue = make_issue(by=person("Mo"))

    assert (
        sign_in("Mo").post(f"/issues/{issue.id}/facts/{name}", data=data | {"version": issue.version}).status_code
        == 422
    )


def test_a_conflict_shows_both_texts(person, sign_in):
    issue = make_issue("Oud", by=person("Mo"))
    old = issue.version
    sign_in("Roos").post(f"/issues/{issue.id}/facts/title", data={"title": "Van Roos", "version": old})
    answer = sign_in("Mo").post(f"/issues/{issue.id}/facts/title", data={"title": "Van Mo", "version": old})

    assert answer.status_code == 409
    assert "Van Roos" in answer.text
    assert "Van Mo" in answer.text
    assert db.session.get(Issue, issue.id).title == "Van Roos"
