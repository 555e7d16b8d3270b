"""The root-cause map and the Pareto of a large company: 60 problems behind 300 open issues in 12 stages, from request to answer.

    python -m bench.map                                a new SQLite database
    python -m bench.map --database postgresql://…      an empty one on PostgreSQL
"""

import argparse
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

from bench.run import ROOT, put

TITLE = "# The root-cause map"
PAGES = {
    "/causes, map and table": "/causes", "the map alone": "/causes?view=map", "every issue and problem opened": "/causes?view=map&all=issues,problems",
    "the table": "/causes?view=table", "/problems with its Pareto": "/problems", "by department": "/problems?by=department", "the rows of what is not explained": "/problems/pain?of=rest",
}  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.map", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--problems", type=int, default=60)
    options.add_argument("--issues", type=int, default=300)
    options.add_argument("--stages", type=int, default=12)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--database", help="an address of PostgreSQL")
    options.add_argument("--write", action="store_true", help="put the table in bench/RESULTS.md")
    given = options.parse_args()
    folder = tempfile.mkdtemp(prefix="cxboard-map-")
    os.environ["CXBOARD_DATA_DIR"] = folder
    if given.database:
        os.environ["CXBOARD_DATABASE_URL"] = given.database
    try:
        text = report(given)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(text)
    if given.write:
        put(TITLE, text, join="postgresql" if given.database else "sqlite")


def prepare(given: argparse.Namespace) -> None:
    """The company: every issue with its pain and a stage, and up to three problems behind it."""
    from cxboard.accounts.models import Department, User
    from cxboard.causes.models import Category, Cause, Certainty, Problem
    from cxboard.db import db
    from cxboard.fill import EMAIL
    from cxboard.issues.models import Issue
    from cxboard.issues.status import OPEN, Confidence
    from cxboard.journeys.models import Journey

    dice = random.Random(7)
    by = db.session.query(User).filter_by(email=EMAIL).one()
    departments = db.session.query(Department).all()
    stages = [Journey.named(f"Reis {n % 2 + 1}", by=by).add_stage(f"Fase {n + 1}", by=by) for n in range(given.stages)]
    problems = db.session.query(Problem).all()
    problems += [
        Problem.signal(title=f"Wat medewerkers tegenhoudt, nummer {n}", category=dice.choice(list(Category)), by=by, department=dice.choice(departments))
        for n in range(len(problems), given.problems)
    ]
    for issue in db.session.query(Issue).filter(Issue.status.in_(OPEN)):
        issue.edit(by=by, reach=dice.randint(5, 4000), severity=dice.randint(1, 5), confidence=dice.choice(list(Confidence)), stage=dice.choice(stages))
        for problem in dice.sample([p for p in problems if p not in [c.problem for c in issue.causes]], dice.choice([0, 1, 2, 3])):
            Cause.link(issue=issue, problem=problem, by=by).confirm(dice.choice(list(Certainty)), by=by)
    db.session.commit()


def report(given: argparse.Namespace) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for command in (["upgrade"], ["fill", "--issues", str(given.issues), "--open", str(given.issues), "--comments", "0"]):
        subprocess.run([sys.executable, "-m", "cxboard.cli", *command], env=environment, check=True)
    from cxboard import create_app
    from cxboard.db import db
    from cxboard.fill import EMAIL, PASSWORD

    app = create_app()
    with app.app_context():
        prepare(given)
        dialect = db.engine.dialect.name
    browser = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get("/sign-in").text)
    assert token
    browser.post("/sign-in", data={"csrf_token": token[1], "email": EMAIL, "password": PASSWORD})
    rows = []
    for name, address in PAGES.items():
        times, busy = [], []
        for round_ in range(given.rounds + 1):
            began, worked = time.perf_counter(), time.process_time()
            answer = browser.get(address)
            assert answer.status_code == 200, f"{address} answers {answer.status_code}"
            if round_:  # the first warms up
                times.append((time.perf_counter() - began) * 1000)
                busy.append((time.process_time() - worked) * 1000)
        times.sort()
        busy.sort()
        rows.append(f"| {name} | {times[len(times) // 2]:.0f} | **{times[int(0.95 * len(times))]:.0f}** | {busy[len(busy) // 2]:.0f} | {len(answer.data) / 1000:.0f} kB |")
    return (
        f"{TITLE}\n\n## {dialect}\n\n`python -m bench.map{' --database …' if given.database else ''}`, {time.strftime('%Y-%m-%d %H:%M')}, Python {platform.python_version()}, "
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}. {given.problems} problems, {given.issues} open issues, {given.stages} stages; "
        "the whole answer in one process, as the regisseur.\n\n"
        "| milliseconds | p50 | p95 (must: 500) | processor, p50 | page |\n| --- | --- | --- | --- | --- |\n" + "\n".join(rows) + "\n"
    )


if __name__ == "__main__":
    main()
