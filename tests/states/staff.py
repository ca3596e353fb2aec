"""What clinicians do to items: claim, decide in every way, undo, hide, label, pass on, answer, lock."""

from datetime import timedelta

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import rule

from safespace.kernel.refusals import RefusalError
from safespace.moderation import (
    answers,
    bulk,
    claims,
    content,
    decisions,
    follow_ups,
    hiding,
    labels,
    locking,
    queue,
    taking_up,
    undoing,
)
from safespace.moderation.models import Action, Decision, FollowUp, Review
from safespace.moderation.offering import available
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import Part, Verdict
from safespace.threads.models import Post, PostRevision, Words
from states.clinic import SETTINGS, Clinic
from states.reading import texts_in

TEAM = st.sampled_from((0, 0, 1, 1, 2, 3))  # the last one works elsewhere
WHICH = st.integers(0, 2)
RARELY = st.integers(0, 9).map(lambda number: number == 9)
OWN_WORDS = "Dank je wel dat je dit zo eerlijk hebt opgeschreven."
SEVERITIES = st.sampled_from([None, None, None, *Severity])
FOLLOW_UPS = st.sampled_from([FollowUp.NONE, FollowUp.NONE, FollowUp.MESSAGE, FollowUp.CRISIS])

DECIDED = {
    "post": Clinic.posts,
    "who": TEAM,
    "which": WHICH,
    "pick": st.integers(0, 11),
    "reason": st.integers(0, 3),
    "severity": SEVERITIES,
    "follow_up": FOLLOW_UPS,
    "level": st.integers(1, 3),
    "stale": RARELY,
}


class Staff(Clinic):
    """The rules of clinicians at the desk."""

    @rule(**DECIDED)
    def decide(self, **chosen) -> None:
        self.decided(**chosen)

    @rule(**DECIDED)
    def decide_too(self, **chosen) -> None:
        """Deciding weighs twice: most of the stories are about it."""
        self.decided(**chosen)

    def decided(self, *, post, who, which, pick, reason, severity, follow_up, level, stale) -> None:
        """Decide something that is offered; where nothing is, anything."""

        def attempt(work):
            by = self.clinician(work, who)
            review = self.review_of(work, post, which)
            offered = available(review, work.session.get_one(Post, post), by) or tuple(Action)
            action = offered[pick % len(offered)]
            verdict = self.verdict(work, review, action, reason, severity, follow_up)
            decided = review.about_id and work.session.get(Decision, review.about_id).by
            made = decisions.decide(work, by, review.id, review.version - stale, verdict)
            assert decided != by.account_id  # nobody looks again at what they decided
            assert not stale  # nobody decides about a version they have not seen
            if action is Action.HOLD:  # as the edge does
                taking_up.take_up(work, by, review, level, "Contact gezocht.")
            return made

        made = self.do(attempt)
        if made is not None and made.action is Action.CLOSE:
            self.worried.discard(post)

    def verdict(self, work, review, action, reason, severity, follow_up) -> Verdict:
        """Fill in what each action needs; what is left out is the word that its author can miss."""
        found = content.content(SETTINGS.config_dir).reasons
        fitting = [key for key, one in found.items() if action in one.actions] or ["numbers"]
        text = work.unseal(work.session.get_one(PostRevision, review.revision_id), "body")
        secret = [one.secret for one in self.written[review.post_id].texts if one.secret in text]
        return Verdict(
            action=action,
            reason="bullying" if reason == 0 and "bullying" in fitting else fitting[reason % len(fitting)],
            note=OWN_WORDS,
            content_notes=("eating",) if action is Action.APPROVE_WITH_NOTES else (),
            parts=tuple(Part(text=one, kind="other") for one in secret),
            question="Lees je mee?",
            answer=OWN_WORDS,
            severity=severity,
            follow_up=follow_up,
        )

    @rule(post=Clinic.posts, who=TEAM, seconds=st.sampled_from([0, 0, 4, 12]))
    def approve(self, post, who, seconds) -> None:
        def attempt(work):
            review = self.review_of(work, post)
            return decisions.decide(
                work, self.clinician(work, who), review.id, review.version, Verdict(action=Action.APPROVE)
            )

        if self.do(attempt) and seconds:
            self.pass_time(timedelta(seconds=seconds))

    @rule(post=Clinic.posts, who=TEAM)
    def approve_with_others(self, post, who) -> None:
        def attempt(work):
            review = self.review_of(work, post)
            claims.claim(work, self.clinician(work, who), review.id)
            return bulk.approve_one(work, self.clinician(work, who), review.id, review.version)

        self.do(attempt)

    @rule(post=Clinic.posts, who=TEAM, which=WHICH)
    def undo(self, post, who, which) -> None:
        def attempt(work):
            made = work.session.scalars(
                sa.select(Decision.id).where(Decision.post_id == post).order_by(Decision.at.desc())
            ).all()
            if not made:
                raise RefusalError
            return undoing.undo(work, self.clinician(work, who), made[which % len(made)])

        self.do(attempt)

    @rule(post=Clinic.posts, who=TEAM, severity=SEVERITIES, follow_up=FOLLOW_UPS)
    def hide(self, post, who, severity, follow_up) -> None:
        verdict = Verdict(action=Action.HIDE, reason="bullying", note=OWN_WORDS, severity=severity, follow_up=follow_up)
        self.do(lambda work: hiding.hide(work, self.clinician(work, who), post, verdict))

    @rule(post=Clinic.posts, who=TEAM, which=WHICH, severity=st.sampled_from(list(Severity)), stale=RARELY)
    def set_severity(self, post, who, which, severity, stale) -> None:
        def attempt(work):
            review = self.review_of(work, post, which)
            return labels.set_severity(work, self.clinician(work, who), review.id, review.version - stale, severity)

        self.do(attempt)

    @rule(post=Clinic.posts, who=TEAM, which=WHICH)
    def close_follow_up(self, post, who, which) -> None:
        self.do(
            lambda work: follow_ups.close_follow_up(
                work, self.clinician(work, who), self.review_of(work, post, which).id, "Gebeld."
            )
        )

    @rule(post=Clinic.posts, who=TEAM, over=st.booleans(), then=st.sampled_from(["stay", "leave", "pass on", "next"]))
    def take_up(self, post, who, over, then) -> None:
        def attempt(work):
            by, review = self.clinician(work, who), self.review_of(work, post)
            held = claims.claim(work, by, review.id, over=over)
            if then == "leave":
                claims.let_go(work, by, review.id)
            elif then == "pass on":
                claims.pass_on(work, by, review.id)
            elif then == "next":
                found = claims.next_item(work, by)
                assert found is None or work.session.get_one(Review, found).not_by != by.account_id
            return held

        self.do(attempt)

    @rule(post=Clinic.posts, who=TEAM, which=WHICH)
    def open_item(self, post, who, which) -> None:
        """What was not sent, nobody reads along with: not on the item's page, nor in its course."""

        def look(work):
            return texts_in(queue.item(work, self.clinician(work, who), self.review_of(work, post, which).id))

        shown = self.do(look) or ""
        for word in self.unsent():
            assert word not in shown

    @rule(post=Clinic.posts, who=TEAM, undone=st.booleans())
    def answer(self, post, who, undone) -> None:
        words = Words(body="Wat fijn dat je dit deelt.")

        def attempt(work):
            thread = self.thread_of(work, post)
            return answers.answer(work, self.clinician(work, who), self.cast.group_id, thread, words)

        made = self.do(attempt)
        if made and undone:
            assert self.do(lambda work: undoing.undo(work, self.clinician(work, who), made.id))

    @rule(post=Clinic.posts, who=TEAM, close=st.booleans())
    def lock(self, post, who, close) -> None:
        def attempt(work):
            place = (self.cast.group_id, self.thread_of(work, post))
            if close:
                return locking.lock(work, self.clinician(work, who), *place, "We praten er vrijdag over.")
            return locking.unlock(work, self.clinician(work, who), *place)

        self.do(attempt)
