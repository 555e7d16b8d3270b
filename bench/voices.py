"""The reading list of voices when it is full: how long the first page, each filter and a page far back take, on SQLite or PostgreSQL.

    python -m bench.voices                                   a new SQLite database with 500,000 voices
    python -m bench.voices --data FOLDER                     one that `cxboard fill --voices` filled
    python -m bench.voices --database postgresql://…         one on PostgreSQL, filled when it is empty
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.run import put

ROOT = Path(__file__).resolve().parents[1]
TITLE = "# Voices"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.voices", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--voices", type=int, default=500_000)
    options.add_argument("--issues", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--data", type=Path, help="the data folder; a new one that is thrown away otherwise")
    options.add_argument("--database", help="an address of PostgreSQL")
    options.add_argument("--write", action="store_true", help="put the table in bench/RESULTS.md")
    given = options.parse_args()
    folder = given.data or Path(tempfile.mkdtemp(prefix="cxboard-voices-"))
    os.environ["CXBOARD_DATA_DIR"] = str(folder)
    if given.database:
        os.environ["CXBOARD_DATABASE_URL"] = given.database
    try:
        text = report(given)
    finally:
        if given.data is None:
            shutil.rmtree(folder, ignore_errors=True)
    print(text)
    if given.write:
        put(TITLE, text, join="postgresql" if given.database else "sqlite")


def prepare(given: argparse.Namespace) -> None:
    """A migrated and filled database."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "cxboard.cli"]
    subprocess.run([*command, "upgrade"], env=environment, check=True)
    from cxboard import create_app
    from cxboard.db import db
    from cxboard.voices.models import Voice

    with create_app().app_context():
        if db.session.query(Voice.id).first():
            return
    subprocess.run([*command, "fill", "--issues", str(given.issues), "--open", "200", "--comments", "1", "--voices", str(given.voices)], env=environment, check=True)


def questions(stage: int, today: date) -> dict[str, dict[str, Any]]:
    """The list as people ask for it: plain, by each filter, by several together, what is rare and what is nowhere, and far back."""
    back = f"{(today - timedelta(days=900)).isoformat()}.1"
    return {
        "first page": {},
        "a page far back": {"older": back},
        "stage": {"stage": str(stage)},
        "no stage": {"stage": "none"},
        "stage, far back": {"stage": str(stage), "older": back},
        "score: bad": {"band": "bad"},
        "score: NPS, bad": {"band": "bad", "scale": "nps"},
        "channel": {"channel": "phone"},
        "a rare channel": {"channel": "review"},
        "label": {"tag": "wachttijd"},
        "label, far back": {"tag": "wachttijd", "older": back},
        "department": {"department": "IT"},
        "source": {"source": "Webreviews"},
        "a source of nobody": {"source": "Nergens"},
        "supports an issue": {"supports": "yes"},
        "supports nothing yet": {"supports": "no"},
        "set aside": {"aside": True},
        "a week, a year ago": {"since": today - timedelta(days=372), "until": today - timedelta(days=365)},
        "words, common": {"text": "eindnota"},
        "words, several": {"text": "eindnota medewerker"},
        "words, unfinished": {"text": "verhuiz"},
        "words, rare": {"text": "zeldzaam77"},
        "words, nowhere": {"text": "onvindbaar"},
        "words, far back": {"text": "storing", "older": back},
        "words, in one stage": {"text": "storing", "stage": str(stage)},
        "words, with a label": {"text": "incassobrief", "tag": "nota"},
        "stage, bad, a label, by telephone": {"stage": str(stage), "band": "bad", "tag": "nota", "channel": "phone"},
        "a rare channel, supporting, in one stage": {"channel": "review", "supports": "yes", "stage": str(stage)},
    }


def report(given: argparse.Namespace) -> str:
    prepare(given)
    import sqlalchemy as sa
    from flask import Flask
    from sqlalchemy import event

    from cxboard import clock, create_app
    from cxboard.db import db
    from cxboard.journeys.models import Stage
    from cxboard.voices.models import Voice
    from cxboard.voices.numbers import numbers
    from cxboard.voices.queries import by_stage
    from cxboard.voices.reading import Reading, choices, page_of

    app: Flask = create_app()
    with app.app_context():
        many = db.session.scalar(sa.select(sa.func.count()).select_from(Voice)) or 0
        stage = db.session.scalar(sa.select(Stage.id).order_by(Stage.id).limit(1)) or 0
        dialect = db.engine.dialect.name
        asked: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda _c, _cursor, statement, *_rest: asked.append(statement))
        asks = {name: (lambda facts=facts: (page_of(Reading(**facts)), choices())) for name, facts in questions(stage, clock.today()).items()}
        rows, every, counts = [], [], set()

        def measured(ask: Any) -> list[float]:
            times = []
            for round_ in range(given.rounds + 1):
                db.session.rollback()
                asked.clear()
                began = time.perf_counter()
                ask()
                if round_:  # the first warms up
                    times.append((time.perf_counter() - began) * 1000)
            return sorted(times)

        for name, ask in asks.items():
            times = measured(ask)
            counts.add(len(asked))
            every += times
            rows.append(f"| {name} | {times[len(times) // 2]:.0f} | {times[int(0.95 * len(times))]:.0f} | {len(asked)} |")
        for name, other in (("(90 days per stage)", by_stage), ("(numbers, a year by stage)", lambda: with_request(app, numbers)), ("(numbers, a year by label)", lambda: with_request(app, numbers, by="label"))):
            times = measured(other)
            rows.append(f"| {name} | {times[len(times) // 2]:.0f} | {times[int(0.95 * len(times))]:.0f} | {len(asked)} |")
        db.session.rollback()
    every.sort()
    return (
        f"{TITLE}\n\n## {dialect}\n\n`python -m bench.voices{' --database …' if given.database else ''} --rounds {given.rounds}`, {time.strftime('%Y-%m-%d %H:%M')}, Python {platform.python_version()}, "
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}. {many} voices; from the question to the rows of a page, with what there is to choose from. What stands in brackets is no part of the list.\n\n"
        "| milliseconds | p50 | p95 (must: 300) | statements |\n| --- | --- | --- | --- |\n" + "\n".join(rows)
        + f"\n| all of the list | {every[len(every) // 2]:.0f} | **{every[int(0.95 * len(every))]:.0f}** | {min(counts)}–{max(counts)} |\n"
    )


def with_request(app: Any, numbers: Any, **args: str) -> Any:
    from werkzeug.datastructures import MultiDict

    with app.test_request_context():
        return numbers(MultiDict(args))


if __name__ == "__main__":
    main()
