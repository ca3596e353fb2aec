"""Nicknames: suggestions of neutral words, what one's own may not be, one of a kind in its group, another in each."""

import re
import secrets
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.groups.listed_names import listed_names
from safespace.groups.models import Group, Membership, StaffRole
from safespace.kernel.refusals import InvalidError
from safespace.kernel.sealed import KeyRing
from safespace.kernel.text import clean, fold
from safespace.kernel.work import Work
from safespace.settings import SettingsInvalidError

SHORTEST = 2
LONGEST = 24
MOST_WORDS = 3
SUGGESTIONS = 6
_FEWEST_PARTS = 40
_PUNCTUATION = frozenset(" -'’")
_BORDERS = re.compile(r"-|(?<=[^\W\d_A-ZÀ-ÖØ-Þ])(?=[A-ZÀ-ÖØ-Þ])")  # a hyphen, or a capital after a small letter


@dataclass(frozen=True, kw_only=True)
class AliasWords:
    """Parts of suggestions, and what a nickname may not contain; the latter folded for comparison."""

    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]
    titles: tuple[str, ...]
    refused_words: frozenset[str]
    refused_parts: tuple[str, ...]
    name_particles: frozenset[str]
    also_words: frozenset[str]
    given_names: frozenset[str]


@lru_cache(maxsize=4)
def alias_words(config_dir: Path) -> AliasWords:
    """Read `aliases.toml` and `alias_rules.toml`; raises SettingsInvalidError when a list is missing or too short."""
    try:
        parts = tomllib.loads((config_dir / "aliases.toml").read_text(encoding="utf-8"))
        rules = tomllib.loads((config_dir / "alias_rules.toml").read_text(encoding="utf-8"))
        words = AliasWords(
            adjectives=tuple(parts["adjectives"]),
            nouns=tuple(parts["nouns"]),
            titles=tuple(fold(word) for word in rules["titles"]),
            refused_words=frozenset(fold(word) for word in [*rules["refused_words"], *parts.get("refused", [])]),
            refused_parts=tuple(fold(word) for word in rules["refused_parts"]),
            name_particles=frozenset(fold(word) for word in rules["name_particles"]),
            also_words=frozenset(fold(word) for word in rules["also_words"]),
            given_names=frozenset(fold(word) for word in rules["given_names"]),
        )
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise SettingsInvalidError("aliases.toml or alias_rules.toml cannot be read") from error
    if min(len(words.adjectives), len(words.nouns)) < _FEWEST_PARTS:
        raise SettingsInvalidError(f"aliases.toml needs at least {_FEWEST_PARTS} adjectives and nouns")
    return words


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
    return [alias for index, alias in made.items() if index not in taken and not team & _parts(alias)][:count]


def accept_alias(
    config_dir: Path, typed: str, *, is_risky: Callable[[str], bool], team: frozenset[str] = frozenset()
) -> str:
    """Give the cleaned nickname, or raise InvalidError(alias=…) with the reason in its code.

    Codes: `alias_short`, `alias_long`, `alias_letters` (digits or signs), `alias_words` (more than three),
    `alias_staff`, `alias_full_name`, `alias_unsuitable`. `is_risky` is the risk engine's answer for a short text,
    `team` what `staff_names` gives for the group.
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
    _refuse_content(words, alias, is_risky, team)
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
    """Say whether this account has, or had, the nickname in another group: whoever is in both would link the two."""
    places = sa.select(Membership).where(Membership.account_id == account_id, Membership.group_id != group_id)
    same = _letters(alias)
    return any(_letters(work.unseal(place, "alias")) == same for place in work.session.scalars(places))


def staff_names(work: Work, group_id: UUID) -> frozenset[str]:
    """Give what nobody in this group may be called: who works at its location word by word, listed names as a whole."""
    rows = work.session.execute(
        sa.select(Account.id, Account.staff_name)
        .join(StaffRole, StaffRole.account_id == Account.id)
        .join(Group, Group.location_id == StaffRole.location_id)
        .where(Group.id == group_id, StaffRole.revoked_at.is_(None), Account.disabled_at.is_(None))
    )
    named = [part for row in rows for part in _parts(work.open(Account, "staff_name", row.id, row.staff_name))]
    particles = alias_words(work.settings.config_dir).name_particles
    at = work.session.scalar(sa.select(Group.location_id).where(Group.id == group_id))
    listed = frozenset(_letters(name) for name in listed_names(work, at)) if at else frozenset()
    return listed.union(part for part in named if len(part) >= SHORTEST and part not in particles)


def _refuse_content(words: AliasWords, alias: str, is_risky: Callable[[str], bool], team: frozenset[str]) -> None:
    parts = [fold(word) for word in _BORDERS.sub(" ", alias).split()]
    apart = _parts(alias)
    whole = _letters(alias)
    if any(title in whole for title in words.titles) or team & {*apart, whole}:
        raise InvalidError(alias="alias_staff")
    if words.refused_words & {*apart, whole} or any(part in whole for part in words.refused_parts):
        raise InvalidError(alias="alias_unsuitable")
    named = len(parts) > 1 and words.given_names & {parts[0], *(apart - words.also_words)}
    if named or any(part in words.name_particles for part in parts[1:-1]):
        raise InvalidError(alias="alias_full_name")
    if is_risky(alias):
        raise InvalidError(alias="alias_unsuitable")


def _parts(name: str) -> frozenset[str]:
    """Give the words of a name, also those that a capital or a hyphen sets apart (JanJansen), for comparison."""
    return frozenset(fold(word).strip("'’") for word in [*_BORDERS.sub(" ", name).split(), *name.split()])


def _letters(name: str) -> str:
    return "".join(char for char in fold(name) if char.isalpha())


def _latin(char: str) -> bool:
    return char.isalpha() and unicodedata.name(char, "").startswith("LATIN")
