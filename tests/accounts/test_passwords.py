"""Any password of 8 to 128 characters that is not guessed first (assurance A11)."""

import time
from contextlib import suppress

import pytest
from argon2 import PasswordHasher, extract_parameters

from cxboard.accounts import models
from cxboard.accounts.passwords import COMMON, check_password
from cxboard.domain import Refused
from tests.makers import PASSWORD, make_person


@pytest.mark.parametrize("password", [
    "vier woorden op rij", "  spaties eromheen  ", "x9#kQ2!z", "ß∂ƒ©˙∆˚¬ wachtzin ✓", "k4Ds9-" * 10 + "eind", "abcd efgh " * 12 + "12345678", "\ttab en meer\t",
    "日本語のパスワード", "🐘🦒🐊🦔🐘🦒🐊🦔",
])  # fmt: skip
def test_a_good_password_works_exactly_as_it_was_typed(client, person, password):
    mo = person("Mo")
    mo.set_password(password, by=mo)

    assert client.post("/sign-in", data={"email": mo.email, "password": password.strip() + "."}).status_code == 422
    assert client.post("/sign-in", data={"email": mo.email, "password": password}).status_code == 303


@pytest.mark.parametrize("password", [
    "kort", "1234567", "a" * 129, "password", "Password", "12345678", "wachtwoord", "Welkom01", "Welkom2026!", "zomer2026", "cxboard2026",
    "mijn cxboard", "aaaaaaaa", "abababab", "Amrani123", "mo.amrani", "mo.amrani@example.org", "        ", "qwertyui", "Geheim!!", "iloveyou",
])  # fmt: skip
def test_a_weak_password_is_refused(person, password):
    with pytest.raises(Refused):
        check_password(password, person("Mo"))


def test_three_thousand_common_passwords_are_refused(person):
    mo, wrongly_taken = person("Mo"), []
    assert len(COMMON) >= 3_000
    for password in sorted(COMMON)[:3_000]:
        with suppress(Refused):
            wrongly_taken.append(check_password(password.title(), mo))

    assert wrongly_taken == []


def test_a_password_of_a_megabyte_is_refused_at_once(client, person):
    began = time.perf_counter()
    answer = client.post("/sign-in", data={"email": person("Mo").email, "password": "x" * 1_000_000})

    assert answer.status_code in (413, 422)
    assert time.perf_counter() - began < 2


def test_a_long_password_is_not_cut_off(person):
    mo = person("Mo")
    mo.set_password("lang wachtwoord " * 8, by=mo)

    assert not mo.has_password(("lang wachtwoord " * 8)[:-1] + "x")


def test_passwords_are_hashed_slowly():
    assert extract_parameters(models.NO_PASSWORD) == extract_parameters(PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash("x"))


def test_who_has_no_password_can_not_sign_in_with_any(app):
    assert not make_person("Noor").has_password(PASSWORD)
    assert not make_person("Nora").has_password("")
