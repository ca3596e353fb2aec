"""A running demo clinic for all journeys of a run, Chromium, and persons."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from places import SERVER
from playwright.sync_api import Browser, expect, sync_playwright
from services import Mailbox, lacking, own_database, own_mailbox, own_redis
from stage import FLAGS, Clinic, Person

NewPerson = Callable[..., Person]
# A bound against what never comes, on a machine that does much else; how soon something must come is said in its story.
expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, with the back-forward cache on as people have it."""
    path = shutil.which("chromium")
    if path is None:
        lacking("Chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=FLAGS, ignore_default_args=["--disable-back-forward-cache"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """What the clinic sends by e-mail."""
    with own_mailbox() as box:
        yield box


@contextmanager
def own_clinic(folder: Path, mailbox: Mailbox, **options: str) -> Iterator[Clinic]:
    """Start a demo clinic: on SQLite, or on the server in SAFESPACE_TEST_DATABASE with Redis beside it."""
    with ExitStack() as stack:
        where = {
            "SAFESPACE_SMTP_HOST": "127.0.0.1",
            "SAFESPACE_SMTP_PORT": str(mailbox.port),
            "SAFESPACE_SMTP_SECURITY": "none",
            "SAFESPACE_SMTP_FROM": "plek@kliniek.example",
        }
        if SERVER:
            where["SAFESPACE_DATABASE_URL"] = stack.enter_context(own_database())
            where["SAFESPACE_REDIS_URL"] = stack.enter_context(own_redis(folder)).url
        clinic = Clinic.opened(folder, **where, **options)
        stack.callback(clinic.close)
        yield clinic


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[Clinic]:
    """The demo clinic of nearly all stories, started once."""
    with own_clinic(tmp_path_factory.mktemp("clinic"), mailbox) as clinic:
        yield clinic


@pytest.fixture(scope="session")
def unhurried_clinic(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[Clinic]:
    """One in which a placing is held as long as in a real clinic, so that a slow machine can still take it back."""
    with own_clinic(tmp_path_factory.mktemp("unhurried"), mailbox, SAFESPACE_HOLD_SECONDS="10") as clinic:
        yield clinic


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Keep a picture of every screen when a journey fails."""
    report = yield
    if report.when == "call" and report.failed:
        for number, one in enumerate(item.funcargs.get("people_on_stage", [])):
            one.picture(f"failed-{item.name}-{number}-{one.name}")
    return report


@pytest.fixture
def people_on_stage() -> list[Person]:
    """The persons of one journey."""
    return []


@pytest.fixture
def person(browser: Browser, clinic: Clinic, people_on_stage: list[Person]) -> Iterator[NewPerson]:
    """Make persons; each one's browser is closed at the end, and none of them may have asked anything outside."""

    def new(name: str, **options: object) -> Person:
        one = Person.at(browser, clinic, name, **options)
        people_on_stage.append(one)
        return one

    yield new
    for one in people_on_stage:
        one.left_no_trace_outside()
        one.close()
