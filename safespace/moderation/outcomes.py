"""The author's side: what became of what somebody wrote, with the reason and the note, in the author's own group."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.groups.models import Group, Location
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import assessing, intake
from safespace.moderation.models import Action, Decision, Review, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE, Actor
from safespace.policy.rules import require
from safespace.threads import reading
from safespace.threads.models import Post, PostRevision, PostState, PostType, Thread, Words

PAGE = 20
NOT_PLACED = (PostState.CHANGES_REQUESTED, PostState.DECLINED, PostState.HELD)


@dataclass(frozen=True, kw_only=True, repr=False)
class OwnPost:
    """An own post, with what a human said about it. `help_now`: the help card belongs with it.

    `unchangeable` is why it cannot be changed now, "" when it can.
    """

    id: UUID
    group_id: UUID
    group: str
    location: Location
    thread_id: UUID
    position: int | None
    type: PostType
    state: PostState
    title: str
    body: str
    content_notes: tuple[str, ...]
    opens_thread: bool
    editing: bool
    help_now: bool
    action: Action | None
    reason: str
    note: str
    created_at: datetime
    standing: str
    unchangeable: str


def own_posts(work: Work, actor: Actor, *, limit: int = PAGE) -> list[OwnPost]:
    """Give the last own posts of all groups of this youth, newest first; NotFoundError to staff."""
    require(actor, Permission.HAVE_OWN_PLACE, NOWHERE)
    mine = [member.membership_id for member in actor.members.values()]
    if not mine:
        return []
    posts = list(
        work.session.execute(
            sa.select(Post, Group, Thread)
            .join(Group, Group.id == Post.group_id)
            .join(Thread, Thread.id == Post.thread_id)
            .where(Post.membership_id.in_(mine), Post.state != PostState.WITHDRAWN)
            .order_by(Post.created_at.desc(), Post.id)
            .limit(limit)
        )
    )
    return _told(work, actor, posts)


def own_post(work: Work, actor: Actor, post_id: UUID) -> OwnPost:
    """Give one own post; NotFoundError to everybody but its author."""
    post, group = reading.obtain_post(work, actor, post_id, Permission.CHANGE_OWN_POST)
    thread = work.session.get_one(Thread, post.thread_id)
    return _told(work, actor, [(post, group, thread)])[0]


def help_waits(work: Work, actor: Actor, thread_id: UUID) -> bool:
    """Say whether an own post in this thread still has the help card with it."""
    mine = [member.membership_id for member in actor.members.values()]
    return bool(
        work.session.scalar(
            sa.select(
                sa.exists()
                .where(Post.id == Review.post_id, Post.thread_id == thread_id, Post.membership_id.in_(mine))
                .where(Review.state != ReviewState.CLOSED, Review.rank >= Severity.HIGH.rank)
            )
        )
    )


def _told(work: Work, actor: Actor, posts: Sequence[Any]) -> list[OwnPost]:
    ids = [post.id for post, _, _ in posts]
    revision_ids = [post.pending_id or post.revision_id for post, _, _ in posts]
    revisions = {
        one.id: one for one in work.session.scalars(sa.select(PostRevision).where(PostRevision.id.in_(revision_ids)))
    }
    decisions: dict[UUID, Decision] = {}
    for decision in work.session.scalars(
        sa.select(Decision)
        .where(Decision.post_id.in_(ids), Decision.undone_at.is_(None), Decision.action != Action.CLOSE)
        .order_by(Decision.at)
    ):
        decisions[decision.post_id] = decision
    worried = set(
        work.session.scalars(
            sa.select(Review.post_id).where(
                Review.post_id.in_(ids),
                Review.rank >= Severity.HIGH.rank,
                sa.or_(Review.state != ReviewState.CLOSED, Post.state.in_(NOT_PLACED)),
                Post.id == Review.post_id,
            )
        )
    )
    told = []
    for post, group, thread in posts:
        revision = revisions.get(post.pending_id or post.revision_id or post.id)
        if revision is None:
            raise NotFoundError
        help_now = post.id in worried or (revision.sent_at is None and _worries(work, group, revision))
        last = decisions.get(post.id)
        shown = last if last is not None and _is_told(post, last) else None
        told.append(
            OwnPost(
                id=post.id,
                group_id=group.id,
                group=group.name,
                location=group.location,
                thread_id=thread.id,
                position=post.position,
                type=post.type,
                state=post.state,
                title=work.unseal(revision, "title") or (work.unseal(thread, "title") if thread.title else ""),
                body=work.unseal(revision, "body"),
                content_notes=tuple(revision.content_notes),
                opens_thread=post.opens_thread,
                editing=post.position is not None and post.pending_id is not None,
                help_now=help_now,
                action=shown.action if shown else None,
                reason=shown.reason if shown else "",
                note=work.unseal(shown, "note") if shown else "",
                created_at=post.created_at,
                standing=_standing(post, help_now=help_now),
                unchangeable=intake.why_unchangeable(work, actor, post, group, thread),
            )
        )
    return told


def _worries(work: Work, group: Group, revision: PostRevision) -> bool:
    """Whether a draft asks for the help card: read anew each time, since nothing about a draft is kept."""
    words = Words(body=work.unseal(revision, "body"), title=work.unseal(revision, "title") or None)
    return assessing.assess_words(work, group, words).severity >= Severity.HIGH


def _standing(post: Post, *, help_now: bool) -> str:
    """What an open page compares; an approval that is not released yet, and may be undone, changes nothing of it."""
    facts = f"{post.state} {post.pending_id} {post.revision_id} {help_now}"
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def _is_told(post: Post, decision: Decision) -> bool:
    """Whether the author knows of the decision: an approval only once it happened, an older one not while rewording."""
    if decision.action in {Action.APPROVE, Action.APPROVE_WITH_NOTES}:
        return post.revision_id == decision.revision_id
    return post.pending_id in {None, decision.revision_id} or post.state is PostState.CHANGES_REQUESTED
