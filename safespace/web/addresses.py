"""Where a form may lead: paths of this site only."""

from urllib.parse import urlsplit

from flask import request


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
