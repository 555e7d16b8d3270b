"""No input makes the house fall over: every route, every field and every argument gets what nobody should send, and none answers 5xx."""

from collections.abc import Iterable, Iterator
from typing import ClassVar
from urllib.parse import quote, quote_plus, unquote

import pytest
from werkzeug.datastructures import ImmutableMultiDict

from tests.architecture.house import GOOD, House, forms
from tests.architecture.naughty import ASKED, HARD, IDS, REFUSED, TEXTS
from tests.cast import person
from tests.client import Client

pytestmark = pytest.mark.databases("sqlite", "postgresql")

FORM = "application/x-www-form-urlencoded"
PART = "dialog-body"  # who asks for a part of a page is answered with no page around it
BROKEN_BODIES = ((b'{"text": [1', "application/json"), (b"[" * 50_000, "application/json"), (b"--x", "multipart/form-data; boundary=x"), (b"\xff" * 99, "text/plain"))
Pairs = list[tuple[str, str | bytes]]


def encoded(pairs: Iterable[tuple[str, str | bytes]]) -> bytes:
    """The body of a form, also for what is no text."""
    return "&".join(f"{quote_plus(n)}={quote_plus(v if isinstance(v, bytes) else v.encode('utf-8', 'surrogatepass'))}" for n, v in pairs).encode()


def shown(value: str | bytes) -> str:
    return repr(value)[:40]


def one_at_a_time(known: dict[str, str], turn: int, hard: tuple[str | bytes, ...]) -> Iterator[Pairs]:
    """Every second field has something hard in it, beside good values; the others of it have in the next form, which shares most of them."""
    for i, name in enumerate(known):
        if len(known) > 1 and (i + turn) % 2:
            continue
        yield [(n, hard[(turn + i) % len(hard)] if n == name else v) for n, v in known.items()]


def absurdities(known: dict[str, str], turn: int) -> Iterator[Pairs]:
    """What is sent in one form; each request has something else in each field.

    Every field gets a quarter of the hard texts, the next field or form the next quarter, and one of them beside good
    values. Every text goes to every sixth form.
    """
    names = list(known)
    for shift in range(turn % 4, len(HARD), 4):
        yield [(n, HARD[(i + shift) % len(HARD)]) for i, n in enumerate(names)]
    if len(names) > 1:
        yield from one_at_a_time(known, turn, HARD)
    yield (
        [("form_key", HARD[turn % len(HARD)]), *((n, v) for n, v in known.items() for _twice in range(2))],
        [(f"{n}[]", v) for n, v in known.items()],
        [],
    )[turn % 3]
    texts = TEXTS[turn % 6 :: 6]
    for start in range(0, len(texts), len(names)):
        yield list(zip(names, texts[start:], strict=False))


def test_no_form_breaks_it(house: House, database, sign_in):
    ada, fields, broken = person("Ada"), forms(house), []
    on_sqlite = database.name == "sqlite"
    for turn, rule in enumerate(house.changes(), start=0 if on_sqlite else 1):
        client: Client = sign_in(ada)
        known = {n: v for n, v in fields[rule.rule, "POST"].items() if n != "file"}
        address, token = house.address(rule), {"X-CSRFToken": client.csrf_token()}
        # A form is read in the same way whatever the database; what only PostgreSQL refuses has to be sent there too.
        if not known:
            asked = iter([[(n, HARD[turn % len(HARD)]) for n in ("form_key", "text")]])
        else:
            asked = absurdities(known, turn) if on_sqlite else one_at_a_time(known, turn, REFUSED)
        for n, pairs in enumerate(asked):
            answer = client.post(address, data=encoded(pairs), content_type=FORM, htmx=PART if n else False, csrf=False, headers=token)
            if answer.status_code >= 500:
                broken.append(f"{answer.status_code} {address} {[(n, shown(v)) for n, v in pairs]}")
        for body, kind in BROKEN_BODIES[turn % 2 :: 2] if on_sqlite else ():
            answer = client.post(address, data=body, content_type=kind, htmx=PART)
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
    client, broken, missing = sign_in("Ada"), [], set()
    urls = house.app.url_map.bind("localhost")
    for rule in house.rules():
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        for argument in rule.arguments:
            values = {name: house.ids[kind][0] for name, kind in house.kinds(rule).items()}
            for value in IDS:
                address = house.build(rule, values | {argument: value})
                if not urls.test(unquote(address, errors="replace"), method):
                    # No route has it; what is said then is the same for every route.
                    if value in missing:
                        continue
                    missing.add(value)
                answer = client.get(address, htmx=PART) if method == "GET" else client.post(address, data=dict(GOOD.items()), htmx=PART)
                if answer.status_code >= 500 or (answer.status_code == 200 and argument == "id" and value not in ("0", "-1")):
                    broken.append(f"{answer.status_code} {rule} {argument}={value[:40]}")

    assert not broken, "\n".join(broken)


class Asked(ImmutableMultiDict[str, str]):
    """What stands behind the question mark; notes whether anybody wants something of it, but for the language."""

    wanted: ClassVar[set[str]] = set()

    def get(self, key, *rest, **more):
        self.wanted.add(key)
        return super().get(key, *rest, **more)

    def getlist(self, key, *rest, **more):
        self.wanted.add(key)
        return super().getlist(key, *rest, **more)

    def __contains__(self, key):
        self.wanted.add(key)
        return super().__contains__(key)

    def __iter__(self):
        self.wanted.add("all")
        return super().__iter__()

    def items(self, *rest, **more):
        self.wanted.add("all")
        return super().items(*rest, **more)

    def lists(self):
        self.wanted.add("all")
        return super().lists()


def test_no_question_breaks_it(house: House, database, sign_in, monkeypatch):
    client, fields, broken, asking = sign_in("Ada"), forms(house), [], []
    hard = (*HARD, "NaN", "' OR 1=1 --", "\u202eabc", "9999-12-31") if database.name == "sqlite" else REFUSED
    monkeypatch.setattr(house.app, "request_class", type("Noting", (house.app.request_class,), {"parameter_storage_class": Asked}))
    for turn, rule in enumerate(house.reads()):
        names = [*ASKED, *(n for n in fields.get((rule.rule, "GET"), {}) if n not in ASKED)]
        Asked.wanted.clear()
        # Each name gets a third of them on this page, and the next third on the next.
        for shift in range(turn % 3, len(hard), 3):
            values = [(n, hard[(i + shift) % len(hard)][:3_000]) for i, n in enumerate(names)]
            query = "&".join(f"{quote(n)}={quote(text)}" for n, text in values)
            for asked in (query, f"{query}&{query}") if shift < 3 else (query,):
                answer = client.get(f"{house.address(rule)}?{asked}")
                if answer.status_code >= 500:
                    broken.append(f"{answer.status_code} {rule} {shift}: {[(n, shown(text)) for n, text in values]}")
            if not Asked.wanted - {"lang", "v"}:
                break  # nobody looks at it
        else:
            asking.append(rule.rule)

    assert not broken, "\n".join(broken)
    assert {"/board", "/issues", "/settings/audit"} <= set(asking)


@pytest.mark.databases("sqlite")  # so are headers
def test_no_header_breaks_it(house: House, sign_in):
    broken = []
    for name in ("HX-Current-URL", "HX-Target", "HX-Request", "Accept-Language", "Cookie", "X-CSRFToken", "Content-Type", "If-None-Match", "Referer", "X-Forwarded-For"):
        client = sign_in("Ada")
        for text in ("", "x" * 9_000, "http://[", "http://[::1", "//", "\xff\xfe", "nl;q=NaN", "a=b; a=c; =; cxboard=%00", "1e309"):
            for answer in (client.get("/more", headers={name: text}), client.post("/inbox/reading", headers={"HX-Request": "true"} | {name: text})):
                if answer.status_code >= 500:
                    broken.append(f"{answer.status_code} {name}: {shown(text)}")

    assert not broken, "\n".join(broken)


def test_too_much_is_refused_in_time(house: House, sign_in):
    client = sign_in("Ada")
    page = f"/issues/{house.ids['issues'][0]}/comments"

    many = client.post(page, data=encoded([(f"f{n}", "x") for n in range(20_000)]), content_type=FORM)
    huge = client.post(page, data=b"text=" + b"x" * 20_000_000, content_type=FORM)

    assert many.status_code in (413, 422)
    assert (huge.status_code, huge.headers["Connection"]) == (413, "close")
