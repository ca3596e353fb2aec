"""The people of the demo clinic: staff appointed and enrolled, youths joined with a code, as it happens for real."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pyotp

from safespace.accounts.credentials import hash_secret
from safespace.accounts.enrolment import enrol, find_link
from safespace.accounts.models import Account
from safespace.accounts.passphrases import new_passphrase, new_recovery_code
from safespace.accounts.registration import Credentials, free_name
from safespace.demo.script import Row, Script
from safespace.groups.claiming import find_invitation
from safespace.groups.invitations import make_batch
from safespace.groups.joining import join_as_newcomer, join_group
from safespace.groups.listed_names import accept_names
from safespace.groups.locations import GroupDraft, LocationDraft, found_location, open_group
from safespace.groups.membership import actor_for
from safespace.groups.staff import NewStaff, appoint_first, create_staff_account
from safespace.kernel.work import Work
from safespace.policy.roles import AccountKind, Actor, Role

ALWAYS = [[day, 0, 24 * 60] for day in range(7)]
SPARE_CODES = 6
FOUNDED = timedelta(days=14)  # before the first conversation
ROLE_WORKS = timedelta(days=2)  # after it was granted: longer than the delay of a role
JOINED = timedelta(days=3)


@dataclass
class Cast:
    """Everybody by the key of the script, and how each of them signs in."""

    locations: dict[str, UUID] = field(default_factory=dict)
    groups: dict[str, UUID] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    accounts: list[dict[str, Any]] = field(default_factory=list, repr=False)
    group_rows: dict[str, Row] = field(default_factory=dict)
    clinicians: dict[str, list[Actor]] = field(default_factory=dict)

    def clinician_of(self, group: str, turn: int) -> Actor:
        """Give a clinician of the group's location; they take turns."""
        found = self.clinicians[self.group_rows[group]["location"]]
        return found[turn % len(found)]


def gather(work: Work, script: Script, now: datetime) -> Cast:
    """Found the locations, appoint everybody and let the youths join, some weeks before `now`."""
    cast = Cast(group_rows={group["key"]: group for group in script.groups})
    start = now - script.beginning - FOUNDED
    _at(work, start)
    for row in script.locations:
        draft = LocationDraft(name=row["name"], crisis_phone=row["crisis_phone"], hours=ALWAYS)
        place = found_location(work, draft)
        place.closed_on_holidays = False  # a demo is tried on any day
        place.blind_share = 0  # one item is blind, and what a newcomer writes is not
        work.seal(place, "names", "\n".join(accept_names("names", "\n".join(row["names"]))))
        cast.locations[row["key"]] = place.id
    for row in sorted(script.staff, key=lambda one: str(one["role"])):  # administrators first: they appoint the others
        _employ(work, cast, script, row)
    work.complete()
    _at(work, start + ROLE_WORKS)
    for row in script.staff:
        _refresh(work, cast, row["key"], AccountKind.STAFF)
        if row["role"] == Role.CLINICIAN:
            for place in row["locations"]:
                cast.clinicians.setdefault(place, []).append(cast.actors[row["key"]])
    for row in script.groups:
        draft_group = GroupDraft(name=row["name"], about=row["about"], profile=row["profile"], kind=row["kind"])
        admin = _administrator(cast, script, row["location"])
        cast.groups[row["key"]] = open_group(work, admin, cast.locations[row["location"]], draft_group).id
    work.complete()
    _at(work, start + JOINED)
    _admit(work, cast, script)
    work.complete()
    return cast


def spare_codes(work: Work, cast: Cast, script: Script) -> dict[str, list[str]]:
    """Make a fresh sheet of codes for every group, by its name, for whoever tries the demo."""
    found = {}
    for row in script.groups:
        admin = _administrator(cast, script, row["location"])
        found[row["name"]] = list(make_batch(work, admin, cast.groups[row["key"]], SPARE_CODES).codes)
    return found


def _employ(work: Work, cast: Cast, script: Script, row: Row) -> None:
    first, *others = row["locations"]
    facts: dict[str, Any] = {"role": Role(row["role"]), "staff_name": row["name"], "role_title": row["title_nl"]}
    if others:
        raise ValueError("staff of the demo work at one location")
    if facts["role"] is Role.ADMINISTRATOR:
        made = appoint_first(work, cast.locations[first], **facts)
    else:
        made = create_staff_account(work, _administrator(cast, script, first), cast.locations[first], **facts)
    work.session.flush()
    passphrase, secret = _enrol(work, made)
    _refresh(work, cast, row["key"], AccountKind.STAFF, made.account_id)
    cast.accounts.append(
        {
            "role": row["role"],
            "display": f"{row['name']}, {row['title_nl']}",
            "sign_in_name": made.sign_in_name,
            "passphrase": passphrase,
            "totp_secret": secret,
            "location": _place(script, first)["name"],
            "groups": [group["name"] for group in script.groups if group["location"] == first],
        }
    )


def _enrol(work: Work, made: NewStaff) -> tuple[str, str]:
    passphrase, secret = new_passphrase(work.settings), pyotp.random_base32()
    enrol(
        work,
        find_link(work, made.token, by=None),
        passphrase_hash=hash_secret(work.settings, passphrase),
        recovery_hash=hash_secret(work.settings, new_recovery_code()),
    )
    account = work.session.get_one(Account, made.account_id)
    work.seal(account, "totp_secret", secret)
    account.totp_confirmed_at = work.now  # as if the first code had been accepted: no enrolment page in the way
    return passphrase, secret


def _admit(work: Work, cast: Cast, script: Script) -> None:
    codes = {
        row["key"]: iter(
            make_batch(work, _administrator(cast, script, row["location"]), cast.groups[row["key"]], 14).codes
        )
        for row in script.groups
    }
    work.session.flush()
    for row in script.youths:
        passphrase, name = new_passphrase(work.settings), free_name(work)
        credentials = Credentials(
            sign_in_name=name,
            passphrase_hash=hash_secret(work.settings, passphrase),
            recovery_hash=hash_secret(work.settings, new_recovery_code()),
        )
        for number, place in enumerate(row["memberships"]):
            invitation = find_invitation(work, next(codes[place["group"]])).invitation_id
            if number == 0:
                joined = join_as_newcomer(
                    work, invitation, credentials, alias=place["alias"], language="nl", is_risky=_fine
                )
            else:
                joined = join_group(work, cast.actors[row["key"]], invitation, alias=place["alias"], is_risky=_fine)
            work.session.flush()
            _refresh(work, cast, row["key"], AccountKind.YOUTH, joined.account.id)
        groups = [cast.group_rows[place["group"]] for place in row["memberships"]]
        cast.accounts.append(
            {
                "role": "youth",
                "display": row["memberships"][0]["alias"],
                "sign_in_name": name,
                "passphrase": passphrase,
                "totp_secret": None,
                "location": _place(script, groups[0]["location"])["name"],
                "groups": [group["name"] for group in groups],
                "aliases": {
                    group["name"]: place["alias"] for group, place in zip(groups, row["memberships"], strict=True)
                },
            }
        )


def _fine(_: str) -> bool:
    """Say that an alias of the script is not risky: a test reads every one of them."""
    return False


def _administrator(cast: Cast, script: Script, location: str) -> Actor:
    return next(
        cast.actors[row["key"]]
        for row in script.staff
        if row["role"] == Role.ADMINISTRATOR and location in row["locations"]
    )


def _refresh(work: Work, cast: Cast, key: str, kind: AccountKind, account_id: UUID | None = None) -> None:
    found = account_id or cast.actors[key].account_id
    if found is None:
        raise LookupError(key)
    cast.actors[key] = actor_for(work.session, found, kind, work.now, proven=True)


def _place(script: Script, key: str) -> Row:
    return next(row for row in script.locations if row["key"] == key)


def _at(work: Work, moment: datetime) -> None:
    work.session.flush()
    work.now = moment
