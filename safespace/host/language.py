"""Dutch first, English second; the choice is a cookie, so that the help page needs no database to know it."""

from flask import Flask, request
from flask_babel import Babel, get_locale

COOKIE = "taal"
LANGUAGES = ("nl", "en")


def init_app(app: Flask) -> None:
    """Bind Flask-Babel."""
    app.config["BABEL_DEFAULT_LOCALE"] = "nl"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=chosen, timezone_selector=lambda: app.extensions["safespace"].settings.time_zone)


def chosen() -> str:
    """Give the language of this request."""
    asked = request.cookies.get(COOKIE, "")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def spoken() -> str:
    """Give the language in which this answer is written."""
    locale = get_locale()
    return locale.language if locale else LANGUAGES[0]
