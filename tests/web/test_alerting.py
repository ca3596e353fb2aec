"""Alerts leave over a real SMTP server and a real HTTP receiver: once each, signed, without a word of anybody."""

import hashlib
import hmac
import json
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import uuid4

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth
from services import own_mailbox
from sqlalchemy import select

from safespace.crisis import ringing
from safespace.crisis.models import Alarm, AlarmKind, Ring
from safespace.host.alerting import Alert, Email, UndeliveredError, Webhook, adapters
from safespace.moderation import intake
from safespace.realtime.ringer import Ringer
from safespace.roster import routes
from safespace.roster.models import AlertRoute, Channel
from safespace.settings import Settings
from safespace.threads.models import PostType, Words

SECRET = "a secret that only tests know, long enough"
CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."


@pytest.fixture
def mail():
    with own_mailbox() as box:
        yield box


class Receiver(BaseHTTPRequestHandler):
    """A paging service: keeps what it got, answers what it was told to."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        status = self.server.answers.pop(0) if self.server.answers else 202
        self.send_response(status)
        if status in {301, 307}:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/elders")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def pager():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.answers = [], []
    server.url = f"http://127.0.0.1:{server.server_address[1]}/haak?sleutel=1"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def connected(settings, mail) -> Settings:
    more = {
        "smtp_host": "127.0.0.1",
        "smtp_port": mail.port,
        "smtp_security": "none",
        "smtp_from": "plek@kliniek.example",
        "webhook_secret": SECRET,
        "origins": ("https://plek.example",),
    }
    return Settings(**(vars(settings) | more))


def an_alert(kind=AlarmKind.ESCALATION) -> Alert:
    return Alert(
        id=uuid4(), kind=kind, subject="Er is een alarm", text="Log in.", link="https://plek.example/alarm/x", at=NOON
    )


def test_an_e_mail_is_taken_with_the_id_of_the_alert(connected, mail) -> None:
    alert = an_alert()
    for _ in range(2):
        Email(settings=connected).deliver("esra@kliniek.example", alert)
    (to, message), (_, repeated) = mail.taken
    assert to == ["esra@kliniek.example"]
    assert message["Message-ID"] == repeated["Message-ID"] == f"<{alert.id}@kliniek.example>"
    assert message["From"] == "plek@kliniek.example"
    assert alert.link in message.get_payload()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"smtp_host": ""}, "not_configured"),
        ({"smtp_host": "mail.kliniek.example"}, "not_secure"),
        ({"smtp_port": 1}, "unreachable"),
        ({"smtp_security": "starttls"}, "refused"),
        ({"smtp_security": "tls"}, "not_secure"),
        ({"smtp_user": "plek", "smtp_password": "geheim"}, "refused"),
    ],
)
def test_an_e_mail_that_is_not_taken_says_why(connected, mail, change, code) -> None:
    with pytest.raises(UndeliveredError) as refused:
        Email(settings=Settings(**(vars(connected) | change))).deliver("esra@kliniek.example", an_alert())
    assert str(refused.value) == code
    assert mail.taken == []


def test_a_server_that_says_later_is_tried_again(connected, mail) -> None:
    mail.closed = True
    with pytest.raises(UndeliveredError, match="refused"):
        Email(settings=connected).deliver("esra@kliniek.example", an_alert())


def test_no_address_can_add_a_header(connected, mail) -> None:
    with pytest.raises(UndeliveredError):
        Email(settings=connected).deliver("esra@kliniek.example\r\nBcc: iemand@elders.example", an_alert())
    assert mail.taken == []


def test_a_webhook_is_signed_and_names_its_repeat(connected, pager) -> None:
    alert = an_alert()
    for _ in range(2):
        Webhook(settings=connected).deliver(pager.url, alert)
    (path, headers, body), (_, repeated, _) = pager.got
    assert path == "/haak?sleutel=1"
    assert headers["Idempotency-Key"] == repeated["Idempotency-Key"] == str(alert.id)
    signed = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["Webhook-Signature"] == f"sha256={signed}"
    assert set(json.loads(body)) == {"id", "kind", "text", "link", "at"}


@pytest.mark.parametrize(("answer", "code"), [(307, "answer_307"), (301, "answer_301"), (500, "answer_500")])
def test_a_receiver_that_does_not_take_it_is_heard_and_no_redirect_is_followed(connected, pager, answer, code) -> None:
    pager.answers.append(answer)
    with pytest.raises(UndeliveredError, match=code):
        Webhook(settings=connected).deliver(pager.url, an_alert())
    assert [path for path, _, _ in pager.got] == ["/haak?sleutel=1"]


@pytest.mark.parametrize("address", ["http://192.0.2.1/haak", "https://iemand:geheim@127.0.0.1/", "file:///etc/hosts"])
def test_a_webhook_goes_over_https_or_to_this_machine_only(connected, address) -> None:
    with pytest.raises(UndeliveredError, match="address"):
        Webhook(settings=connected).deliver(address, an_alert())


def test_without_a_secret_nothing_is_posted(connected, pager) -> None:
    with pytest.raises(UndeliveredError, match="not_configured"):
        Webhook(settings=Settings(**(vars(connected) | {"webhook_secret": ""}))).deliver(pager.url, an_alert())
    assert pager.got == []


@pytest.fixture
def clinic(begin, pager):
    """Esra has a mailbox, Jeroen a pager; Noor sends a post of severity crisis."""
    with begin() as work:
        group = a_group(work, a_location(work))
        esra, jeroen = a_clinician(work, group.location), a_clinician(work, group.location, "Jeroen")
        at = group.location_id
        routes.add_route(work, esra, at, esra.account_id, Channel.EMAIL, "esra@kliniek.example")
        routes.add_route(work, esra, at, jeroen.account_id, Channel.WEBHOOK, pager.url)
        noor = a_youth(work, group)
        intake.open_thread(work, noor, group.id, PostType.EXPERIENCE, Words(title="Nacht", body=CRISIS))


def rounds(ringer, app, seconds=10.0, until=lambda: False) -> None:
    """Let the ringer do rounds until what was sent is noted."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and not until():
        ringer.round()
        time.sleep(0.02)


def all_sent(begin):
    with begin() as work:
        rings = work.session.scalars(select(Ring)).all()
        return bool(rings) and all(ring.sent_at for ring in rings)


def test_a_crisis_reaches_both_channels_within_a_tick_and_says_nothing(
    app, connected, clinic, begin, mail, pager
) -> None:
    ringer = Ringer(app, adapters(connected))
    began = time.monotonic()
    rounds(ringer, app, until=lambda: all_sent(begin))
    assert time.monotonic() - began < 5
    assert len(mail.taken) == len(pager.got) == 1
    with begin() as work:
        alarm = work.session.scalars(select(Alarm)).one()
    text = mail.taken[0][1].get_payload() + pager.got[0][2].decode()
    assert f"/alarm/{alarm.id}" in text
    assert not any(word in text for word in ("Vanavond", "Otter", "dood", "Nacht", "Online"))


def test_a_channel_that_is_down_is_seen_and_tried_again_without_holding_up_the_other(
    app, connected, clinic, begin, mail, pager
) -> None:
    mail.closed = True
    ringer = Ringer(app, adapters(connected))
    rounds(ringer, app, until=lambda: bool(pager.got))
    rounds(ringer, app, seconds=1)
    assert len(pager.got) == 1
    with begin() as work:
        route = work.session.scalars(select(AlertRoute).where(AlertRoute.channel == Channel.EMAIL)).one()
        ring = work.session.scalars(select(Ring).where(Ring.route_id == route.id)).one()
        assert (ring.failed, ring.attempts) == ("refused", 1)
        ring.tried_at = None  # the wait is over
    mail.closed = False
    rounds(ringer, app, until=lambda: all_sent(begin))
    assert len(mail.taken) == 1


def test_an_adapter_that_breaks_loses_nothing(app, clinic, begin) -> None:
    class Broken:
        def deliver(self, address, alert):
            raise KeyError(address)

    ringer = Ringer(app, {Channel.EMAIL: Broken(), Channel.WEBHOOK: Broken()})
    rounds(ringer, app, seconds=0.6)
    with begin() as work:
        assert {ring.failed for ring in work.session.scalars(select(Ring))} == {"fault"}


def test_an_alarm_that_breaks_keeps_no_other_from_ringing(app, connected, clinic, begin, mail, pager) -> None:
    with begin() as work:
        broken = work.session.scalars(select(Alarm)).one()
        route = work.session.scalars(select(AlertRoute).order_by(AlertRoute.position)).first()
        work.session.add(Ring(alarm_id=broken.id, step=0, route_id=route.id, due_at=NOON, sent_at=NOON))
    with begin(NOON + timedelta(seconds=1)) as work:
        place = {"location_id": broken.location_id, "group_id": broken.group_id}
        other = ringing.open_alarm(work, AlarmKind.CRISIS_ITEM, uuid4(), first=True, **place)
    rounds(Ringer(app, adapters(connected)), app, until=lambda: bool(mail.taken and pager.got))
    assert f"/alarm/{other.id}" in mail.taken[0][1].get_payload()
    with begin() as work:
        assert work.session.get_one(Alarm, broken.id).step == 0
