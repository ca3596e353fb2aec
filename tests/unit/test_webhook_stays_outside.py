"""A webhook leaves the house: an address that somebody typed never makes the service talk to itself."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from uuid import uuid4

import pytest

from safespace.crisis.models import AlarmKind
from safespace.host.alerting import Alert, UndeliveredError, Webhook

ALERT = Alert(
    id=uuid4(),
    kind=AlarmKind.TEST,
    subject="Proef",
    text="Dit is een proef.",
    link="https://plek.example/alarm/1",
    at=datetime(2026, 11, 23, 12, tzinfo=UTC),
)


@pytest.fixture
def inside() -> Iterator[tuple[str, list[str]]]:
    """A service on this machine; gives its address, and what was posted to it."""
    posted: list[str] = []

    class Inside(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name http.server asks for
            posted.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Inside)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}/oproep", posted
    server.shutdown()
    thread.join()
    server.server_close()


def test_in_a_clinic_nothing_is_posted_to_the_machine_itself(settings, inside) -> None:
    address, posted = inside
    clinic = replace(settings, environment="production", webhook_secret="only for tests" * 3)
    with pytest.raises(UndeliveredError, match="address"):
        Webhook(settings=clinic).deliver(address, ALERT)
    assert posted == []


def test_on_a_desk_it_may(settings, inside) -> None:
    address, posted = inside
    Webhook(settings=replace(settings, webhook_secret="only for tests" * 3)).deliver(address, ALERT)
    assert posted == ["/oproep"]
