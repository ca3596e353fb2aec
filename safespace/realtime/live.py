"""The sockets: who may listen to what, asked of the database at connect and again whenever anybody's access changes."""

import logging
import threading
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO, disconnect, join_room
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from safespace.accounts.models import Account, AccountSession
from safespace.accounts.sessions import ACCESS
from safespace.groups.membership import actor_for
from safespace.groups.reading import groups_of, staffed_by
from safespace.host.login import visitor
from safespace.host.work import acting, host, reading
from safespace.kernel.outbox import AudienceKind, cursor_of
from safespace.kernel.work import Work
from safespace.policy.roles import Actor, MembershipState
from safespace.settings import Settings

MOST_SOCKETS = 5
LARGEST_PACKET = 16 * 1024
socketio = SocketIO()


def init_app(app: Flask, settings: Settings) -> None:
    """Bind Socket.IO: WebSocket only, own origins only, small packets."""
    live = LiveSockets(settings)
    app.extensions["safespace.live"] = live
    socketio.init_app(
        app,
        async_mode=None if _is_patched() else "threading",
        cors_allowed_origins=list(settings.origins),
        message_queue=settings.redis_url or None,
        channel="safespace",
        transports=["websocket"],
        max_http_buffer_size=LARGEST_PACKET,
        manage_session=False,
        logger=logging.getLogger("socketio"),  # given, or these two would write to the screen past our own log
        engineio_logger=logging.getLogger("engineio"),
        cookie=None,
    )
    socketio.on_event("connect", live.connected)
    socketio.on_event("disconnect", live.disconnected)
    socketio.on("*")(_ignored)


def room(kind: AudienceKind, audience_id: UUID) -> str:
    """Name the room in which the doorbells of an audience ring."""
    return f"{kind.value}:{audience_id}"


def rooms_for(work: Work, actor: Actor) -> set[str]:
    """Give the rooms this actor may listen in: what the group sees, what its staff sees, what is one's own."""
    rooms = {
        room(AudienceKind.MEMBER, member.membership_id)
        for member in actor.members.values()
        if member.state is not MembershipState.LEFT
    }
    for group in groups_of(work, actor):
        member = actor.member_of(group.id)
        if member is None or member.state is MembershipState.ACTIVE:
            rooms.add(room(AudienceKind.GROUP, group.id))
    return rooms | {room(AudienceKind.STAFF, group_id) for group_id in staffed_by(work, actor)}


@dataclass
class Live:
    """One open socket of this process."""

    session_id: UUID
    account_id: UUID
    rooms: set[str] = field(default_factory=set)


class LiveSockets:
    """The open sockets of this process. A socket listens only; writing goes over HTTP."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: dict[str, Live] = {}
        self._lock = threading.Lock()
        self._seen = -1

    def connected(self, auth: Any = None) -> None:
        """Let a socket in: own origin, the page's CSRF token, a live session with every factor proven, not too many."""
        if _sid() in self._open:  # no new socket, but an event of this name that an open one sent
            self._cut(_sid())
            return
        if not host().checked:
            raise Refused("not open")
        if request.headers.get("Origin", "") not in self._settings.origins:
            raise Refused("origin")
        token = auth.get("csrf") if isinstance(auth, dict) else None
        try:
            validate_csrf(token if isinstance(token, str) else None)
        except ValidationError as error:
            raise Refused("token") from error
        if not visitor.is_authenticated or not visitor.proven:
            raise Refused("signed out")
        with reading() as work:
            rooms = rooms_for(work, acting(work))
            work.session.rollback()
        live = Live(session_id=visitor.session_id, account_id=visitor.account_id, rooms=rooms)
        with self._lock:
            if sum(one.account_id == live.account_id for one in self._open.values()) >= MOST_SOCKETS:
                raise Refused("too many")
            self._open[_sid()] = live
        for name in rooms:
            join_room(name)

    def disconnected(self, *_: Any) -> None:
        """Forget a socket. One that only says so would stay open without ever being checked again: it is cut."""
        if socketio.server.manager.is_connected(_sid(), "/"):
            self._cut(_sid())
            return
        with self._lock:
            self._open.pop(_sid(), None)

    def __len__(self) -> int:
        return len(self._open)

    def recheck(self, work: Work, *, force: bool = False) -> None:
        """Ask again who every socket belongs to, when anybody's access changed.

        A socket that may no longer hear all that it hears is cut; a page that is still allowed comes back by itself.
        """
        with self._lock:
            sockets = dict(self._open)
        if not sockets:
            return
        cursor = cursor_of(work.session, ACCESS)
        if cursor == self._seen and not force:
            return
        alive = _alive(work, {live.session_id for live in sockets.values()}, self._settings)
        allowed: dict[UUID, set[str]] = {}
        for sid, live in sockets.items():
            account = alive.get(live.session_id)
            if account is None:
                self._cut(sid)
                continue
            if account.id not in allowed:
                actor = actor_for(work.session, account.id, account.kind, work.now, proven=True)
                allowed[account.id] = rooms_for(work, actor)
            if live.rooms - allowed[account.id]:
                self._cut(sid)
            else:
                self._widen(sid, live, allowed[account.id])
        self._seen = cursor

    def _cut(self, sid: str) -> None:
        with self._lock:
            self._open.pop(sid, None)
        disconnect(sid, namespace="/")

    @staticmethod
    def _widen(sid: str, live: Live, rooms: set[str]) -> None:
        for name in rooms - live.rooms:
            socketio.server.enter_room(sid, name, namespace="/")
        live.rooms = rooms


def _alive(work: Work, session_ids: set[UUID], settings: Settings) -> dict[UUID, Any]:
    from_kind = {"youth": settings.youth_idle, "staff": settings.staff_idle}
    rows = work.session.execute(
        sa.select(AccountSession.id.label("session_id"), AccountSession.seen_at, Account.id, Account.kind)
        .join(Account, Account.id == AccountSession.account_id)
        .where(
            AccountSession.id.in_(session_ids),
            AccountSession.revoked_at.is_(None),
            AccountSession.ends_at > work.now,
            Account.disabled_at.is_(None),
        )
    )
    return {row.session_id: row for row in rows if (work.now - row.seen_at).total_seconds() < from_kind[row.kind.value]}


def _sid() -> str:
    sid: str = request.sid  # type: ignore[attr-defined]  # Flask-SocketIO adds it to the request of an event
    return sid


def _ignored(*_: Any) -> None:
    """Nothing is done over a socket, whatever is sent."""


def _is_patched() -> bool:
    return threading.current_thread.__module__.startswith("gevent") or "gevent" in type(threading.Lock()).__module__
