"""cxboard: the shared desk of a cross-department team that improves customer experience."""

from collections.abc import Mapping
from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from . import authorization, config, db, errors, extensions, form_keys, language, live, logs, ticker, web  # noqa: F401

HERE = Path(__file__).resolve().parent
ROOT = HERE / "_web" if (HERE / "_web").exists() else HERE.parent


def create_app(settings: Mapping[str, object] | None = None) -> Flask:
    """The application: settings, extensions, slices, in that order. Raises BadSetting with what to do."""
    app = Flask(
        "cxboard", root_path=str(HERE), template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.jinja_environment, app.jinja_options = web.Templates, {"cache_size": -1}
    app.config.from_mapping(config.load(settings))
    app.extensions["cxboard_root"] = ROOT
    app.extensions["cxboard_caches"] = []
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    logs.start(app)
    db.start(app)
    extensions.csrf.init_app(app)
    language.start(app)
    errors.start(app)
    web.start(app)
    live.start(app)
    add_slices(app)
    form_keys.start(app)

    authorization.check_routes(app)
    if proxies := int(app.config["TRUSTED_PROXIES"]):
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    return app


def add_slices(app: Flask) -> None:
    """Every part of the product, bottom up."""
    from . import (
        accounts,
        actions,
        audit,
        causes,
        discussion,
        dossiers,
        focus,
        handoffs,
        health,
        imports,
        issues,
        journeys,
        notifications,
        reviews,
        search,
        today,
        voices,
    )
    from .accounts import signing_in

    signing_in.start(app)
    search.index.start(app)
    for part in (health, live, accounts, journeys, issues, causes, discussion, actions, voices, dossiers, handoffs, focus, reviews, notifications, imports, search, today, audit):
        app.register_blueprint(part.bp)
    app.extensions["cxboard_caches"] += [issues.queries.forget_usual_days, reviews.one_page.pages.forget]
