"""What members tell the team about a post of somebody else: it reaches the queue, with the words as they were."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from safespace.audit import log
from safespace.groups.models import Group, Membership
from safespace.kernel.outbox import Audience, AudienceKind, Event
from safespace.kernel.refusals import InvalidError, NotAllowedError, NotFoundError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.moderation import assessing, escalating, norms, second_look
from safespace.moderation.doorbells import ring_staff
from safespace.moderation.models import Action, Decision, Report, ReportKind, Review, ReviewKind, ReviewState
from safespace.moderation.report_words import vocabulary
from safespace.moderation.risk.assessment import Assessment, Severity
from safespace.moderation.verdicts import DUTCH, Verdict, own_language
from safespace.policy.permissions import Permission
from safespace.policy.roles import NOWHERE, Actor, MembershipState
from safespace.policy.rules import require
from safespace.threads.models import Post, PostRevision, Words
from safespace.threads.reading import obtain_post

MINE = 30


@dataclass(frozen=True, kw_only=True, repr=False)
class Told:
    """A report as the team reads it. `snapshot` are the words of the post when it was made.

    `reads` is the language of who told.
    An `answer` without a moment was taken back with the decision it came with.
    """

    kind: ReportKind
    alias: str
    reads: str
    words: str
    snapshot: str
    at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, kw_only=True, repr=False)
class OwnReport:
    """A report as its maker reads it back: the own words and the answer, never what became of somebody else.

    `help_now`: help belongs with it until it is answered, for who worries, and for who wrote heavy words of their own.
    """

    kind: ReportKind
    group: str
    words: str
    at: datetime
    answer: str
    help_now: bool


def obtain_told_about(work: Work, actor: Actor, post_id: UUID) -> tuple[Post, Group]:
    """Give a post of somebody else that the group sees, or saw: a worry does not end when the words are taken back.

    NotAllowedError (`own_post`) for one's own; NotFoundError for everything else.
    """
    post = work.session.get(Post, post_id)
    if post is None:
        raise NotFoundError
    group = work.session.get_one(Group, post.group_id)
    member = actor.member_of(group.id)
    if member is not None and post.membership_id == member.membership_id:
        obtain_post(work, actor, post_id, Permission.READ_POST)
        raise NotAllowedError("own_post")
    require(actor, Permission.REPORT_POST, replace(post.scope(group.location_id), visible=post.position is not None))
    return post, group


def report(
    work: Work, actor: Actor, post_id: UUID, kind: ReportKind, *, choice: str, words: str = "", language: str = "nl"
) -> Report:
    """Tell the team about a post; raises InvalidError by field. The author hears nothing of it.

    The chosen sentence is kept as it was read, with the own words below it.
    """
    post, group = obtain_told_about(work, actor, post_id)
    chosen = vocabulary(work.settings.config_dir).choices.get(choice)
    errors = {} if chosen and chosen.kind is kind else {"choice": "unknown_choice" if choice else "required"}
    try:
        own = accept("words", words, cap=NOTE, required=False)
    except InvalidError as error:
        errors |= error.errors
    member = actor.member_of(group.id)
    if errors or chosen is None or member is None:
        raise InvalidError(**errors)
    revision = work.session.get_one(PostRevision, post.revision_id)
    shown = Words(body=work.unseal(revision, "body"), title=work.unseal(revision, "title") or None)
    of_post = assessing.assess_words(work, group, shown, by=post.membership_id, post_id=post.id)
    severity = Severity.worst(chosen.severity, of_post.severity, _level(work, group, own))
    review = _open_review(work, group, post, of_post, severity)
    made = Report(kind=kind, review_id=review.id, post_id=post.id, membership_id=member.membership_id, at=work.now)
    work.seal(made, "words", f"{chosen.label[language]}.\n\n{own}".strip())
    work.seal(made, "snapshot", assessing.shown_text(shown))
    work.session.add(made)
    work.session.flush()
    log.record(work, actor, "report_sent", location_id=group.location_id, on=("post", post.id), kind=kind.value)
    if severity is Severity.CRISIS:  # each time somebody says so, also about an item that is being looked at
        escalating.ring_if_crisis(work, review, group.location_id)
    ring_staff(work, "queue_changed", group.id, review.id)
    return made


def unanswered(work: Work, review: Review) -> set[ReportKind]:
    """Give what kinds of things members told about this item that nobody answered yet."""
    if review.kind is not ReviewKind.REPORT:
        return set()
    return set(work.session.scalars(sa.select(Report.kind).where(unanswered_on(review.id)).distinct()))


def check_answer(work: Work, review: Review, verdict: Verdict) -> None:
    """Raise InvalidError, as `answer_reports` would, where somebody waits for an answer that has no words yet."""
    if verdict.action is not Action.SECOND_LOOK and unanswered(work, review):
        accept("answer", verdict.answer, cap=NOTE)


def unanswered_on(review_id: Any) -> sa.ColumnElement[bool]:
    """Pick the reports on an item that nobody answered yet, for a question that is asked anyway."""
    return sa.and_(Report.review_id == review_id, Report.answered_at.is_(None))


def answer_reports(
    work: Work, actor: Actor, review: Review, group: Group, verdict: Verdict, waiting: Sequence[Report]
) -> int:
    """Answer everybody who is `waiting`, since they told about this item, and ring each of them. Gives how many.

    Raises InvalidError for an `answer` without words. Whoever asks a colleague first leaves it to the colleague.
    """
    if verdict.action is Action.SECOND_LOOK or review.kind is not ReviewKind.REPORT or not waiting:
        return 0
    text = accept("answer", verdict.answer, cap=NOTE)
    for one in waiting:
        work.seal(one, "answer", text)
        one.answered_by, one.answered_at = actor.account_id, work.now
        _ring(work, one, group.id)
    on = ("post", review.post_id)
    log.record(work, actor, "report_answered", location_id=group.location_id, on=on, count=len(waiting))
    return len(waiting)


def ask_again(work: Work, review: Review, decision: Decision) -> None:
    """Let everybody who was answered with a decision that is taken back wait again: a new answer is due.

    What was said stays with the item, for the team.
    """
    answered = sa.select(Report).where(
        Report.review_id == review.id, Report.answered_at == decision.at, Report.answered_by == decision.by
    )
    for one in work.session.scalars(answered.order_by(Report.id)):
        one.answered_by = one.answered_at = None
        _ring(work, one, review.group_id)


def _ring(work: Work, one: Report, group_id: UUID) -> None:
    audience = Audience(AudienceKind.MEMBER, one.membership_id)
    work.announce(Event(audience=audience, kind="report_answered", group_id=group_id, subject_id=one.id))


def reports_on(work: Work, review: Review) -> list[Told]:
    """Give what members told, of an item that was obtained, newest first; nothing where it is about something else."""
    if review.kind is not ReviewKind.REPORT:
        return []
    rows = work.session.execute(
        sa.select(Report, Membership.alias, own_language(Report.membership_id))
        .join(Membership, Membership.id == Report.membership_id)
        .where(Report.review_id == review.id)
        .order_by(Report.at.desc(), Report.id)
    )
    return [
        Told(
            kind=one.kind,
            alias=work.open(Membership, "alias", one.membership_id, alias),
            reads=reads or DUTCH,
            words=work.unseal(one, "words"),
            snapshot=work.unseal(one, "snapshot"),
            at=one.at,
            answer=work.unseal(one, "answer"),
            answered_at=one.answered_at,
        )
        for one, alias, reads in rows
    ]


def own_reports(work: Work, actor: Actor, page: int = 1) -> list[OwnReport]:
    """Give a page of what this youth told the team, newest first, with the answers; NotFoundError to staff.

    MINE are on a page; one more is given when there are older ones.
    """
    require(actor, Permission.HAVE_OWN_PLACE, NOWHERE)
    mine = [one.membership_id for one in actor.members.values() if one.state is not MembershipState.LEFT]
    rows = work.session.execute(
        sa.select(Report, Group)
        .join(Membership, Membership.id == Report.membership_id)
        .join(Group, Group.id == Membership.group_id)
        .where(Report.membership_id.in_(mine))
        .order_by(Report.at.desc(), Report.id)
        .limit(MINE + 1)
        .offset((page - 1) * MINE)
    )
    return [_own(work, one, group) for one, group in rows]


def own_standing(work: Work, actor: Actor) -> tuple[int, datetime | None]:
    """Give how many answers this youth got and when the last one came, for the list of reports and for a link to it."""
    require(actor, Permission.HAVE_OWN_PLACE, NOWHERE)
    mine = [one.membership_id for one in actor.members.values() if one.state is not MembershipState.LEFT]
    row = work.session.execute(
        sa.select(sa.func.count(Report.answered_at), sa.func.max(Report.answered_at)).where(
            Report.membership_id.in_(mine)
        )
    ).one()
    return row[0], row[1]


def _open_review(work: Work, group: Group, post: Post, assessment: Assessment, severity: Severity) -> Review:
    """Give the open item about this post, brought up to date, or a new one. A report only ever raises its level.

    One that waits since somebody has contact with the author is to be read again, by the norm of its level.

    What a human said about the post before counts, but is not said about this item yet: the author gets the help card
    when a human worries, never by a member's hand. Whoever wrote as a clinician does not decide about it.
    """
    found = work.session.scalar(
        sa.select(Review)
        .where(Review.post_id == post.id, Review.kind == ReviewKind.REPORT, Review.state != ReviewState.CLOSED)
        .order_by(Review.opened_at)
        .limit(1)
        .with_for_update()
    )
    if found is not None:
        due = norms.due_now(work, group, Severity.of_rank(max(found.rank, severity.rank)))
        if found.state is ReviewState.CONTACT:  # it was answered and had no norm; what is told now was read by nobody
            found.state, found.due_at = ReviewState.OPEN, due
        elif severity.rank > found.rank and found.due_at is not None:
            found.due_at = min(found.due_at, due)
        found.rank = max(found.rank, severity.rank)
        found.engine_rank = max(found.engine_rank, severity.rank)
        found.version += 1
        work.session.flush()
        return found
    human = work.session.scalar(
        sa.select(Review.human_rank)
        .where(Review.post_id == post.id, Review.human_rank.is_not(None))
        .order_by(Review.opened_at.desc())
        .limit(1)
    )
    made = Review(
        post_id=post.id,
        revision_id=_shown(post),
        group_id=group.id,
        kind=ReviewKind.REPORT,
        rank=max(severity.rank, human or 0),
        engine_rank=severity.rank,
        opened_at=work.now,
        due_at=norms.due_now(work, group, Severity.of_rank(max(severity.rank, human or 0))),
        not_by=post.staff_id,
    )
    work.session.add(made)
    work.session.flush()
    if post.staff_id is not None:
        second_look.ask(work, made, group.location, second_look.another_place(work, group.location, post.staff_id))
    assessing.store(work, made, assessment, counted=False)
    return made


def _own(work: Work, one: Report, group: Group) -> OwnReport:
    words = work.unseal(one, "words")
    heavy = one.kind is ReportKind.WORRIED
    if words and not heavy:
        heavy = assessing.assess_words(work, group, Words(body=words)).calls_for_help
    return OwnReport(
        kind=one.kind,
        group=group.name,
        words=words,
        at=one.at,
        answer=work.unseal(one, "answer") if one.answered_at is not None else "",
        help_now=one.answered_at is None and heavy,
    )


def _level(work: Work, group: Group, words: str) -> Severity:
    return assessing.assess_words(work, group, Words(body=words)).severity if words else Severity.NONE


def _shown(post: Post) -> UUID:
    if post.revision_id is None:
        raise NotFoundError
    return post.revision_id
