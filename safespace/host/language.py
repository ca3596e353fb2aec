"""Dutch first, English second; the choice is a cookie, so that the help page needs no database to know it."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, request
from flask_babel import Babel, Domain, get_locale, gettext
from markupsafe import Markup

COOKIE = "taal"
LANGUAGES = ("nl", "en")
ONE_YEAR = 31_536_000  # seconds


class Catalogue(Domain):
    """The translations, found at once when the language is known: a page asks for some two hundred texts."""

    def get_translations(self) -> Any:
        """Give the translations of this request's language."""
        here = g.get("_flask_babel") if g else None
        locale = getattr(here, "babel_locale", None)
        found = None if locale is None else self._by_language().get(locale.language)
        if found is None:
            found = super().get_translations()
            if g:
                self._by_language()[spoken()] = found
        return found

    def _by_language(self) -> dict[str, Any]:
        kept: dict[str, Any] = self.__dict__.setdefault("by_language", {})
        return kept


def init_app(app: Flask) -> None:
    """Bind Flask-Babel."""
    app.config["BABEL_DEFAULT_LOCALE"] = "nl"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel = Babel(app, locale_selector=chosen, timezone_selector=lambda: app.extensions["safespace"].settings.time_zone)
    babel.domain_instance = Catalogue()
    app.jinja_env.globals.update(_=in_page, gettext=in_page)


def chosen() -> str:
    """Give the language of this request."""
    asked = request.cookies.get(COOKIE, "")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def speak(answer: Any, language: str) -> Any:
    """Let this browser remember a language from this answer on, and give the answer."""
    settings = current_app.extensions["safespace"].settings
    answer.set_cookie(COOKIE, language, max_age=ONE_YEAR, secure=settings.secure_cookies, httponly=True, samesite="Lax")
    return answer


def in_page(text: str, **values: Any) -> Markup:
    """Give a text of a template in the language of the page; what is filled in is escaped."""
    return texts_in(spoken())(text, **values)


@lru_cache
def texts_in(language: str) -> Callable[..., Markup]:
    """Give `in_page` for one language, so that a page with its hundred texts asks for its language once."""

    def text_in(text: str, **values: Any) -> Markup:
        return _marked(language, text) % values if values else _plain(language, text)

    return text_in


@lru_cache(maxsize=4096)
def _marked(language: str, text: str) -> Markup:
    """Give a template's own text, translated once for each language."""
    del language  # it is the one in which gettext speaks now
    return Markup(gettext(text))  # noqa: S704  # the text of a template, never anybody's words


@lru_cache(maxsize=4096)
def _plain(language: str, text: str) -> Markup:
    return _marked(language, text) % {}


def spoken() -> str:
    """Give the language in which this answer is written."""
    here = g.get("_flask_babel") if g else None
    locale = getattr(here, "babel_locale", None) or get_locale()
    return locale.language if locale else LANGUAGES[0]
