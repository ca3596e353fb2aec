"""Hulp nu answers while the database does not: the server gone, or a file that is no database any more."""

import os
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from builders import a_clinician, a_group, a_location, a_youth
from gate import Gate
from running import Answer, Service, Visitor

from safespace.crisis.lines import seed_lines
from safespace.web.help import PLACE

NUMBERS = ('href="tel:112"', 'href="tel:113"', 'href="tel:0200000000"')
TEXT = "Ik durf dit bijna niet op te schrijven."


class Clinic:
    """A service with a youth and a clinician who are signed in, and a way to take its database away."""

    def __init__(self, service: Service, *arguments: str) -> None:
        self.service = service
        with service.begin() as work:
            seed_lines(work)
            self.group = a_group(work, a_location(work))
            youth, esra = a_youth(work, self.group), a_clinician(work, self.group.location)
        service.start(*arguments)
        place = {PLACE: str(self.group.location_id)}
        self.people: dict[str, Visitor] = {
            "nobody": service.visitor(),
            "youth": service.visitor(youth, **place),
            "clinician": service.visitor(esra, **place),
        }
        self.form = f"/g/{self.group.id}/nieuw"
        for name, one in self.people.items():
            assert one.get("/in" if name == "nobody" else "/groepen").status in {200, 302}
        assert self.people["youth"].get(self.form).status == 200

    def asks_quickly(self, name: str, path: str) -> Answer:
        began = time.monotonic()
        answer = self.people[name].get(path)
        assert time.monotonic() - began < 2
        return answer

    def restart_without(self, take_away: Callable[[], None], *arguments: str) -> None:
        for one in self.people.values():
            one.close()
        self.service.kill()
        take_away()
        self.service.start(*arguments)

    def opens(self, seconds: float = 15) -> None:
        until = time.monotonic() + seconds
        while self.people["nobody"].get("/readyz").status != 200:
            assert time.monotonic() < until
            time.sleep(0.1)

    def help_is_there(self) -> None:
        for name in self.people:
            answer = self.asks_quickly(name, "/help")
            assert answer.status == 200
            assert all(number in answer.text for number in NUMBERS)
            assert "Noorderlicht" in answer.text
            assert self.people[name].post("/taal", lang="nl", next="/help").status == 303

    def all_else_is_calm(self) -> None:
        assert self.asks_quickly("nobody", "/healthz").status == 200
        assert self.asks_quickly("nobody", "/readyz").status == 503
        for name in ("youth", "clinician"):
            for path in ("/", "/groepen", f"/g/{self.group.id}", "/mijn", "/wachtrij", "/in", "/m", "/nergens"):
                answer = self.asks_quickly(name, path)
                assert (path, answer.status) == (path, 503)
                assert 'href="/help"' in answer.text
                assert "sqlite" not in answer.text.lower()
        sent = self.people["youth"].post(self.form, title="Slapen", body=TEXT, type="tip")
        assert sent.status == 503
        assert TEXT in sent.text
        assert self.people["nobody"].post("/in", sign_in_name="noor", passphrase="een twee drie").status == 503


@pytest.fixture
def gate(postgresql_url):
    gate = Gate(sa.make_url(postgresql_url).port or 5432)
    yield gate
    gate.shut()


def test_help_answers_with_postgresql_stopped_and_the_rest_comes_back_with_it(
    make_service, postgresql_url, gate
) -> None:
    url = sa.make_url(postgresql_url).set(host="127.0.0.1", port=gate.port).render_as_string(hide_password=False)
    clinic = Clinic(make_service(database_url=url), "--alone")
    gate.shut()
    clinic.help_is_there()
    clinic.all_else_is_calm()
    clinic.service.kill("child")  # even a process that starts while the database is away shows help
    clinic.service.wait()
    for one in clinic.people.values():
        one.close()
    clinic.help_is_there()
    gate.open()
    assert clinic.asks_quickly("nobody", "/readyz").status == 200
    assert clinic.people["youth"].post(clinic.form, title="Slapen", body=TEXT, type="tip").status == 303


def test_a_service_that_starts_while_postgresql_is_away_shows_help_and_opens_when_it_is_back(
    make_service, postgresql_url, gate
) -> None:
    url = sa.make_url(postgresql_url).set(host="127.0.0.1", port=gate.port).render_as_string(hide_password=False)
    clinic = Clinic(make_service(database_url=url), "--alone")
    clinic.restart_without(gate.shut, "--alone")
    clinic.help_is_there()
    clinic.all_else_is_calm()
    gate.open()
    clinic.opens()
    assert clinic.people["youth"].post(clinic.form, title="Slapen", body=TEXT, type="tip").status == 303


def test_a_service_that_starts_with_a_broken_file_shows_help_and_opens_once_it_is_restored(make_service) -> None:
    clinic = Clinic(make_service())
    clinic.service.engine.dispose()
    files = list(clinic.service.folder.glob(f"{clinic.service.database_file.name}*"))
    kept = {}

    def break_it() -> None:
        for file in files:
            if file.exists():
                kept[file] = file.read_bytes()
                file.write_bytes(os.urandom(4096))

    clinic.restart_without(break_it)
    clinic.help_is_there()
    clinic.all_else_is_calm()
    for file, content in kept.items():
        file.write_bytes(content)
    clinic.opens()


def test_a_database_of_another_version_that_comes_back_opens_nothing(make_service, postgresql_url, gate) -> None:
    url = sa.make_url(postgresql_url).set(host="127.0.0.1", port=gate.port).render_as_string(hide_password=False)
    clinic = Clinic(make_service(database_url=url), "--alone")
    clinic.restart_without(gate.shut, "--alone")
    server = sa.create_engine(postgresql_url)
    with server.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'of tomorrow'")
    server.dispose()
    gate.open()
    time.sleep(5)
    clinic.help_is_there()
    clinic.all_else_is_calm()


def test_help_answers_with_a_sqlite_file_that_cannot_be_read(make_service) -> None:
    clinic = Clinic(make_service())
    clinic.service.engine.dispose()
    for file in clinic.service.folder.glob(f"{clinic.service.database_file.name}*"):
        file.write_bytes(os.urandom(file.stat().st_size))
    clinic.help_is_there()
    clinic.all_else_is_calm()
    clinic.service.kill("child")
    clinic.service.wait()
    for one in clinic.people.values():
        one.close()
    clinic.help_is_there()


def test_help_answers_with_a_sqlite_file_that_is_gone(make_service) -> None:
    clinic = Clinic(make_service())
    clinic.service.engine.dispose()
    for file in clinic.service.folder.glob(f"{clinic.service.database_file.name}*"):
        file.unlink()
    clinic.help_is_there()
