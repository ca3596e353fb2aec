"""The one way in: what youths send, change and withdraw. All of it waits for a human; outside hours as a draft."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.groups.models import Group
from safespace.groups.reading import obtain_group, scope_of
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError
from safespace.kernel.text import BODY, TITLE, accept, accept_line
from safespace.kernel.work import Work
from safespace.moderation import assessing, content, escalating, norms, reminding
from safespace.moderation.blind import is_blind
from safespace.moderation.doorbells import ring_author, ring_group, ring_staff
from safespace.moderation.ending import about_words, end_with_post
from safespace.moderation.models import Review, ReviewKind, ReviewState
from safespace.moderation.one_at_a_time import wait_for_decision
from safespace.moderation.risk.assessment import Assessment, Severity
from safespace.moderation.undoing import decide_anew
from safespace.moderation.verdicts import MOST_NOTES
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, MembershipState
from safespace.policy.rules import allows
from safespace.roster.waiting import Now, now_in
from safespace.threads import lifecycle, reading
from safespace.threads.models import Author, Post, PostRevision, PostState, PostType, Thread, Words

EDITABLE = frozenset({PostState.DRAFT, PostState.PENDING, PostState.CHANGES_REQUESTED, PostState.PUBLISHED})
GONE = frozenset({PostState.WITHDRAWN, PostState.HIDDEN})


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What became of a text: whether it waits for a human or is kept as a draft, and whether help is shown at once.

    `on_call`: it was sent although nobody reads along now, except in an emergency.
    """

    post_id: UUID
    thread_id: UUID
    draft: bool
    help_now: bool
    on_call: bool = False


def accept_words(work: Work, body: str, *, title: str | None = None, content_notes: tuple[str, ...] = ()) -> Words:
    """Give the cleaned words, or raise InvalidError with a code for each field."""
    errors: dict[str, str] = {}
    for field, text in (("title", title), ("body", body)):
        if text is not None:
            try:
                accept_line(field, text, cap=TITLE) if field == "title" else accept(field, text, cap=BODY)
            except InvalidError as error:
                errors |= error.errors
    if len(content_notes) > MOST_NOTES:
        errors["content_notes"] = "too_many_notes"
    elif not set(content_notes) <= set(content.content(work.settings.config_dir).notes):
        errors["content_notes"] = "unknown_choice"
    if errors:
        raise InvalidError(**errors)
    return Words(
        body=accept("body", body, cap=BODY),
        title=None if title is None else accept_line("title", title, cap=TITLE),
        content_notes=content_notes,
    )


def open_thread(work: Work, actor: Actor, group_id: UUID, type_: PostType, words: Words) -> Sent:
    """Send the first post of a new conversation; the conversation exists for the group once it is released."""
    group = group_for_writing(work, actor, group_id)
    thread = lifecycle.add_thread(work, group.id, type_)
    return _submit(work, actor, group, thread, type_, words, opens=True)


def reply(work: Work, actor: Actor, group_id: UUID, thread_id: UUID, type_: PostType, words: Words) -> Sent:
    """Send a reply; raises NotAllowedError when the group or the thread was closed meanwhile."""
    group, thread = reading.obtain_thread(work, actor, group_id, thread_id, Permission.WRITE_POST)
    return _submit(work, actor, group, thread, type_, words)


def why_unchangeable(actor: Actor, post: Post | reading.PostView, group: Group, thread: Thread, now: Now) -> str:
    """Give why an own post cannot be changed now, "" when it can. The screen asks this, and `rewrite` refuses by it."""
    if post.state not in EDITABLE:
        return "not_offered"
    if not allows(actor, Permission.WRITE_POST, scope_of(group)):
        return "on_break" if scope_of(group).open and _has_break(actor, group) else "group_closed"
    if thread.locked_at is not None:
        return "thread_locked"
    return "closed_now" if post.state is PostState.PUBLISHED and not now.sends else ""


def is_sent_now(state: PostState, now: Now) -> bool:
    """Whether changed words go to the team now: what lies there already is changed there, also when nobody reads."""
    return now.sends or state is PostState.PENDING


def rewrite(work: Work, actor: Actor, post_id: UUID, words: Words, *, seen: str = "") -> Sent:
    """Change an own post, send a draft, or send again what was asked to be reworded.

    A published post keeps showing its old words until a human has read the new ones. A waiting release is cancelled.
    `seen` names the words that these were written over, "" when nobody says: ConflictError (`changed_elsewhere`) when
    they are others by now, so that of two tabs the later one takes nothing away unseen.
    """
    post, group = reading.obtain_post(work, actor, post_id, Permission.CHANGE_OWN_POST)
    wait_for_decision(work, post)
    others_by_now = bool(seen) and seen != str(post.pending_id or post.revision_id)
    decide_anew(work, post)
    now = now_in(work, group)
    refused = why_unchangeable(actor, post, group, work.session.get_one(Thread, post.thread_id), now)
    if refused:
        raise NotAllowedError(refused)
    if others_by_now:
        raise ConflictError("changed_elsewhere")
    assessment = assessing.assess_words(work, group, words, by=post.membership_id, post_id=post.id)
    if not is_sent_now(post.state, now):
        lifecycle.revise(work, post, words, state=None, sent=False)
        return _sent(post, assessment, draft=True)
    kind = ReviewKind.EDIT if post.state is PostState.PUBLISHED else ReviewKind.NEW
    if reminding.is_asked(work, post.id):
        kind = ReviewKind.REWORDED
    state = None if post.state is PostState.PUBLISHED else PostState.PENDING
    revision = lifecycle.revise(work, post, words, state=state, sent=True)
    open_review(work, group, post, revision, kind, assessment)
    log.record(work, actor, "post_changed", location_id=group.location_id, on=("post", post.id), kind=kind.value)
    ring_author(work, "post_changed", post)
    return _sent(post, assessment, on_call=now.on_call)


def send_kept(work: Work, actor: Actor, post_id: UUID) -> Sent:
    """Send what was kept outside the hours, as it stands; NotAllowedError when it was sent, or nobody takes it now."""
    post, group = reading.obtain_post(work, actor, post_id, Permission.CHANGE_OWN_POST)
    kept = work.session.get(PostRevision, post.pending_id) if post.pending_id else None
    if kept is None or kept.sent_at is not None:
        raise NotAllowedError("not_offered")
    if not now_in(work, group).sends:
        raise NotAllowedError("closed_to_send")
    title = work.unseal(kept, "title") if kept.title is not None else None
    words = Words(body=work.unseal(kept, "body"), title=title, content_notes=tuple(kept.content_notes))
    return rewrite(work, actor, post_id, words)


def withdraw(work: Work, actor: Actor, post_id: UUID) -> Post:
    """Take an own post back, whatever its state. A worry that was high or crisis stays open until a human closes it."""
    post, group = reading.obtain_post(work, actor, post_id, Permission.CHANGE_OWN_POST)
    items = wait_for_decision(work, post)
    if post.state in GONE:
        raise NotAllowedError("not_offered")
    was_visible, was_sent = post.visible, post.state is not PostState.DRAFT
    lifecycle.move(work, post, PostState.WITHDRAWN, drop_pending=True)
    if was_visible and post.opens_thread:
        lifecycle.take_title_back(work, post.thread_id)
    for review in items:
        if review.state is not ReviewState.CLOSED:
            end_with_post(work, review)
    if was_sent:  # that there was a draft is known to its author only
        log.record(work, actor, "post_withdrawn", location_id=group.location_id, on=("post", post.id))
        ring_staff(work, "queue_changed", group.id, post.id)
    ring_author(work, "post_changed", post)
    if was_visible:
        ring_group(work, "post_withdrawn", post)
    return post


def open_review(
    work: Work, group: Group, post: Post, revision: PostRevision, kind: ReviewKind, assessment: Assessment
) -> Review:
    """Put a revision into the queue. What a human said about an earlier version is never lowered here.

    A review that is still open is brought up to date instead: it keeps its place in time and its worst level, so that a
    softened text does not hide what was written first.
    """
    earlier = work.session.scalars(
        sa.select(Review).where(Review.post_id == post.id, about_words()).order_by(Review.opened_at.desc(), Review.id)
    ).all()
    last = earlier[0] if earlier else None
    rank = assessment.severity.rank
    human = next((one.human_rank for one in earlier if one.human_rank is not None), None)
    if earlier:  # while a clinician takes care of the author, new words are no less urgent than that
        human = max(human or 0, escalating.least_about(work, post.id).rank) or human
    if last is not None and last.state is not ReviewState.CLOSED:
        review = last
        review.revision_id = revision.id
        if review.kind is ReviewKind.FOLLOW_UP:  # there are words to decide about again
            review.kind = kind
        if rank > review.rank and review.due_at is not None:
            review.due_at = min(review.due_at, norms.due_now(work, group, assessment.severity))
        if assessment.severity >= Severity.HIGH:
            was_needed = review.needs_help and review.severity >= Severity.HIGH
            review.needs_help = was_needed or assessment.calls_for_help
        review.rank = max(review.rank, rank)
        review.engine_rank = max(review.engine_rank, rank)
        if review.severity is Severity.CRISIS:  # its signals show now, so what is decided measures nothing
            review.blind = False
        review.version += 1
    else:
        review = Review(
            post_id=post.id,
            revision_id=revision.id,
            group_id=group.id,
            kind=kind,
            rank=max(rank, human or 0),
            engine_rank=rank,
            human_rank=human,
            needs_help=not assessment.risks_anonymity_alone,
            first_post=_is_first(work, post),
            opened_at=work.now,
            due_at=norms.due_now(work, group, Severity.of_rank(max(rank, human or 0))),
        )
        review.blind = human is None and is_blind(group.location, review.id, assessment.severity)
        work.session.add(review)
        work.session.flush()
    assessing.store(work, review, assessment)
    if review is not last or assessment.severity is Severity.CRISIS:  # softer words about a crisis ring no second time
        escalating.ring_if_crisis(work, review, group.location_id)
    ring_staff(work, "queue_changed", group.id, review.id)
    return review


def _submit(
    work: Work, actor: Actor, group: Group, thread: Thread, type_: PostType, words: Words, *, opens: bool = False
) -> Sent:
    member = actor.member_of(group.id)
    if member is None:
        raise NotAllowedError
    author = Author(membership_id=member.membership_id)
    now = now_in(work, group)
    draft = not now.sends
    assessment = assessing.assess_words(work, group, words, by=member.membership_id)
    state = PostState.DRAFT if draft else PostState.PENDING
    post, revision = lifecycle.add_post(work, thread, author, type_, words, state=state, opens=opens)
    if not draft:
        open_review(work, group, post, revision, ReviewKind.NEW, assessment)
        log.record(work, actor, "post_sent", location_id=group.location_id, on=("post", post.id), type=type_.value)
        ring_author(work, "post_changed", post)
    return _sent(post, assessment, draft=draft, on_call=now.on_call)


def _sent(post: Post, assessment: Assessment, *, draft: bool = False, on_call: bool = False) -> Sent:
    return Sent(
        post_id=post.id,
        thread_id=post.thread_id,
        draft=draft,
        help_now=assessment.calls_for_help,
        on_call=on_call,
    )


def group_for_writing(work: Work, actor: Actor, group_id: UUID) -> Group:
    """Give a group this actor may write in; raises NotAllowedError (`group_closed`) when it takes no posts now."""
    try:
        return obtain_group(work, actor, group_id, Permission.WRITE_POST)
    except NotAllowedError as error:
        if error.code == "group_over":
            raise
        raise NotAllowedError("group_closed") from error


def _has_break(actor: Actor, group: Group) -> bool:
    place = actor.member_of(group.id)
    return place is not None and place.state is MembershipState.PAUSED


def _is_first(work: Work, post: Post) -> bool:
    return not work.session.scalar(
        sa.select(
            sa.exists().where(Post.membership_id == post.membership_id, Post.position.is_not(None), Post.id != post.id)
        )
    )
