"""The `cxboard` command: serve, look after the database and the people, import, measure."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale

from . import create_app
from .accounts import queries as accounts
from .accounts.models import Department, Role, User, UserLink
from .db import db, downgrade as go_down, revisions
from .domain import Refused
from .server import THREADS, CannotServe, check_database, migrate, serve as start_server, why

Command = Callable[..., Any]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """cxboard: the shared desk of a cross-department team that improves customer experience.

    All settings come from the environment; the README lists them.
    """


def plainly(command: Command) -> Command:
    """What goes wrong is said in one sentence, in English, with exit code 1."""

    @wraps(command)
    def said(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (Refused, CannotServe) as error:
            raise click.ClickException(in_english(error)) from None
        except sa.exc.OperationalError as error:
            said = f"The database does not answer ({why(error)}). Is it there, and not in use by another program?"
            raise click.ClickException(said) from None

    return said


def in_english(error: Exception) -> str:
    return str(getattr(error, "message", error))


def in_app(command: Command) -> Command:
    """Run inside the app, on a migrated database, in English."""

    @plainly
    @wraps(command)
    def inside(*args: Any, **kwargs: Any) -> Any:
        app = create_app()
        check_migrated(app)
        with app.app_context(), force_locale("en"):
            try:
                return command(*args, **kwargs)
            except Refused as error:
                raise click.ClickException(str(error.message)) from None

    return inside


def check_migrated(app: Flask) -> None:
    """Raises CannotServe when the database is not the one that this code knows."""
    try:
        current, newest, known = revisions(app)
    except sa.exc.SQLAlchemyError as error:
        raise CannotServe(f"The database does not answer ({why(error)}). {check_database(app)}") from None
    if known and current == newest:
        return
    if not known:
        raise CannotServe(
            f"The database is newer than this cxboard: it is at {current}. Install the newer cxboard again, or restore a backup."
        )
    raise CannotServe("The database is not migrated. Run: cxboard upgrade")


# serving


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 for all.")
@click.option("--port", default=5000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 32),
    help="Processes; more than one when measured to help.",
)
@click.option(
    "--threads",
    default=THREADS,
    show_default=True,
    type=click.IntRange(1, 512),
    help="Requests at once in each process; all but 24 may be live streams, who comes after that polls.",
)
@click.option("--demo", is_flag=True, help="Fill an empty database with the demo company first.")
@plainly
def serve(host: str, port: int, workers: int, threads: int, demo: bool) -> None:
    """Migrate the database and serve, until a stop signal; requests in progress are finished."""
    local = "127.0.0.1" if host in ("0.0.0.0", "::", "localhost") else host  # noqa: S104 - compared, not bound
    address = f"http://[{local}]:{port}" if ":" in local else f"http://{local}:{port}"
    app = create_app({} if os.environ.get("CXBOARD_BASE_URL") else {"CXBOARD_BASE_URL": address})
    if migrate(app):
        click.echo("The database is migrated.")
    with app.app_context(), force_locale("en"):
        if demo and not accounts.someone_exists():
            from . import demo as company

            click.echo("Filling the empty database with the demo company …")
            company.load()
        lines = welcome(app, demo)
    start_server(
        app, host=host, port=port, workers=workers, threads=threads, ready=lambda: click.echo("\n".join(lines))
    )


def welcome(app: Flask, demo: bool) -> list[str]:
    """What is said when the address is open: where it is, and who can sign in."""
    lines = ["", f"cxboard is on {app.config['BASE_URL']}"]
    if not accounts.someone_exists():
        return [
            *lines,
            f"Nobody can sign in yet: open {app.config['BASE_URL']}/setup to become the first administrator.",
            "",
        ]
    if demo:
        from . import demo as company

        lines += company.sign_in_lines()
    return [*lines, "Stop with Ctrl-C.", ""]


@main.command()
@plainly
def tick() -> None:
    """Do what is due by the clock; for cron, where the server does not run all the time."""
    from . import ticker

    app = create_app()
    check_migrated(app)
    with app.app_context():
        done = ticker.tick()
    click.echo(f"Done: {', '.join(done)}." if done else "Nothing was due.")


# the database


@main.command()
@plainly
def upgrade() -> None:
    """Bring the database to the newest revision."""
    click.echo("The database is migrated." if migrate(create_app()) else "The database was migrated already.")


@main.command()
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do not ask.")
@plainly
def downgrade(revision: str, yes: bool) -> None:
    """Take the database back to REVISION (`base` is empty). What newer tables hold is lost."""
    from alembic.util.exc import CommandError

    app = create_app()
    if not yes:
        click.confirm("What newer tables hold is lost. Go on?", abort=True)
    try:
        go_down(app, revision)
    except CommandError as error:
        raise click.ClickException(f"{error}. `base`, or a revision that is in the migrations folder, works.") from None
    click.echo(f"The database is at {revision}.")


@main.command()
@click.option("--yes", is_flag=True, help="Do not ask, also when the database is not empty.")
@in_app
def demo(yes: bool) -> None:
    """Fill the database with the demo company and twelve weeks of its history."""
    from . import demo as company

    if accounts.someone_exists() and not yes:
        raise click.ClickException(
            "The database is not empty. Start with an empty one, or add --yes to put the demo company beside what is there."
        )
    click.echo(company.load().sentence)
    click.echo("\n".join(company.sign_in_lines()))


@main.command()
@click.option("--issues", default=10_000, show_default=True, type=click.IntRange(0, 5_000_000))
@click.option(
    "--open",
    "open_",
    default=200,
    show_default=True,
    type=click.IntRange(0, 5_000_000),
    help="How many of them are still open.",
)
@click.option("--comments", default=5, show_default=True, type=click.IntRange(0, 100), help="Comments on each issue.")
@click.option("--voices", default=0, show_default=True, type=click.IntRange(0, 5_000_000), help="What customers said.")
@in_app
def fill(issues: int, open_: int, comments: int, voices: int) -> None:
    """Add bulk data, for measuring. Never do this to a database that people use."""
    from .fill import fill as pour
    from .fill_voices import fill_voices

    click.echo(pour(issues=issues, open=min(open_, issues), comments=comments).sentence)
    if voices:
        click.echo(f"Added {fill_voices(voices)} voices.")


@main.group("search")
def search_index() -> None:
    """The index that search reads."""


@search_index.command("rebuild")
@in_app
def rebuild() -> None:
    """Make the index again from what is in the database."""
    from .search import index

    written = index.rebuild()
    click.echo(f"The index holds {written} thing{'' if written == 1 else 's'}.")


# people


@main.group()
def user() -> None:
    """People who can sign in."""


@user.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", type=click.Choice([r.value for r in Role]), default="member", show_default=True)
@click.option(
    "--department",
    "codes",
    multiple=True,
    help="A department's code; may be repeated. A new code makes the department.",
)
@click.option("--locale", type=click.Choice(["nl", "en"]), default="nl", show_default=True)
@click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from standard input; without it a link to choose one is printed.",
)
@in_app
def add_user(email: str, name: str, role: str, codes: tuple[str, ...], locale: str, password_stdin: bool) -> None:
    """Add a person."""
    from email_validator import EmailNotValidError, validate_email
    from flask import current_app

    try:
        email = validate_email(email, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise click.ClickException(f"{email} is no e-mail address. {error}") from None
    if not name.strip() or len(name) > 80:
        raise click.ClickException("Give a name of 1 to 80 characters.")
    departments = [department(c) for c in codes]
    person = User.join(
        email=email, name=" ".join(name.split()), role=Role(role), departments=departments, by=None, locale=locale
    )
    if password_stdin:
        person.set_password(sys.stdin.readline().rstrip("\r\n"), by=person)
    link = "" if password_stdin else f"{current_app.config['BASE_URL']}/password/{UserLink.make(person, 'invite')}"
    db.session.commit()
    click.echo(f"{person.name} can sign in as {person.email} ({role}).")
    if link:
        click.echo(f"To choose a password, within two days: {link}")


def department(code: str) -> Department:
    """The department with this code; a new one is made, named after its code. Raises a sentence for a code that is none."""
    code = code.strip().upper()
    if not code.isalnum() or not code.isascii() or not 2 <= len(code) <= 6:
        raise click.ClickException(f"{code} is no department code: two to six letters and digits, such as KS.")
    return db.session.scalar(sa.select(Department).where(Department.code == code)) or Department.open(
        name=code, code=code, by=None
    )


# files


@main.group("import")
def bring_in() -> None:
    """Bring a spreadsheet in."""


@bring_in.command("issues")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--by", "email", help="In whose name (an e-mail address); otherwise the first regisseur or administrator."
)
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@in_app
def import_issues(file: Path, email: str | None, dry_run: bool, yes: bool) -> None:
    """Bring issues in from a CSV or Excel FILE, with their departments, stages and suspected EX problems.

    All or nothing; running it twice adds nothing.
    """
    from .imports.plan import Plan
    from .imports.reading import read

    person = importer(email)
    plan = Plan(read(file.read_bytes(), file.name))
    for line in plan.lines(person):
        click.echo(line)
    if plan.wrong:
        raise click.ClickException("Nothing was imported. Put right what is listed above and try again.")
    if dry_run or not plan.new:
        return
    if not yes and sys.stdin.isatty():
        click.confirm("Import these?", abort=True)
    done = plan.carry_out(by=person)
    db.session.commit()
    click.echo(done.sentence)


@bring_in.command("voices")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", help="Where these voices come from; otherwise the file's name, or that of the last file with these headers.")
@click.option("--map", "columns", multiple=True, metavar="HEADER=FIELD", help="What a column is: quote, said_on, reference, score, stage, department, channel, segment, tags, label, or nothing to leave it out.")
@click.option("--scale", type=click.Choice(["nps", "csat", "ces"]), help="The scale of the score.")
@click.option("--lowest-is-best/--highest-is-best", default=None, help="Which end of the scale is good.")
@click.option("--new", "making", multiple=True, type=click.Choice(["stages", "departments"]), help="Make those that are not known here.")
@click.option("--skip", is_flag=True, help="Leave out rows that can't be read.")
@click.option("--by", "email", help="In whose name (an e-mail address); otherwise the first regisseur or administrator.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@in_app
def import_voices(file: Path, email: str | None, dry_run: bool, yes: bool, **chosen: Any) -> None:
    """Bring in what customers said from a CSV or Excel FILE.

    All or nothing; running it twice adds nothing. What looks like personal data is left out, and masked within what was said.
    """
    from .imports.voices_by_command import carry_out, prepare

    person = importer(email)
    prepared = prepare(file, **chosen)
    for line in prepared.lines():
        click.echo(line)
    if prepared.is_blocked:
        raise click.ClickException("Nothing was imported. Put right what is listed above, or leave those rows out with --skip.")
    if dry_run or not prepared.outlook.new:
        return
    if not yes and sys.stdin.isatty():
        click.confirm("Import these?", abort=True)
    db.session.rollback()
    with click.progressbar(length=prepared.outlook.rows, label="Importing", file=sys.stderr) as bar:
        done = carry_out(prepared, by=person, tell=lambda rows: bar.update(rows - bar.pos))
    click.echo(done)


def importer(email: str | None) -> User:
    """The person in whose name the import is done."""
    if email:
        person = accounts.person_with(email)
        if person is None or not person.is_active:
            raise click.ClickException(f"Nobody here has the address {email}.")
        if not person.is_regisseur:
            raise click.ClickException(f"{person.name} may not import: that takes a regisseur or an administrator.")
        return person
    select = sa.select(User).where(User.role.in_([Role.REGISSEUR, Role.ADMIN]), User.deactivated_at.is_(None))
    found = db.session.scalars(select.order_by(sa.case((User.role == Role.REGISSEUR, 0), else_=1), User.id)).first()
    if found is None:
        raise click.ClickException(
            "There is nobody to import in the name of. First add a regisseur: cxboard user add --role regisseur …"
        )
    return found


# looking


@main.command()
@plainly
def doctor() -> None:
    """Look at the installation and say what to do; exit code 1 when something is wrong."""
    from .doctor import examine

    findings = examine(create_app())
    for finding in findings:
        mark = "PROBLEM" if finding.mark == "problem" else f"  {finding.mark}"
        click.echo(f"{mark:9}{finding.text}")
    wrong = sum(f.mark == "problem" for f in findings)
    click.echo("All is well." if not wrong else f"{wrong} problem{'s' if wrong > 1 else ''} to solve first.")
    sys.exit(1 if wrong else 0)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One list, for programs.")
@plainly
def routes(as_json: bool) -> None:
    """Every route: its rule, endpoint, methods and permission."""
    app = create_app()
    found = sorted(
        (
            {
                "rule": rule.rule,
                "endpoint": rule.endpoint,
                "methods": sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"}),
                "permission": getattr(app.view_functions[rule.endpoint], "permission", "public"),
            }
            for rule in app.url_map.iter_rules()
        ),
        key=lambda r: (r["rule"], r["methods"]),
    )
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    wide = max(len(str(r["rule"])) for r in found)
    for r in found:
        click.echo(f"{r['rule']!s:{wide}}  {','.join(r['methods']):9}  {r['permission']!s:18}  {r['endpoint']}")


if __name__ == "__main__":
    main()
