"""How often each rule found something, counted so that it tells nothing else: no posts, no small figures.

The table holds a keyed mark of the rule for each location, so that a stolen database does not tell what was written on
a day. Words that a member sends count once for every version that is read; what staff write, and the second reading of
words that somebody told about, do not count.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from safespace.kernel.work import Work
from safespace.moderation.risk.assessment import Assessment, SignalKind
from safespace.moderation.rule_models import RuleHits
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE, Actor, Role
from safespace.policy.rules import require

DAYS = 30
SMALLEST = 10  # figures below are not told (design §6)
MARK = 24
_WINDOW = timedelta(days=DAYS)


def count(work: Work, location_id: UUID, assessment: Assessment, at: datetime) -> None:
    """Raise the counts of the rules that found something, in the transaction in which the assessment is kept."""
    found = {signal.rule for signal in assessment.signals if signal.kind is SignalKind.FINDING}
    if not found:
        return
    day = _day(work, at)
    marks = sorted(_mark(work, location_id, rule) for rule in found)  # in one order, so that no two wait for each other
    insert = sqlite.insert if work.session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = insert(RuleHits).values(
        [{"location_id": location_id, "mark": mark, "day": day, "count": 1} for mark in marks]
    )
    work.session.execute(
        row.on_conflict_do_update(
            index_elements=[RuleHits.location_id, RuleHits.mark, RuleHits.day], set_={"count": RuleHits.count + 1}
        )
    )


def hits(work: Work, actor: Actor, rules: Sequence[str]) -> dict[str, int | None]:
    """Give how often these rules found something in 30 days at one's own locations; None for fewer than ten.

    One query.
    """
    require(actor, Permission.READ_RULES, NOWHERE)
    locations = actor.locations(Role.CLINICIAN)
    names = {_mark(work, location, rule): rule for location in locations for rule in rules}
    rows = work.session.execute(
        sa.select(RuleHits.mark, sa.func.sum(RuleHits.count).label("sum"))
        .where(
            RuleHits.location_id.in_(locations), RuleHits.mark.in_(names), RuleHits.day > _day(work, work.now) - _WINDOW
        )
        .group_by(RuleHits.mark)
    )
    sums: Counter[str] = Counter()
    for row in rows:
        sums[names[row.mark]] += row.sum
    return {rule: sums[rule] if sums[rule] >= SMALLEST else None for rule in rules}


def forget_old(work: Work) -> None:
    """Erase counts of days that nobody is told about any more."""
    work.session.execute(sa.delete(RuleHits).where(RuleHits.day <= _day(work, work.now) - _WINDOW))


def _day(work: Work, at: datetime) -> date:
    return at.astimezone(ZoneInfo(work.settings.time_zone)).date()


def _mark(work: Work, location_id: UUID, rule: str) -> str:
    return work.keys.index(f"rule {location_id}", rule)[:MARK]
