"""The list of addresses is committed, so that removing one is a decision; every one declares what it needs."""

from pathlib import Path

import pytest
from flask import Flask

from cxboard.authorization import check_routes
from cxboard.permissions import PERMISSIONS

LIST = Path(__file__).with_name("urls.txt")


def listed(app: Flask) -> str:
    """Rule, methods, endpoint and permission of every route, by rule."""
    rows = []
    for rule in app.url_map.iter_rules():
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        rows.append(f"{rule.rule} {methods} {rule.endpoint} {getattr(app.view_functions[rule.endpoint], 'permission', 'static')}")
    return "\n".join(sorted(rows)) + "\n"


def test_the_addresses_are_those_that_were_agreed(app: Flask):
    now, agreed = set(listed(app).splitlines()), set(LIST.read_text().splitlines())
    told = "\n".join([*(f"- {line}" for line in sorted(agreed - now)), *(f"+ {line}" for line in sorted(now - agreed))])

    assert now == agreed, f"When this is meant, change urls.txt:\n{told}"


def test_every_route_declares_a_permission_of_the_table(app: Flask):
    declared = {getattr(view, "permission", None) for name, view in app.view_functions.items() if name != "static"}

    assert declared <= {"public", *PERMISSIONS}


def test_a_route_without_a_permission_does_not_start(new_app):
    app = new_app()
    app.add_url_rule("/open", "open", lambda: "everything")

    with pytest.raises(RuntimeError, match="declares no permission"):
        check_routes(app)


def test_only_get_and_post_are_needed(app: Flask):
    assert {m for rule in app.url_map.iter_rules() for m in rule.methods or ()} <= {"GET", "POST", "HEAD", "OPTIONS"}


def test_every_permission_is_used_somewhere(app: Flask):
    root = Path(__file__).parents[2]
    code = "\n".join(p.read_text() for folder in ("cxboard", "templates") for p in (root / folder).rglob("*") if p.suffix in (".py", ".html") and p.name != "permissions.py")

    assert [action for action in PERMISSIONS if f'"{action}"' not in code and f"'{action}'" not in code] == []
