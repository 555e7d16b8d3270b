"""People: everybody sees who is here, an administrator keeps them, and somebody is always left to do so (assurance A10, Z9)."""

import re

import pytest
import sqlalchemy as sa
from flask_babel import force_locale

from cxboard.accounts.models import Role, User, UserSession
from cxboard.db import db
from cxboard.domain import Refused, Stale
from cxboard.history import Event
from cxboard.history.sentences import sentence
from tests.client import Client
from tests.makers import PASSWORD, make_department, make_person

NEW = {"name": "Noor Bos", "email": "Noor@Example.org", "role": "member"}


def form_of(person, **changes):
    return {
        "name": person.name, "email": person.email, "role": person.role.value, "version": person.version,
        "departments": [d.id for d in person.departments], **changes,
    }  # fmt: skip


def happened():
    with force_locale("en"):
        return [sentence(e).striptags() for e in db.session.scalars(sa.select(Event).order_by(Event.id))]


def test_an_administrator_invites_somebody_and_hands_over_the_link(client, sign_in, person):
    ks = make_department("KS", "Klantenservice")

    answer = sign_in("Ada").post("/settings/people", data=NEW | {"departments": [ks.id]})

    noor = db.session.scalar(sa.select(User).where(User.email == "noor@example.org"))
    assert answer.status_code == 200
    assert (noor.name, noor.role, noor.departments, noor.has_come_in) == ("Noor Bos", Role.MEMBER, [ks], False)
    link = re.search(r'value="http://127.0.0.1:5000(/password/[^"]+)"', answer.text).group(1)
    assert client.post(link, data={"password": "een heel ander zinnetje"}).status_code == 303
    assert noor.has_password("een heel ander zinnetje")
    assert link not in sign_in("Ada").get("/settings/people").text


def test_with_a_mail_server_the_link_is_only_in_the_mail(sign_in, mailbox):
    answer = sign_in("Ada").post("/settings/people", data=NEW)

    to, sent = mailbox.next()
    assert to == ["noor@example.org"]
    assert "/password/" in sent.get_content()
    assert "/password/" not in answer.text
    assert "noor@example.org" in answer.text


@pytest.mark.parametrize("wrong", [{"email": "no address"}, {"email": "ADA.bakker@example.org"}, {"name": " "}, {"role": "king"}, {"role": ""}, {"departments": ["99"]}, {"departments": ["x"]}])
def test_an_invitation_that_is_not_right_comes_back_with_what_was_typed(sign_in, rows, wrong):
    ada = sign_in("Ada")
    before = rows("person")

    answer = ada.post("/settings/people", data={**NEW, **wrong})

    assert answer.status_code == 422
    assert rows("person") == before
    assert "noor" in answer.text.lower()


def test_a_role_is_not_slipped_in_by_the_profile_form(sign_in, person):
    mo = sign_in("Mo")

    mo.post("/profile", data={"name": "Mo", "locale": "en", "theme": "dark", "role": "admin", "is_active": "", "id": "1", "email": "x@y.nl"})

    moved = db.session.scalar(sa.select(User).where(User.name == "Mo"))
    assert (moved.role, moved.email) == (Role.MEMBER, "mo.amrani@example.org")


def test_changing_somebody_is_written_in_the_history(sign_in, person):
    ada, eva = sign_in("Ada"), person("Eva")
    log = make_department("LOG")

    answer = ada.post(f"/settings/people/{eva.id}", data=form_of(eva, name="Eva de Wit", email="eva@example.org", role="viewer", departments=[log.id]))

    assert answer.status_code == 303
    db.session.refresh(eva)
    assert (eva.name, eva.email, eva.role, [d.code for d in eva.departments]) == ("Eva de Wit", "eva@example.org", Role.VIEWER, ["LOG"])
    assert happened()[-4:] == [
        "Ada Bakker changed name from “Eva Smit” to “Eva de Wit”",
        "Ada Bakker changed e-mail address from “eva.smit@example.org” to “eva@example.org”",
        "Ada Bakker set departments to “LOG”",
        "Ada Bakker changed the role from Department member to Viewer",
    ]


def test_an_address_in_use_is_refused(sign_in, person):
    eva, mo = person("Eva"), person("Mo")

    answer = sign_in("Ada").post(f"/settings/people/{eva.id}", data=form_of(eva, email=mo.email.upper()))

    assert answer.status_code == 422
    assert "is here already" in answer.text


def test_two_administrators_who_change_one_person_do_not_overwrite_each_other(sign_in, person):
    eva, bob = person("Eva"), make_person("Bob Admin", "admin")
    seen = form_of(eva)
    sign_in("Ada").post(f"/settings/people/{eva.id}", data=seen | {"name": "Eva de Wit"})

    answer = sign_in(bob).post(f"/settings/people/{eva.id}", data=seen | {"name": "Eva Bakker"})

    assert answer.status_code == 409
    assert "Eva de Wit" in answer.text
    assert "Eva Bakker" in answer.text
    assert sign_in(bob).post(f"/settings/people/{eva.id}", data=seen | {"name": "Eva de Wit", "role": "viewer"}).status_code == 303


def test_stale_names_who_was_first(person):
    eva, ada = person("Eva"), person("Ada")
    version = eva.version
    eva.edit(by=ada, name="Eva de Wit")

    with pytest.raises(Stale) as stale:
        eva.edit(by=ada, version=version, name="Eva Bakker")

    assert stale.value.who == "Ada Bakker"
    assert list(stale.value.fields.values()) == [("Eva Bakker", "Eva de Wit")]


def test_ending_access_and_giving_it_back(client, sign_in, person):
    ada, mo = sign_in("Ada"), person("Mo")

    assert ada.post(f"/settings/people/{mo.id}/departure").status_code == 303
    assert client.post("/sign-in", data={"email": mo.email, "password": PASSWORD}).status_code == 422
    assert ada.post(f"/settings/people/{mo.id}/link").status_code == 409
    assert ada.post(f"/settings/people/{mo.id}/return").status_code == 303
    assert client.post("/sign-in", data={"email": mo.email, "password": PASSWORD}).status_code == 303


def test_a_link_for_who_has_come_in_is_a_reset_and_for_who_has_not_an_invitation(sign_in, person):
    ada, noor = sign_in("Ada"), make_person("Noor")

    assert "within" not in ada.post(f"/settings/people/{person('Mo').id}/link").text
    assert "No mail server is set" in ada.post(f"/settings/people/{noor.id}/link").text
    assert db.session.scalars(sa.text("select purpose from user_link order by id")).all() == ["reset", "invite"]


def test_the_only_administrator_can_not_leave_or_step_down(sign_in, person):
    ada = person("Ada")
    for path, data in ((f"/settings/people/{ada.id}", form_of(ada, role="member")), (f"/settings/people/{ada.id}/departure", {})):
        answer = sign_in("Ada").post(path, data=data)
        assert answer.status_code in (409, 422)
        assert "is the only administrator" in answer.text

    assert db.session.scalar(sa.select(User.role).where(User.id == ada.id)) == Role.ADMIN


def test_a_deactivated_administrator_does_not_count(person):
    ada, bob = person("Ada"), make_person("Bob", "admin")
    bob.deactivate(by=ada)

    with pytest.raises(Refused, match="Ada Bakker"):
        ada.change_role(Role.VIEWER, by=ada)


def test_two_administrators_who_send_each_other_away_at_the_same_moment_leave_one(app, at_once, person):
    ada, bob = person("Ada"), make_person("Bob Admin", "admin")
    for _ in range(50):
        for one in (ada, bob):
            one.role = Role.ADMIN
        db.session.commit()
        answers = at_once(*[
            (Client(app).signed_in_as(me), f"/settings/people/{other.id}", form_of(other, role="member", version=""))
            for me, other in ((ada, bob), (bob, ada))
        ])  # fmt: skip
        db.session.expire_all()
        left = db.session.scalars(sa.select(User.id).where(User.role == Role.ADMIN)).all()
        assert len(left) == 1
        assert {a.status_code for a in answers} <= {303, 403, 422, 401}


RIGHTS = ["", "/link", "/departure", "/return"]


@pytest.mark.parametrize("what", RIGHTS)
def test_a_change_of_rights_wants_the_password_of_the_last_quarter_of_an_hour(at, sign_in, person, what):
    at("2026-11-24 09:00")
    ada, eva = sign_in("Ada"), person("Eva")
    if what == "/return":
        eva.deactivate(by=person("Ada"))
    form = form_of(eva, role="viewer") if not what else {}
    before = (eva.role, eva.is_active, eva.version)

    at("2026-11-24 09:16")
    asked = ada.post(f"/settings/people/{eva.id}{what}", data=form)
    wrong = ada.post(f"/settings/people/{eva.id}{what}", data=form | {"confirm": "niet het goede"})

    db.session.refresh(eva)
    assert (asked.status_code, wrong.status_code) == (403, 422)
    assert (eva.role, eva.is_active, eva.version) == before
    if not what:
        assert '<input type="hidden" name="role" value="viewer">' in asked.text
    done = ada.post(f"/settings/people/{eva.id}{what}", data=form | {"confirm": PASSWORD})
    assert done.status_code in (200, 303)
    assert (eva.role, eva.is_active, eva.version) != before or what == "/link"
    at("2026-11-24 09:30")
    assert ada.post("/settings/people", data=NEW).status_code == 200  # asked a quarter of an hour ago at most


def test_inviting_wants_the_password_too_and_keeps_what_was_typed(at, sign_in, rows):
    at("2026-11-24 09:00")
    ada = sign_in("Ada")
    at("2026-11-24 09:15")

    asked = ada.post("/settings/people", data=NEW)
    assert asked.status_code == 403
    assert "Noor Bos" in asked.text
    assert rows("person") == 1
    assert ada.post("/settings/people", data=NEW | {"confirm": PASSWORD}).status_code == 200
    assert rows("person") == 2


def test_inside_a_dialog_the_question_comes_as_a_fragment(at, sign_in, person):
    at("2026-11-24 09:00")
    ada, eva = sign_in("Ada"), person("Eva")
    at("2026-11-24 09:15")

    answer = ada.post(f"/settings/people/{eva.id}", data=form_of(eva, role="viewer"), htmx="dialog-body")

    assert answer.status_code == 403
    assert answer.text.lstrip().startswith('<div id="confirm-dialog">')


def test_guessing_at_that_question_is_limited(at, sign_in, person):
    at("2026-11-24 09:00")
    ada, eva = sign_in("Ada"), person("Eva")
    at("2026-11-24 09:15")
    for _ in range(10):
        ada.post(f"/settings/people/{eva.id}/departure", data={"confirm": "niet het goede"})

    assert ada.post(f"/settings/people/{eva.id}/departure", data={"confirm": PASSWORD}).status_code == 429
    assert eva.is_active


def test_everybody_sees_who_is_here_but_only_an_administrator_the_addresses(sign_in, person):
    eva = person("Eva")
    gone = make_person("Gijs Weg")
    gone.deactivate(by=person("Ada"))

    for who in ("Mo", "Finn", "Roos"):
        page = sign_in(who).get("/settings/people").text
        assert "Eva Smit" in page
        assert eva.email not in page
        assert "Gijs Weg" not in page
        assert "/settings/people/" not in page
    page = sign_in("Ada").get("/settings/people").text
    assert eva.email in page
    assert "Gijs Weg" in page


def test_ten_times_the_people_take_as_many_queries(sign_in, queries):
    ada = sign_in("Ada")
    with queries() as few:
        ada.get("/settings/people")
    for n in range(20):
        make_person(f"Persoon {n}", departments=("KS", "IT"))
    db.session.commit()
    with queries() as many:
        ada.get("/settings/people")

    assert len(many) <= len(few) + 1  # the departments of everybody, in one go


def test_a_person_form_answers_in_both_ways(sign_in, person):
    ada, eva = sign_in("Ada"), person("Eva")
    url = f"/settings/people/{eva.id}"

    assert "<html" in ada.get(url).text
    assert ada.get(url, htmx="dialog-body").text.lstrip().startswith("<section")
    assert ada.post(url, data=form_of(eva, name=""), htmx="dialog-body").status_code == 422
    done = ada.post(url, data=form_of(eva, name="Eva de Wit"), htmx="dialog-body")
    assert done.status_code == 200
    assert "HX-Redirect" in done.headers or "HX-Location" in done.headers


def test_a_new_session_counts_as_confirmed(sign_in, person):
    sign_in("Ada")
    assert db.session.scalars(sa.select(UserSession)).first().is_confirmed


def test_an_invitation_lets_go_of_what_was_typed_and_a_reload_leads_back_to_the_people(sign_in):
    ada = sign_in("Ada")
    key = re.search(r'name="form_key" value="([^"]+)"', ada.get("/settings/people").text)[1]
    sent = NEW | {"form_key": key}

    assert f'data-done="{key}"' in ada.post("/settings/people", data=sent).text
    again = ada.post("/settings/people", data=sent)
    assert (again.status_code, again.location) == (303, "/settings/people")
