"""One decision about a post after the other: waiting for the one that is made now."""

from collections.abc import Sequence

import sqlalchemy as sa

from safespace.kernel.work import Work
from safespace.moderation.models import Review
from safespace.threads.models import Post


def wait_for_decision(work: Work, post: Post) -> Sequence[Review]:
    """Wait for whoever decides about this post now, and read it as it is then; gives its items, oldest first.

    Locks go review first, post second.
    """
    items = sa.select(Review).where(Review.post_id == post.id).order_by(Review.opened_at, Review.id)
    held = items.with_only_columns(Review.id).with_for_update()
    read = items.add_columns(Post).join(Post, Post.id == Review.post_id).execution_options(populate_existing=True)
    # What was made or changed while this waited is not seen by the select that waited, so another one reads; and what
    # that finds to be new is not held yet.
    while True:
        known = set(work.session.scalars(held))
        found = work.session.scalars(read).all()
        if known.issuperset(one.id for one in found):
            break
    if not found:
        work.session.refresh(post)  # a draft has no items
    return found
