"""Stories of a second reading of the desk: each was once a way around a promise."""

from datetime import timedelta

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth, actor_of
from sqlalchemy import select

from safespace.crisis.models import Alarm
from safespace.groups.models import Location, StaffRole
from safespace.kernel.refusals import InvalidError, NotAllowedError
from safespace.moderation import (
    answers,
    appeals,
    blind,
    claims,
    desks,
    going_live,
    held,
    intake,
    labels,
    outcomes,
    queue,
    release,
    reminding,
    reports,
    taking_up,
)
from safespace.moderation.decisions import decide
from safespace.moderation.models import Action, FollowUp, ReportKind, Review, ReviewKind, ReviewState
from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.undoing import undo
from safespace.moderation.verdicts import Part, Verdict
from safespace.policy.roles import Role
from safespace.threads.models import Post, PostType, Words
from safespace.web import deadlines, listing

CALM = "Ik heb vandaag gewandeld met de hond."
HEAVY = "Ik wil eigenlijk niet meer leven, alles is te veel."
CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
NOTE = "Ik wil graag eerst even met jou praten, goed?"
HOLD = Verdict(action=Action.HOLD, reason="needs_contact_first", note=NOTE)
APPROVE = Verdict(action=Action.APPROVE)
QUESTION = Verdict(action=Action.SECOND_LOOK, question="Wat vind jij hiervan?")
SOON = NOON + timedelta(seconds=3)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def send(begin, actor, group, body=CALM, now=NOON):
    with begin(now) as work:
        return intake.open_thread(work, actor, group.id, PostType.EXPERIENCE, Words(body=body, title="Vandaag"))


def item(work, sent, *kinds):
    rows = select(Review).where(Review.post_id == sent.post_id, Review.kind.in_(kinds or list(ReviewKind)))
    return work.session.scalars(rows.order_by(Review.opened_at.desc(), Review.id)).first()


def on(begin, actor, sent, verdict, now=NOON, *kinds):
    with begin(now) as work:
        review = item(work, sent, *kinds)
        return decide(work, actor, review.id, review.version, verdict)


def placed(begin, actor, sent, now=NOON):
    on(begin, actor, sent, APPROVE, now)
    with begin(now + MINUTE) as work:
        assert release.release_due(work) == 1


def ringing(work):
    return [alarm.kind for alarm in work.session.scalars(select(Alarm)) if alarm.acknowledged_at is None]


class TestUndo:
    def test_a_crisis_that_was_approved_by_mistake_rings_again(self, begin, group, people) -> None:
        noor, esra, _ = people
        sent = send(begin, noor, group, CRISIS)
        decision = on(begin, esra, sent, APPROVE)
        with begin() as work:
            assert not ringing(work)
        with begin(SOON) as work:
            undo(work, esra, decision.id)
        with begin(SOON) as work:
            assert item(work, sent).state is ReviewState.OPEN
            assert len(ringing(work)) == 1

    def test_what_was_said_besides_goes_with_it_and_no_level_is_lost(self, begin, group, people) -> None:
        noor, esra, jeroen = people
        sent = send(begin, noor, group, HEAVY)
        with begin() as work:
            review = item(work, sent)
            labels.set_severity(work, jeroen, review.id, review.version, Severity.HIGH)
            review.follow_up = FollowUp.CRISIS
        wrong = Verdict(action=Action.APPROVE, severity=Severity.NONE, follow_up=FollowUp.MESSAGE)
        decision = on(begin, esra, sent, wrong)
        with begin() as work:
            assert item(work, sent).follow_up is FollowUp.CRISIS  # asked for by a colleague, and still open
        with begin(SOON) as work:
            undo(work, esra, decision.id)
            review = item(work, sent)
            assert (review.severity, review.human_rank) == (Severity.HIGH, Severity.HIGH.rank)
            assert review.follow_up is FollowUp.CRISIS

    def test_a_mistaken_follow_up_is_gone_with_the_approval(self, begin, group, people) -> None:
        noor, esra, _ = people
        sent = send(begin, noor, group)
        decision = on(begin, esra, sent, Verdict(action=Action.APPROVE, follow_up=FollowUp.OWN_CLINICIAN))
        with begin(SOON) as work:
            undo(work, esra, decision.id)
            assert item(work, sent).follow_up is FollowUp.NONE

    def test_whoever_was_asked_from_elsewhere_can_take_it_back_too(self, begin) -> None:
        with begin() as work:
            south, north = a_location(work, "Zuid"), a_location(work, "Noord")
            south.second_location_id = north.id
            group = a_group(work, south)
            noor = a_youth(work, group)
            esra, mark = a_clinician(work, south, "Esra"), a_clinician(work, north, "Mark")
        sent = send(begin, noor, group)
        on(begin, esra, sent, QUESTION)
        decision = on(begin, mark, sent, APPROVE)
        with begin(SOON) as work:
            assert [one.decision_id for one in held.held(work, mark)] == [decision.id]
            undo(work, mark, decision.id)


class TestFirstDecider:
    def test_who_declined_has_no_say_in_the_fresh_look(self, begin, group, people) -> None:
        noor, esra, jeroen = people
        sent = send(begin, noor, group)
        on(begin, esra, sent, Verdict(action=Action.DECLINE, reason="off_topic", note=NOTE))
        with begin(SOON) as work:
            appeals.appeal(work, noor, sent.post_id, CRISIS)
        with begin(SOON) as work:
            review = item(work, sent, ReviewKind.APPEAL)
            assert labels.lowest(review, esra, trained=True) is review.severity is Severity.CRISIS
            with pytest.raises(InvalidError) as refused:
                labels.set_severity(work, esra, review.id, review.version, Severity.NONE)
            assert refused.value.errors == {"severity": "only_higher"}
            assert len(ringing(work)) == 1
        overturned = on(begin, jeroen, sent, APPROVE, SOON, ReviewKind.APPEAL)
        with begin(SOON) as work, pytest.raises(NotAllowedError):
            undo(work, esra, overturned.id)

    def test_a_worry_of_theirs_still_counts(self, begin, group, people) -> None:
        noor, esra, _ = people
        sent = send(begin, noor, group)
        on(begin, esra, sent, QUESTION)
        with begin() as work:
            review = item(work, sent)
            labels.set_severity(work, esra, review.id, review.version, Severity.HIGH)
            assert review.severity is Severity.HIGH

    def test_who_asked_a_colleague_does_not_stand_in_the_way(self, begin, group, people) -> None:
        noor, esra, jeroen = people
        sent = send(begin, noor, group)
        on(begin, esra, sent, QUESTION)
        with begin() as work:
            assert not claims.claim(work, esra, item(work, sent).id).mine
            assert claims.next_item(work, jeroen) == item(work, sent).id

    def test_a_second_location_with_the_same_person_only_is_no_second_pair_of_eyes(self, begin) -> None:
        with begin() as work:
            south, north = a_location(work, "Zuid"), a_location(work, "Noord")
            group = a_group(work, south)
            esra = a_clinician(work, south, "Esra")
            both = StaffRole(
                account_id=esra.account_id,
                location_id=north.id,
                role=Role.CLINICIAN,
                granted_at=work.now,
                works_from=work.now,
            )
            work.session.add(both)
            south.second_location_id = north.id
            noor = a_youth(work, group)
            work.session.flush()
            esra = actor_of(work, esra.account_id)
        sent = send(begin, noor, group)
        on(begin, esra, sent, QUESTION)
        with begin() as work:
            review = item(work, sent)
            assert review.asked_location_id is None
            assert queue.item(work, esra, review.id).blocked


def test_who_still_practises_takes_nothing_back_lowers_nothing_and_answers_nobody(begin, group, people) -> None:
    noor, esra, _ = people
    sent = send(begin, noor, group, HEAVY)
    with begin() as work:
        work.session.get_one(Location, group.location_id).training_required = True
        review = item(work, sent)
        with pytest.raises(InvalidError):
            labels.set_severity(work, esra, review.id, review.version, Severity.LOW)
        labels.set_severity(work, esra, review.id, review.version, Severity.CRISIS)
        work.session.get_one(Location, group.location_id).training_required = False
    decision = on(begin, esra, sent, Verdict(action=Action.APPROVE, follow_up=FollowUp.MESSAGE))
    with begin(SOON) as work:
        work.session.get_one(Location, group.location_id).training_required = True
        with pytest.raises(NotAllowedError) as refused:
            undo(work, esra, decision.id)
        assert refused.value.code == "training_needed"
        with pytest.raises(NotAllowedError):
            answers.answer(work, esra, group.id, sent.thread_id, Words(body="Wat fijn dat je dit deelt."))


class TestChangedWords:
    def test_an_edit_in_the_same_seconds_does_not_undo_what_a_report_led_to(self, begin, group, people) -> None:
        noor, esra, _ = people
        sent = send(begin, noor, group, "Ik zit op school bij de Zonnewijzer.")
        placed(begin, esra, sent)
        with begin(NOON + HOUR) as work:
            sem = a_youth(work, group, "Dappere Egel")
            reports.report(work, sem, sent.post_id, ReportKind.NOT_RIGHT, choice="recognisable")
        left_out = Verdict(
            action=Action.REDACT,
            reason="personal_data",
            note=NOTE,
            parts=(Part(text="Zonnewijzer", kind="school"),),
            answer="Dank je, we hebben de naam weggelaten.",
        )
        on(begin, esra, sent, left_out, NOON + HOUR, ReviewKind.REPORT)
        with begin(NOON + HOUR + timedelta(seconds=3)) as work:
            intake.rewrite(work, noor, sent.post_id, Words(body="Ik zit op school bij de Zonnewijzer, al jaren."))
        with begin(NOON + HOUR + MINUTE) as work:
            assert release.release_due(work) == 0
            assert item(work, sent, ReviewKind.REPORT).state is ReviewState.OPEN

    def test_an_edit_that_was_asked_to_be_reworded_is_reminded_of_and_comes_back_as_reworded(
        self, begin, group, people
    ) -> None:
        noor, esra, _ = people
        sent = send(begin, noor, group)
        placed(begin, esra, sent)
        with begin(NOON + HOUR) as work:
            intake.rewrite(work, noor, sent.post_id, Words(body="En toen liep het uit de hand.", title="Vandaag"))
        on(begin, esra, sent, Verdict(action=Action.ASK_REWORD, reason="numbers", note=NOTE), NOON + HOUR)
        with begin(NOON + HOUR * 50) as work:
            assert reminding.is_due(work)
            assert reminding.tell_due(work) == 1
            told = outcomes.own_post(work, noor, sent.post_id)
            assert told.rework == ("Vandaag", "En toen liep het uit de hand.")
            assert told.body == CALM
        with begin(NOON + HOUR * 51) as work:
            intake.rewrite(work, noor, sent.post_id, Words(body="En toen liep het anders.", title="Vandaag"))
            assert item(work, sent).kind is ReviewKind.REWORDED
        with begin(NOON + HOUR * 24 * 9) as work:
            assert not reminding.is_due(work)


class TestRinging:
    def test_a_crisis_that_is_seen_while_asking_a_colleague_rings(self, begin, group, people) -> None:
        noor, esra, _ = people
        sent = send(begin, noor, group)
        ask = Verdict(action=Action.SECOND_LOOK, question="Zie jij dit ook?", severity=Severity.CRISIS)
        on(begin, esra, sent, ask)
        with begin() as work:
            assert len(ringing(work)) == 1
            assert item(work, sent).due_at <= NOON + timedelta(minutes=10)

    @pytest.mark.parametrize(("level", "alarms"), [(2, ["crisis_item"]), (3, ["escalation"])])
    def test_a_crisis_that_is_seen_while_seeking_contact_rings_once(self, begin, group, people, level, alarms) -> None:
        noor, esra, _ = people
        sent = send(begin, noor, group)
        with begin() as work:
            review = item(work, sent)
            verdict = Verdict(**(vars(HOLD) | {"severity": Severity.CRISIS}))
            decide(work, esra, review.id, review.version, verdict)
            taking_up.take_up(work, esra, review, level, "")
        with begin() as work:
            assert ringing(work) == alarms


class TestNext:
    def test_every_item_is_handed_out_also_to_who_opens_none(self, begin, group, people) -> None:
        noor, esra, _ = people
        sent = [send(begin, noor, group, now=NOON + MINUTE * number) for number in range(4)]
        given, beyond = [], None
        for number in range(4):
            with begin(NOON + MINUTE * (10 + number)) as work:
                beyond = claims.next_item(work, esra, beyond=beyond)
                given.append(beyond)
        with begin() as work:
            assert given == [item(work, one).id for one in sent]

    def test_what_all_left_to_colleagues_comes_round_once_it_is_late(self, begin, group, people) -> None:
        noor, esra, jeroen = people
        sent = send(begin, noor, group, HEAVY)
        with begin() as work:
            for one in (esra, jeroen):
                desks.leave_out(work, one, [Category.SUICIDE.value])
        with begin() as work:
            assert claims.next_item(work, esra) is None
        with begin(NOON + HOUR) as work:
            assert claims.next_item(work, esra) == item(work, sent).id


class TestBlind:
    @pytest.fixture
    def sent(self, begin, group, people):
        with begin() as work:
            work.session.get_one(Location, group.location_id).blind_share = 100
        return send(begin, people[0], group, HEAVY)

    def test_a_heavy_one_looks_like_any_other(self, begin, sent, people) -> None:
        esra = people[1]
        with begin() as work:
            found = queue.waiting(work, esra)
            (row,) = found.rows
            assert (row.severity, row.blind, row.urgent, found.urgent) == (Severity.HIGH, True, False, 0)
            assert found.counts == {Severity.NONE: 1}
            assert deadlines.left_of(row, NOON) == ""
            assert listing.alarm_of(found.urgent, found.rows) is None
            for level in (Severity.NONE, Severity.HIGH):
                assert queue.waiting(work, esra, filters=desks.Filters(severity=level)).total == 1

    def test_it_is_told_once_and_counted_once(self, begin, group, sent, people) -> None:
        esra = people[1]
        on(begin, esra, sent, HOLD)
        with begin(NOON + MINUTE) as work:
            review = item(work, sent)
            review.state = ReviewState.OPEN  # the worry was closed
            assert not blind.hidden(review)
            decide(work, esra, review.id, review.version, APPROVE)
        with begin(NOON + MINUTE) as work:
            assert blind.figures(work, [group.location_id]).total == 1

    def test_asking_a_colleague_tells_nothing(self, begin, sent, people) -> None:
        on(begin, people[1], sent, QUESTION)
        with begin() as work:
            assert blind.hidden(item(work, sent))


def test_a_level_set_in_a_live_hour_keeps_its_three_minutes(begin, group, people) -> None:
    noor, esra, _ = people
    sent = send(begin, noor, group)
    with begin(NOON + MINUTE) as work:
        going_live.go_live(work, esra, group.id, 60)
    with begin(NOON + 2 * MINUTE) as work:
        review = item(work, sent)
        labels.set_severity(work, esra, review.id, review.version, Severity.LOW)
        assert review.due_at <= NOON + 5 * MINUTE


def test_a_post_that_is_shown_stays_as_it_is_meanwhile(begin, group, people) -> None:
    noor, esra, _ = people
    sent = send(begin, noor, group)
    placed(begin, esra, sent)
    with begin(NOON + HOUR) as work:
        intake.rewrite(work, noor, sent.post_id, Words(body="Anders.", title="Vandaag"))
        assert work.session.get_one(Post, sent.post_id).visible
