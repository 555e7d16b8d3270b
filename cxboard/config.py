"""Every setting of cxboard: one environment variable each, a sane default each, one table for people and for `cxboard doctor`."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class BadSetting(SystemExit):
    """A setting that cxboard can't start with; the message says what to do."""


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, its default as people read it, and what it does."""

    name: str
    default: str
    purpose: str


SETTINGS = (
    Setting(
        "CXBOARD_DATA_DIR", "./data", "Folder for the SQLite database, attached files and the generated secret; outside the package."
    ),
    Setting(
        "CXBOARD_DATABASE_URL",
        "SQLite in the data folder",
        "`postgresql://user:password@host/name` to use PostgreSQL instead.",
    ),
    Setting(
        "CXBOARD_SECRET_KEY",
        "made once, kept in the data folder",
        "Signs cookies. Must be set (32 characters or more) when the base URL is https.",
    ),
    Setting(
        "CXBOARD_BASE_URL",
        "http://127.0.0.1:5000",
        "The address people use; links in mail start with it. https switches on secure cookies and HSTS.",
    ),
    Setting(
        "CXBOARD_SMTP_URL",
        "none: mail is written to the log",
        "`smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`.",
    ),
    Setting("CXBOARD_MAIL_FROM", "cxboard@<host of the base URL>", "Sender of all mail."),
    Setting("CXBOARD_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
    Setting("CXBOARD_TIME_ZONE", "Europe/Amsterdam", "The zone in which days and weeks of the team begin."),
    Setting("CXBOARD_LOCALE", "nl", "Language where neither the person nor the browser says otherwise: nl or en."),
    Setting(
        "CXBOARD_TRUSTED_PROXIES",
        "0",
        "How many reverse proxies stand in front; only then are X-Forwarded headers believed.",
    ),
    Setting("CXBOARD_FILE_MB", "10", "How large one attached file may be, in megabytes (1 to 100)."),
    Setting("CXBOARD_FILES_EACH", "50", "How many files may be attached to one issue or problem, its comments included."),
    Setting("CXBOARD_FILES_GB", "10", "How much all attached files may take together, in gigabytes; they lie in the data folder."),
)

LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


def load(given: Mapping[str, object] | None = None) -> dict[str, object]:
    """The Flask configuration from the environment, overridden by `given` (same names). Raises BadSetting."""
    source: dict[str, object] = {s.name: os.environ[s.name] for s in SETTINGS if os.environ.get(s.name)}
    source.update(given or {})

    data_dir = Path(str(source.get("CXBOARD_DATA_DIR", "data"))).resolve()
    base_url = str(source.get("CXBOARD_BASE_URL", "http://127.0.0.1:5000")).rstrip("/")
    base = urlsplit(base_url)
    if base.scheme not in ("http", "https") or not base.hostname:
        raise BadSetting(f"CXBOARD_BASE_URL is {base_url!r}. Give a whole address, such as https://cx.example.org.")
    secure = base.scheme == "https"
    zone = str(source.get("CXBOARD_TIME_ZONE", "Europe/Amsterdam"))
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadSetting(f"CXBOARD_TIME_ZONE is {zone!r}, which is no known time zone. Try Europe/Amsterdam.") from None
    locale = str(source.get("CXBOARD_LOCALE", "nl"))
    if locale not in ("nl", "en"):
        raise BadSetting(f"CXBOARD_LOCALE is {locale!r}. Choose nl or en.")
    proxies = str(source.get("CXBOARD_TRUSTED_PROXIES", "0"))
    if not proxies.isdigit() or int(proxies) > 5:
        raise BadSetting(f"CXBOARD_TRUSTED_PROXIES is {proxies!r}. Give the number of proxies in front, 0 to 5.")

    limits = {name: whole_number(source, name, default, most) for name, default, most in (("CXBOARD_FILE_MB", 10, 100), ("CXBOARD_FILES_EACH", 50, 1_000), ("CXBOARD_FILES_GB", 10, 10_000))}

    config: dict[str, object] = {
        "DATA_DIR": data_dir,
        "BASE_URL": base_url,
        "SECURE": secure,
        "SECRET_KEY": secret_key(source, data_dir, secure),
        "SQLALCHEMY_DATABASE_URI": database_url(source, data_dir),
        "SMTP_URL": str(source.get("CXBOARD_SMTP_URL", "")),
        "MAIL_FROM": str(source.get("CXBOARD_MAIL_FROM", f"cxboard@{base.hostname}")),
        "LOG_LEVEL": str(source.get("CXBOARD_LOG_LEVEL", "INFO")).upper(),
        "TIME_ZONE": zone,
        "DEFAULT_LOCALE": locale,
        "TRUSTED_PROXIES": int(proxies),
        "WORKS_APART": False,  # whether long work is done by a process of its own; `cxboard serve` does it so
        "LIVE_STREAMS": 0,  # how many browsers this process tells of changes as they happen; `cxboard serve` knows
        "TRUSTED_HOSTS": sorted({base.hostname, *LOCAL_HOSTS}),
        "SESSION_COOKIE_NAME": "__Host-cxboard" if secure else "cxboard",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "SESSION_REFRESH_EACH_REQUEST": False,  # the cookie lives as long as the session on the server, which began with it
        "PERMANENT_SESSION_LIFETIME": 60 * 60 * 24 * 30,
        "SEND_FILE_MAX_AGE_DEFAULT": 60 * 60 * 24 * 365,
        "MAX_CONTENT_LENGTH": 8 * 1024 * 1024,
        "FILE_BYTES": limits["CXBOARD_FILE_MB"] * 1024 * 1024,
        "FILES_EACH": limits["CXBOARD_FILES_EACH"],
        "FILES_BYTES": limits["CXBOARD_FILES_GB"] * 1024**3,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 1_000,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": secure,
        "TEMPLATES_AUTO_RELOAD": False,
    }
    config.update({k: v for k, v in (given or {}).items() if not k.startswith("CXBOARD_")})
    return config


def whole_number(source: Mapping[str, object], name: str, default: int, most: int) -> int:
    """A limit, from 1 to `most`."""
    given = str(source.get(name, default))
    if not re.fullmatch("[0-9]{1,6}", given) or not 1 <= int(given) <= most:
        raise BadSetting(f"{name} is {given!r}. Give a whole number from 1 to {most}.")
    return int(given)


def database_url(source: Mapping[str, object], data_dir: Path) -> str:
    """The SQLAlchemy address of the database; `postgres://`, as hosters write it, is understood too."""
    url = str(source.get("CXBOARD_DATABASE_URL", ""))
    if not url:
        return f"sqlite:///{data_dir / 'cxboard.db'}"
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise BadSetting("CXBOARD_DATABASE_URL must start with sqlite:/// or postgresql://.")
    return url


def secret_key(source: Mapping[str, object], data_dir: Path, secure: bool) -> str:
    """The given secret; on a plain http address one that is made once and kept in the data folder."""
    key = str(source.get("CXBOARD_SECRET_KEY", ""))
    if key:
        if len(key) < 32:
            raise BadSetting(
                "CXBOARD_SECRET_KEY is too short. Make one with: python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        return key
    if secure:
        raise BadSetting(
            "CXBOARD_SECRET_KEY is not set, and the base URL is https. Make one with: "
            "python3 -c 'import secrets; print(secrets.token_hex(32))' and keep it in the environment."
        )
    kept = data_dir / "secret_key"
    if not kept.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with open(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
        except FileExistsError:
            pass
    return kept.read_text().strip()
