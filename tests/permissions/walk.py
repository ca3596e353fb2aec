"""Everybody tries everything: each route, method, actor and object, on a world that is whole again after a write."""

import logging
import re
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import url_for
from keeping import kept
from objects import Object, form_of, objects_of
from places import asked_of
from werkzeug.routing import Rule
from werkzeug.test import TestResponse
from world import World

from safespace.host.database import db

HERE = Path(__file__).parent
NOBODY = ("anonymous", "signed_out", "expired", "disabled")
ACTORS = (
    *NOBODY,
    "staff_unproven",
    "youth_own",
    "youth_sibling",
    "youth_elsewhere",
    "youth_paused",
    "youth_left",
    "clinician_own",
    "clinician_elsewhere",
    "clinician_gone",
    "newcomer",
    "administrator_own",
    "administrator_elsewhere",
    "peer_worker_own",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
TOKEN = re.compile(r'(name="csrf_token" value=|data-live=|name="form_key" value=|name="next" value=)"[^"]*"')
WORD = re.compile(r"K[BCDFGHJKLMNPQRSTVWXZ]{7,15}", re.IGNORECASE)
SHORTEST = 8
ON_EVERY_PAGE = {
    "help": ('href="/help"',),
    "quick exit": ("data-exit href=",),
    "language": ('action="/taal"', "data-language-waits"),  # or it says that another page has it
}


@dataclass(frozen=True)
class Row:
    """What the table says about one route and method: who is let in, and who may know that it is there."""

    endpoint: str
    method: str
    kind: str
    public: bool
    let_in: dict[str, frozenset[str]]
    knows: dict[str, frozenset[str]]


@dataclass(frozen=True)
class Case:
    """One try."""

    row: Row
    actor: str
    thing: str
    filled: bool = False

    def __str__(self) -> str:
        form = ", with a form that works" if self.filled else ""
        return f"{self.row.method} {self.row.endpoint} of {self.thing!r} by {self.actor}{form}"


@dataclass
class Seen:
    """What came back. `page` is kept of a refusal, which must be the same as any other; `asked` counts statements.

    `lacks` is what every page has and this one has not.
    """

    case: Case
    status: int
    location: str
    page: str
    words: frozenset[str]
    wrote: bool
    asked: int = 0
    lacks: tuple[str, ...] = ()

    @property
    def answer(self) -> str:
        """Name the kind of answer: in, sign_in, second_factor, or a status that closes the door."""
        if self.status == 401 or (self.status == 302 and urlsplit(self.location).path == "/in"):
            return "sign_in"
        if self.status == 302 and urlsplit(self.location).path == "/in/bevestigen":
            return "second_factor"
        return "in" if self.status < 400 or self.status in {400, 409, 422} else str(self.status)


@dataclass
class Walker:
    """Tries a case on the world, notes what came back, and puts the world back when something was written."""

    world: World

    def __post_init__(self) -> None:
        self.prefixes = {word[:SHORTEST]: name for name, word in self.world.words.items()}
        assert len(self.prefixes) == len(self.world.words)
        with self.world.app.app_context():
            self.kept = kept(db.engine)
            self.statements = ExitStack().enter_context(asked_of(db.engine))

    def walk(self, row: Row) -> list[Seen]:
        """Try a row on every object for every actor; what somebody is let in to is read in the other language too."""
        objects = objects_of(self.world, row.kind)
        assert set(row.let_in) | set(row.knows) <= set(objects), f"{row.endpoint}: unknown objects"
        found = [
            self.attempt(Case(row, actor, name, filled), thing)
            for actor in ACTORS
            for name, thing in objects.items()
            for filled in _fillings(row, thing)
        ]
        if row.method == "GET":
            found += [
                self.attempt(Case(row, actor, name), thing, language="en")
                for name, thing in objects.items()
                for actor in sorted(row.let_in.get(name, ()))
            ]
        return found

    def attempt(self, case: Case, thing: Object, *, language: str = "nl") -> Seen:
        """Try one case."""
        form = form_of(self.world, case.row.endpoint, thing) if case.filled else {}
        self.statements.clear()
        response = self.ask(case.actor, case.row.method, self.address(case.row.endpoint, thing), form, language)
        asked = len(self.statements)
        wrote = self.kept.wrote()
        self.kept.restore()
        return Seen(
            case=case,
            status=response.status_code,
            location=response.headers.get("Location", ""),
            page=normal(response) if response.status_code >= 400 else "",
            words=self.words_in(everything(response)),
            wrote=wrote,
            asked=asked,
            lacks=lacking(response),
        )

    def ask(
        self, actor: str, method: str, address: str, form: dict[str, Any] | None = None, language: str = "nl"
    ) -> TestResponse:
        """Send one request as this actor, from a browser that knows nothing but the session."""
        browser = self.world.app.test_client()
        if actor in self.world.cookies:
            browser.set_cookie("plek", self.world.cookies[actor])
        browser.set_cookie("taal", language)
        with closing(browser.open(address, method=method, data=form or None)) as response:
            response.get_data()
            return response

    def address(self, endpoint: str, thing: Object) -> str:
        """Give the address of an object."""
        with self.world.app.test_request_context():
            return url_for(endpoint, **thing.path, **thing.query)

    def words_in(self, text: str) -> frozenset[str]:
        """Give the names of the texts of the world of which a recognisable part is in here."""
        found = {hit[:SHORTEST].upper() for hit in WORD.findall(text)}
        return frozenset(self.prefixes[start] for start in found if start in self.prefixes)


def lacking(response: TestResponse) -> tuple[str, ...]:
    """Give what a page has not of what every page has."""
    if response.mimetype != "text/html" or not response.get_data() or response.status_code in range(300, 400):
        return ()
    page = response.get_data(as_text=True)
    return tuple(name for name, marks in ON_EVERY_PAGE.items() if not any(mark in page for mark in marks))


def everything(response: TestResponse) -> str:
    """Give every byte somebody receives, as text."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers)
    return f"{response.status}\n{headers}\n\n{response.get_data().decode('utf-8', 'replace')}"


def normal(response: TestResponse) -> str:
    """Give the answer without what differs between any two answers: the address that was asked, tokens, cookies."""
    headers = [f"{name}: {value}" for name, value in response.headers if name not in {"Set-Cookie", "Content-Length"}]
    cookies = sorted(value.split("=", 1)[0] for value in response.headers.getlist("Set-Cookie"))
    text = "\n".join((response.status, *headers, *cookies, response.get_data().decode("utf-8", "replace")))
    return TOKEN.sub(r"\1", UUID.sub("<id>", text))


def table(path: Path = HERE / "expectations.toml") -> list[Row]:
    """Read the hand-written table."""
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    sets = {name: frozenset(actors) for name, actors in read["sets"].items()}

    def actors(names: list[str]) -> frozenset[str]:
        found = frozenset().union(*(sets[name[1:]] if name.startswith("@") else {name} for name in names))
        assert found <= set(ACTORS), found - set(ACTORS)
        return found

    rows = []
    for one in read["route"]:
        unknown = set(one) - {"endpoint", "methods", "of", "public", "in", "knows", "known"}
        assert not unknown, unknown
        knows = {**read["known"].get(one.get("known", ""), {}), **one.get("knows", {})}
        rows += [
            Row(
                endpoint=one["endpoint"],
                method=method,
                kind=one.get("of", "nothing"),
                public=one.get("public", False),
                let_in={name: actors(who) for name, who in one.get("in", {}).items()},
                knows={name: actors(who) for name, who in knows.items()},
            )
            for method in one["methods"]
        ]
    return rows


def expected(case: Case) -> frozenset[str]:
    """Give the answers the table allows. Who is not named gets what a stranger gets: the thing is not there."""
    row = case.row
    if row.public:
        return frozenset({"in"})
    if case.actor in NOBODY:
        return frozenset({"sign_in"})
    if case.actor == "staff_unproven":
        return frozenset({"second_factor"})
    if case.actor in row.let_in.get(case.thing, ()):
        return frozenset({"in"})
    if case.actor in row.knows.get(case.thing, ()):
        return frozenset({"403", "404"})
    return frozenset({"404"})


def wrong(seen: Seen, random: dict[tuple[str, str, str, bool], Seen]) -> str:
    """Say what is wrong with an answer, "" when it is as the table says.

    A form with nothing filled in may be refused as such before anybody looks for the object, if it tells nothing.
    """
    case, allowed = seen.case, expected(seen.case)
    at_random = random.get((case.row.endpoint, case.row.method, case.actor, case.filled))
    closed = seen.answer == "in" and seen.status in {400, 409, 422}
    if closed and not case.filled and ("403" in allowed or (at_random is not None and at_random.page == seen.page)):
        return ""
    if seen.answer not in allowed:
        return f"{case}: {seen.status} {seen.location}, not {' or '.join(sorted(allowed))}"
    if seen.answer == "404" and allowed == {"404"} and at_random is not None and at_random.page != seen.page:
        return f"{case}: hidden, but not like something that is not there"
    if seen.wrote and (seen.answer != "in" or seen.status >= 400):
        return f"{case}: refused, and yet something was written"
    return ""


def at_random(seen: list[Seen]) -> dict[tuple[str, str, str, bool], Seen]:
    """Give, for each route, method, actor and form, what came back for an id that was never given."""
    return {
        (one.case.row.endpoint, one.case.row.method, one.case.actor, one.case.filled): one
        for one in seen
        if one.case.thing == _never_given(one.case)
    }


def _never_given(case: Case) -> str:
    """Name an id that was never given: of a group, for who is answered whatever is asked of the own group."""
    answered = case.row.let_in.get("random", frozenset()) | case.row.knows.get("random", frozenset())
    return "random group" if case.actor in answered else "random"


def rows_missing(rules: Iterator[Rule], rows: list[Row]) -> set[tuple[str, str]]:
    """Give the (endpoint, method) pairs of the app that the table says nothing about."""
    there = {(rule.endpoint, method) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    return there - {(row.endpoint, row.method) for row in rows}


def rows_too_many(rules: Iterator[Rule], rows: list[Row]) -> set[tuple[str, str]]:
    """Give the rows about routes that are not there."""
    there = {(rule.endpoint, method) for rule in rules for method in rule.methods or set()}
    return {(row.endpoint, row.method) for row in rows} - there


def _fillings(row: Row, thing: Object) -> tuple[bool, ...]:
    """Try a form that works and one with nothing in it, unless it is the form that names the object."""
    if row.method != "POST":
        return (False,)
    return (True,) if thing.form else (False, True)


@dataclass(frozen=True)
class Allowed:
    """The hand-written table of who may read which text; the first pattern that fits counts."""

    lines: tuple[tuple[str, frozenset[str]], ...]

    @classmethod
    def read(cls, path: Path = HERE / "canaries.toml") -> "Allowed":
        """Read the table."""
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        sets = {name: frozenset(actors) for name, actors in read["sets"].items()}
        sets["everybody"] = frozenset(ACTORS)
        lines = []
        for one in read["text"]:
            who = frozenset().union(*(sets.get(name[1:], set()) if name[0] == "@" else {name} for name in one["by"]))
            assert who <= set(ACTORS), who - set(ACTORS)
            lines += [(pattern, who) for pattern in one["names"]]
        return cls(tuple(lines))

    def readers(self, name: str) -> frozenset[str]:
        """Give who may read the text of this name; nobody, when no pattern fits."""
        for pattern, who in self.lines:
            if fnmatchcase(name, pattern):
                return who
        return frozenset()

    def unlisted(self, names: list[str]) -> list[str]:
        """Give the texts that no pattern names."""
        return [name for name in names if not any(fnmatchcase(name, pattern) for pattern, _ in self.lines)]


class Lines(logging.Handler):
    """Keeps every line that is logged, as a reader of the logs would see it and with all that was passed along."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        extra = {name: value for name, value in vars(record).items() if name not in {"msg", "args"}}
        self.lines.append(f"{self.format(record)} {extra!r}")
