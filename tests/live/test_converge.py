"""Two server processes, six people who change everything at once: every board that listened ends up as a fresh one (C7)."""

import random
import re
import sqlite3
import threading

import pytest
import sqlalchemy as sa

from cxboard.accounts.models import User
from cxboard.db import db
from cxboard.domain import Refused
from cxboard.focus.models import Focus
from cxboard.issues.models import Issue
from cxboard.issues.status import Status
from cxboard.live import announce, hub as hubs, views
from tests.client import Client
from tests.makers import make_issue

EDITS, PEOPLE = 200, 6
LAST = 999_999
CARD = re.compile(r'<li id="card-([0-9]+)".*?</li>', re.DOTALL)


class Board:
    """What a browser keeps of the board while it listens, as static/js/changes.js does."""

    def __init__(self, client) -> None:
        self.client = client
        page = client.get("/board").text
        self.cards, self.counts = self.read(page)
        since = re.search(r'data-version="([0-9]+)" hidden', page)
        assert since
        self.stream = client.get(f"/live?topic=board&since={since[1]}", buffered=False)
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    @staticmethod
    def read(text: str) -> tuple[dict[int, str], dict[str, str]]:
        counts = re.findall(r'data-count(?:-of)?="(\w+)"[^>]*>([0-9]+)<', text)
        return {int(card[1]): card[0] for card in CARD.finditer(text)}, dict(counts)

    def listen(self) -> None:
        with self.client.application.app_context():
            self.follow()

    def follow(self) -> None:
        rest = ""
        for part in self.stream.response:
            rest += part.decode()
            *blocks, rest = rest.split("\n\n")
            said = re.findall(r"data: board ?([0-9]*)", "\n".join(blocks))
            if "" in said:
                self.cards, self.counts = self.read(self.client.get("/board").text)
            numbers = [n for n in said if n]
            if numbers:
                text = self.client.get(f"/board/cards?numbers={','.join(numbers)}", headers={"HX-Request": "true"}).text
                found, self.counts = self.read(text)
                self.cards.update(found)
                for gone in re.findall(r'data-gone="([0-9]+)"', text):
                    self.cards.pop(int(gone), None)
            if str(LAST) in numbers:
                return


def edit(chance: random.Random, person: int) -> None:
    """Something that a person may do to the board."""
    by = db.session.get(User, person)
    assert by
    ids = list(db.session.scalars(db.select(Issue.id).where(Issue.status.not_in((Status.MERGED, Status.DECLINED)))))
    issue = db.session.get(Issue, chance.choice(ids), with_for_update=True)
    assert issue
    kind = chance.randrange(8)
    if kind < 3:
        issue.move(chance.choice([Status.NEW, Status.ANALYSING, Status.READY, Status.IN_PROGRESS, Status.DONE]), by=by, reason="busy")
    elif kind == 3:
        issue.edit(by=by, title=f"Titel {chance.randrange(1000)}")
    elif kind == 4:
        issue.rank_before(db.session.get(Issue, chance.choice(ids)), by=by)
    elif kind == 5:
        Issue.report(title=f"Nieuw {chance.randrange(1000)}", by=by)
    elif kind == 6:
        issue.decline(by=by, reason="busy")
    else:
        Focus.put(issue, by=by)


@pytest.mark.databases("sqlite", "postgresql")
def test_every_board_that_listened_is_as_a_fresh_one(app, database, person, sign_in, monkeypatch):
    monkeypatch.setattr(views, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(hubs, "LOOK_EVERY", 0.02)
    roos, finn = person("Roos"), person("Finn")
    for n in range(15):
        make_issue(f"Begin {n}", by=roos, status=(Status.NEW, Status.ANALYSING, Status.READY)[n % 3])
    other = database.make_app(str(app.config["SQLALCHEMY_DATABASE_URI"]))
    roos_id, finn_id = roos.id, finn.id
    boards = [Board(sign_in(finn))]
    db.session.commit()
    with other.app_context():
        boards.append(Board(Client(other).signed_in_as(db.session.get(User, finn_id))))
        db.session.remove()
    wrong: list[BaseException] = []

    def work(number: int) -> None:
        chance = random.Random(number)
        for _ in range(EDITS // PEOPLE + 1):
            with (app, other)[number % 2].app_context():
                try:
                    edit(chance, roos_id)
                    db.session.commit()
                except (Refused, sqlite3.OperationalError, sa.exc.OperationalError):  # not allowed just now, or too busy
                    db.session.rollback()
                except BaseException as error:
                    db.session.rollback()
                    wrong.append(error)

    db.session.commit()
    threads = [threading.Thread(target=work, args=(n,)) for n in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    announce(f"issue-{LAST}")
    db.session.commit()
    for board in boards:
        board.thread.join(20)
        assert not board.thread.is_alive()
        board.stream.close()
    try:
        assert not wrong, wrong
        for board in boards:
            fresh, counts = Board.read(board.client.get("/board").text)
            assert board.counts == counts
            assert {n: card for n, card in board.cards.items() if fresh.get(n) != card} == {}
            assert board.cards.keys() == fresh.keys()
    finally:
        for each in (app, other):
            each.extensions["live"].close()
        database.let_go(other)
