"""Every answer, whatever happened, tells the browser to keep nothing, ask nobody else and run nothing of others."""

import pytest
from builders import a_clinician, a_group, a_location, a_youth

NEEDED = {
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=()",
    "X-Robots-Tag": "noindex",
}
PAGES = ["/", "/in", "/m", "/help", "/weg", "/weg/klaar", "/nergens", "/groepen", "/wachtrij", "/beheer", "/healthz"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_every_answer_carries_the_headers(client, path, method) -> None:
    answer = getattr(client, method)(path)
    for name, start in NEEDED.items():
        assert answer.headers.get(name, "").startswith(start), f"{method} {path}: {name}"
    assert answer.headers["Cache-Control"] == "no-store"
    policy = answer.headers["Content-Security-Policy"]
    assert "trusted-types 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy


def test_only_named_versions_of_static_files_are_kept(app, client) -> None:
    with app.test_request_context():
        named = app.jinja_env.globals["static_url"]("css/app.css")
    kept = {}
    for path in (named, "/static/css/app.css", "/static/nergens.css"):
        with client.get(path) as answer:
            kept[path] = answer.headers["Cache-Control"]
    assert "immutable" in kept[named]
    assert kept["/static/css/app.css"] == "no-cache"
    assert kept["/static/nergens.css"] == "no-store"


def test_the_cookie_says_nothing_about_the_address_and_no_script_reads_it(app, begin, signed_in) -> None:
    with begin() as work:
        noor = a_youth(work, a_group(work, a_location(work)))
    browser = signed_in(noor)
    with browser.session_transaction() as kept:
        assert set(kept) <= {"_user_id", "csrf_token", "place"}
    answer = app.test_client().get("/in", environ_base={"REMOTE_ADDR": "203.0.113.77"})
    cookie = answer.headers.get("Set-Cookie", "")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "203.0.113" not in answer.text


def test_titles_tell_nothing(begin, signed_in) -> None:
    with begin() as work:
        group = a_group(work, a_location(work), "Eten en lichaam")
        noor, esra = a_youth(work, group), a_clinician(work, group.location)
    for actor, paths in ((noor, ("/groepen", f"/g/{group.id}", "/mijn")), (esra, ("/wachtrij", f"/g/{group.id}"))):
        browser = signed_in(actor)
        for path in paths:
            title = browser.get(path).text.split("<title>")[1].split("</title>")[0]
            assert "Eten" not in title
            assert len(title) < 24
