"""What somebody gets to read, as one text: everything the reading use cases give, whatever its shape."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.groups.reading import obtain_group
from safespace.kernel.refusals import RefusalError
from safespace.kernel.work import Work
from safespace.moderation import pins
from safespace.policy.roles import Actor
from safespace.threads import reading
from safespace.threads.models import Post, Thread


def texts_in(thing: Any) -> str:
    """Give every text in a value: of dataclasses and collections, not of table rows, which are sealed."""
    return "\n".join(_texts(thing))


def _texts(thing: Any) -> Iterable[str]:
    if isinstance(thing, str):
        yield thing
    elif is_dataclass(thing) and not hasattr(thing, "__table__"):
        for field in fields(thing):
            yield from _texts(getattr(thing, field.name))
    elif isinstance(thing, Mapping):
        for key, value in thing.items():
            yield from _texts(key)
            yield from _texts(value)
    elif isinstance(thing, list | tuple | set | frozenset):
        for value in thing:
            yield from _texts(value)


def all_of_group(work: Work, actor: Actor, group_id: UUID) -> str:
    """Give all a reader can get of a group: its list, pins, every page of every thread, and posts by their ids."""
    try:
        group = obtain_group(work, actor, group_id)
    except RefusalError:
        return ""
    parts: list[Any] = [reading.threads_of(work, group), pins.pins_of(work, actor, group_id)]
    parts.append(reading.posts_by_id(work, actor, group_id, list(work.session.scalars(sa.select(Post.id)))))
    for thread in work.session.scalars(sa.select(Thread).where(Thread.group_id == group_id)).all():
        try:
            reading.obtain_thread(work, actor, group_id, thread.id)
        except RefusalError:
            continue
        page = reading.page_of(work, actor, thread, 0)
        others = [reading.page_of(work, actor, thread, number) for number in range(1, page.last)]
        parts += [work.unseal(thread, "title"), page, *others]
    return texts_in(parts)
