"""The clinic in which the stories play: made once, then copied for every story."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from builders import ALWAYS_OPEN, NOON, a_clinician, a_group, a_location, a_youth
from places import a_database, in_memory, serialized
from sqlalchemy.orm import Session

from safespace.groups.models import AfterHours
from safespace.kernel.sealed import KeyRing
from safespace.kernel.work import Work
from safespace.roster.models import AlertRoute, Channel
from safespace.settings import Settings, load

KEYS = KeyRing.fresh()
BY_DAY = [[day, 9 * 60, 17 * 60] for day in range(5)]  # local time; the stories begin on a Monday at one o'clock


def settings() -> Settings:
    """Give the settings of the stories."""
    return load("testing", env={}, secret_key="only for tests, only for tests, only for tests")


SETTINGS = settings()


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who and where: a group with three youths, clinicians of the location, and one of the location that is asked."""

    location_id: UUID
    second_id: UUID
    group_id: UUID
    youths: tuple[UUID, ...]
    members: tuple[UUID, ...]
    clinicians: tuple[UUID, ...]
    elsewhere: UUID


def found(work: Work, *, closes: bool, clinicians: int) -> Cast:
    """Found the clinic. One that closes takes posts at night too, as long as its route is proven."""
    location = a_location(work, hours=BY_DAY if closes else ALWAYS_OPEN)
    second = a_location(work, "Zuiderlicht")
    group = a_group(work, location)
    youths = [a_youth(work, group, name) for name in ("Stille Otter", "Rode Vos", "Grijze Uil")]
    team = [a_clinician(work, location, name) for name in ("Esra", "Jeroen", "Noor")[:clinicians]]
    route = AlertRoute(
        location_id=location.id, account_id=team[0].account_id, channel=Channel.EMAIL, proven_at=work.now
    )
    work.session.add(route)
    work.seal(route, "address", "esra@plek.example")
    location.after_hours = AfterHours.DRAFTS_ONLY
    return Cast(
        location_id=location.id,
        second_id=second.id,
        group_id=group.id,
        youths=tuple(one.account_id for one in youths),
        members=tuple(one.members[group.id].membership_id for one in youths),
        clinicians=tuple(one.account_id for one in team),
        elsewhere=a_clinician(work, second, "Fatima").account_id,
    )


@contextmanager
def a_clinic(url: str, *, closes: bool, clinicians: int) -> Iterator[tuple[sa.Engine, Cast]]:
    """Give a clinic of its own to a story."""
    if url:
        with a_database(url) as engine:
            yield engine, _founded(engine, closes=closes, clinicians=clinicians)
        return
    data, cast = _template(closes=closes, clinicians=clinicians)
    with in_memory((closes, clinicians), data) as engine:
        yield engine, cast


@cache
def _template(*, closes: bool, clinicians: int) -> tuple[bytes, Cast]:
    with a_database("") as engine:
        cast = _founded(engine, closes=closes, clinicians=clinicians)
        return serialized(engine), cast


def _founded(engine: sa.Engine, *, closes: bool, clinicians: int) -> Cast:
    with Session(engine) as session:
        work = Work(session=session, settings=SETTINGS, keys=KEYS, now=NOON)
        cast = found(work, closes=closes, clinicians=clinicians)
        work.complete()
        session.commit()
    return cast
