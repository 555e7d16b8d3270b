"""Dutch or English, per person, first guessed from the browser; and dates, numbers and amounts written the way of each."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

import flask
from babel import Locale, dates, numbers
from flask import Flask, current_app, has_request_context, request
from flask_babel import get_locale, get_translations, gettext as _, ngettext
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from . import clock
from .extensions import babel

LANGUAGES = {"nl": "Nederlands", "en": "English"}
LOCALES = {"nl": Locale.parse("nl"), "en": Locale.parse("en_GB")}


def start(app: Flask) -> None:
    """Bind Babel, and give templates the filters that write for people."""
    app.config["BABEL_DEFAULT_LOCALE"] = app.config["DEFAULT_LOCALE"]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel.init_app(app, locale_selector=choose)
    quick_texts(app)
    app.jinja_env.filters.update(
        day=day,
        weekday=weekday,
        moment=moment,
        clocktime=clocktime,
        ago=ago,
        number=number,
        percent=percent,
        score=score,
    )
    app.jinja_env.globals.update(language=language, LANGUAGES=LANGUAGES)

    @app.before_request
    def choose_at_the_door() -> None:
        """`?lang=en` holds for this browser until somebody signs in, whose own choice counts from then on."""
        if request.args.get("lang") in LANGUAGES and not current_user.is_authenticated:
            flask.session["lang"] = request.args["lang"]


def quick_texts(app: Flask) -> None:
    """Templates ask for hundreds of texts a page. What Jinja's own `_` does, without finding catalogue and text anew for each."""
    known: dict[Locale | None, tuple[Any, dict[str, Markup]]] = {}

    def texts() -> tuple[Any, dict[str, Markup]]:
        locale = get_locale()
        if locale not in known:
            known[locale] = get_translations(), {}
        return known[locale]

    @pass_eval_context
    def text(context: EvalContext, source: str, /, **values: Any) -> str:
        catalogue, plain = texts()
        if values or not context.autoescape:
            return written(context, catalogue.ugettext(source), values)
        if source not in plain:
            plain[source] = Markup(catalogue.ugettext(source)) % {}
        return plain[source]

    @pass_eval_context
    def counted(context: EvalContext, one: str, more: str, num: int, /, **values: Any) -> str:
        return written(context, texts()[0].ungettext(one, more, num), {"num": num, **values})

    def written(context: EvalContext, found: str, values: dict[str, Any]) -> str:
        return Markup(found) % values if context.autoescape else found % values

    app.jinja_env.globals.update(_=text, gettext=text, ngettext=counted)


def choose() -> str:
    """The person's own choice, else what was chosen at the door, else the browser's, else the setting."""
    default = str(current_app.config["DEFAULT_LOCALE"])
    if not has_request_context():
        return default
    if current_user and current_user.is_authenticated:
        return str(current_user.locale)
    if flask.session.get("lang") in LANGUAGES:
        return str(flask.session["lang"])
    return request.accept_languages.best_match(list(LANGUAGES)) or default


def language() -> str:
    """`nl` or `en`, as it is for this answer."""
    return str(get_locale() or current_app.config["DEFAULT_LOCALE"])[:2]


def _as_local(value: date | datetime) -> date | datetime:
    return clock.local(value) if isinstance(value, datetime) else value


def day(value: date | datetime | None, year: bool | None = None) -> str:
    """`26 nov`, with the year when it is not this one (or when asked)."""
    if value is None:
        return ""
    value = _as_local(value)
    with_year = value.year != clock.today().year if year is None else year
    return written_date(value.year, value.month, value.day, "d MMM y" if with_year else "d MMM", language()).replace(".", "")


@lru_cache(maxsize=2_000)
def written_date(year: int, month: int, day: int, pattern: str, language: str) -> str:
    """A date by a CLDR pattern, remembered: a page shows the same few days over and over."""
    return dates.format_date(date(year, month, day), pattern, LOCALES[language])


def weekday(value: date | datetime | None, year: bool | None = None) -> str:
    """`do 26 nov`, with the year when it is not this one (or when asked)."""
    if value is None:
        return ""
    value = _as_local(value)
    return f"{written_date(value.year, value.month, value.day, 'EEE', language()).rstrip('.')} {day(value, year)}"


def clocktime(value: datetime) -> str:
    """`10:00`, local."""
    return clock.local(value).strftime("%H:%M")


def moment(value: datetime) -> str:
    """`26 nov 2026, 10:00`."""
    return f"{day(value, year=True)}, {clocktime(value)}"


def ago(value: datetime) -> str:
    """`just now`, `yesterday, 16:12`, then the date."""
    days = (clock.today() - clock.local(value).date()).days
    if days <= 0:
        minutes = max(0, int((clock.now() - value).total_seconds() // 60))
        if minutes < 1:
            return _("just now")
        if minutes < 60:
            return ngettext("%(num)s minute ago", "%(num)s minutes ago", minutes)
        return _("today, %(time)s", time=clocktime(value))
    if days == 1:
        return _("yesterday, %(time)s", time=clocktime(value))
    return day(value)


def number(value: float | None, decimals: int = 1) -> str:
    """`3.200` or `4,6`: at most `decimals` behind the comma, none when it is whole."""
    if value is None:
        return ""
    return numbers.format_decimal(round(value, decimals), "#,##0." + "#" * decimals if decimals else "#,##0", LOCALES[language()])


def cents(value: float) -> str:
    """`7,20`: an amount that is not whole, with both decimals."""
    return numbers.format_decimal(round(value, 2), "#,##0.00", LOCALES[language()])


def percent(value: float | None) -> str:
    """`80 %` in Dutch, `80%` in English; `value` in percent, 0 to 100."""
    if value is None:
        return ""
    sign = "\u00a0%" if language() == "nl" else "%"
    return number(value, 0) + sign


def score(value: float | None) -> str:
    """Pain and score: whole numbers from ten up, one decimal below."""
    if value is None:
        return "–"
    return number(value, 0 if abs(value) >= 10 else 1)
