"""By what an alert leaves the house: one interface, and an adapter for each channel. No word of anybody goes along."""

import hashlib
import hmac
import http.client
import json
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

from safespace.crisis.alerts import Errand
from safespace.crisis.models import AlarmKind
from safespace.crisis.scripts import scripts
from safespace.roster.models import Channel
from safespace.roster.routes import is_address, is_loopback
from safespace.settings import Settings

PATIENCE = 10.0  # seconds for every step of a conversation with the other side
TAKEN = range(200, 300)


@dataclass(frozen=True, kw_only=True)
class Alert:
    """What is said: that there is an alarm, and where to answer it. `id` stays the same when it is sent again."""

    id: UUID
    kind: AlarmKind
    subject: str
    text: str
    link: str
    at: datetime


class UndeliveredError(Exception):
    """The other side did not take it; the message is a code, never an address."""


class Adapter(Protocol):
    """A channel by which an alert leaves."""

    def deliver(self, address: str, alert: Alert) -> None:
        """Hand it over; raises UndeliveredError. Returning means that the other side took it."""


@dataclass(frozen=True, kw_only=True)
class Email:
    """E-mail over SMTP. The Message-ID comes from the alert's id, so that a repeat is known as one."""

    settings: Settings

    def deliver(self, address: str, alert: Alert) -> None:
        """Send one message."""
        at = self.settings
        if not at.smtp_host or not at.smtp_from:
            raise UndeliveredError("not_configured")
        if at.smtp_security == "none" and not is_loopback(at.smtp_host):
            raise UndeliveredError("not_secure")
        try:
            message = self._message(address, alert)
            with self._connected() as server:
                if at.smtp_user:
                    server.login(at.smtp_user, at.smtp_password)
                server.send_message(message)
        except smtplib.SMTPAuthenticationError as error:
            raise UndeliveredError("sign_in_refused") from error
        except smtplib.SMTPException as error:
            raise UndeliveredError("refused") from error
        except ssl.SSLError as error:
            raise UndeliveredError("not_secure") from error
        except OSError as error:
            raise UndeliveredError("unreachable") from error
        except ValueError as error:  # an address or a name that no header can hold
            raise UndeliveredError("address") from error

    def _connected(self) -> smtplib.SMTP:
        at, name = self.settings, self._domain()
        if at.smtp_security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(at.smtp_host, at.smtp_port, local_hostname=name, timeout=PATIENCE, context=context)
        server = smtplib.SMTP(at.smtp_host, at.smtp_port, local_hostname=name, timeout=PATIENCE)
        if at.smtp_security == "starttls":
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server

    def _message(self, address: str, alert: Alert) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.settings.smtp_from
        message["To"] = address
        message["Subject"] = f"{self.settings.product_name}: {alert.subject}"
        message["Date"] = format_datetime(alert.at)
        message["Message-ID"] = f"<{alert.id}@{self._domain()}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Importance"] = "high"
        message["X-Priority"] = "1"
        message.set_content(f"{alert.text}\n\n{alert.link}\n")
        return message

    def _domain(self) -> str:
        return self.settings.smtp_from.rpartition("@")[2].strip("<> ") or "localhost"


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A POST of JSON, signed with HMAC-SHA256; `Idempotency-Key` names a repeat. A redirect counts as a refusal."""

    settings: Settings

    def deliver(self, address: str, alert: Alert) -> None:
        """Post one message."""
        if not is_address(Channel.WEBHOOK, address):
            raise UndeliveredError("address")
        if not self.settings.webhook_secret:
            raise UndeliveredError("not_configured")
        body = json.dumps(
            {
                "id": str(alert.id),
                "kind": "test" if alert.kind is AlarmKind.TEST else "alarm",
                "text": alert.text,
                "link": alert.link,
                "at": alert.at.isoformat(),
            },
            ensure_ascii=False,
        ).encode()
        try:
            status = self._post(address, alert, body)
        except ssl.SSLError as error:
            raise UndeliveredError("not_secure") from error
        except (OSError, http.client.HTTPException) as error:
            raise UndeliveredError("unreachable") from error
        except ValueError as error:
            raise UndeliveredError("address") from error
        if status not in TAKEN:
            raise UndeliveredError(f"answer_{status}")

    def _post(self, address: str, alert: Alert, body: bytes) -> int:
        parts = urlsplit(address)
        host = parts.hostname or ""
        connection: http.client.HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(host, parts.port, timeout=PATIENCE, context=context)
        else:
            connection = http.client.HTTPConnection(host, parts.port, timeout=PATIENCE)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": str(alert.id),
            "Webhook-Signature": f"sha256={signature(self.settings.webhook_secret, body)}",
        }
        try:
            connection.connect()
            self._require_outside(connection.sock.getpeername()[0])
            connection.request("POST", target, body=body, headers=headers)
            return connection.getresponse().status
        finally:
            connection.close()

    def _require_outside(self, peer: str) -> None:
        """Refuse, whatever name led there, this machine itself (except on a desk) and addresses of no network."""
        reached = ip_address(peer.partition("%")[0])
        reached = getattr(reached, "ipv4_mapped", None) or reached
        on_a_desk = self.settings.environment != "production"
        if reached.is_link_local or reached.is_unspecified or (reached.is_loopback and not on_a_desk):
            raise UndeliveredError("address")


def signature(secret: str, body: bytes) -> str:
    """Give what a receiver computes to know that a message is ours and whole."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def adapters(settings: Settings) -> dict[Channel, Adapter]:
    """Give the adapter of every channel."""
    return {Channel.EMAIL: Email(settings=settings), Channel.WEBHOOK: Webhook(settings=settings)}


def alert_of(settings: Settings, errand: Errand) -> Alert:
    """Give the words for one message, in the language of whoever gets it."""
    words = scripts(settings.config_dir).alert
    language = errand.language if errand.language in {"nl", "en"} else "nl"
    prefix = "test_" if errand.kind is AlarmKind.TEST else ""
    origin = settings.origins[0] if settings.origins else ""
    return Alert(
        id=errand.ring_id,
        kind=errand.kind,
        subject=words[f"{prefix}subject_{language}"],
        text=words[f"{prefix}text_{language}"],
        link=f"{origin}/alarm/{errand.alarm_id}",
        at=errand.at,
    )
