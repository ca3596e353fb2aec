"""Mark is with the group for an hour: everybody knows it, and the hour ends also when nobody closes it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth, an_administrator
from sqlalchemy import select

from safespace.audit.models import AuditEntry
from safespace.crisis.escalations import Closing
from safespace.kernel.outbox import AudienceKind, OutboxEvent
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.moderation import going_live, intake, labels, norms, queue, release, reports, taking_up, talking
from safespace.moderation.decisions import decide
from safespace.moderation.models import Action, ReportKind, Review
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.verdicts import Verdict
from safespace.roster import live_hours
from safespace.roster.waiting import now_in
from safespace.threads.models import PostType

EVENING = datetime(2026, 11, 24, 19, 0, tzinfo=ZoneInfo("Europe/Amsterdam")).astimezone(UTC)


@pytest.fixture
def clinic(begin):
    with begin(NOON) as work:
        location = a_location(work, hours=[[day, 540, 1020] for day in range(5)])
        group = a_group(work, location)
        return {
            "group": group,
            "mark": a_clinician(work, location, "Mark"),
            "esra": a_clinician(work, location, "Esra"),
            "daan": a_youth(work, group),
            "karin": an_administrator(work, location),
        }


def test_in_a_live_hour_posts_are_taken_also_in_the_evening(begin, clinic) -> None:
    with begin(EVENING) as work:
        live_hours.open_live_hour(work, clinic["mark"], clinic["group"].id)
    with begin(EVENING + timedelta(minutes=5)) as work:
        assert now_in(work, clinic["group"]).live is not None
        words = intake.accept_words(work, "hoi Mark", title="Vraag")
        assert not intake.open_thread(work, clinic["daan"], clinic["group"].id, PostType.QUESTION, words).draft


def test_it_ends_at_its_end_also_before_the_clock_came_by(begin, clinic) -> None:
    with begin(EVENING) as work:
        live_hours.open_live_hour(work, clinic["mark"], clinic["group"].id, 30)
    with begin(EVENING + timedelta(minutes=30)) as work:
        assert live_hours.open_in(work, clinic["group"].id) is None
        assert live_hours.is_due(work)
        assert live_hours.close_due(work) == [clinic["group"].id]
    with begin(EVENING + timedelta(minutes=31)) as work:
        assert not live_hours.is_due(work)
        assert live_hours.close_due(work) == []
        said_goodbye_to = live_hours.last_in(work, clinic["group"].id)
        assert said_goodbye_to is not None
        assert not live_hours.runs(work, said_goodbye_to)
    with begin(EVENING + timedelta(minutes=61)) as work:
        assert live_hours.last_in(work, clinic["group"].id) is None


def test_a_colleague_may_close_it_and_the_group_hears_both(begin, clinic) -> None:
    with begin(EVENING) as work:
        live_hours.open_live_hour(work, clinic["mark"], clinic["group"].id)
    with begin(EVENING) as work:
        assert live_hours.close_live_hour(work, clinic["esra"], clinic["group"].id)
        assert not live_hours.close_live_hour(work, clinic["esra"], clinic["group"].id)
    with begin() as work:
        rung = work.session.scalars(select(OutboxEvent).where(OutboxEvent.name == "live_hour_changed")).all()
        assert [one.kind for one in rung].count(AudienceKind.GROUP) == 2
        actions = work.session.scalars(select(AuditEntry.action).order_by(AuditEntry.at)).all()
        assert actions.count("open_live_hour") == actions.count("close_live_hour") == 1


def test_two_cannot_open_it_at_once_but_after_its_end_a_new_one_opens(begin, clinic) -> None:
    with begin(EVENING) as work:
        live_hours.open_live_hour(work, clinic["mark"], clinic["group"].id, 30)
    with pytest.raises(ConflictError), begin(EVENING + timedelta(minutes=29)) as work:
        live_hours.open_live_hour(work, clinic["esra"], clinic["group"].id)
    with begin(EVENING + timedelta(minutes=30)) as work:
        live_hours.open_live_hour(work, clinic["esra"], clinic["group"].id)


@pytest.mark.parametrize("by", ["hand", "clock"])
def test_what_is_left_when_it_ends_is_due_by_the_usual_norms_again(begin, clinic, by) -> None:
    with begin(EVENING) as work:
        going_live.go_live(work, clinic["mark"], clinic["group"].id, 60)
    with begin(EVENING + timedelta(minutes=58)) as work:
        words = intake.accept_words(work, "hoi Mark", title="Vraag")
        intake.open_thread(work, clinic["daan"], clinic["group"].id, PostType.QUESTION, words)
    ends = EVENING + timedelta(minutes=60)
    with begin(ends) as work:
        review = work.session.scalars(select(Review)).one()
        assert review.due_at == EVENING + timedelta(minutes=61)
        assert (
            going_live.end_live(work, clinic["mark"], clinic["group"].id) if by == "hand" else going_live.end_due(work)
        )
    with begin(ends + timedelta(hours=3)) as work:
        review = work.session.scalars(select(Review)).one()
        assert review.due_at == norms.due_at(work, clinic["group"].location, review.severity, review.opened_at)
        assert review.due_at > work.now + timedelta(hours=10)
        assert queue.waiting(work, clinic["esra"]).late == 0
        assert not going_live.end_live(work, clinic["mark"], clinic["group"].id)


@pytest.mark.parametrize("how", ["level", "decision", "worry", "report"])
def test_a_norm_that_began_anew_is_there_again_when_the_hour_ends(begin, clinic, how) -> None:
    esra, group = clinic["esra"], clinic["group"]
    with begin(NOON) as work:
        words = intake.accept_words(work, "Ik slaap zo slecht.", title="Nachten")
        sent = intake.open_thread(work, clinic["daan"], group.id, PostType.QUESTION, words)
        sem = a_youth(work, group, "Rode Vos")

    def item(work):
        return work.session.scalars(
            select(Review).where(Review.post_id == sent.post_id).order_by(Review.opened_at)
        ).all()[-1]

    def decides(now, action, **more) -> None:
        with begin(now) as work:
            told = {
                "reason": "needs_contact_first",
                "note": "Ik maak me zorgen om je en bel je vanmiddag zelf even op.",
            }
            verdict = Verdict(action=action, **(told if action is Action.HOLD else {}) | more)
            decide(work, esra, item(work).id, item(work).version, verdict)

    def tells(now, choice) -> None:
        with begin(now) as work:
            reports.report(work, sem, sent.post_id, ReportKind.NOT_RIGHT, choice=choice)

    later = NOON + timedelta(days=2, hours=1)
    if how == "level":
        with begin(later) as work:
            labels.set_severity(work, esra, item(work).id, item(work).version, Severity.HIGH)
    elif how == "decision":
        later = NOON + timedelta(minutes=30)
        decides(later, Action.SECOND_LOOK, severity=Severity.HIGH, question="Lees jij dit ook zo?")
    elif how == "worry":
        decides(NOON, Action.HOLD)
        with begin(NOON) as work:
            worry = taking_up.take_up(work, esra, item(work), 2, "Klinkt moe.")
        said = {"note": "Gebeld, er is een plan.", "note_to_author": "Fijn dat we spraken. Morgen bel ik je weer."}
        closing = Closing(outcome="contact_plan_made", check_back_on=later.date() + timedelta(days=1), **said)
        with begin(later) as work:
            talking.close(work, esra, worry.id, closing)
    else:
        decides(NOON, Action.APPROVE)
        with begin(NOON + timedelta(minutes=1)) as work:
            release.release_due(work)
        tells(NOON + timedelta(minutes=2), "unkind")
        decides(NOON + timedelta(minutes=3), Action.HOLD, answer="We zoeken contact.")
        tells(later, "unkind")
    with begin(later) as work:
        due = item(work).due_at
        assert due > later + timedelta(minutes=20)
    with begin(later + timedelta(minutes=1)) as work:
        going_live.go_live(work, clinic["mark"], group.id, 10)
    with begin(later + timedelta(minutes=1)) as work:
        assert item(work).due_at == later + timedelta(minutes=4)
    with begin(later + timedelta(minutes=11)) as work:
        assert going_live.end_due(work) == 1
    with begin(later + timedelta(minutes=11)) as work:
        assert item(work).due_at == due
        assert queue.waiting(work, clinic["mark"]).late == 0


def test_a_second_reader_keeps_the_working_day_that_was_given(begin, clinic) -> None:
    with begin(NOON) as work:
        words = intake.accept_words(work, "Jij snapt er ook nooit iets van.", title="Boos")
        sent = intake.open_thread(work, clinic["daan"], clinic["group"].id, PostType.QUESTION, words)
        review = work.session.scalars(select(Review)).one()
        unkind = Verdict(action=Action.DECLINE, reason="bullying", note="Zo komt het hard binnen bij wie het leest.")
        decide(work, clinic["esra"], review.id, review.version, unkind)
    due = NOON + timedelta(days=1)

    def is_due():
        with begin() as work:
            about = select(Review).where(Review.post_id == sent.post_id, Review.about_id.is_not(None))
            return work.session.scalars(about).one().due_at

    assert is_due() == due
    with begin(NOON + timedelta(minutes=3)) as work:
        going_live.go_live(work, clinic["mark"], clinic["group"].id, 60)
    assert is_due() == due
    with begin(NOON + timedelta(hours=1)) as work:
        assert going_live.end_live(work, clinic["mark"], clinic["group"].id)
    assert is_due() == due


@pytest.mark.parametrize("minutes", [-60, 0, 9, 121, 100_000])
def test_an_hour_has_a_reasonable_length(begin, clinic, minutes) -> None:
    with pytest.raises(InvalidError), begin(EVENING) as work:
        live_hours.open_live_hour(work, clinic["mark"], clinic["group"].id, minutes)


@pytest.mark.parametrize(("who", "refusal"), [("daan", NotAllowedError), ("karin", NotFoundError)])
def test_only_a_clinician_of_the_location_opens_one(begin, clinic, who, refusal) -> None:
    with pytest.raises(refusal), begin(EVENING) as work:
        live_hours.open_live_hour(work, clinic[who], clinic["group"].id)


def test_a_clinician_of_elsewhere_does_not_even_find_the_group(begin, clinic) -> None:
    with begin(NOON) as work:
        stranger = a_clinician(work, a_location(work, "Zuidhaven"))
    with pytest.raises(NotFoundError), begin(EVENING) as work:
        live_hours.open_live_hour(work, stranger, clinic["group"].id)


def test_a_crisis_that_is_late_stands_above_a_fresh_one_of_a_live_hour(begin, clinic) -> None:
    crisis = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."

    def sends(work, author, group) -> None:
        intake.open_thread(
            work, author, group.id, PostType.EXPERIENCE, intake.accept_words(work, crisis, title="Nacht")
        )

    with begin(NOON) as work:
        other = a_group(work, clinic["group"].location, name="Een andere groep")
        sends(work, a_youth(work, other), other)
    with begin(NOON + timedelta(minutes=30)) as work:
        live_hours.open_live_hour(work, clinic["mark"], clinic["group"].id)
        sends(work, clinic["daan"], clinic["group"])
        first, second = queue.waiting(work, clinic["esra"]).rows
        assert (first.group_id, first.late) == (other.id, True)
        assert (second.group_id, second.late) == (clinic["group"].id, False)
