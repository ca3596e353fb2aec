"""Addresses of static files that change with their content, so that browsers may keep them for a year."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, has_request_context, request
from markupsafe import Markup


def init_app(app: Flask) -> None:
    """Offer `static_url` and `icon` to the templates."""
    app.jinja_env.globals.update(static_url=static_url, icon=icon)


def static_url(name: str) -> str:
    """Give the address of a static file with a fingerprint of its content."""
    return _address(_under(), name)


def icon(name: str) -> Markup:
    """Give one icon of static/icons.svg. Always decoration: the word beside it carries the meaning."""
    return _drawn(_under(), name)


_DRAWN = Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>')


def _under() -> str:
    return request.script_root if has_request_context() else ""


@lru_cache
def _address(under: str, name: str) -> str:
    content = (Path(current_app.static_folder or "") / name).read_bytes()
    return f"{under}{current_app.static_url_path}/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


@lru_cache
def _drawn(under: str, name: str) -> Markup:
    return _DRAWN.format(_address(under, "icons.svg"), name)
