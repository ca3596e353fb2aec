"""What the pre-sorting knows besides a text: numbers that are allowed, names that are not, counts of earlier signals.

Allowed are the location's own crisis number and every number of the help page; names are the list that an administrator
keeps. Of what an author wrote before, no word is opened: the keyed marks of its categories are counted.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import phonenumbers
import sqlalchemy as sa

from safespace.crisis.models import HelpLine
from safespace.groups.listed_names import listed_names
from safespace.groups.locations import REGION
from safespace.groups.models import Group
from safespace.kernel.work import Work
from safespace.moderation.ending import about_words
from safespace.moderation.models import Review
from safespace.moderation.risk.assessment import Category
from safespace.threads.models import Post

REMEMBERED = timedelta(days=14)
MARK = 12


@dataclass(frozen=True, kw_only=True, repr=False)
class Surroundings:
    """What is known of the place: telephone numbers in every way they are written, and listed names."""

    help_lines: tuple[str, ...]
    names: tuple[str, ...]


def around(work: Work, group: Group) -> Surroundings:
    """Give what is known of the place of a group, looked up once in a unit of work."""
    known: dict[UUID, Surroundings] = work.notes.setdefault("surroundings", {})
    found = known.get(group.location_id)
    if found is None:
        listed = work.session.scalars(sa.select(HelpLine.phone).where(HelpLine.phone != ""))
        numbers = [group.location.crisis_phone, *listed]
        found = known[group.location_id] = Surroundings(
            help_lines=tuple(written for number in numbers for written in ways_to_write(number)),
            names=listed_names(work, group.location_id),
        )
    return found


def ways_to_write(phone: str) -> tuple[str, ...]:
    """Give the figures of a number as people may write it: from here, with +31, with 0031."""
    try:
        number = phonenumbers.parse(phone, REGION)
    except phonenumbers.NumberParseException:
        return (phone,)
    abroad = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    here = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return phone, here, abroad, f"00{abroad.removeprefix('+')}"


def earlier_signals(work: Work, group: Group, membership_id: UUID, *, but: UUID | None = None) -> dict[Category, int]:
    """Count, by category, the other posts of this author in this group whose words of the last 14 days had signals."""
    rows = work.session.execute(
        sa.select(Review.post_id, Review.topics)
        .join(Post, Post.id == Review.post_id)
        .where(
            Post.membership_id == membership_id,
            Review.opened_at > work.now - REMEMBERED,
            about_words(),
            Review.topics != "",
        )
    )
    marks: dict[UUID, set[str]] = {}
    for post_id, topics in rows:
        if post_id != but:
            marks.setdefault(post_id, set()).update(topics.split())
    if not marks:
        return {}
    counts = Counter(mark for of_post in marks.values() for mark in of_post)
    by_category = {category: counts[topic_mark(work, group.location_id, category)] for category in Category}
    return {category: count for category, count in by_category.items() if count}


def topic_mark(work: Work, location_id: UUID, category: Category) -> str:
    """Give the mark of a category at one location: equal marks show that two items share one, not which (design §4)."""
    return work.keys.index(f"topic {location_id}", category.value)[:MARK]
