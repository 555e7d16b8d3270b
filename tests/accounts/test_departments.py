"""Departments: their codes, colours and limits, changed through verbs with a history."""

import pytest
import sqlalchemy as sa

from cxboard.accounts.models import COLOURS, Department
from cxboard.db import db
from cxboard.domain import Refused, Stale
from cxboard.history import Event
from tests.client import Client
from tests.makers import make_department, make_person


def form_of(department, **changes):
    names = ("name", "code", "colour", "wip_limit", "change_limit", "mandate", "version")
    return {name: getattr(department, name) for name in names} | {"lead": department.lead_id or ""} | changes


def test_an_administrator_adds_a_department_in_one_line(sign_in):
    answer = sign_in("Ada").post("/settings/departments", data={"name": "Klantenservice", "code": "ks"})

    department = db.session.scalar(sa.select(Department))
    assert answer.status_code == 303
    assert (department.name, department.code, department.colour) == ("Klantenservice", "KS", COLOURS[0])
    assert db.session.scalar(sa.select(Event.kind).where(Event.subject == "department")) == "department_opened"


@pytest.mark.parametrize("code", ["K", "KLANTEN", "1K", "K-S", "ÉÉ", "", " ", "ks"])
def test_a_code_is_two_to_six_letters_that_nobody_else_has(sign_in, rows, code):
    make_department("KS")
    ada = sign_in("Ada")

    answer = ada.post("/settings/departments", data={"name": "Nog een", "code": code})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert "Nog een" in answer.text
    assert rows("department") == 1


def test_ten_who_add_one_code_at_the_same_moment_add_one_department(app, at_once, person, rows):
    ada = person("Ada")
    answers = at_once(*[(Client(app).signed_in_as(ada), "/settings/departments", {"name": f"Nummer {n}", "code": "NEW"}) for n in range(10)])

    assert sorted(a.status_code for a in answers) == [303] + [422] * 9
    assert rows("department") == 1


def test_a_thirteenth_department_shares_the_least_used_colour(app):
    codes = [chr(65 + n) * 2 for n in range(13)]
    colours = [make_department(code).colour for code in codes]

    assert set(colours[:12]) == set(COLOURS)
    assert colours[12] == COLOURS[0]


def test_all_facts_of_a_department_are_changed_in_one_form(sign_in, person):
    ks, roos = make_department("KS", "Klantenservice"), person("Roos")

    answer = sign_in("Ada").post(
        f"/settings/departments/{ks.id}",
        data=form_of(ks, name="Klantcontact", code="kc", colour="iris", lead=roos.id, wip_limit="4", change_limit="6", mandate="1.250"),
    )

    db.session.refresh(ks)
    assert answer.status_code == 303
    assert (ks.name, ks.code, ks.colour, ks.lead, ks.wip_limit, ks.change_limit, ks.mandate) == ("Klantcontact", "KC", "iris", roos, 4, 6, 1250)
    written = db.session.execute(sa.select(Event.field, Event.before, Event.after).where(Event.subject == "department", Event.field.is_not(None))).all()
    assert ("lead_person", None, "Roos van Dijk") in [tuple(w) for w in written]
    assert len(written) == 7


@pytest.mark.parametrize("wrong", [
    {"colour": "red"}, {"colour": ""}, {"wip_limit": "0"}, {"wip_limit": "veel"}, {"change_limit": "-1"}, {"mandate": "1e309"}, {"mandate": ""},
    {"lead": "99999"}, {"lead": "x"}, {"name": ""}, {"code": "IT"}, {"code": "1"},
])  # fmt: skip
def test_what_can_not_be_comes_back_to_correct(sign_in, wrong):
    ks, _it = make_department("KS"), make_department("IT")
    ada = sign_in("Ada")

    for htmx in (False, "dialog-body"):
        answer = ada.post(f"/settings/departments/{ks.id}", data=form_of(ks) | wrong, htmx=htmx)
        assert answer.status_code == 422
        assert ("<html" in answer.text) is not bool(htmx)


def test_two_administrators_who_change_one_fact_do_not_overwrite_each_other(sign_in, person):
    ks, ada = make_department("KS", "Klantenservice"), sign_in("Ada")
    seen = form_of(ks)
    ada.post(f"/settings/departments/{ks.id}", data=seen | {"wip_limit": "5"})

    answer = ada.post(f"/settings/departments/{ks.id}", data=seen | {"wip_limit": "7"})

    assert answer.status_code == 409
    assert ">7<" in answer.text
    assert ">5<" in answer.text
    assert db.session.scalar(sa.select(Department.wip_limit)) == 5


def test_changes_to_different_facts_are_no_conflict(person):
    ks, ada, roos = make_department("KS"), person("Ada"), person("Roos")
    version = ks.version
    ks.edit(by=ada, wip_limit=5)
    ks.edit(by=roos, version=version, lead=roos, wip_limit=5)

    with pytest.raises(Stale) as stale:
        ks.edit(by=ada, version=version, lead=ada)

    assert stale.value.who == "Roos van Dijk"
    assert list(stale.value.fields.values()) == [("Ada Bakker", "Roos van Dijk")]


def test_archiving_hides_a_department_from_choices_and_restoring_brings_it_back(sign_in):
    ks, ada = make_department("KS", "Klantenservice"), sign_in("Ada")

    assert ada.post(f"/settings/departments/{ks.id}/closure").status_code == 303
    assert "archived" in ada.get("/settings/departments").text
    assert "Klantenservice" not in ada.get("/settings/people").text
    assert ada.post(f"/settings/departments/{ks.id}/reopening").status_code == 303
    assert "Klantenservice" in ada.get("/settings/people").text


def test_a_code_may_not_be_taken_over_through_the_verb_either(person):
    make_department("IT")
    ks = make_department("KS")

    with pytest.raises(Refused, match="IT"):
        ks.edit(by=person("Ada"), code="it")

    db.session.refresh(ks)
    assert ks.code == "KS"


def test_everybody_sees_the_departments_and_only_an_administrator_the_buttons(sign_in):
    make_department("KS", "Klantenservice")

    assert "/settings/departments/" not in sign_in("Roos").get("/settings/departments").text
    assert "/settings/departments/" in sign_in("Ada").get("/settings/departments").text


def test_ten_times_the_departments_take_as_many_queries(sign_in, queries):
    make_department("AA")
    ada = sign_in("Ada")
    with queries() as few:
        ada.get("/settings/departments")
    for n in range(20):
        make_department(f"B{chr(65 + n)}").lead = make_person(f"Persoon {n}")
    db.session.commit()
    with queries() as many:
        ada.get("/settings/departments")

    assert len(many) == len(few)


def test_two_departments_do_not_have_one_name(sign_in, person):
    ks, it = make_department("KS", "Klantenservice"), make_department("IT", "IT en data")
    ada = sign_in("Ada")

    answer = ada.post("/settings/departments", data={"name": "klantenService ", "code": "KS2"})
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert "There already is a department called klantenService." in answer.text
    facts = {"code": "IT", "colour": it.colour, "lead": "", "wip_limit": 3, "change_limit": 5, "mandate": 0, "version": it.version}
    assert "called KLANTENSERVICE" in ada.post(f"/settings/departments/{it.id}", data=facts | {"name": "KLANTENSERVICE"}).text
    assert ada.post(f"/settings/departments/{it.id}", data=facts | {"name": "it en Data"}).status_code == 303
    assert ks.name == "Klantenservice"


def test_archiving_asks_first_and_can_be_taken_back(sign_in, person):
    ks, ada = make_department("KS", "Klantenservice"), sign_in("Ada")
    assert "hx-confirm=" in ada.get(f"/settings/departments/{ks.id}", htmx="dialog-body").text

    after = ada.post(f"/settings/departments/{ks.id}/closure", follow_redirects=True).text
    assert f'action="/settings/departments/{ks.id}/reopening"' in after
