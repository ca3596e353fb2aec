"""Moments and texts as people read them: coarse for youths, exact for staff, and links to help lines only."""

from datetime import UTC, datetime, timedelta

import pytest
from builders import NOON
from flask import Flask
from flask_babel import force_locale

from safespace.host import language
from safespace.host.work import Host
from safespace.moderation.models import Action, ReviewKind
from safespace.moderation.risk.assessment import Category, Severity
from safespace.threads.models import PostState, PostType
from safespace.web import words

pytestmark = pytest.mark.usefixtures("page")


@pytest.fixture
def page(settings, keys):
    """A page in Dutch, without a database."""
    app = Flask("words")
    app.extensions["safespace"] = Host(settings=settings, keys=keys)
    language.init_app(app)
    with app.test_request_context():
        yield app


def local(day: int, hour: int, month: int = 11) -> datetime:
    """A moment of 2026 in Amsterdam, in winter time."""
    return datetime(2026, month, day, hour, 30, tzinfo=UTC) - timedelta(hours=1)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (local(23, 3), "vannacht"),
        (local(23, 9), "vanochtend"),
        (local(23, 12), "vanmiddag"),
        (local(22, 21), "gisteravond"),
        (local(22, 2), "gisteren"),
        (local(21, 12), "zaterdag"),
        (local(16, 12), "vorige week"),
        (local(12, 12), "eerder deze maand"),
        (local(20, 12, month=10), "in oktober"),
        (datetime(2025, 10, 20, 12, tzinfo=UTC), "in oktober 2025"),
        (None, ""),
    ],
)
def test_a_youth_never_reads_an_exact_time(moment, said) -> None:
    assert words.when_for_youth(moment, NOON) == said


def test_an_evening_in_amsterdam_is_not_yet_tomorrow() -> None:
    assert words.when_for_youth(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), NOON) == "vannacht"


def test_staff_read_the_exact_local_time() -> None:
    assert words.when_for_staff(NOON, NOON) == "vandaag 13:00"
    assert words.when_for_staff(local(22, 21), NOON) == "gisteren 21:30"
    assert words.when_for_staff(local(16, 14), NOON) == "ma 16 nov, 14:30"


@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        (timedelta(seconds=20), "net binnen"),
        (timedelta(minutes=1), "wacht 1 minuut"),
        (timedelta(minutes=12), "wacht 12 minuten"),
        (timedelta(hours=3, minutes=10), "wacht 3 uur"),
        (timedelta(days=3), "wacht 3 dagen"),
    ],
)
def test_waiting_is_told_in_one_unit(waiting, said) -> None:
    assert words.waited(NOON - waiting, NOON) == said


def links(text: str) -> list[tuple[str, str]]:
    return [(run["t"], run["a"]) for part in words.paragraphs(text) for run in part if "a" in run]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bel 113, of 112 bij gevaar.", [("113", "tel:113"), ("112", "tel:112")]),
        ("Bel 0800-0113 of 0800 0113", [("0800-0113", "tel:08000113"), ("0800 0113", "tel:08000113")]),
        (
            "Chat op 113.nl of https://www.113.nl.",
            [("113.nl", "https://113.nl"), ("https://www.113.nl", "https://113.nl")],
        ),
        ("https://voorbeeld.test/113 en www.voorbeeld.test", []),
        ("113.nl.voorbeeld.test en x113.nl en a@113.nl", []),
        ("https://113.nl@voorbeeld.test", []),
        ("Ik heb 112 volgers, en 113 keer gekeken, €112", []),
        ("06-00000000 en 11223 en 1.112,5", []),
        ("javascript:alert(1) <a href=113>", [("113", "tel:113")]),
    ],
)
def test_only_help_lines_become_links(text, found) -> None:
    assert links(text) == found
    assert "".join(run["t"] for part in words.paragraphs(text) for run in part) == text


def test_paragraphs_keep_every_word_and_single_line_ends() -> None:
    assert words.paragraphs("Een\ntwee\n\ndrie") == [[{"t": "Een\ntwee"}], [{"t": "drie"}]]
    assert words.paragraphs("  ") == []


@pytest.mark.parametrize(
    ("labels", "codes"),
    [
        (words.TYPES, PostType),
        (words.STATES, PostState),
        (words.ACTIONS, Action),
        (words.DECIDED, Action),
        (words.SEVERITIES, Severity),
        (words.KINDS, ReviewKind),
        (words.CATEGORIES, Category),
    ],
)
def test_every_code_has_its_word(labels, codes) -> None:
    assert set(labels) == set(codes)
    assert all(str(label) for label in labels.values())


def test_the_words_of_the_clinic_come_in_the_readers_language() -> None:
    assert words.reason_title("numbers") == "Er staan getallen in"
    assert words.note_labels(["eating", "unheard"]) == ["eten"]
    with force_locale("en"):
        assert words.reason_title("numbers") == "There are numbers in it"
    assert words.reason_title("") == ""
