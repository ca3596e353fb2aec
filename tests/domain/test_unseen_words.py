"""What an author writes in the safe talk is seen by somebody: it stands on every screen, and rings when it is late."""

from datetime import timedelta

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth, rings
from sqlalchemy import select

from safespace.crisis import alerts, escalations, ringing, talk
from safespace.crisis.models import Alarm, AlarmKind, Escalation, Ring
from safespace.kernel.refusals import ConflictError, NotFoundError
from safespace.moderation import intake, safety, taking_up, talking, unseen
from safespace.moderation.models import Review
from safespace.roster import routes
from safespace.roster.models import Channel
from safespace.threads.models import PostType, Words

ALONE = "Ik zit alleen op mijn kamer en weet het niet meer."
HEAVY = "Ik wil eigenlijk niet meer leven, alles is te veel."
OFFICE = [[day, 9 * 60, 17 * 60] for day in range(5)]
HOUR = timedelta(hours=1)  # the usual norm of severity high


@pytest.fixture
def clinic(begin):
    """Noor writes, Esra took up a worry about her; Jeroen works there too, and Tom elsewhere. E-mail reaches Esra."""
    return opened(begin)


def opened(begin, hours=None):
    with begin() as work:
        group = a_group(work, a_location(work, hours=hours))
        people = {
            "group": group,
            "Noor": a_youth(work, group),
            "Esra": a_clinician(work, group.location, "Esra"),
            "Jeroen": a_clinician(work, group.location, "Jeroen"),
            "Tom": a_clinician(work, a_location(work, "Zuid"), "Tom"),
        }
        esra = people["Esra"]
        routes.add_route(work, esra, group.location_id, esra.account_id, Channel.EMAIL, "esra@kliniek.example")
        words = Words(body="Ik slaap slecht.", title="Nacht")
        sent = intake.open_thread(work, people["Noor"], group.id, PostType.EXPERIENCE, words)
    with begin() as work:
        review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()
        worry = taking_up.take_up(work, people["Esra"], review, 2, "Klinkt moe.")
        talking.say(work, people["Esra"], worry.id, "Hoe gaat het nu met je?")
    return people | {"worry": worry.id, "post": sent.post_id}


def says(begin, clinic, words=ALONE, now=NOON, who="Noor"):
    with begin(now) as work:
        return talking.say(work, clinic[who], clinic["worry"], words)


def close(begin, clinic):
    with begin() as work:
        closing = escalations.Closing(
            outcome="contact_safe",
            note="Goed.",
            note_to_author="Fijn.",
            check_back_on=(work.now + timedelta(days=1)).date(),
        )
        talking.close(work, clinic["Esra"], clinic["worry"], closing)


def on_screen(begin, clinic, who="Jeroen", now=NOON):
    with begin(now) as work:
        return [(one.escalation_id, one.words) for one in unseen.waiting(work, clinic[who])]


def tick(begin, now):
    """The clock looks once; gives how many worries began to ring."""
    with begin(now) as work:
        return unseen.ring_late(work) if unseen.is_due(work) else 0


def alarms(begin):
    with begin() as work:
        return list(work.session.scalars(select(Alarm).where(Alarm.acknowledged_at.is_(None))))


def answer(begin, clinic, now, who="Jeroen"):
    with begin(now) as work:
        for alarm in work.session.scalars(select(Alarm.id).where(Alarm.acknowledged_at.is_(None))).all():
            ringing.acknowledge(work, clinic[who], alarm)


def test_words_of_an_author_stand_on_every_screen_until_somebody_saw_them(begin, clinic) -> None:
    assert on_screen(begin, clinic) == []
    said = says(begin, clinic)
    assert on_screen(begin, clinic, "Jeroen") == on_screen(begin, clinic, "Esra") == [(clinic["worry"], True)]
    assert on_screen(begin, clinic, "Tom") == []
    with begin() as work, pytest.raises(NotFoundError):
        unseen.waiting(work, clinic["Noor"])
    with begin() as work, pytest.raises(NotFoundError):
        unseen.see(work, clinic["Tom"], clinic["worry"], said.number)
    with begin() as work:
        unseen.see(work, clinic["Jeroen"], clinic["worry"], said.number)
    assert on_screen(begin, clinic) == []


def test_only_what_stood_on_the_screen_was_seen(begin, clinic) -> None:
    first = says(begin, clinic)
    says(begin, clinic, "En nu huil ik.", NOON + timedelta(seconds=5))
    with begin(NOON + timedelta(seconds=6)) as work:
        unseen.see(work, clinic["Jeroen"], clinic["worry"], first.number)
    assert on_screen(begin, clinic) == [(clinic["worry"], True)]


def test_who_answers_has_seen_it(begin, clinic) -> None:
    says(begin, clinic)
    says(begin, clinic, "Ik lees het. Vertel eens.", who="Jeroen")
    assert on_screen(begin, clinic) == []
    assert tick(begin, NOON + timedelta(days=2)) == 0


def test_words_that_nobody_saw_ring_once_the_norm_has_ended(begin, clinic) -> None:
    says(begin, clinic)
    assert tick(begin, NOON + HOUR - timedelta(seconds=1)) == 0
    assert tick(begin, NOON + HOUR) == 1
    assert [(one.kind, one.subject_id) for one in alarms(begin)] == [(AlarmKind.ESCALATION, clinic["worry"])]
    assert tick(begin, NOON + HOUR) == 0
    assert on_screen(begin, clinic) == []  # the alarm stands there now


def test_the_same_words_never_ring_twice_and_new_ones_have_a_norm_of_their_own(begin, clinic) -> None:
    says(begin, clinic)
    tick(begin, NOON + HOUR)
    with begin(NOON + HOUR) as work:
        rings(work)
        alerts.mark_sent(work, work.session.scalars(select(Ring.id)).one())
    answer(begin, clinic, NOON + HOUR + timedelta(minutes=2))
    assert on_screen(begin, clinic) == [(clinic["worry"], True)]  # whoever said to go there has not looked yet
    later = NOON + 3 * HOUR
    assert tick(begin, later) == 0
    says(begin, clinic, now=later)
    assert tick(begin, later + HOUR - timedelta(seconds=1)) == 0
    assert tick(begin, later + HOUR) == 1
    with begin(later + HOUR) as work:
        rings(work)
        steps = work.session.scalars(select(Ring.step).order_by(Ring.step)).all()
    assert len(steps) == len(set(steps)) == 2


def test_an_answer_of_a_clock_that_ran_ahead_keeps_no_new_words_from_ringing(begin, clinic) -> None:
    later = NOON + 3 * HOUR
    says(begin, clinic, now=later)
    tick(begin, later + HOUR)
    answer(begin, clinic, later + HOUR)
    says(begin, clinic)  # the clock was set back
    tick(begin, NOON + HOUR)
    assert [one.acknowledged_at for one in alarms(begin)] == [None]


def test_seeing_the_words_ends_the_alarm_about_them(begin, clinic) -> None:
    said = says(begin, clinic)
    tick(begin, NOON + HOUR)
    with begin(NOON + HOUR) as work:
        unseen.see(work, clinic["Jeroen"], clinic["worry"], said.number)
    assert alarms(begin) == []


def test_heavy_words_in_a_closed_talk_stand_on_every_screen_until_somebody_has_the_worry(begin, clinic) -> None:
    close(begin, clinic)
    said = says(begin, clinic, HEAVY)
    assert said.escalation_id != clinic["worry"]
    assert on_screen(begin, clinic) == [(said.escalation_id, True)]
    with begin() as work:
        unseen.see(work, clinic["Jeroen"], said.escalation_id, said.number)
    assert on_screen(begin, clinic) == [(said.escalation_id, False)]  # it was read, and still nobody has it
    assert tick(begin, NOON + HOUR) == 1
    answer(begin, clinic, NOON + HOUR)
    assert on_screen(begin, clinic) == []
    with begin() as work:
        assert work.session.get_one(Escalation, said.escalation_id).owner_id == clinic["Jeroen"].account_id


def test_heavy_words_at_night_ring_an_hour_after_the_doors_open(begin) -> None:
    clinic = opened(begin, OFFICE)
    close(begin, clinic)
    night = NOON + timedelta(hours=11)
    says(begin, clinic, HEAVY, night)
    assert on_screen(begin, clinic) != []
    morning = NOON + timedelta(hours=20)  # nine o'clock in the Netherlands
    assert tick(begin, morning + HOUR - timedelta(seconds=1)) == 0
    assert tick(begin, morning + HOUR) == 1


def test_a_crisis_rings_at_once_and_stands_on_the_screen_once(begin, clinic) -> None:
    with begin() as work:
        safety.answer_safety(work, clinic["Noor"], clinic["post"], "no", said="Ben je nu veilig? Nee")
    assert len(alarms(begin)) == 1
    assert on_screen(begin, clinic) == []
    answer(begin, clinic, NOON)
    assert on_screen(begin, clinic) == [(clinic["worry"], True)]


def test_the_page_promises_a_colleague_only_when_one_was_called_or_is_there(begin, clinic) -> None:
    def promised(now):
        with begin(now) as work:
            escalation = work.session.get_one(Escalation, clinic["worry"])
            return safety.is_human_near(work, escalation, work.session.merge(clinic["group"]))

    assert promised(NOON + timedelta(minutes=10))  # Esra wrote just now
    says(begin, clinic, now=NOON + timedelta(minutes=30))
    assert not promised(NOON + timedelta(minutes=30))
    with begin(NOON + timedelta(minutes=31)) as work:
        safety.answer_safety(work, clinic["Noor"], clinic["post"], "no", said="Ben je nu veilig? Nee")
    assert promised(NOON + timedelta(minutes=31))


def not_safe(begin, clinic, now, answer="no"):
    with begin(now) as work:
        safety.answer_safety(work, clinic["Noor"], clinic["post"], answer, said="Ben je nu veilig? Nee")


def on_call_comes(begin, clinic, now):
    """Jeroen answers what rings, and sees the words that stand there."""
    answer(begin, clinic, now)
    with begin(now) as work:
        unseen.see(work, clinic["Jeroen"], clinic["worry"], 1_000)


def test_in_a_crisis_words_that_nobody_sees_ring_within_its_own_norm_at_night_too(begin) -> None:
    """Somebody answered the alarm just before, so the words did not ring; then nobody looked until the morning."""
    clinic = opened(begin, OFFICE)
    night = NOON + timedelta(hours=11)
    not_safe(begin, clinic, night)
    on_call_comes(begin, clinic, night + timedelta(minutes=2))
    said = night + timedelta(minutes=5)
    says(begin, clinic, now=said)
    assert alarms(begin) == []
    assert tick(begin, said + timedelta(minutes=10) - timedelta(seconds=1)) == 0
    assert tick(begin, said + timedelta(minutes=10)) == 1
    assert [(one.kind, one.subject_id) for one in alarms(begin)] == [(AlarmKind.ESCALATION, clinic["worry"])]


def test_not_safe_said_again_after_it_was_seen_is_seen_again(begin, clinic) -> None:
    not_safe(begin, clinic, NOON)
    not_safe(begin, clinic, NOON)  # pressed twice
    on_call_comes(begin, clinic, NOON + timedelta(minutes=1))
    assert on_screen(begin, clinic) == []
    not_safe(begin, clinic, NOON + timedelta(minutes=9))
    assert on_screen(begin, clinic) == [(clinic["worry"], True)]
    with begin() as work:
        lines = [one.words for one in talk.lines(work, clinic["Esra"], clinic["worry"])]
    assert lines[1:] == ["Ben je nu veilig? Nee"] * 2


def test_a_crisis_calls_somebody_at_once_although_words_that_nobody_saw_ring_already(begin, clinic) -> None:
    says(begin, clinic)
    late = NOON + HOUR
    tick(begin, late)
    with begin(late) as work:
        rings(work)
    now = late + timedelta(minutes=1)
    not_safe(begin, clinic, now)
    with begin(now) as work:
        assert rings(work) == 1
        assert len(work.session.scalars(select(Ring)).all()) == 2
    not_safe(begin, clinic, now)  # said again it is the same worry
    with begin(now + timedelta(minutes=1)) as work:
        assert rings(work) == 0


def closes(begin, clinic, version, line):
    """Esra closes it with what stood on the page she wrote on."""
    with begin() as work:
        closing = escalations.Closing(
            outcome="contact_safe",
            note="Goed.",
            note_to_author="Fijn.",
            check_back_on=(work.now + timedelta(days=1)).date(),
            seen_version=version,
            seen_line=line,
        )
        talking.close(work, clinic["Esra"], clinic["worry"], closing)


def test_a_worry_is_not_closed_past_what_became_of_it_while_somebody_wrote(begin, clinic) -> None:
    with begin() as work:
        version = work.session.get_one(Escalation, clinic["worry"]).version
    says(begin, clinic, "Gaat wel.")
    not_safe(begin, clinic, NOON)
    with pytest.raises(ConflictError) as refused:
        closes(begin, clinic, version, 2)
    assert refused.value.code == "escalation_raised"
    assert len(alarms(begin)) == 1
    with pytest.raises(ConflictError) as refused:
        closes(begin, clinic, version + 1, 2)
    assert refused.value.code == "talk_unseen"
    assert len(alarms(begin)) == 1
    with begin() as work:
        assert work.session.get_one(Escalation, clinic["worry"]).closed_at is None
    closes(begin, clinic, version + 1, 3)
    assert on_screen(begin, clinic) == []  # they were on the page of whoever closed it
