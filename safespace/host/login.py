"""Flask-Login on top of the session table: the cookie holds a random token, the table says who that is."""

from datetime import datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

from flask import Flask, after_this_request, current_app, request, session
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.orm import Session

from safespace.accounts.sessions import SignedIn, find_session
from safespace.crisis.ringing import rings_for
from safespace.groups.membership import ROLES, actor_for, staff_actor
from safespace.groups.models import StaffRole
from safespace.host.database import db
from safespace.host.language import COOKIE, speak
from safespace.kernel.work import Work
from safespace.moderation import unseen
from safespace.moderation.models import Desk
from safespace.policy.roles import AccountKind, Actor, MembershipState, Role

PLACE = "place"  # in the signed cookie: the id of the visitor's location; it goes when the session ends

# Whether something rings or waits to be seen, and the own desk, are asked together with the roles: pages of staff need
# them.
_ROLES = ROLES.add_columns(
    rings_for(StaffRole.account_id, StaffRole.location_id).label("rings"),
    unseen.waits_at(StaffRole.location_id).label("unseen"),
    Desk,
).outerjoin(Desk, Desk.account_id == StaffRole.account_id)


class Visitor(UserMixin):
    """Who is at the other end of this request, as templates and views see it."""

    def __init__(self, token: str, found: SignedIn) -> None:
        self.token = token
        self.account_id: UUID = found.account_id
        self.session_id: UUID = found.session_id
        self.kind: AccountKind = found.kind
        self.proven: bool = found.proven
        self.stale: bool = found.stale
        self.known: Actor | None = None
        self.rings: bool = False
        self.unseen: bool = False
        self.desk: Desk | None = None

    def get_id(self) -> str:
        """Give what the cookie holds: the session's token, never the account's id."""
        return self.token

    @property
    def is_youth(self) -> bool:
        """Whether this is a young person."""
        return self.kind is AccountKind.YOUTH

    @property
    def actor(self) -> Actor:
        """The actor of this request, read once for what the frame of a page shows; use cases get a fresh one."""
        if self.known is None:
            here = current_app.extensions["safespace"]
            self.known = self.read(db.session(), here.clock())
        return self.known

    def read(self, session: Session, now: datetime) -> Actor:
        """Read who this is now, and for staff whether something rings or waits to be seen, and their desk."""
        if self.kind is not AccountKind.STAFF:
            return actor_for(session, self.account_id, self.kind, now, proven=self.proven)
        rows = session.execute(_ROLES, {"account_id": self.account_id, "now": now}).all()
        self.rings = any(row.rings for row in rows)
        self.unseen = any(row.unseen for row in rows)
        self.desk = rows[0].Desk if rows else None
        return staff_actor(self.account_id, rows, proven=self.proven)

    @property
    def is_clinician(self) -> bool:
        """Whether this is a clinician somewhere, with a proven second factor."""
        return self.proven and self.kind is AccountKind.STAFF and bool(self.actor.locations(Role.CLINICIAN))

    @property
    def is_administrator(self) -> bool:
        """Whether this is an administrator somewhere, with a proven second factor."""
        return self.proven and self.kind is AccountKind.STAFF and bool(self.actor.locations(Role.ADMINISTRATOR))


class Stranger(AnonymousUserMixin):
    """Nobody signed in: false, so that `{% if visitor %}` in a template means somebody."""

    def __bool__(self) -> bool:
        """Say no."""
        return False


visitor = cast(Any, current_user)


def init_app(app: Flask) -> None:
    """Bind Flask-Login. Its own protection is off: it stores a hash of the IP address and cannot be revoked."""
    login = LoginManager()
    login.session_protection = None
    login.anonymous_user = Stranger
    login._session_identifier_generator = lambda: None  # noqa: SLF001  # it would put a hash of the address in the cookie
    login.init_app(app, add_context_processor=False)  # it would ask the database for every template, help included

    @login.user_loader
    def load_visitor(token: str) -> Visitor | None:
        here = current_app.extensions["safespace"]
        found = find_session(db.session(), here.settings, token, here.clock())
        return None if found is None else Visitor(token, found)


def sign_in(work: Work, token: str) -> None:
    """Give this browser a new session, rotating everything the cookie held; call inside the unit that opened it."""
    work.session.flush()
    here = current_app.extensions["safespace"]
    found = find_session(work.session, here.settings, token, work.now)
    if found is None:
        raise RuntimeError("a session that was just opened is not there")
    session.clear()
    if COOKIE not in request.cookies:  # another phone, or one that was left in a hurry
        after_this_request(partial(speak, language=found.language))
    login_user(Visitor(token, found))
    session.pop("_id", None)
    session.pop("_fresh", None)
    home = _home(actor_for(work.session, found.account_id, found.kind, work.now))
    if home is not None:
        session[PLACE] = str(home)


def sign_out() -> None:
    """Forget the session in this browser; the row is revoked by accounts.sessions.end_session."""
    logout_user()
    session.clear()


def _home(actor: Actor) -> UUID | None:
    """Give the location whose number the help page shows first: of the oldest group, or of the oldest role."""
    active = (member.location_id for member in actor.members.values() if member.state is MembershipState.ACTIVE)
    return next(active, None) or next(iter(actor.roles), None)
