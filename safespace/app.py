"""create_app(settings): puts everything together; the only module below the command line that knows all."""

from pathlib import Path
from typing import Any

from flask import Flask, current_app, has_request_context, request
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from safespace.crisis.scripts import scripts
from safespace.host import assets, database, headers, language, limits, login
from safespace.host.work import Host, host
from safespace.kernel.sealed import KeyRing
from safespace.moderation import assessing
from safespace.realtime import live
from safespace.settings import Settings
from safespace.web import (
    admin,
    alarms,
    alert_routes,
    appeals,
    breaks,
    bulk,
    claims,
    demo,
    desk,
    enrolment,
    entry,
    errors,
    escalations,
    folding,
    follow_ups,
    gate,
    good_news,
    groups,
    handover,
    health,
    hiding,
    hints,
    history,
    join,
    learning,
    library,
    live_hour,
    locking,
    members,
    moderation,
    own_account,
    posts,
    proposals,
    queue,
    reports,
    reveals,
    roster,
    sorting,
    talk,
    team,
    threads,
    training,
)
from safespace.web.exit import pages as exit_pages
from safespace.web.help import pages as help_pages
from safespace.web.language import pages as language_pages

BLUEPRINTS = (
    health.pages,
    entry.pages,
    exit_pages,
    language_pages,
    join.pages,
    enrolment.pages,
    own_account.pages,
    team.pages,
    roster.pages,
    handover.pages,
    live_hour.pages,
    help_pages,
    admin.pages,
    groups.pages,
    members.pages,
    breaks.pages,
    library.pages,
    threads.pages,
    locking.pages,
    posts.pages,
    appeals.pages,
    queue.pages,
    claims.pages,
    bulk.pages,
    desk.pages,
    moderation.pages,
    hiding.pages,
    history.pages,
    follow_ups.pages,
    hints.pages,
    reports.pages,
    folding.pages,
    training.pages,
    good_news.pages,
    sorting.pages,
    proposals.pages,
    learning.pages,
    alarms.pages,
    alert_routes.pages,
    escalations.pages,
    talk.pages,
    reveals.pages,
)
MAX_BODY = 192 * 1024  # an item in two languages, every character encoded
csrf = CSRFProtect()


def create_app(settings: Settings, keys: KeyRing | None = None) -> Flask:
    """Give an app for these settings. Raises when the key ring is missing or a view has no permission."""
    app = Flask("safespace", template_folder="templates", static_folder="static")
    app.secret_key = settings.secret_key
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        SESSION_COOKIE_NAME="__Host-plek" if settings.secure_cookies else "plek",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # it needs a Referer, which no-referrer withholds; the token itself is the guard
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]  # Flask's own way
    app.extensions["safespace"] = Host(settings=settings, keys=keys or KeyRing.load(settings.key_file))
    assessing.engine(settings)  # a rule or a model that cannot be read stops the start
    scripts(settings.config_dir)  # a script that cannot be read, too
    database.init_app(app, settings)
    Migrate(app, database.db, directory=str(Path(__file__).parent / "migrations"), render_as_batch=True)
    login.init_app(app)
    language.init_app(app)
    limits.init_app(app, settings)
    assets.init_app(app)
    headers.init_app(app, settings)
    errors.init_app(app)
    gate.only_forms(app)
    csrf.init_app(app)
    csrf.exempt(exit_pages)  # a beacon carries no token
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if settings.is_demo:
        app.register_blueprint(demo.pages)
    gate.init_app(app)
    live.init_app(app, settings)
    app.context_processor(_frame)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    return app


def _frame() -> dict[str, Any]:
    """Give every template what the frame of a page needs; nothing here may touch the database."""
    spoken = language.spoken()
    here: dict[str, Any] = {"locale": spoken, "_": language.texts_in(spoken), "visitor": None, "draft_tag": _draft_tag}
    here |= {"alarm_bands": alarms.bands, "words_cry": errors.words_cry}
    if has_request_context():
        view = current_app.view_functions.get(request.endpoint or "")
        bare = getattr(view, "without_database", False)
        here |= {
            "visitor": None if bare else login.visitor,
            "theme": request.cookies.get("thema", "auto"),
            "calm": request.cookies.get("rustig") == "1",
            "exit_target": current_app.extensions["safespace"].settings.exit_target,
        }
    return here


def _draft_tag(visitor: Any) -> str:
    """Give what a tab knows its drafts by: the same at every sign-in of one account; a call, since only pages ask."""
    return host().keys.index("draft tag", str(visitor.account_id))[:16] if visitor else ""
