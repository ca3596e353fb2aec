"""Nicknames: suggestions of neutral words, what one's own may not be, one of a kind in its group, another in each."""

import secrets
import unicodedata
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.groups.alias_rules import alias_words, letters, likeness, parts_of, refuse_content
from safespace.groups.listed_names import listed_names
from safespace.groups.models import Group, Membership, StaffRole
from safespace.kernel.refusals import InvalidError
from safespace.kernel.sealed import KeyRing
from safespace.kernel.text import clean, fold
from safespace.kernel.work import Work

SHORTEST = 2
LONGEST = 24
MOST_WORDS = 3
SUGGESTIONS = 6
_PUNCTUATION = frozenset(" -'’")


def suggest(work: Work, group_id: UUID, count: int = SUGGESTIONS) -> list[str]:
    """Give so many nicknames that are free in this group now."""
    words = alias_words(work.settings.config_dir)
    made: dict[str, str] = {}
    while len(made) < count * 3:
        alias = f"{secrets.choice(words.adjectives)} {secrets.choice(words.nouns)}"
        if len(alias) <= LONGEST:
            made[alias_index(work.keys, group_id, alias)] = alias
    taken = set(
        work.session.scalars(
            sa.select(Membership.alias_index).where(
                Membership.group_id == group_id, Membership.alias_index.in_(list(made))
            )
        )
    )
    team = staff_names(work, group_id)
    return [alias for index, alias in made.items() if index not in taken and not team & parts_of(alias)][:count]


def accept_alias(
    config_dir: Path, typed: str, *, is_risky: Callable[[str], bool], team: frozenset[str] = frozenset()
) -> str:
    """Give the cleaned nickname, or raise InvalidError(alias=…) with the reason in its code.

    Codes: `alias_short`, `alias_long`, `alias_letters` (digits or signs), `alias_words` (more than three),
    `alias_staff`, `alias_full_name`, `alias_numbers`, `alias_unsuitable`. `is_risky` is the risk engine's answer for a
    short text, `team` what `staff_names` gives for the group.
    """
    alias = " ".join(clean(typed[: LONGEST * 4]).split())
    words = alias_words(config_dir)
    for code, refused in (
        ("alias_short", len(alias) < SHORTEST or not any(char.isalpha() for char in alias)),
        ("alias_long", len(typed) > LONGEST * 4 or len(alias) > LONGEST),
        ("alias_letters", not all(_latin(char) or char in _PUNCTUATION for char in alias)),
        ("alias_words", len(alias.split()) > MOST_WORDS),
    ):
        if refused:
            raise InvalidError(alias=code)
    refuse_content(words, alias, is_risky, team)
    return alias


def alias_index(keys: KeyRing, group_id: UUID, alias: str) -> str:
    """Give the fingerprint by which a nickname is one of a kind in its group; groups share no fingerprints."""
    return keys.index(f"alias {group_id}", fold(alias))


def is_taken(work: Work, group_id: UUID, alias: str) -> bool:
    """Say whether somebody in this group has the nickname, now."""
    index = alias_index(work.keys, group_id, alias)
    found = sa.select(Membership.id).where(Membership.group_id == group_id, Membership.alias_index == index)
    return work.session.scalar(found) is not None


def has_elsewhere(work: Work, account_id: UUID, group_id: UUID, alias: str) -> bool:
    """Say whether this account has, or had, such a nickname in another group: whoever is in both would link the two.

    The same words in another order, or inflected, are such a one as well.
    """
    places = sa.select(Membership).where(Membership.account_id == account_id, Membership.group_id != group_id)
    others = [work.unseal(place, "alias") for place in work.session.scalars(places)]
    return any(letters(other) == letters(alias) or likeness(other) == likeness(alias) for other in others)


def staff_names(work: Work, group_id: UUID) -> frozenset[str]:
    """Give what nobody in this group may be called: who works at its location word by word, listed names as a whole."""
    rows = work.session.execute(
        sa.select(Account.id, Account.staff_name)
        .join(StaffRole, StaffRole.account_id == Account.id)
        .join(Group, Group.location_id == StaffRole.location_id)
        .where(Group.id == group_id, StaffRole.revoked_at.is_(None), Account.disabled_at.is_(None))
    )
    named = [part for row in rows for part in parts_of(work.open(Account, "staff_name", row.id, row.staff_name))]
    particles = alias_words(work.settings.config_dir).name_particles
    at = work.session.scalar(sa.select(Group.location_id).where(Group.id == group_id))
    listed = frozenset(letters(name) for name in listed_names(work, at)) if at else frozenset()
    return listed.union(part for part in named if len(part) >= SHORTEST and part not in particles)


def _latin(char: str) -> bool:
    return char.isalpha() and unicodedata.name(char, "").startswith("LATIN")
