"""Where a form may lead: paths of this site only; and where what is on the screen can be read again."""

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import NotFound


def local_path(address: str) -> str:
    """Give the address when it is a plain path of this site, "" for anything else (open redirects, CWE-601)."""
    if not address.startswith("/") or address.startswith(("//", "/\\")) or len(address) > 300:
        return ""
    if "\\" in address or any(ord(char) < 32 for char in address):
        return ""
    parts = urlsplit(address)
    return "" if parts.scheme or parts.netloc else address


def asked_next() -> str:
    """Give where this request wants to go on to, "" when nowhere on this site."""
    return local_path(request.values.get("next", ""))


def page_here() -> str:
    """Give the address at which the page of this request can be read, "" when there is none.

    Where only a form is sent to it is the page the form stood on: the nearest one above it, since the form's own
    address cannot be read.
    """
    path = request.path
    if isinstance(request.routing_exception, NotFound) or _is_page(path):
        query = request.query_string.decode("ascii", "replace")
        return local_path(f"{path}?{query}" if query else path) or local_path(path)
    while path := path.rpartition("/")[0]:
        if _is_page(path):
            return local_path(path)
    return ""


def _is_page(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and adapter.test(path, "GET")
