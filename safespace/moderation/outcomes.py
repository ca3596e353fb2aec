"""The author's side: what became of what somebody wrote, with the reason and the note, in the author's own group."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.crisis.models import Escalation
from safespace.groups.models import Group, Location
from safespace.groups.reading import may_open
from safespace.kernel.refusals import NotFoundError
from safespace.kernel.work import Work
from safespace.moderation import assessing, help_cards, intake, reminding
from safespace.moderation.models import Action, Appeal, Decision
from safespace.moderation.own_words import before, rework, unplaced, versions
from safespace.moderation.verdicts import PLACING, TOLD
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE, Actor, MembershipState
from safespace.policy.rules import require
from safespace.roster.waiting import Now, now_in_all
from safespace.threads import reading
from safespace.threads.models import Post, PostRevision, PostState, PostType, Thread, Words

PAGE = 20
MOST_PAGES = 10_000
ON_AUTHOR = (PostState.DRAFT, PostState.CHANGES_REQUESTED)  # what waits until its author does something
APPEALABLE = frozenset({Action.DECLINE, Action.HIDE})


@dataclass(frozen=True, kw_only=True, repr=False)
class OwnPost:
    """An own post, with what a human said about it. `help_now`: the help card belongs with it.

    `revision_id` names these words. `unchangeable` is why it cannot be changed now, "" when it can. `group_open`: the
    author may read the group now. If not, during a break or when it has closed, the title of somebody else's
    conversation is not here either. `now`: how the group stands now; `sent_at`: when the last words were sent, None for
    a draft. `before` is what stood there until a clinician left something out, "" when that is erased; `unplaced` are
    newer words that the group did not get to see, and `rework` the same as title and body, to go on with; `agreed`: the
    author said that it is fine. `may_appeal` and `appealed` are about the decision that is shown, `reminded` and
    `expired` about a request to reword, `cared_for` says that the worry for which it, or an edit of it, is held was
    closed. After a fresh look `note` answers who asked for it; `reason` and `first_note` are of the decision before.
    `own_turn`: it waits until its author does something; the edit of a post that stays in the group can be what has to
    be reworded.
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
    first_note: str
    created_at: datetime
    standing: str
    revision_id: UUID
    unchangeable: str
    now: Now
    sent_at: datetime | None
    decision_id: UUID | None = None
    before: str = ""
    unplaced: str = ""
    rework: tuple[str, str] | None = None
    agreed: bool = False
    may_appeal: bool = False
    appealed: bool = False
    reminded: bool = False
    expired: bool = False
    cared_for: bool = False
    own_turn: bool = False
    group_open: bool

    @property
    def unsent(self) -> bool:
        """Whether these words were never sent, so that nobody but their author may read them."""
        return self.sent_at is None

    @property
    def reworded_unsent(self) -> bool:
        """Whether the new words that were asked for are kept, and only need to be sent."""
        return self.unsent and self.state is PostState.CHANGES_REQUESTED

    @property
    def taken_back(self) -> bool:
        """Whether the author took it back."""
        return self.state is PostState.WITHDRAWN


@dataclass(frozen=True, kw_only=True, repr=False)
class OwnPage:
    """A page of the own posts; `more`: there are older ones."""

    posts: list[OwnPost]
    more: bool


def own_page(work: Work, actor: Actor, number: int = 1) -> OwnPage:
    """Give the own posts in the groups this youth has not left, twenty a page: what waits on the author, then the rest.

    Both newest first. NotFoundError to staff, and for a page that is not there.
    """
    require(actor, Permission.HAVE_OWN_PLACE, NOWHERE)
    mine = [one.membership_id for one in actor.members.values() if one.state is not MembershipState.LEFT]
    if not 1 <= number <= MOST_PAGES:
        raise NotFoundError
    waits = sa.or_(Post.state.in_(ON_AUTHOR), reminding.is_asked_about())
    posts = list(
        work.session.execute(
            sa.select(Post, Group, Thread)
            .join(Group, Group.id == Post.group_id)
            .join(Thread, Thread.id == Post.thread_id)
            .where(Post.membership_id.in_(mine))
            .order_by(waits.desc(), Post.created_at.desc(), Post.id)
            .limit(PAGE + 1)
            .offset((number - 1) * PAGE)
        )
    )
    if number > 1 and not posts:
        raise NotFoundError
    return OwnPage(posts=_told(work, actor, posts[:PAGE]), more=len(posts) > PAGE)


def own_post(work: Work, actor: Actor, post_id: UUID) -> OwnPost:
    """Give one own post; NotFoundError to everybody but its author."""
    post, group = reading.obtain_post(work, actor, post_id, Permission.CHANGE_OWN_POST)
    thread = work.session.get_one(Thread, post.thread_id)
    return _told(work, actor, [(post, group, thread)])[0]


def _told(work: Work, actor: Actor, posts: Sequence[Any]) -> list[OwnPost]:
    ids = [post.id for post, _, _ in posts]
    decisions, firsts, appealed, cared_for, asked = _decided(work, ids)
    worried = help_cards.with_help(work, ids)
    shown = {
        post.id: one for post, _, _ in posts if (one := decisions.get(post.id)) is not None and _is_told(post, one)
    }
    wanted = [post.pending_id or post.revision_id for post, _, _ in posts]
    revisions = {one.id: one for one in work.session.scalars(versions(wanted, [post.id for post, _, _ in posts]))}
    written = [one for one in revisions.values() if one.redacted_from is None]
    last = {one.post_id: one for one in sorted(written, key=lambda one: one.number)}
    told = []
    standing = now_in_all(work, [group for _, group, _ in posts])
    for post, group, thread in posts:
        group_open = may_open(actor, group)
        decision = shown.get(post.id)
        first = firsts.get(decision.id) if decision else None
        over = post.id in cared_for and _is_held(post, decision)
        # What was taken back before it was shown has no version that stands; its author still reads the last words.
        revision = revisions.get(post.pending_id or post.revision_id or post.id) or last.get(post.id)
        if revision is None:
            raise NotFoundError
        help_now = post.id in worried or (revision.sent_at is None and _worries(work, group, revision))
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
                title=work.unseal(revision, "title")
                or (work.unseal(thread, "title") if thread.title and group_open else ""),
                body=work.unseal(revision, "body"),
                content_notes=tuple(revision.content_notes),
                opens_thread=post.opens_thread,
                editing=post.visible and post.pending_id is not None,
                help_now=help_now,
                action=decision.action if decision else None,
                reason=(first or decision).reason if decision else "",
                note=work.unseal(decision, "note") if decision else "",
                first_note=work.unseal(first, "note") if first else "",
                created_at=post.created_at,
                standing=_standing(post, decision, over, help_now=help_now, appealed=appealed),
                revision_id=revision.id,
                unchangeable=intake.why_unchangeable(actor, post, group, thread, standing[group.id]),
                now=standing[group.id],
                sent_at=revision.sent_at,
                decision_id=decision.id if decision else None,
                before=before(work, revisions, revision),
                unplaced=unplaced(work, revision, last.get(post.id)),
                rework=rework(work, revision, last.get(post.id)),
                agreed=decision is not None and decision.agreed_at is not None,
                may_appeal=decision is not None and decision.action in APPEALABLE and decision.id not in appealed,
                appealed=decision is not None and decision.id in appealed,
                reminded=decision is not None and decision.reminded_at is not None,
                expired=decision is not None and decision.expired_at is not None,
                cared_for=over,
                own_turn=post.state in ON_AUTHOR or post.id in asked,
                group_open=group_open,
            )
        )
    return told


def _decided(
    work: Work, ids: list[UUID]
) -> tuple[dict[UUID, Decision], dict[UUID, Decision], set[UUID], set[UUID], set[UUID]]:
    """Give the last decision of each post that its author can hear of.

    Besides: of a decision that confirmed another the one it confirmed, by its id; the appealed ones; the posts for
    which somebody took care, and closed it; and those of which the author is asked to reword something.
    """
    decisions: dict[UUID, Decision] = {}
    firsts: dict[UUID, Decision] = {}
    appealed, cared_for, asked = set(), set(), set()
    worry = sa.exists().where(Escalation.post_id == Decision.post_id)
    over = sa.and_(worry.where(Escalation.closed_at.is_not(None)), ~worry.where(Escalation.closed_at.is_(None)))
    for decision, appeal_id, is_over, asks in work.session.execute(
        sa.select(Decision, Appeal.id, over, reminding.asks_now())
        .join(Post, Post.id == Decision.post_id)
        .outerjoin(Appeal, Appeal.decision_id == Decision.id)
        .where(
            Decision.post_id.in_(ids),
            Decision.undone_at.is_(None),
            sa.or_(
                Decision.action.in_([*PLACING, *TOLD]), (Decision.action == Action.CONFIRM) & Decision.note.is_not(None)
            ),
        )
        .order_by(Decision.at)
    ):
        if decision.action is Action.CONFIRM and decision.post_id in decisions:
            firsts[decision.id] = decisions[decision.post_id]
        decisions[decision.post_id] = decision
        if appeal_id is not None:
            appealed.add(decision.id)
        if is_over:
            cared_for.add(decision.post_id)
        if asks:
            asked.add(decision.post_id)
    return decisions, firsts, appealed, cared_for, asked


def _worries(work: Work, group: Group, revision: PostRevision) -> bool:
    """Whether a draft asks for the help card: read anew each time, since nothing about a draft is kept."""
    words = Words(body=work.unseal(revision, "body"), title=work.unseal(revision, "title") or None)
    return assessing.asks_for_help(work, group, words)


def _standing(post: Post, decision: Decision | None, cared_for: bool, *, help_now: bool, appealed: set[UUID]) -> str:
    """What an open page compares; an approval that is not released yet, and may be undone, changes nothing of it."""
    said = (decision.id, decision.reminded_at, decision.expired_at, decision.id in appealed) if decision else ()
    waits = None if post.state is PostState.HIDDEN else post.pending_id
    facts = f"{post.state} {waits} {post.revision_id} {help_now} {cared_for} {said}"
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def _is_held(post: Post, decision: Decision | None) -> bool:
    """Whether a worry keeps the post, or words about it that the group does not see, until somebody took care."""
    held = post.visible and decision is not None and decision.action is Action.HOLD
    return held or post.state is PostState.HELD


def _is_told(post: Post, decision: Decision) -> bool:
    """Whether the author knows of the decision: an approval only once it happened, an older one not while rewording."""
    if decision.action in PLACING:
        return post.revision_id == decision.revision_id
    return post.pending_id in {None, decision.revision_id} or post.state is PostState.CHANGES_REQUESTED
