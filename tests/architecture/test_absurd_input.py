"""No input makes the house fall over: every route, every field and every argument gets what nobody should send, and none answers 5xx."""

from collections.abc import Iterable
from urllib.parse import quote, quote_plus

import pytest

from tests.architecture.house import GOOD, House, forms
from tests.architecture.naughty import ASKED, HARD, IDS, TEXTS
from tests.cast import person
from tests.client import Client

PARTS = 4
FORM = "application/x-www-form-urlencoded"


def encoded(pairs: Iterable[tuple[str, str | bytes]]) -> bytes:
    """The body of a form, also for what is no text."""
    return "&".join(f"{quote_plus(n)}={quote_plus(v if isinstance(v, bytes) else v.encode('utf-8', 'surrogatepass'))}" for n, v in pairs).encode()


def shown(value: str | bytes) -> str:
    return repr(value)[:40]


@pytest.mark.parametrize("part", range(PARTS))
def test_no_form_breaks_it(house: House, database, sign_in, part):
    ada, fields, broken = person("Ada"), forms(house), []
    for turn, rule in enumerate(house.changes()[part::PARTS]):
        client: Client = sign_in(ada)
        known = {n: v for n, v in fields[rule.rule, "POST"].items() if n != "file"}
        names = list(known) or ["text"]
        address, token = house.address(rule), {"X-CSRFToken": client.csrf_token()}

        def send(
            pairs: list[tuple[str, str | bytes]], htmx: str = "", address: str = address, client: Client = client, token: dict[str, str] = token
        ) -> None:
            answer = client.post(address, data=encoded(pairs), content_type=FORM, htmx=htmx, csrf=False, headers=token)
            if answer.status_code >= 500:
                broken.append(f"{answer.status_code} {address} {[(n, shown(v)) for n, v in pairs][:6]}")

        # Every text goes to every fifth form; the hard ones to every form, and on SQLite to every field alone.
        for text in (*HARD, *TEXTS[turn % 5 :: 5]) if database.name == "sqlite" else HARD:
            send([(n, text) for n in names], htmx="dialog-body")
        for name in names if len(names) > 1 and database.name == "sqlite" else []:
            for text in HARD:
                # A whole page around the form for the first field; for the others the form alone says as much.
                send([(n, text if n == name else v) for n, v in known.items()], htmx="" if name == names[0] else "dialog-body")
        send([(n, v) for n, v in known.items() for _twice in range(2)])
        send([(f"{n}[]", v) for n, v in known.items()])
        send([])
        for body, kind in ((b'{"text": [1', "application/json"), (b"[" * 50_000, "application/json"), (b"--x", "multipart/form-data; boundary=x"), (b"\xff" * 99, "text/plain")):
            answer = client.post(address, data=body, content_type=kind)
            if answer.status_code >= 500:
                broken.append(f"{answer.status_code} {address} {kind}")

    assert not broken, "\n".join(broken)
    still_stands(house, sign_in(ada))


def still_stands(house: House, client: Client) -> None:
    """What got in can be shown."""
    answers = {house.address(r): client.get(house.address(r)).status_code for r in house.reads()}

    assert {address: code for address, code in answers.items() if code >= 500} == {}


@pytest.mark.databases("sqlite")  # addresses are refused before a database is asked
def test_no_address_breaks_it(house: House, sign_in):
    client, broken = sign_in("Ada"), []
    for rule in house.rules():
        for argument in rule.arguments:
            values = {name: house.ids[kind][0] for name, kind in house.kinds(rule).items()}
            for value in IDS:
                address = house.build(rule, values | {argument: value})
                answer = client.get(address) if "GET" in (rule.methods or ()) else client.post(address, data=dict(GOOD.items()))
                if answer.status_code >= 500 or (answer.status_code == 200 and argument == "id" and value not in ("0", "-1")):
                    broken.append(f"{answer.status_code} {rule} {argument}={value[:40]}")

    assert not broken, "\n".join(broken)


def test_no_question_breaks_it(house: House, sign_in):
    client, fields, broken = sign_in("Ada"), forms(house), []
    for rule in house.reads():
        names = [*ASKED, *(n for n in fields.get((rule.rule, "GET"), {}) if n not in ASKED)]
        for text in (*HARD, "NaN", "' OR 1=1 --", "\u202eabc", "9999-12-31"):
            text = text[:3_000]
            query = "&".join(f"{quote(n)}={quote(text)}" for n in names)
            for asked in (query, f"{query}&{query}") if text == "-1" else (query,):
                answer = client.get(f"{house.address(rule)}?{asked}")
                if answer.status_code >= 500:
                    broken.append(f"{answer.status_code} {rule} {shown(text)}")

    assert not broken, "\n".join(broken)


@pytest.mark.databases("sqlite")  # so are headers
def test_no_header_breaks_it(house: House, sign_in):
    client, broken = sign_in("Ada"), []
    page = f"/issues/{house.ids['issues'][0]}"
    for name in ("HX-Current-URL", "HX-Target", "HX-Request", "Accept-Language", "Cookie", "X-CSRFToken", "Content-Type", "If-None-Match", "Referer", "X-Forwarded-For"):
        for text in ("", "x" * 9_000, "http://[", "http://[::1", "//", "\xff\xfe", "nl;q=NaN", "a=b; a=c; =; cxboard=%00", "1e309"):
            for answer in (client.get(page, headers={name: text}), client.post(f"{page}/comments", data={"text": "x"}, headers={"HX-Request": "true"} | {name: text})):
                if answer.status_code >= 500:
                    broken.append(f"{answer.status_code} {name}: {shown(text)}")
        client = sign_in("Ada")

    assert not broken, "\n".join(broken)


def test_too_much_is_refused_in_time(house: House, sign_in):
    client = sign_in("Ada")
    page = f"/issues/{house.ids['issues'][0]}/comments"

    many = client.post(page, data=encoded([(f"f{n}", "x") for n in range(20_000)]), content_type=FORM)
    huge = client.post(page, data=b"text=" + b"x" * 20_000_000, content_type=FORM)

    assert many.status_code in (413, 422)
    assert huge.status_code == 413
