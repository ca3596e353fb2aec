"""What youths do: write, answer each other, change, take back, ask again, tell the team, answer the question."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, multiple, rule
from sqlalchemy import exists, select

from safespace.crisis.escalations import open_on
from safespace.groups import members
from safespace.kernel.refusals import RefusalError
from safespace.moderation import appeals, intake, redacting, reports, safety, talking, undoing
from safespace.moderation.decisions import decide
from safespace.moderation.ending import about_words
from safespace.moderation.models import Action, ReportKind, Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import Verdict
from safespace.threads.models import PostType
from states.clinic import TEXTS, Clinic, Written, words_of

WHO = st.integers(0, 2)
KINDS = st.sampled_from(TEXTS)
CHOICES = (
    (ReportKind.WORRIED, "not_well"),
    (ReportKind.WORRIED, "unsafe_now"),
    (ReportKind.NOT_RIGHT, "unkind"),
)
PLEAS = (
    "",
    "Zo bedoelde ik het niet.",
    "Ik heb mezelf vanmiddag weer gesneden en ik wil het straks weer.",  # high, and no crisis
    "Ik wil dood, vanavond ga ik het doen.",
)


class Youths(Clinic):
    """The rules of youths."""

    @initialize(target=Clinic.posts, kinds=st.tuples(KINDS, KINDS), placed=st.booleans())
    def begin(self, kinds, placed):
        """A conversation that waits, or one that the group sees with an answer that waits."""
        first = self.write_one(0, kinds[0])
        if not placed:
            return first

        def approve(work):
            review = self.review_of(work, first)
            verdict = Verdict(action=Action.APPROVE)
            return decide(work, self.clinician(work, 0), review.id, review.version, verdict)

        assert self.do(approve)
        self.pass_time(timedelta(seconds=12))
        return multiple(first, self.reply_one(first, 1, kinds[1]))

    @rule(target=Clinic.posts, who=WHO, kind=KINDS)
    def write(self, who, kind):
        return self.write_one(who, kind)

    @rule(target=Clinic.posts, post=Clinic.posts, who=WHO, kind=KINDS)
    def reply(self, post, who, kind):
        return self.reply_one(post, who, kind)

    def write_one(self, who, kind):
        """Send the first post of a conversation."""
        text = self.text(kind, titled=True)
        sent = self.do(
            lambda work: intake.open_thread(
                work, self.youth(work, who), self.cast.group_id, PostType.TIP, words_of(text)
            )
        )
        return self._sent(sent, who, text)

    def reply_one(self, post, who, kind):
        """Send a reply."""
        text = self.text(kind, titled=False)
        sent = self.do(
            lambda work: intake.reply(
                work,
                self.youth(work, who),
                self.cast.group_id,
                self.thread_of(work, post),
                PostType.EXPERIENCE,
                words_of(text),
            )
        )
        return self._sent(sent, who, text)

    def _sent(self, sent, who, text):
        if sent is None:
            return multiple()
        self.written[sent.post_id] = Written(by=who, texts=[text])
        return sent.post_id

    @rule(post=Clinic.posts, kind=KINDS)
    def rewrite(self, post, kind) -> None:
        mine = self.written[post]
        text = self.text(kind, titled=bool(mine.texts[0].title))
        if self.do(lambda work: intake.rewrite(work, self.youth(work, mine.by), post, words_of(text))):
            mine.texts.append(text)

    @rule(post=Clinic.posts, who=WHO)
    def touch_somebody_elses(self, post, who) -> None:
        """Nobody changes or takes back what somebody else wrote."""
        if who == self.written[post].by:
            return
        words = words_of(self.text(TEXTS[0], titled=False))
        assert self.do(lambda work: intake.rewrite(work, self.youth(work, who), post, words)) is None
        assert self.do(lambda work: intake.withdraw(work, self.youth(work, who), post)) is None
        assert self.do(lambda work: appeals.appeal(work, self.youth(work, who), post, "")) is None

    @rule(post=Clinic.posts)
    def withdraw(self, post) -> None:
        mine = self.written[post]

        def take_back(work):
            worry = exists().where(
                Review.post_id == post,
                Review.state != ReviewState.CLOSED,
                Review.rank >= Severity.HIGH.rank,
                about_words(),
            )
            worried = work.session.scalar(select(worry))
            intake.withdraw(work, self.youth(work, mine.by), post)
            return (worried,)

        taken = self.do(take_back)
        if taken is not None:
            mine.withdrawn = True
            if taken[0]:
                self.worried.add(post)

    @rule(post=Clinic.posts, plea=st.sampled_from(PLEAS))
    def appeal(self, post, plea) -> None:
        self.do(lambda work: appeals.appeal(work, self.youth(work, self.written[post].by), post, plea))

    @rule(post=Clinic.posts, plea=st.sampled_from(PLEAS), undone=st.booleans())
    def ask_again(self, post, plea, undone) -> None:
        """What chance finds too rarely: declined, asked about anew, and placed by the second reader, or nearly so."""
        words = "Zo komt het hard binnen bij wie het leest."

        def decline(work):
            review = self.review_of(work, post)
            verdict = Verdict(action=Action.DECLINE, reason="bullying", note=words)
            return decide(work, self.clinician(work, 0), review.id, review.version, verdict)

        def place(work):
            about = select(Review).where(Review.about_id == declined.id, Review.kind == ReviewKind.SECOND_LOOK)
            review = work.session.scalars(about).one()
            return decide(work, self.clinician(work, 1), review.id, review.version, Verdict(action=Action.APPROVE))

        declined = self.do(decline)
        if declined is None:
            return
        author = self.written[post].by
        self.do(lambda work: appeals.appeal(work, self.youth(work, author), post, plea))
        placed = self.do(place)
        if placed is not None and undone:
            self.do(lambda work: undoing.undo(work, self.clinician(work, 1), placed.id))

    @rule(post=Clinic.posts, who=WHO, choice=st.sampled_from(CHOICES))
    def report(self, post, who, choice) -> None:
        kind, chosen = choice
        teller = self.written[post].by + 1 + who % 2
        self.do(lambda work: reports.report(work, self.youth(work, teller), post, kind, choice=chosen))

    @rule(post=Clinic.posts, answer=st.sampled_from(list(safety.Answer)))
    def answer_safety(self, post, answer) -> None:
        author = self.written[post].by
        self.do(lambda work: safety.answer_safety(work, self.youth(work, author), post, answer.value, said=answer))

    @rule(post=Clinic.posts, what=st.sampled_from(["agree", "talk", "come back"]), plea=st.sampled_from(PLEAS))
    def do_more(self, post, what, plea) -> None:
        def attempt(work):
            author, worry = self.youth(work, self.written[post].by), open_on(work, post)
            if what == "agree":
                return redacting.agree(work, author, post)
            if what == "come back":
                return members.come_back(work, author, self.cast.group_id)
            if worry is None:
                raise RefusalError
            return talking.say(work, author, worry.id, plea or "Ik ben er.")

        self.do(attempt)
