"""What must hold after every step, whatever was done before."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from hypothesis.stateful import invariant
from sqlalchemy.orm import Session

from safespace.audit import chain
from safespace.crisis.models import Alarm, AlarmKind, Escalation, TalkMessage
from safespace.crisis.steps import INTERVAL
from safespace.kernel.work import Work
from safespace.moderation import outcomes, talking
from safespace.moderation.models import Action, Appeal, Decision, Report, Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.threads.models import Post, PostRevision, PostState, Thread
from states.clinic import Clinic, Text
from states.reading import all_of_group

PLACES = (Action.APPROVE, Action.APPROVE_WITH_NOTES, Action.REDACT, Action.ANSWER)
ENDS = (*PLACES, Action.ASK_REWORD, Action.DECLINE, Action.KEEP, Action.CONFIRM)
SHORTEST, LONGEST = timedelta(seconds=3), timedelta(seconds=10)  # between approving and showing
READERS = (0, 1)  # so that everybody's words are read by somebody else
OF_WORDS = (ReviewKind.NEW, ReviewKind.EDIT, ReviewKind.REWORDED)


@dataclass
class Rows:
    """Everything that is there, by what it belongs to."""

    work: Work
    posts: dict[UUID, Post]
    revisions: dict[UUID, list[PostRevision]] = field(default_factory=lambda: defaultdict(list))
    decisions: dict[UUID, list[Decision]] = field(default_factory=lambda: defaultdict(list))
    reviews: list[Review] = field(default_factory=list)
    texts: dict[UUID, str] = field(default_factory=dict)
    rings: list[Alarm] = field(default_factory=list)
    worries: list[Escalation] = field(default_factory=list)

    def version(self, post: UUID, revision_id: UUID) -> PostRevision:
        """Give one version of a post."""
        return next(one for one in self.revisions[post] if one.id == revision_id)

    def about_posts(self) -> list[Any]:
        """Give all of which a page of a group or of an author is made."""
        posts = [(one.id, one.version, one.state, one.pending_id, one.revision_id) for one in self.posts.values()]
        made = [(one.id, one.undone_at) for several in self.decisions.values() for one in several]
        return [posts, made]

    def by_author(self, post: UUID) -> list[PostRevision]:
        """Give the versions that the author wrote."""
        return [one for one in self.revisions[post] if one.redacted_from is None]


def read(work: Work) -> Rows:
    """Read everything, oldest first."""
    session = work.session
    rows = Rows(work, {post.id: post for post in session.scalars(sa.select(Post))})
    for one in session.scalars(sa.select(PostRevision).order_by(PostRevision.number)):
        rows.revisions[one.post_id].append(one)
        rows.texts[one.id] = f"{work.unseal(one, 'title')}\n{work.unseal(one, 'body')}"
    for made in session.scalars(sa.select(Decision).order_by(Decision.at)):
        rows.decisions[made.post_id].append(made)
    rows.reviews = list(session.scalars(sa.select(Review).order_by(Review.opened_at)))
    rows.rings = list(session.scalars(sa.select(Alarm)))
    rows.worries = list(session.scalars(sa.select(Escalation)))
    return rows


class Watched(Clinic):
    """The invariants. A step that was refused changed nothing, so nothing is asked anew after it."""

    @invariant()
    def all_promises_hold(self) -> None:
        if not self.changed:
            return
        self.changed = False
        with Session(self.engine) as session:
            rows = read(self.work(session))
            self.no_words_are_lost(rows)
            if self.seen != (seen := rows.about_posts()):  # reading pages costs the most; nothing else changes them
                self.seen = seen
                self.authors_read_their_words(rows)
                self.nobody_reads_what_is_not_shown(rows)
            self.nothing_is_placed_without_a_human(rows)
            self.one_outcome_stands(rows)
            self.what_is_closed_was_decided(rows)
            self.whoever_told_is_answered(rows)
            self.whoever_appealed_is_answered(rows)
            self.a_crisis_rings(rows)
            self.worries_end_by_a_human(rows)
            self.what_waits_is_in_the_queue(rows)
            self.places_are_dense(rows)

    def teardown(self) -> None:
        """The log is whole at the end."""
        try:
            with Session(self.engine) as session:
                assert chain.verify(session, self.cast.location_id) is None
        finally:
            super().teardown()

    def unsent(self) -> list[str]:
        """Give the words of what is only a draft."""
        with Session(self.engine) as session:
            rows = read(self.work(session))
        return [
            word
            for post, mine in self.written.items()
            for version, text in zip(rows.by_author(post), mine.texts, strict=True)
            if version.sent_at is None
            for word in (text.plain, text.secret)
        ]

    def no_words_are_lost(self, rows: Rows) -> None:
        """Every version an author wrote is kept as it was; an original is erased only when its time is over."""
        assert {post for post, one in rows.posts.items() if one.membership_id} == set(self.written)
        for post, mine in self.written.items():
            kept = rows.by_author(post)
            assert len(kept) == len(mine.texts)
            for version, text in zip(kept, mine.texts, strict=True):
                if version.body:
                    assert rows.texts[version.id] == f"{text.title}\n{text.body}"
                else:
                    assert version.keep_until <= self.now

    def authors_read_their_words(self, rows: Rows) -> None:
        """What an author wrote last, sent or not, is what that author reads, whatever was decided about it,
        and also once it was taken back."""
        for post, mine in self.written.items():
            told = outcomes.own_post(rows.work, self.youth(rows.work, mine.by), post)
            last = rows.by_author(post)[-1]
            if last.body:
                text = mine.texts[-1]
                shown = f"{told.title}\n{told.body}\n{told.before}\n{told.unplaced}"
                assert text.plain in shown
                assert text.secret in shown

    def nobody_reads_what_is_not_shown(self, rows: Rows) -> None:
        """A member gets no word of somebody else before release, nor after it was hidden, left out or taken back."""
        shown = [rows.texts[one] for post in rows.posts for one in self.may_be_shown(rows, post)]
        everything = "\n".join(shown)
        for who in READERS:
            page = all_of_group(rows.work, self.youth(rows.work, who), self.cast.group_id)
            for mine in self.written.values():
                if mine.by == who and not mine.withdrawn:
                    continue
                for text in mine.texts:
                    for word in _words(text):
                        assert word not in page or word in everything

    def may_be_shown(self, rows: Rows, post: UUID) -> set[UUID]:
        """Give which versions the group may see by what humans decided: the last one placed, unless it was hidden."""
        if post in self.written and self.written[post].withdrawn:
            return set()
        shown: set[UUID] = set()
        for made in rows.decisions[post]:
            if made.undone_at is not None:
                continue
            if made.action is Action.HIDE:
                shown = set()
            elif made.action in PLACES and made.at + SHORTEST <= self.now:
                changed = any(made.at < one.created_at <= made.at + LONGEST for one in rows.by_author(post))
                shown = {made.revision_id} | (shown if changed or made.at + LONGEST > self.ticked else set())
        return shown

    def nothing_is_placed_without_a_human(self, rows: Rows) -> None:
        """What the group sees was decided by somebody, about this version, and that decision stands."""
        for post in rows.posts.values():
            if post.revision_id is None:
                continue
            assert any(
                one.revision_id == post.revision_id and one.undone_at is None and one.action in PLACES
                for one in rows.decisions[post.id]
            )

    def one_outcome_stands(self, rows: Rows) -> None:
        """About one version in one item there is never more than one outcome."""
        stand: set[tuple[UUID, UUID]] = set()
        for post, made in rows.decisions.items():
            for one in made:
                if one.undone_at is None and one.action in ENDS:
                    version = rows.version(post, one.revision_id)
                    key = (one.review_id, version.redacted_from or version.id)
                    assert key not in stand
                    stand.add(key)

    def what_is_closed_was_decided(self, rows: Rows) -> None:
        """An item about words is closed by a decision, or ends with its post; one that is heavy, only by a decision."""
        decided = {(one.review_id) for made in rows.decisions.values() for one in made if one.undone_at is None}
        for review in rows.reviews:
            if review.state is not ReviewState.CLOSED or review.id in decided:
                continue
            assert review.severity < Severity.HIGH
            assert review.kind is not ReviewKind.REPORT
            if review.kind in OF_WORDS and review.about_id is None:
                hidden = any(one.action is Action.HIDE for one in rows.decisions[review.post_id])
                undone = any(one.action is Action.ANSWER for one in rows.decisions[review.post_id])
                assert hidden or undone or self.written[review.post_id].withdrawn

    def whoever_told_is_answered(self, rows: Rows) -> None:
        """What a member told stays open until somebody answers that member."""
        closed = {review.id for review in rows.reviews if review.state is ReviewState.CLOSED}
        waiting = sa.select(Report.review_id).where(Report.answered_at.is_(None))
        assert not closed & set(rows.work.session.scalars(waiting))

    def whoever_appealed_is_answered(self, rows: Rows) -> None:
        """A fresh look stays open until it is answered in words, or the post is placed by who could read those words.

        A follow-up that a human closed answers only while the post is placed. Who takes the post back asks no more.
        """
        state = {review.id: review.state for review in rows.reviews}
        post_of = {review.id: review.post_id for review in rows.reviews}
        about = {review.id: review.about_id for review in rows.reviews}
        for asked in rows.work.session.scalars(sa.select(Appeal)):
            if state[asked.review_id] is not ReviewState.CLOSED or self.written[post_of[asked.review_id]].withdrawn:
                continue
            stand = [one for made in rows.decisions.values() for one in made if one.undone_at is None]
            assert any(
                (one.review_id == asked.review_id and one.action is Action.CONFIRM and one.note)
                or (one.action in PLACES and about[one.review_id] == asked.decision_id and one.at > asked.at)
                for one in stand
            )

    def a_crisis_rings(self, rows: Rows) -> None:
        """For every open item of severity crisis something rings, or a human answered since it became one."""
        worries = {one.id: one.post_id for one in rows.worries}
        for review in rows.reviews:
            if review.severity is not Severity.CRISIS:
                self.crisis_since.pop(review.id, None)
            elif review.state is ReviewState.OPEN and not _is_known(review):
                since = self.crisis_since.setdefault(review.id, self.now)
                here = [ring for ring in rows.rings if worries.get(ring.subject_id) == review.post_id]
                assert (
                    any(self.is_heard(ring, since) for ring in rows.rings if ring.subject_id == review.id)
                    or any(self.is_heard(ring, since - talking.QUIET) for ring in here)
                    or self.is_talking(rows, [ring.subject_id for ring in here], since)
                )

    def is_talking(self, rows: Rows, worries: list[UUID], since: datetime) -> bool:
        """Say whether staff was in the safe talk at that moment."""
        lately = TalkMessage.at > since - talking.QUIET
        said = sa.exists().where(TalkMessage.escalation_id.in_(worries), TalkMessage.staff_id.is_not(None), lately)
        return bool(rows.work.session.scalar(sa.select(said)))

    def is_heard(self, ring: Alarm, since: datetime) -> bool:
        """Say whether an alarm rings on, or was answered by a human."""
        if ring.acknowledged_at is None:
            return ring.next_at is not None and ring.next_at <= self.now + INTERVAL
        return ring.acknowledged_at >= since and ring.acknowledged_by is not None

    def worries_end_by_a_human(self, rows: Rows) -> None:
        """A crisis that was taken up rings too; it ends with an outcome and a note; a heavy item outlives its words."""
        rings: dict[UUID, Any] = {one.subject_id: one for one in rows.rings if one.kind is AlarmKind.ESCALATION}
        for worry in rows.worries:
            if worry.closed_at is not None:
                assert worry.closed_by is not None
                assert worry.outcome is not None
                assert worry.level == 1 or worry.closing_note
            elif worry.level == 3:
                assert self.is_heard(rings[worry.id], worry.opened_at)
        waiting = {review.post_id for review in rows.reviews if review.state is not ReviewState.CLOSED}
        assert self.worried <= waiting

    def what_waits_is_in_the_queue(self, rows: Rows) -> None:
        """What is sent and not released has an item that somebody still has to read."""
        waiting = {review.post_id for review in rows.reviews if review.state is not ReviewState.CLOSED}
        for post in rows.posts.values():
            if post.state is PostState.PENDING and post.release_at is None:
                assert post.id in waiting
            assert post.state is not PostState.WITHDRAWN or post.release_at is None

    def places_are_dense(self, rows: Rows) -> None:
        """What the group sees has a place of its own in its conversation, without gaps."""
        for post in rows.posts.values():
            assert (post.position is not None) == (post.revision_id is not None)
            assert post.position is not None or post.state is not PostState.PUBLISHED
        for thread in rows.work.session.scalars(sa.select(Thread)):
            taken = [
                one.position for one in rows.posts.values() if one.thread_id == thread.id and one.position is not None
            ]
            assert sorted(taken) == list(range(1, thread.last_position + 1))


def _is_known(review: Review) -> bool:
    """Whether it is a crisis only since a human said so about the post before: that rang, on that item."""
    return review.human_rank is None and review.engine_rank < Severity.CRISIS.rank


def _words(text: Text) -> tuple[str, ...]:
    return tuple(word for word in (text.plain, text.secret, text.title) if word)
