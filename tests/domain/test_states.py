"""Whatever people do, in any order: nothing is placed without a human, nothing is lost, positions stay dense."""

import os
from datetime import timedelta

import sqlalchemy as sa
from builders import NOON, a_clinician, a_group, a_location, a_youth
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from places import a_database
from sqlalchemy.orm import Session

from safespace.audit import chain
from safespace.kernel.refusals import RefusalError
from safespace.kernel.sealed import KeyRing
from safespace.kernel.work import Work
from safespace.moderation import intake, labels, release
from safespace.moderation.decisions import Verdict, decide, undo
from safespace.moderation.models import Action, Decision, Review, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.settings import load
from safespace.threads.models import TOMBSTONES, Post, PostRevision, PostState, PostType, Thread, Words

RUNS = int(os.environ.get("SAFESPACE_STATE_RUNS", "60"))
OWN_WORDS = "Dank je wel dat je dit zo eerlijk hebt opgeschreven."
TEXTS = st.sampled_from(
    ["Ik slaap slecht.", "Ik wil dood, vanavond ga ik het doen.", "Fijn weekend.", "Ik woog 58 kilo."]
)
PLACES = (Action.APPROVE, Action.APPROVE_WITH_NOTES, Action.ANSWER)


class Posts(RuleBasedStateMachine):
    """A group with two youths and a clinician, and everything they can do to posts."""

    posts = Bundle("posts")

    def __init__(self) -> None:
        super().__init__()
        self.place = a_database(os.environ.get("SAFESPACE_TEST_DATABASE", ""))
        self.engine = self.place.__enter__()
        self.settings = load("testing", env={}, secret_key="only for tests, only for tests, only for tests")
        self.keys = KeyRing.fresh()
        self.now = NOON
        self.written: dict[object, int] = {}
        self.worried: set[object] = set()

    def teardown(self) -> None:
        self.place.__exit__(None, None, None)

    def do(self, use_case):
        """Run a use case as the edge does; what is refused leaves no trace."""
        self.now += timedelta(seconds=1)
        with Session(self.engine, expire_on_commit=False) as session:
            work = Work(session=session, settings=self.settings, keys=self.keys, now=self.now)
            try:
                result = use_case(work)
            except RefusalError:
                session.rollback()
                return None
            work.complete()
            session.commit()
            return result

    @initialize()
    def open_group(self) -> None:
        def make(work):
            group = a_group(work, a_location(work))
            youths = [a_youth(work, group, name) for name in ("Stille Otter", "Rode Vos")]
            return group, youths, a_clinician(work, group.location)

        self.group, self.youths, self.esra = self.do(make)

    @rule(target=posts, who=st.integers(0, 1), text=TEXTS)
    def write(self, who, text):
        sent = self.do(
            lambda work: intake.open_thread(
                work, self.youths[who], self.group.id, PostType.TIP, Words(body=text, title="Hoi")
            )
        )
        if sent is None:
            return multiple()
        self.written[sent.post_id] = 1
        return sent.post_id

    @rule(post=posts, who=st.integers(0, 1), text=TEXTS)
    def rewrite(self, post, who, text) -> None:
        if self.do(lambda work: intake.rewrite(work, self.youths[who], post, Words(body=text, title="Hoi"))):
            self.written[post] += 1

    @rule(post=posts, who=st.integers(0, 1))
    def withdraw(self, post, who) -> None:
        def take_back(work):
            open_worry = sa.exists().where(
                Review.post_id == post, Review.state != ReviewState.CLOSED, Review.rank >= Severity.HIGH.rank
            )
            worried = work.session.scalar(sa.select(open_worry))
            intake.withdraw(work, self.youths[who], post)
            return worried

        if self.do(take_back):
            self.worried.add(post)

    @rule(post=posts, action=st.sampled_from(list(Action)), stale=st.booleans())
    def decide(self, post, action, stale) -> None:
        def attempt(work):
            review = work.session.scalars(
                sa.select(Review).where(Review.post_id == post).order_by(Review.opened_at.desc()).limit(1)
            ).one()
            verdict = Verdict(
                action=action,
                reason="needs_contact_first" if action is Action.HOLD else "numbers",
                note=OWN_WORDS,
                content_notes=("eating",) if action is Action.APPROVE_WITH_NOTES else (),
            )
            return decide(work, self.esra, review.id, review.version - stale, verdict)

        made = self.do(attempt)
        if made is not None and made.action is Action.CLOSE:
            self.worried.discard(post)

    @rule(post=posts)
    def undo(self, post) -> None:
        def attempt(work):
            last = sa.select(Decision.id).where(Decision.post_id == post).order_by(Decision.at.desc()).limit(1)
            found = work.session.scalar(last)
            return found and undo(work, self.esra, found)

        self.do(attempt)

    @rule(post=posts, severity=st.sampled_from(list(Severity)), stale=st.booleans())
    def set_severity(self, post, severity, stale) -> None:
        def attempt(work):
            last = sa.select(Review).where(Review.post_id == post).order_by(Review.opened_at.desc()).limit(1)
            review = work.session.scalars(last).one()
            return labels.set_severity(work, self.esra, review.id, review.version - stale, severity)

        self.do(attempt)

    @rule(seconds=st.sampled_from([1, 12]))
    def time_passes(self, seconds) -> None:
        self.now += timedelta(seconds=seconds)
        self.do(release.release_due)

    @invariant()
    def nothing_is_placed_without_a_human(self) -> None:
        with Session(self.engine) as session:
            for post in session.scalars(sa.select(Post).where(Post.revision_id.is_not(None))):
                stands = sa.select(sa.func.count()).where(
                    Decision.post_id == post.id,
                    Decision.revision_id == post.revision_id,
                    Decision.undone_at.is_(None),
                    Decision.action.in_(PLACES),
                )
                assert session.scalar(stands) == 1

    @invariant()
    def no_words_are_lost(self) -> None:
        with Session(self.engine) as session:
            kept = sa.select(PostRevision.post_id, sa.func.count()).group_by(PostRevision.post_id)
            assert {row[0]: row[1] for row in session.execute(kept)} == self.written

    @invariant()
    def what_waits_is_in_the_queue_and_what_is_shown_has_a_place(self) -> None:
        with Session(self.engine) as session:
            for post in session.scalars(sa.select(Post)):
                waits = post.state is PostState.PENDING and post.release_at is None
                open_review = sa.exists().where(Review.post_id == post.id, Review.state != ReviewState.CLOSED)
                if waits:
                    assert session.scalar(sa.select(open_review))
                assert (post.position is not None) == (post.revision_id is not None)
                assert post.position is not None or post.state is not PostState.PUBLISHED
                assert post.state not in TOMBSTONES or post.release_at is None
            for thread in session.scalars(sa.select(Thread)):
                places = session.scalars(
                    sa.select(Post.position).where(Post.thread_id == thread.id, Post.position.is_not(None))
                ).all()
                assert sorted(places) == list(range(1, thread.last_position + 1))

    @invariant()
    def a_worry_stays_until_a_human_closes_it(self) -> None:
        with Session(self.engine) as session:
            for post in self.worried:
                still = sa.exists().where(Review.post_id == post, Review.state != ReviewState.CLOSED)
                assert session.scalar(sa.select(still))

    @invariant()
    def the_log_is_whole(self) -> None:
        if hasattr(self, "group"):
            with Session(self.engine) as session:
                assert chain.verify(session, self.group.location_id) is None


Posts.TestCase.settings = settings(
    max_examples=RUNS,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.reuse, Phase.generate, Phase.shrink],
)
TestPosts = Posts.TestCase
