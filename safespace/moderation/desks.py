"""How a clinician works: filters that are remembered, keys, and what *Volgende* leaves to colleagues."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.groups.models import Group, StaffRole
from safespace.kernel.refusals import InvalidError, NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import blind, rows, training
from safespace.moderation.models import Desk, Flag, PassedOn, Review, ReviewKind
from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.surroundings import topic_mark
from safespace.policy.roles import Actor, Role

# What can be done by a key, and its usual key. Opposite answers do not lie side by side.
KEYS = {
    "down": "j",
    "up": "k",
    "open": "o",
    "next": "n",
    "undo": "z",
    "pass_on": "s",
    "take_over": "t",
    "approve": "a",
    "approve_with_word": "b",
    "approve_with_notes": "w",
    "ask_reword": "e",
    "redact": "x",
    "decline": "r",
    "hold": "c",
    "second_look": "l",
    "hide": "v",
    "keep": "h",
    "confirm": "y",
    "close": "q",
    "severity": "i",
    "flag": "m",
    "help": "?",
}
ONE_KEY = re.compile(r"^[a-z0-9?.,;/]$")


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What of the queue is shown; nothing chosen shows all."""

    group_id: UUID | None = None
    severity: Severity | None = None
    category: Category | None = None
    kind: ReviewKind | None = None
    late: bool = False

    @property
    def any(self) -> bool:
        """Whether something is left out."""
        return self != Filters()


@dataclass(frozen=True, kw_only=True)
class DeskView:
    """A desk as it is used: with the usual keys where none were chosen."""

    filters: Filters
    keys: dict[str, str]
    keys_on: bool
    left_out: tuple[Category, ...]


def desk_of(work: Work, actor: Actor) -> DeskView:
    """Give one's own desk."""
    rows.own_locations(actor)
    return as_used(work.session.get(Desk, actor.account_id))


def as_used(row: Desk | None) -> DeskView:
    """Give a desk as it is used; what an older version of the service wrote otherwise is left out."""
    if row is None:
        return DeskView(filters=Filters(), keys=dict(KEYS), keys_on=True, left_out=())
    return DeskView(
        filters=read_filters(row.filters),
        keys=KEYS | {name: key for name, key in row.keys.items() if name in KEYS},
        keys_on=row.keys_on,
        left_out=tuple(Category(one) for one in row.left_out if one in set(Category)),
    )


def keep_filters(work: Work, actor: Actor, filters: Filters) -> None:
    """Remember what of the queue is shown."""
    _row(work, actor).filters = {
        name: str(getattr(value, "value", value))
        for name, value in vars(filters).items()
        if value is not None and name != "late"
    }


def keep_keys(work: Work, actor: Actor, keys: Mapping[str, str], *, on: bool) -> None:
    """Remember which keys do what, an empty one as usual; raises InvalidError by name: `key_wrong`, `key_twice`."""
    chosen = {name: keys.get(name, "").strip().casefold() or usual for name, usual in KEYS.items()}
    errors = {name: "key_wrong" for name, key in chosen.items() if not ONE_KEY.match(key)}
    used = list(chosen.values())
    errors |= {name: "key_twice" for name, key in chosen.items() if name not in errors and used.count(key) > 1}
    if errors:
        raise InvalidError(**errors)
    row = _row(work, actor)
    row.keys = {name: key for name, key in chosen.items() if key != KEYS[name]}
    row.keys_on = on


def leave_out(work: Work, actor: Actor, categories: Sequence[str]) -> None:
    """Leave these categories to colleagues when the next item is handed out."""
    if not set(categories) <= set(Category):
        raise InvalidError(left_out="unknown_choice")
    _row(work, actor).left_out = sorted(set(categories))


def rest(work: Work, actor: Actor) -> None:
    """Take a pause, or say that one goes on: what was read until now asks for no pause any more."""
    _row(work, actor).rested_at = work.now


def read_filters(values: Mapping[str, Any]) -> Filters:
    """Give filters from what was remembered or typed; what is no choice is no filter."""
    return Filters(
        group_id=_one_of(UUID, values.get("group_id")),
        severity=_one_of(Severity, values.get("severity")),
        category=_one_of(Category, values.get("category")),
        kind=_one_of(ReviewKind, values.get("kind")),
        late=bool(values.get("late")),
    )


def conditions(work: Work, actor: Actor, filters: Filters) -> list[sa.ColumnElement[bool]]:
    """Give what a review must be to pass these filters. A blind item passes by any level, by none of its categories."""
    found: list[sa.ColumnElement[bool]] = []
    if filters.group_id is not None:
        found.append(Review.group_id == filters.group_id)
    if filters.severity is not None:
        found.append(sa.or_(Review.rank == filters.severity.rank, blind.is_hidden()))
    if filters.kind is not None:
        found.append(Review.kind == filters.kind)
    if filters.late:
        found.append(rows.is_said_late(work))
    if filters.category is not None:
        flagged = sa.exists().where(Flag.post_id == Review.post_id, Flag.category == filters.category.value)
        marked = sa.and_(~Review.blind, _marked(work, actor, [filters.category]))
        found.append(sa.or_(flagged, marked))
    return found


def left_to_colleagues(work: Work, actor: Actor, categories: Sequence[Category]) -> list[sa.ColumnElement[bool]]:
    """Give what a review must not be about for somebody who leaves these categories to colleagues.

    A crisis, and what is too late, is handed out all the same when nobody else could take it: everybody else may not
    decide it, passed it on, or leaves it out too.
    """
    if not categories:
        return []
    cannot_wait = sa.or_(Review.rank == Severity.CRISIS.rank, rows.is_late(work))
    return [sa.or_(~_is_about(work, actor, categories), sa.and_(cannot_wait, ~_somebody_else(work, actor)))]


def _somebody_else(work: Work, actor: Actor) -> sa.ColumnElement[bool]:
    """Say that a colleague at one's own locations could take a review."""
    colleagues = work.session.execute(
        sa.select(StaffRole.location_id, StaffRole.account_id, Desk.left_out)
        .join(Account, sa.and_(Account.id == StaffRole.account_id, Account.disabled_at.is_(None)))
        .outerjoin(Desk, Desk.account_id == StaffRole.account_id)
        .where(
            StaffRole.location_id.in_(rows.own_locations(actor)),
            StaffRole.account_id != actor.account_id,
            StaffRole.role == Role.CLINICIAN,
            StaffRole.revoked_at.is_(None),
            StaffRole.works_from <= work.now,
        )
    )
    known = {one.value: one for one in Category}
    could = [
        sa.and_(
            _reaches(location_id),
            Review.not_by.is_distinct_from(account_id),
            training.may_decide(work, account_id, Group.location_id),
            ~sa.exists().where(PassedOn.review_id == Review.id, PassedOn.account_id == account_id),
            ~_is_about(work, actor, [known[name] for name in left_out or () if name in known]),
        )
        for location_id, account_id, left_out in colleagues
    ]
    return sa.or_(sa.false(), *could)


def _is_about(work: Work, actor: Actor, categories: Sequence[Category]) -> sa.ColumnElement[bool]:
    """Say that a review is about one of these, by what was found in it or by a human's flag."""
    if not categories:
        return sa.false()
    flagged = sa.exists().where(Flag.post_id == Review.post_id, Flag.category.in_([one.value for one in categories]))
    return sa.or_(flagged, _marked(work, actor, categories))


def _marked(work: Work, actor: Actor, categories: Sequence[Category]) -> sa.ColumnElement[bool]:
    marks = [
        sa.and_(_reaches(location_id), Review.topics.contains(topic_mark(work, location_id, category)))
        for location_id in rows.own_locations(actor)
        for category in categories
    ]
    return sa.or_(sa.false(), *marks)


def _reaches(location_id: UUID) -> sa.ColumnElement[bool]:
    """Say that a review is of this location, or that its clinicians were asked about it; needs Group joined."""
    return sa.or_(Group.location_id == location_id, Review.asked_location_id == location_id)


def _one_of(kind: Any, value: object) -> Any:
    try:
        return kind(value) if value else None
    except (ValueError, AttributeError, TypeError):
        return None


def _row(work: Work, actor: Actor) -> Desk:
    rows.own_locations(actor)
    if actor.account_id is None:
        raise NotFoundError
    row = work.session.get(Desk, actor.account_id)
    if row is None:
        row = Desk(account_id=actor.account_id)
        work.session.add(row)
    return row
