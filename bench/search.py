"""Search in a full database: how long a person waits for the palette and for the page, word by word, on SQLite or PostgreSQL.

    python -m bench.search                                   a new SQLite database with 100,000 issues and 500,000 comments
    python -m bench.search --data FOLDER                     one that `cxboard fill` filled
    python -m bench.search --database postgresql://…         one on PostgreSQL, filled when it is empty
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.run import put

ROOT = Path(__file__).resolve().parents[1]
TITLE = "# Search"
# A rare word, common ones, unfinished ones, several at once, keys, what stands in every comment, and what stands nowhere.
WORDS = (
    "verhuizing", "eindnota", "nota", "ver", "verhuiz", "geh", "gehoord", "vandaag weer", "storing verdwijnt zonder bericht", "klanten uitgelegd", "verhuizing gehoord",
    "contract bedrag", "CX-500", "99999", "zeldzaam", "de het een", "week", "12 13", "machtiging lukt niet", "onvindbaar woord",
)  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--issues", type=int, default=100_000)
    options.add_argument("--comments", type=int, default=5, help="on each issue")
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--data", type=Path, help="the data folder; a new one that is thrown away otherwise")
    options.add_argument("--database", help="an address of PostgreSQL")
    options.add_argument("--write", action="store_true", help="put the table in bench/RESULTS.md")
    given = options.parse_args()
    folder = given.data or Path(tempfile.mkdtemp(prefix="cxboard-search-"))
    os.environ["CXBOARD_DATA_DIR"] = str(folder)
    if given.database:
        os.environ["CXBOARD_DATABASE_URL"] = given.database
    try:
        text = report(given, folder)
    finally:
        if given.data is None:
            shutil.rmtree(folder, ignore_errors=True)
    print(text)
    if given.write:
        put(TITLE, text, join="postgresql" if given.database else "sqlite")


def prepare(given: argparse.Namespace) -> float | None:
    """A migrated and filled database; the seconds that making its index takes, when it was filled now."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "cxboard.cli"]
    subprocess.run([*command, "upgrade"], env=environment, check=True)
    from cxboard import create_app
    from cxboard.db import db
    from cxboard.issues.models import Issue

    with create_app().app_context():
        if db.session.query(Issue.id).first():
            return None
    subprocess.run([*command, "fill", "--issues", str(given.issues), "--open", "200", "--comments", str(given.comments)], env=environment, check=True)
    began = time.perf_counter()
    subprocess.run([*command, "search", "rebuild"], env=environment, check=True)
    return time.perf_counter() - began


def report(given: argparse.Namespace, folder: Path) -> str:
    rebuilt = prepare(given)
    from sqlalchemy import func, select

    from cxboard import create_app
    from cxboard.accounts.models import User
    from cxboard.db import db
    from cxboard.discussion.models import Comment
    from cxboard.issues.models import Issue
    from cxboard.search.queries import Asked, find, glance

    with create_app().app_context():
        numbers = [db.session.scalar(select(func.count()).select_from(kind)) for kind in (Issue, Comment)]
        person = db.session.scalars(select(User).where(User.role == "member").order_by(User.id)).first()
        assert person
        person.department_ids  # noqa: B018 - read before it is timed, as a request does
        asks: dict[str, Callable[[str], object]] = {
            "palette": lambda words: glance(person, words),
            "page": lambda words: find(person, Asked(words)),
            "page, one department, a month": lambda words: find(person, Asked(words, department="IT", period="month")),
        }
        rows, all_times = [], []
        for name, ask in asks.items():
            times: list[tuple[float, str]] = []
            for round_ in range(given.rounds + 1):
                for words in WORDS:
                    began = time.perf_counter()
                    ask(words)
                    if round_:  # the first warms up
                        times.append(((time.perf_counter() - began) * 1000, words))
            times.sort()
            all_times += [t for t, _words in times]
            p50, p95 = times[len(times) // 2][0], times[int(0.95 * len(times))][0]
            rows.append(f"| {name} | {p50:.1f} | {p95:.1f} | {times[-1][0]:.0f} (“{times[-1][1]}”) |")
        dialect = db.engine.dialect.name
        db.session.rollback()
    all_times.sort()
    made = f" Making the index again took {rebuilt:.0f} s." if rebuilt else ""
    return (
        f"{TITLE}\n\n## {dialect}\n\n`python -m bench.search{' --database …' if given.database else ''} --rounds {given.rounds}`, {time.strftime('%Y-%m-%d %H:%M')}, Python {platform.python_version()}, "
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}. {numbers[0]} issues, {numbers[1]} comments; {len(WORDS)} questions by a member, from the question to the hits.{made}\n\n"
        "| milliseconds | p50 | p95 (must: 100) | slowest |\n| --- | --- | --- | --- |\n" + "\n".join(rows) + f"\n| all | {all_times[len(all_times) // 2]:.1f} | **{all_times[int(0.95 * len(all_times))]:.1f}** | |\n"
    )


if __name__ == "__main__":
    main()
