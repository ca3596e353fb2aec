"""What members tell the team about posts of others: it reaches the queue as it was, and never the author's eyes."""

from datetime import timedelta

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_member, a_youth, actor_of
from sqlalchemy import func, select

from safespace.accounts.models import Account
from safespace.crisis.models import Alarm, AlarmKind
from safespace.groups.models import Membership
from safespace.kernel.outbox import AudienceKind, OutboxEvent
from safespace.kernel.refusals import InvalidError, NotAllowedError, NotFoundError
from safespace.moderation import answers, claims, help_cards, intake, labels, outcomes, queue, release, reports
from safespace.moderation.decisions import decide
from safespace.moderation.models import Action, Report, ReportKind, Review, ReviewKind, ReviewState
from safespace.moderation.offering import available
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import Verdict
from safespace.policy.roles import MembershipState
from safespace.threads.models import Post, PostState, PostType, Words

LATER = NOON + timedelta(hours=1)
WORRIED, NOT_RIGHT = ReportKind.WORRIED, ReportKind.NOT_RIGHT
HOLD_NOTE = "Dank je voor je verhaal, ik lees hoe zwaar het is. Ik kom er bij je op terug."


@pytest.fixture
def people(begin, group):
    """Noor writes, Sem reads along, Esra reads for the team."""
    with begin() as work:
        return a_youth(work, group, "Stille Otter"), a_youth(work, group, "Rode Vos"), a_clinician(work, group.location)


@pytest.fixture
def post_id(begin, group, people):
    """A post of Noor that the group sees."""
    return shown(begin, group, people[0], people[2], "Ik slaap slecht en ben moe.")


def shown(begin, group, author, clinician, body):
    with begin() as work:
        sent = intake.open_thread(work, author, group.id, PostType.EXPERIENCE, Words(body=body, title="Nachten"))
        review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()
        decide(work, clinician, review.id, review.version, Verdict(action=Action.APPROVE))
    with begin(NOON + timedelta(minutes=1)) as work:
        release.release_due(work)
    return sent.post_id


def tell(begin, actor, post_id, kind=WORRIED, choice="not_well", words="", at=LATER):
    with begin(at) as work:
        return reports.report(work, actor, post_id, kind, choice=choice, words=words)


def thanks(answer="Dank je dat je het zei."):
    return Verdict(action=Action.KEEP, answer=answer)


def answer(work, who, review_id, group, verdict):
    review = work.session.get_one(Review, review_id)
    waiting = work.session.scalars(select(Report).where(reports.unanswered_on(review_id))).all()
    return reports.answer_reports(work, who, review, group, verdict, waiting)


def item_about(begin, post_id):
    with begin() as work:
        return work.session.scalars(
            select(Review).where(Review.post_id == post_id, Review.kind == ReviewKind.REPORT)
        ).one()


def test_a_worry_reaches_the_queue_with_the_words_as_they_were(begin, group, people, post_id) -> None:
    noor, sem, esra = people
    tell(begin, sem, post_id, words="Ze is zo stil de laatste tijd.")
    item = item_about(begin, post_id)
    assert (item.state, item.severity) == (ReviewState.OPEN, Severity.MEDIUM)
    with begin(LATER) as work:
        intake.rewrite(work, noor, post_id, Words(body="Het gaat wel weer.", title="Nachten"))
        intake.withdraw(work, noor, post_id)
    with begin(LATER) as work:
        assert item.id in {row.id for row in queue.waiting(work, esra).rows}
        (told,) = reports.reports_on(work, work.session.get_one(Review, item.id))
    assert told.alias == "Rode Vos"
    assert told.words == "Het lijkt niet goed te gaan met diegene.\n\nZe is zo stil de laatste tijd."
    assert told.snapshot == "Nachten\n\nIk slaap slecht en ben moe."


@pytest.mark.parametrize(
    ("kind", "choice", "words", "level"),
    [
        (WORRIED, "else", "", Severity.MEDIUM),
        (WORRIED, "hurt", "", Severity.HIGH),
        (WORRIED, "unsafe_now", "", Severity.CRISIS),
        (NOT_RIGHT, "other", "", Severity.LOW),
        (NOT_RIGHT, "triggers", "", Severity.MEDIUM),
        (NOT_RIGHT, "other", "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen.", Severity.CRISIS),
    ],
)
def test_how_soon_the_team_looks(begin, people, post_id, kind, choice, words, level) -> None:
    tell(begin, people[1], post_id, kind, choice, words)
    assert item_about(begin, post_id).severity == level


def test_several_members_are_one_item_that_only_rises(begin, group, people, post_id) -> None:
    with begin() as work:
        lina = a_youth(work, group, "Blauwe Specht")
    tell(begin, people[1], post_id, WORRIED, "hurt")
    seen = item_about(begin, post_id).version
    tell(begin, lina, post_id, NOT_RIGHT, "other")
    item = item_about(begin, post_id)
    assert (item.severity, item.version) == (Severity.HIGH, seen + 1)
    with begin() as work:
        assert work.session.scalar(select(func.count(Report.id)).where(Report.review_id == item.id)) == 2


def test_what_a_human_said_about_the_post_before_is_never_lowered(begin, people, post_id) -> None:
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.post_id == post_id)).one()
        review.human_rank = Severity.HIGH.rank
    tell(begin, people[1], post_id, NOT_RIGHT, "other")
    assert item_about(begin, post_id).severity == Severity.HIGH


def test_the_author_sees_nothing_of_it_until_a_human_worries_too(begin, people, post_id) -> None:
    noor, sem, esra = people
    with begin(LATER) as work:
        before = outcomes.own_post(work, noor, post_id)
        rung = work.session.scalar(select(func.count(OutboxEvent.id)).where(OutboxEvent.kind == AudienceKind.MEMBER))
    tell(begin, sem, post_id, WORRIED, "unsafe_now")
    with begin(LATER) as work:
        after = outcomes.own_post(work, noor, post_id)
        assert help_cards.help_waits(work, noor, after.thread_id) is False
        members = select(func.count(OutboxEvent.id)).where(OutboxEvent.kind == AudienceKind.MEMBER)
        assert work.session.scalar(members) == rung
    told = ("state", "standing", "help_now", "action", "note", "reason")
    assert [getattr(after, name) for name in told] == [getattr(before, name) for name in told]
    item = item_about(begin, post_id)
    with begin(LATER) as work:
        labels.set_severity(work, esra, item.id, item.version, Severity.HIGH)
    with begin(LATER) as work:
        assert outcomes.own_post(work, noor, post_id).help_now is True
        assert help_cards.help_waits(work, noor, after.thread_id) is True


def test_new_words_of_the_author_are_an_item_of_their_own(begin, people, post_id) -> None:
    noor, sem, _ = people
    tell(begin, sem, post_id)
    told = item_about(begin, post_id)
    with begin(LATER) as work:
        intake.rewrite(work, noor, post_id, Words(body="Ik slaap beter.", title="Nachten"))
    with begin(LATER) as work:
        waiting = work.session.scalars(
            select(Review).where(Review.post_id == post_id, Review.state == ReviewState.OPEN)
        ).all()
        assert {(one.kind, one.revision_id == told.revision_id) for one in waiting} == {
            (ReviewKind.REPORT, True),
            (ReviewKind.EDIT, False),
        }


def test_what_was_taken_back_while_somebody_typed_still_reaches_the_team(begin, people, post_id) -> None:
    noor, sem, _ = people
    with begin(LATER) as work:
        intake.withdraw(work, noor, post_id)
    tell(begin, sem, post_id, words="Ik las net iets waar ik van schrok.")
    assert item_about(begin, post_id).state is ReviewState.OPEN


def test_one_s_own_post_and_what_one_may_not_read_cannot_be_told_about(begin, group, people, post_id) -> None:
    noor, sem, esra = people
    with begin() as work:
        waits = intake.open_thread(work, noor, group.id, PostType.TIP, Words(body="Nog niet gelezen.", title="Wacht"))
        elsewhere = a_youth(work, a_group(work, a_location(work, "Zuidhaven"), "Helder"), "Gele Uil")
    with pytest.raises(NotAllowedError, match="own_post"):
        tell(begin, noor, post_id)
    with pytest.raises(NotFoundError):
        tell(begin, sem, waits.post_id)
    with pytest.raises(NotFoundError):
        tell(begin, elsewhere, post_id)
    with pytest.raises(NotAllowedError):
        tell(begin, esra, post_id)
    with begin() as work:
        place = work.session.get_one(Membership, sem.members[group.id].membership_id)
        place.state = MembershipState.PAUSED
        paused = actor_of(work, sem.account_id)
    with pytest.raises(NotFoundError):
        tell(begin, paused, post_id)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"choice": ""}, {"choice": "required"}),
        ({"choice": "unkind"}, {"choice": "unknown_choice"}),  # is of the other kind
        ({"words": "a" * 2001}, {"words": "too_long"}),
    ],
)
def test_what_is_filled_in_is_checked(begin, people, post_id, fields, error) -> None:
    with pytest.raises(InvalidError) as refused:
        tell(begin, people[1], post_id, **fields)
    assert refused.value.errors == error


def test_who_wrote_as_a_clinician_does_not_decide_about_it(begin, group, people, post_id) -> None:
    _noor, sem, esra = people
    with begin() as work:
        thread_id = reports.obtain_told_about(work, sem, post_id)[0].thread_id
        made = answers.answer(work, esra, group.id, thread_id, Words(body="Rustig aan, wij lezen mee."))
    with begin(NOON + timedelta(minutes=2)) as work:
        release.release_due(work)
    tell(begin, sem, made.post_id, NOT_RIGHT, "other")
    assert item_about(begin, made.post_id).not_by == esra.account_id


@pytest.mark.parametrize(
    ("told", "helped"),
    [
        ((WORRIED, "else", ""), True),
        ((NOT_RIGHT, "unkind", "Dit is niet lief."), False),
        ((NOT_RIGHT, "unkind", "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."), True),
    ],
)
def test_who_tells_gets_help_along_until_the_answer(begin, group, people, post_id, told, helped) -> None:
    _, sem, esra = people
    made = tell(begin, sem, post_id, *told)
    with begin(LATER) as work:
        assert [one.help_now for one in reports.own_reports(work, sem)] == [helped]
        answer(work, esra, made.review_id, group, thanks("Dank je wel."))
    with begin(LATER) as work:
        assert [one.help_now for one in reports.own_reports(work, sem)] == [False]


def test_an_answer_reaches_each_who_told_and_nobody_else(begin, group, people, post_id) -> None:
    noor, sem, esra = people
    with begin() as work:
        sibling = a_group(work, group.location, "Adem")
        account = work.session.get_one(Account, sem.account_id)
        a_member(work, sibling, "Vos in Adem", account)
    tell(begin, sem, post_id, words="Ik schrok.")
    item = item_about(begin, post_id)
    with begin(LATER) as work:
        assert answer(work, esra, item.id, group, thanks("Dank je, we gaan ermee verder.")) == 1
        assert answer(work, esra, item.id, group, thanks("Nog eens.")) == 0
    with begin(LATER) as work:
        (mine,) = reports.own_reports(work, actor_of(work, sem.account_id))
        assert mine.answer == "Dank je, we gaan ermee verder."
        assert reports.own_reports(work, noor) == []
        assert reports.own_standing(work, noor) == (0, None)
        assert reports.own_standing(work, sem) == (1, LATER)
        rung = work.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "report_answered")).one()
        assert rung.audience_id == sem.members[group.id].membership_id
        with pytest.raises(NotFoundError):
            reports.own_reports(work, esra)


def decide_on(begin, actor, item, verdict, at=LATER):
    with begin(at) as work:
        return decide(work, actor, item.id, work.session.get_one(Review, item.id).version, verdict)


def answers_of(begin, actor):
    with begin(LATER) as work:
        return [one.answer for one in reports.own_reports(work, actor)]


def test_a_post_that_may_stay_stays_and_who_told_hears_it(begin, people, post_id) -> None:
    noor, sem, esra = people
    tell(begin, sem, post_id, NOT_RIGHT, "other")
    item = item_about(begin, post_id)
    with begin(LATER) as work:
        review, post = work.session.get_one(Review, item.id), work.session.get_one(Post, post_id)
        offered = set(available(review, post, esra))
        assert {Action.KEEP, Action.HIDE, Action.HOLD} <= offered
        assert not offered & {Action.APPROVE, Action.DECLINE, Action.CLOSE}
    with pytest.raises(InvalidError) as refused:
        decide_on(begin, esra, item, Verdict(action=Action.KEEP))
    assert refused.value.errors == {"answer": "empty"}
    assert item_about(begin, post_id).state is ReviewState.OPEN
    decide_on(begin, esra, item, thanks())
    assert item_about(begin, post_id).state is ReviewState.CLOSED
    assert answers_of(begin, sem) == ["Dank je dat je het zei."]
    with begin(LATER) as work:
        assert outcomes.own_post(work, noor, post_id).state is PostState.PUBLISHED


def test_a_post_that_is_hidden_tells_the_author_why_and_not_by_whom(begin, people, post_id) -> None:
    noor, sem, esra = people
    tell(begin, sem, post_id, NOT_RIGHT, "unkind", "Dit gaat over mij.")
    note = "Ik las dit nog eens en snap dat je boos was. Het raakt een ander te hard."
    verdict = Verdict(action=Action.HIDE, reason="bullying", note=note, answer="We haalden het weg.")
    decide_on(begin, esra, item_about(begin, post_id), verdict)
    assert answers_of(begin, sem) == ["We haalden het weg."]
    with begin(LATER) as work:
        told = outcomes.own_post(work, noor, post_id)
        assert (told.state, told.note) == (PostState.HIDDEN, note)
        assert not [value for value in vars(told).values() if "Rode Vos" in str(value)]
        assert reports.own_reports(work, noor) == []


def test_a_worry_about_a_post_that_was_taken_back_is_closed_with_an_answer(begin, people, post_id) -> None:
    noor, sem, esra = people
    tell(begin, sem, post_id, WORRIED, "hurt")
    with begin(LATER) as work:
        intake.withdraw(work, noor, post_id)
    item = item_about(begin, post_id)
    assert (item.kind, item.state) == (ReviewKind.REPORT, ReviewState.OPEN)
    with begin(LATER) as work:
        review, post = work.session.get_one(Review, item.id), work.session.get_one(Post, post_id)
        assert Action.KEEP not in available(review, post, esra)
    decide_on(begin, esra, item, Verdict(action=Action.CLOSE, answer="Dank je, we zoeken haar op."))
    assert answers_of(begin, sem) == ["Dank je, we zoeken haar op."]


def test_a_colleague_who_is_asked_first_answers_in_the_end(begin, group, people, post_id) -> None:
    _, sem, esra = people
    with begin() as work:
        jeroen = a_clinician(work, group.location, "Jeroen")
    tell(begin, sem, post_id, NOT_RIGHT, "other")
    item = item_about(begin, post_id)
    decide_on(begin, esra, item, Verdict(action=Action.SECOND_LOOK, question="Hoe lees jij dit?"))
    assert answers_of(begin, sem) == [""]
    assert item_about(begin, post_id).kind is ReviewKind.REPORT
    decide_on(begin, jeroen, item, thanks())
    assert answers_of(begin, sem) == ["Dank je dat je het zei."]


def test_who_tells_while_contact_is_sought_is_answered_at_the_end(begin, group, people, post_id) -> None:
    _, sem, esra = people
    with begin() as work:
        lina = a_youth(work, group, "Blauwe Specht")
    tell(begin, sem, post_id, WORRIED, "hurt")
    item = item_about(begin, post_id)
    note = "Ik maak me zorgen om je en wil graag even met je praten."
    hold = Verdict(action=Action.HOLD, reason="needs_contact_first", note=note, answer="We zoeken contact.")
    decide_on(begin, esra, item, hold)
    tell(begin, lina, post_id, WORRIED, "hurt")
    assert answers_of(begin, lina) == [""]
    decide_on(begin, esra, item, thanks("We hebben haar gesproken."))
    assert (answers_of(begin, sem), answers_of(begin, lina)) == (["We zoeken contact."], ["We hebben haar gesproken."])


def test_somebody_in_danger_now_rings_until_a_human_answers(begin, people, post_id) -> None:
    _, sem, esra = people
    tell(begin, sem, post_id, WORRIED, "hurt")
    with begin(LATER) as work:
        assert work.session.scalars(select(Alarm)).all() == []
    tell(begin, sem, post_id, WORRIED, "unsafe_now")
    tell(begin, sem, post_id, WORRIED, "unsafe_now")
    item = item_about(begin, post_id)
    with begin(LATER) as work:
        alarm = work.session.scalars(select(Alarm)).one()
        assert (alarm.kind, alarm.subject_id, alarm.acknowledged_at) == (AlarmKind.CRISIS_ITEM, item.id, None)
    decide_on(begin, esra, item, thanks())
    with begin(LATER) as work:
        assert work.session.scalars(select(Alarm)).one().acknowledged_at == LATER


def test_what_is_told_while_somebody_has_contact_with_the_author_is_read_in_time_and_answered(
    begin, group, people, post_id
) -> None:
    _, sem, esra = people
    with begin() as work:
        lina, jeroen = a_youth(work, group, "Blauwe Specht"), a_clinician(work, group.location, "Jeroen")
    tell(begin, sem, post_id)
    held = item_about(begin, post_id)
    with begin(LATER) as work:
        hold = Verdict(action=Action.HOLD, reason="needs_contact_first", note=HOLD_NOTE, answer="Dank je, we kijken.")
        decide(work, esra, held.id, held.version, hold)
    later = LATER + timedelta(hours=1)
    tell(begin, lina, post_id, NOT_RIGHT, "other", at=later)
    with begin(later) as work:
        item = work.session.get_one(Review, held.id)
        assert (item.state, item.due_at) == (ReviewState.OPEN, later + timedelta(hours=4))  # the norm of medium
        assert reports.unanswered(work, item) == {NOT_RIGHT}
        assert claims.next_item(work, jeroen) == item.id
    with begin(later + timedelta(hours=4, seconds=1)) as work:
        assert [row.id for row in queue.waiting(work, jeroen).late_rows] == [item.id]
    decide_on(begin, jeroen, item, thanks())
    assert (answers_of(begin, sem), answers_of(begin, lina)) == (["Dank je, we kijken."], ["Dank je dat je het zei."])
