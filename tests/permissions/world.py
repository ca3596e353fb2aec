"""One small clinic in which everybody stands in every relation to everything, and every text is a word of its own.

Two locations: `here` with the groups `first`, `sibling` and `beside`, and `elsewhere` with one group of that name. Of
`beside` the only member has a break, about which `elsewhere` is asked. People are
named by how they stand to the group `first`.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import desk
import sqlalchemy as sa
from builders import NOON, a_group, a_location, a_member, a_staff_member, actor_of, an_account
from flask import Flask, session
from places import SERVER, a_bare_schema

from safespace.accounts import sessions
from safespace.accounts.models import Account, AccountSession
from safespace.app import create_app
from safespace.crisis.lines import seed_lines
from safespace.crisis.models import HelpLine
from safespace.crisis.snapshot import publish
from safespace.groups.invitations import enter_care_reference, make_batch
from safespace.groups.models import Group, Invitation, Location, Membership, StaffRole
from safespace.host import schema
from safespace.host.database import db
from safespace.host.login import sign_in
from safespace.host.work import unit_of_work
from safespace.kernel.sealed import KeyRing
from safespace.kernel.work import Work
from safespace.library.items import Draft, retire_item, write_item
from safespace.moderation import answers, intake, pins, release
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Review
from safespace.policy.roles import AccountKind, MembershipState, Role
from safespace.settings import LIMITS, load
from safespace.threads.models import PostType, Words

YOUTHS = {
    "youth_own": "first",
    "peer": "first",
    "youth_paused": "first",
    "youth_left": "first",
    "youth_sibling": "sibling",
    "youth_elsewhere": "elsewhere",
    "youth_beside": "beside",
    "disabled": "first",
}
STAFF = {
    "clinician_own": ("here", Role.CLINICIAN),
    "clinician_elsewhere": ("elsewhere", Role.CLINICIAN),
    "clinician_gone": ("here", Role.CLINICIAN),
    "administrator_own": ("here", Role.ADMINISTRATOR),
    "administrator_second": ("here", Role.ADMINISTRATOR),
    "administrator_elsewhere": ("elsewhere", Role.ADMINISTRATOR),
    "administrator_third": ("elsewhere", Role.ADMINISTRATOR),
    "peer_worker_own": ("here", Role.PEER_WORKER),
    "staff_unproven": ("here", Role.CLINICIAN),
    "newcomer": ("here", Role.CLINICIAN),
    "newcomer_elsewhere": ("elsewhere", Role.CLINICIAN),
}
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no word of any language, and a valid secret for an authenticator app
CLOSED: list[list[int]] = []


@dataclass
class World:
    """The app with everything in it: ids by name, the word in every text by name, a signed cookie by actor."""

    app: Flask
    ids: dict[str, UUID] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    now: datetime = NOON

    def word(self, name: str) -> str:
        """Make the one word that stands in the text of this name, and nowhere else."""
        digest = hashlib.sha256(name.encode()).digest()
        return self.words.setdefault(name, "K" + "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:15]))

    @contextmanager
    def unit(self, ago: timedelta = timedelta()) -> Iterator[Work]:
        """Do one thing at a moment before now."""
        with self.app.app_context():
            here = self.app.extensions["safespace"]
            here.clock = lambda: self.now - ago
            try:
                with unit_of_work() as work:
                    yield work
            finally:
                here.clock = lambda: self.now


MANY = "100000 per 1 minute"


@contextmanager
def opened(folder: Path) -> Iterator[World]:
    """The service on a database of its own, with everybody and everything in it. Limits are tested elsewhere."""
    settings = load(
        "testing",
        env={},
        data_dir=folder,
        database_url=a_bare_schema(SERVER) if SERVER else "",
        secret_key="only for tests, only for tests, only for tests",
        origins=("https://plek.example",),
        argon2_memory_kib=64,
        argon2_time=1,
        **dict.fromkeys(LIMITS, MANY),
    )
    app = create_app(settings, KeyRing.fresh())
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        if not SERVER:
            sa.event.listen(db.engine, "connect", lambda file, _: file.execute("PRAGMA synchronous=OFF"))
            db.engine.dispose()
        schema.upgrade(db.engine)
    yield build(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def build(app: Flask) -> World:
    """Fill an empty database."""
    world = World(app)
    app.extensions["safespace"].clock = lambda: world.now
    _places(world)
    _people(world)
    _library(world)
    _conversations(world)
    _codes(world)
    desk.lay(world)
    _last(world)
    _cookies(world)
    return world


def _places(world: World) -> None:
    with world.unit(timedelta(days=9)) as work:
        for name in ("here", "elsewhere"):
            world.ids[f"location {name}"] = a_location(work, world.word(f"location {name} name")).id
        for name, place in (("first", "here"), ("sibling", "here"), ("beside", "here"), ("elsewhere", "elsewhere")):
            location = work.session.get_one(Location, world.ids[f"location {place}"])
            group = a_group(work, location, world.word(f"group {name} name"))
            group.about = f"Over {world.word(f'group {name} about')}."
            world.ids[f"group {name}"] = group.id
        seed_lines(work)
    with world.unit() as work:
        world.ids["line"] = work.session.scalars(sa.select(HelpLine.id).where(HelpLine.fixed.is_(False))).first()
        publish(work)


def _people(world: World) -> None:
    with world.unit(timedelta(days=8)) as work:
        for name, place in YOUTHS.items():
            account = an_account(work, AccountKind.YOUTH, world.word(f"{name} sign-in name"))
            world.ids[f"account {name}"] = account.id
            _join(world, work, account, name, place)
        _join(world, work, work.session.get_one(Account, world.ids["account peer"]), "peer elsewhere", "elsewhere")
        for name, (place, role) in STAFF.items():
            location = work.session.get_one(Location, world.ids[f"location {place}"])
            actor = a_staff_member(work, location, role, world.word(f"{name} staff name"))
            account = work.session.get_one(Account, actor.account_id)
            account.sign_in_index = work.keys.index("sign-in", world.word(f"{name} sign-in name").casefold())
            work.seal(account, "sign_in_name", world.word(f"{name} sign-in name"))
            work.seal(account, "role_title", world.word(f"{name} role title"))
            if not name.startswith("newcomer"):
                work.seal(account, "totp_secret", 2 * world.word(f"{name} totp secret"))  # long enough for an app
                account.totp_confirmed_at = work.now
                account.passphrase_hash = "enrolled"
            world.ids[f"account {name}"] = account.id
            world.ids[f"role {name}"] = work.session.scalars(
                sa.select(StaffRole.id).where(StaffRole.account_id == account.id)
            ).one()


def _join(world: World, work: Work, account: Account, name: str, place: str) -> None:
    group = work.session.get_one(Group, world.ids[f"group {place}"])
    member = a_member(work, group, world.word(f"{name} alias"), account)
    work.seal(member, "care_reference", world.word(f"{name} care reference"))
    work.seal(member, "safety_contact", world.word(f"{name} safety contact"))
    world.ids[f"membership {name}"] = member.id


def actor(world: World, work: Work, name: str) -> Any:
    """Give somebody as the service would read them now."""
    return actor_of(work, world.ids[f"account {name}"])


def _library(world: World) -> None:
    with world.unit(timedelta(days=7)) as work:
        for name, place, writer in (
            ("here", "here", "clinician_own"),
            ("retired", "here", "clinician_own"),
            ("elsewhere", "elsewhere", "clinician_elsewhere"),
        ):
            draft = Draft(
                title=world.word(f"item {name} title"),
                body=f"Lees dit rustig: {world.word(f'item {name} body')}.",
                topic="sleep",
                title_en=world.word(f"item {name} English title"),
                body_en=f"Read this calmly: {world.word(f'item {name} English body')}.",
            )
            item = write_item(work, actor(world, work, writer), world.ids[f"location {place}"], draft)
            world.ids[f"item {name}"] = item.id
        work.session.flush()
    with world.unit(timedelta(days=6)) as work:
        retire_item(work, actor(world, work, "clinician_own"), world.ids["item retired"], 1)


def _conversations(world: World) -> None:
    _write(world, "published", "peer", "first", opens=True, decided="clinician_own", action=Action.APPROVE)
    _write(world, "sibling", "youth_sibling", "sibling", opens=True, decided="clinician_own", action=Action.APPROVE)
    for name, author in (("elsewhere", "youth_elsewhere"), ("peer elsewhere", "peer")):
        _write(world, name, author, "elsewhere", opens=True, decided="clinician_elsewhere", action=Action.APPROVE)
    for name, author in (
        ("own published", "youth_own"),
        ("paused", "youth_paused"),
        ("left", "youth_left"),
        ("withdrawn", "peer"),
        ("own withdrawn", "youth_own"),
        ("changed", "peer"),
    ):
        _write(world, name, author, "first", thread="published", decided="clinician_own", action=Action.APPROVE)
    for author, mark in (("peer", ""), ("youth_own", "own ")):
        for name, action in (("reworded", Action.ASK_REWORD), ("declined", Action.DECLINE), ("held", Action.HOLD)):
            _write(world, f"{mark}{name}", author, "first", thread="published", decided="clinician_own", action=action)
        _write(world, f"{mark}waiting", author, "first", thread="published")
        _write(world, f"{mark}opening", author, "first", opens=True)
        _draft(world, f"{mark}draft", author)
    _write(world, "sibling waiting", "youth_sibling", "sibling", thread="sibling")
    _write(
        world,
        "elsewhere declined",
        "youth_elsewhere",
        "elsewhere",
        thread="elsewhere",
        decided="clinician_elsewhere",
        action=Action.DECLINE,
    )
    _write(world, "elsewhere waiting", "youth_elsewhere", "elsewhere", thread="elsewhere")
    _write(world, "elsewhere opening", "youth_elsewhere", "elsewhere", opens=True)
    _write(
        world, "own kept", "youth_own", "first", thread="published", decided="clinician_own", action=Action.ASK_REWORD
    )
    with _nobody_there(world) as work:  # outside opening hours new words are kept and not sent
        words = Words(body=_sentence(world, "post own kept, the new words"))
        intake.rewrite(work, actor(world, work, "youth_own"), world.ids["post own kept"], words)
    with world.unit(timedelta(hours=5)) as work:
        words = Words(body=_sentence(world, "post changed, the new words"))
        intake.rewrite(work, actor(world, work, "peer"), world.ids["post changed"], words)
        for name, author in (("withdrawn", "peer"), ("own withdrawn", "youth_own")):
            intake.withdraw(work, actor(world, work, author), world.ids[f"post {name}"])
    _answer(world, "answer", "clinician_own", "first", "published")
    _answer(world, "answer elsewhere", "clinician_elsewhere", "elsewhere", "elsewhere")
    _pins(world)


def _sentence(world: World, name: str) -> str:
    return f"Zo was het bij mij: {world.word(name)}, en nu gaat het beter."


def _write(
    world: World,
    name: str,
    author: str,
    group: str,
    *,
    thread: str = "",
    opens: bool = False,
    decided: str = "",
    action: Action = Action.APPROVE,
) -> None:
    title = world.word(f"post {name} title") if opens else None
    with world.unit(timedelta(days=2)) as work:
        words = Words(body=_sentence(world, f"post {name} body"), title=title)
        who, place = actor(world, work, author), world.ids[f"group {group}"]
        if opens:
            sent = intake.open_thread(work, who, place, PostType.EXPERIENCE, words)
            world.ids[f"thread {name}"] = sent.thread_id
        else:
            sent = intake.reply(work, who, place, world.ids[f"thread {thread}"], PostType.TIP, words)
        world.ids[f"post {name}"] = sent.post_id
        review = work.session.scalars(sa.select(Review).where(Review.post_id == sent.post_id)).one()
        world.ids[f"review {name}"] = review.id
        _explain(world, work, review, name)
    if decided:
        with world.unit(timedelta(days=1)) as work:
            verdict = Verdict(
                action=action,
                reason="" if action is Action.APPROVE else _reason(action),
                note=f"Ik las dit met aandacht, en ik wil je zeggen: {world.word(f'post {name} note')}.",
                internal_note=f"Voor het team: {world.word(f'post {name} internal note')}.",
            )
            review = work.session.get_one(Review, world.ids[f"review {name}"])
            made = decide(work, actor(world, work, decided), review.id, review.version, verdict)
            world.ids[f"decision {name}"] = made.id
        with world.unit(timedelta(hours=20)) as work:
            release.release_due(work)


def _explain(world: World, work: Work, review: Review, name: str) -> None:
    """Put a word into the reasons of the assessment, as the engine would."""
    stored = json.loads(work.unseal(review, "assessment"))
    stored["signals"].append(
        {
            "span": [0, 2],
            "view": "raw",
            "rule": "probe",
            "category": "bullying",
            "severity": "low",
            "reason_nl": f"Gevonden: {world.word(f'review {name} reason')}.",
            "reason_en": f"Found: {world.word(f'review {name} English reason')}.",
            "stance": "neutral",
            "kind": "finding",
        }
    )
    work.seal(review, "assessment", json.dumps(stored))


def _reason(action: Action) -> str:
    return "needs_contact_first" if action is Action.HOLD else "numbers"


def _draft(world: World, name: str, author: str) -> None:
    with _nobody_there(world) as work:
        words = Words(body=_sentence(world, f"post {name} body"))
        place = (world.ids["group first"], world.ids["thread published"])
        sent = intake.reply(work, actor(world, work, author), *place, PostType.EXPERIENCE, words)
        world.ids[f"post {name}"] = sent.post_id


@contextmanager
def _nobody_there(world: World) -> Iterator[Work]:
    """Do one thing while the location is closed."""
    with world.unit(timedelta(hours=8)) as work:
        location = work.session.get_one(Location, world.ids["location here"])
        always, location.hours = location.hours, CLOSED
        yield work
        location.hours = always


def _answer(world: World, name: str, author: str, group: str, thread: str) -> None:
    with world.unit(timedelta(hours=4)) as work:
        words = Words(body=_sentence(world, f"{name} body"))
        place = (world.ids[f"group {group}"], world.ids[f"thread {thread}"])
        made = answers.answer(work, actor(world, work, author), *place, words)
        world.ids[f"decision {name}"], world.ids[f"post {name}"] = made.id, made.post_id
        world.ids[f"review {name}"] = made.review_id
    with world.unit(timedelta(hours=3)) as work:
        release.release_due(work)


def _pins(world: World) -> None:
    with world.unit(timedelta(hours=2)) as work:
        for name, who, group, thing in (
            ("first", "clinician_own", "first", {"item_id": world.ids["item here"]}),
            ("thread", "clinician_own", "first", {"post_id": world.ids["post published"]}),
            ("sibling", "clinician_own", "sibling", {"item_id": world.ids["item here"]}),
            ("elsewhere", "clinician_elsewhere", "elsewhere", {"post_id": world.ids["post elsewhere"]}),
        ):
            place = {"thread_id": world.ids["thread published"]} if name == "thread" else {}
            row = pins.pin(work, actor(world, work, who), world.ids[f"group {group}"], **thing, **place)
            world.ids[f"pin {name}"] = row.id


def _codes(world: World) -> None:
    for name, admin, clinician in (
        ("first", "administrator_own", "clinician_own"),
        ("sibling", "administrator_own", "clinician_own"),
        ("elsewhere", "administrator_elsewhere", "clinician_elsewhere"),
    ):
        with world.unit(timedelta(hours=2)) as work:
            batch = make_batch(work, actor(world, work, admin), world.ids[f"group {name}"], 3)
            world.ids[f"batch {name}"] = batch.id
        with world.unit(timedelta(hours=1)) as work:
            reference = world.word(f"code {name} care reference")
            enter_care_reference(work, actor(world, work, clinician), batch.id, 1, reference)
            world.ids[f"code {name}"] = work.session.scalars(
                sa.select(Invitation.id).where(Invitation.batch_id == batch.id, Invitation.number == 2)
            ).one()


def _last(world: World) -> None:
    """Now what ends somebody's place, and what is still held and can be undone."""
    for name, who in (("own waiting", "clinician_own"), ("elsewhere waiting", "clinician_elsewhere")):
        with world.unit() as work:
            review = work.session.get_one(Review, world.ids[f"review {name}"])
            note = f"Ik las dit met aandacht, en ik wil je zeggen: {world.word(f'post {name} note')}."
            verdict = Verdict(action=Action.APPROVE, note=note)
            made = decide(work, actor(world, work, who), review.id, review.version, verdict)
            world.ids[f"decision {name}"] = made.id
    with world.unit(timedelta(hours=1)) as work:
        work.session.get_one(Membership, world.ids["membership youth_paused"]).state = MembershipState.PAUSED
        work.session.get_one(Membership, world.ids["membership youth_beside"]).state = MembershipState.PAUSED
        work.session.get_one(Membership, world.ids["membership youth_left"]).state = MembershipState.LEFT
        work.session.get_one(Account, world.ids["account disabled"]).disabled_at = work.now
        work.session.get_one(StaffRole, world.ids["role clinician_gone"]).revoked_at = work.now
        for name in ("newcomer", "newcomer_elsewhere"):
            role = work.session.get_one(StaffRole, world.ids[f"role {name}"])
            role.works_from = work.now + timedelta(days=1)


def _cookies(world: World) -> None:
    for name in (*YOUTHS, *STAFF):
        world.cookies[name] = signed_in(world, name, proven=name != "staff_unproven")
    world.cookies["signed_out"] = signed_in(world, "youth_own", ended="signed out")
    with world.unit() as work:
        sessions.end_session(work, world.ids["session signed out"])
    world.cookies["expired"] = signed_in(world, "clinician_own", ago=timedelta(days=3), ended="expired")


def signed_in(world: World, name: str, *, proven: bool = True, ago: timedelta = timedelta(), ended: str = "") -> str:
    """Sign somebody in, note the session's id under the name or under `ended`, and give the cookie of that browser."""
    app, here = world.app, world.app.extensions["safespace"]
    with app.test_request_context():
        here.clock = lambda: world.now - ago
        with unit_of_work() as work:
            account = work.session.get_one(Account, world.ids[f"account {name}"])
            was, account.disabled_at = account.disabled_at, None
            token = sessions.open_session(work, account, proven=proven)
            sign_in(work, token)
            account.disabled_at = was
            world.ids[f"session {ended or name}"] = work.session.scalars(
                sa.select(AccountSession.id).where(AccountSession.token_hash == sessions.token_hash(token))
            ).one()
        here.clock = lambda: world.now
        serializer = app.session_interface.get_signing_serializer(app)
        return str(serializer.dumps(dict(session)))
