"""The queue and what a clinician finds in it: order, lateness, earlier words and decisions, and taking back."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from at_once import many_writers
from builders import NOON, a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.crisis.escalations import Closing
from safespace.groups.hours import open_time
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.moderation import held, intake, labels, outcomes, queue, release, taking_up, talking
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, Decision, FollowUp, Review, ReviewState
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.undoing import undo
from safespace.threads.lifecycle import Words
from safespace.threads.models import Post, PostState, PostType

CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
MINUTE = timedelta(minutes=1)
APPROVE = Verdict(action=Action.APPROVE)
REWORD = Verdict(
    action=Action.ASK_REWORD,
    reason="numbers",
    note="Wat fijn dat je dit deelt, ik lees hoe zwaar het voor je is. Wil je de getallen weglaten?",
    internal_note="Let op: derde keer deze maand.",
)


@pytest.fixture
def noor(begin, group):
    with begin() as work:
        return a_youth(work, group, "Stille Otter")


@pytest.fixture
def esra(begin, group):
    with begin() as work:
        return a_clinician(work, group.location)


def send(begin, actor, group, body="Ik scrol elke nacht.", now=NOON, title="Slapen"):
    with begin(now) as work:
        return intake.open_thread(work, actor, group.id, PostType.EXPERIENCE, Words(body=body, title=title))


def review_of(work, post_id):
    return work.session.scalars(
        select(Review).where(Review.post_id == post_id).order_by(Review.opened_at.desc())
    ).first()


def decide_on(begin, actor, post_id, verdict=APPROVE, now=NOON):
    with begin(now) as work:
        review = review_of(work, post_id)
        return decide(work, actor, review.id, review.version, verdict)


def item_of(begin, actor, post_id, now=NOON):
    with begin(now) as work:
        return queue.item(work, actor, review_of(work, post_id).id)


def test_the_worst_comes_first_then_a_first_post_then_the_oldest(begin, group, noor, esra) -> None:
    with begin() as work:
        sem = a_youth(work, group, "Rode Vos")
    first = send(begin, noor, group, "Mijn eerste bericht.")
    decide_on(begin, esra, first.post_id)
    with begin(NOON + timedelta(minutes=1)) as work:
        release.release_due(work)
    older = send(begin, noor, group, "Nog iets.", NOON + timedelta(minutes=2))
    new = send(begin, sem, group, "Hoi, ik ben nieuw.", NOON + timedelta(minutes=3))
    worst = send(begin, noor, group, CRISIS, NOON + timedelta(minutes=4))
    with begin(NOON + timedelta(minutes=5)) as work:
        rows = queue.waiting(work, esra).rows
        posts = {review.id: review.post_id for review in work.session.scalars(select(Review))}
        assert [posts[row.id] for row in rows] == [worst.post_id, new.post_id, older.post_id]
        assert [row.first_post for row in rows] == [False, True, False]


def test_a_crisis_in_another_group_counts_while_one_group_is_shown(begin, group, noor, esra) -> None:
    with begin() as work:
        other = a_group(work, group.location, "Eten en jij")
    send(begin, noor, group, CRISIS)
    with begin() as work:
        shown = queue.waiting(work, esra, group_id=other.id)
        assert (shown.total, shown.rows, shown.urgent) == (0, [], 1)
        assert queue.waiting(work, esra, group_id=group.id).counts == {Severity.CRISIS: 1}


def test_a_post_that_is_held_for_contact_waits_but_rings_no_alarm_any_more(begin, group, noor, esra) -> None:
    sent = send(begin, noor, group, CRISIS)
    note = "Ik maak me zorgen om je en bel je vanmiddag zelf even op."
    hold = Verdict(action=Action.HOLD, reason="needs_contact_first", note=note)
    decide_on(begin, esra, sent.post_id, hold)
    with begin() as work:
        shown = queue.waiting(work, esra)
        assert (shown.urgent, shown.rows[0].state, shown.rows[0].urgent) == (0, ReviewState.CONTACT, False)


@pytest.mark.parametrize("ended", ["", "before", "while it was held"])
def test_a_placing_out_of_contact_that_is_taken_back_leaves_the_item_with_who_has_contact(
    begin, group, noor, esra, jeroen, ended
) -> None:
    sent = send(begin, noor, group)
    note = "Ik maak me zorgen om je en bel je vanmiddag zelf even op."
    hold = Verdict(action=Action.HOLD, reason="needs_contact_first", note=note)
    decide_on(begin, esra, sent.post_id, hold)
    with begin() as work:
        worry = taking_up.take_up(work, esra, review_of(work, sent.post_id), 2, "Klinkt moe.")
    later = NOON + timedelta(hours=9)

    def closes() -> None:
        said = {"note": "Gebeld, er is een plan.", "note_to_author": "Fijn dat we spraken. Morgen bel ik je weer."}
        closing = Closing(outcome="contact_plan_made", check_back_on=later.date() + timedelta(days=1), **said)
        with begin(later) as work:
            talking.close(work, esra, worry.id, closing)

    if ended == "before":
        closes()
    placing = replace(APPROVE, follow_up=FollowUp.MESSAGE)
    made = decide_on(begin, jeroen, sent.post_id, placing, later)
    if ended == "while it was held":
        closes()
    with begin(later + timedelta(seconds=3)) as work:
        undo(work, jeroen, made.id)
    with begin(later + timedelta(seconds=4)) as work:
        (row,) = queue.waiting(work, jeroen).rows
        post = work.session.get_one(Post, sent.post_id)
        if ended:
            assert row.state is ReviewState.OPEN
        else:
            assert (row.state, row.late, row.urgent) == (ReviewState.CONTACT, False, False)
            assert (post.state, post.release_at) == (PostState.HELD, None)
            assert outcomes.own_post(work, noor, sent.post_id).action is Action.HOLD
    again = decide_on(begin, jeroen, sent.post_id, placing, later + timedelta(minutes=1))
    with begin(later + timedelta(minutes=2)) as work:
        assert release.release_due(work) == 1
        assert work.session.get_one(Post, sent.post_id).revision_id == again.revision_id


def test_a_placing_out_of_the_hands_of_a_colleague_who_was_asked_waits_again(begin, group, noor, esra, jeroen) -> None:
    sent = send(begin, noor, group)
    note = "Ik maak me zorgen om je en bel je vanmiddag zelf even op."
    decide_on(begin, esra, sent.post_id, Verdict(action=Action.HOLD, reason="needs_contact_first", note=note))
    decide_on(begin, esra, sent.post_id, Verdict(action=Action.SECOND_LOOK, question="Kan dit?"), NOON + MINUTE)
    made = decide_on(begin, jeroen, sent.post_id, APPROVE, NOON + 2 * MINUTE)
    with begin(NOON + 2 * MINUTE) as work:
        assert undo(work, jeroen, made.id).state is ReviewState.OPEN


def test_lateness_counts_opening_hours_except_in_a_crisis(begin, group, noor, esra) -> None:
    with begin() as work:
        work.session.merge(group.location).hours = [[day, 9 * 60, 17 * 60] for day in range(7)]
    closing = NOON + timedelta(hours=3, minutes=45)  # 16:45 in Amsterdam
    calm = send(begin, noor, group, now=closing)
    worst = send(begin, noor, group, CRISIS, now=closing)
    with begin(closing + timedelta(hours=17)) as work:  # 9:45 the next morning: one open hour later
        rows = {row.id: row for row in queue.waiting(work, esra).rows}
        assert not rows[review_of(work, calm.post_id).id].late
        assert rows[review_of(work, worst.post_id).id].late
    with begin(closing + timedelta(hours=25)) as work:
        rows = {row.id: row for row in queue.waiting(work, esra).rows}
        assert rows[review_of(work, calm.post_id).id].late


def test_open_time_adds_up_what_was_open() -> None:
    week = [[0, 9 * 60, 12 * 60], [0, 13 * 60, 17 * 60]]
    morning, evening = NOON - timedelta(hours=2), NOON + timedelta(hours=8)  # 11:00 and 21:00
    assert open_time(week, morning, evening, "Europe/Amsterdam") == timedelta(hours=5)
    assert open_time(week, evening, morning, "Europe/Amsterdam") == timedelta(0)
    assert open_time([], morning, evening, "Europe/Amsterdam") == timedelta(0)


def test_an_item_shows_earlier_posts_of_this_alias_with_what_became_of_them(begin, group, noor, esra) -> None:
    with begin() as work:
        sem = a_youth(work, group, "Rode Vos")
    reworded = send(begin, noor, group, "Met getallen.")
    decide_on(begin, esra, reworded.post_id, REWORD)
    taken_back = send(begin, noor, group, "Toch maar niet.", NOON + timedelta(minutes=1))
    with begin(NOON + timedelta(minutes=2)) as work:
        intake.withdraw(work, noor, taken_back.post_id)
    send(begin, sem, group, "Van een ander.", NOON + timedelta(minutes=3))
    now = send(begin, noor, group, "Nu dit.", NOON + timedelta(minutes=4))
    item = item_of(begin, esra, now.post_id)
    assert [said.body for said in item.history] == ["Toch maar niet.", "Met getallen."]
    told = item.earlier[reworded.post_id][0]
    assert (told.reason, told.internal_note, told.by) == ("numbers", "Let op: derde keer deze maand.", "Esra")
    assert item.decisions == []


def test_an_item_shows_the_conversation_before_it(begin, group, noor, esra) -> None:
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent.post_id)
    with begin(NOON + timedelta(minutes=1)) as work:
        release.release_due(work)
    with begin(NOON + timedelta(minutes=2)) as work:
        reply = intake.reply(work, noor, group.id, sent.thread_id, PostType.TIP, Words(body="Dit hielp mij."))
    item = item_of(begin, esra, reply.post_id)
    assert [said.body for said in item.context] == ["Ik scrol elke nacht."]
    assert (item.title, item.text) == ("Slapen", "Dit hielp mij.")


def test_a_softened_text_shows_what_was_written_first(begin, group, noor, esra) -> None:
    sent = send(begin, noor, group, CRISIS)
    with begin() as work:
        intake.rewrite(work, noor, sent.post_id, Words(body="Laat maar.", title="Slapen"))
    item = item_of(begin, esra, sent.post_id)
    assert item.review.severity is Severity.CRISIS
    assert [(version.body, version.current, version.shown) for version in item.versions] == [
        ("Laat maar.", True, False),
        (CRISIS, False, False),
    ]


def test_an_edit_shows_what_the_group_sees_now(begin, group, noor, esra) -> None:
    sent = send(begin, noor, group)
    decide_on(begin, esra, sent.post_id)
    with begin(NOON + timedelta(minutes=1)) as work:
        release.release_due(work)
    with begin(NOON + timedelta(minutes=2)) as work:
        intake.rewrite(work, noor, sent.post_id, Words(body="Nieuwe woorden.", title="Slapen lukt"))
    item = item_of(begin, esra, sent.post_id)
    shown = next(version for version in item.versions if version.shown)
    assert (shown.text, item.text) == ("Slapen\n\nIk scrol elke nacht.", "Slapen lukt\n\nNieuwe woorden.")


def test_an_approval_can_be_taken_back_while_it_is_held_and_only_by_who_sees_it(begin, group, noor, esra) -> None:
    with begin() as work:
        jeroen = a_clinician(work, group.location, "Jeroen")
    sent = send(begin, noor, group)
    decision = decide_on(begin, esra, sent.post_id)
    with begin() as work:
        assert [one.decision_id for one in held.held(work, esra)] == [decision.id]
        assert held.held(work, esra)[0].alias == "Stille Otter"
        assert held.held(work, jeroen) == []
    with begin(NOON + timedelta(minutes=1)) as work:
        release.release_due(work)
        assert held.held(work, esra) == []


def test_taking_back_twice_is_taking_back_once(begin, group, noor, esra) -> None:
    sent = send(begin, noor, group)
    decision = decide_on(begin, esra, sent.post_id)
    with begin() as work:
        undo(work, esra, decision.id)
    with begin() as work:
        assert undo(work, esra, decision.id).state is ReviewState.OPEN


def test_a_template_belongs_to_the_action_it_was_written_for(begin, group, noor, esra) -> None:
    sent = send(begin, noor, group)
    with pytest.raises(InvalidError) as refused:
        decide_on(begin, esra, sent.post_id, Verdict(action=Action.APPROVE, template="hold_danger_now"))
    assert refused.value.errors == {"template": "unknown_choice", "note": "note_too_short"}


def test_a_template_about_a_threat_never_goes_out_with_a_reason_about_advertising(begin, group, noor, esra) -> None:
    sent = send(begin, noor, group)
    own = "Ik lees dat je iets wilt aanraden, fijn dat je meedenkt."
    verdict = Verdict(action=Action.DECLINE, reason="spam", template="decline_threat", note=own)
    with pytest.raises(InvalidError) as refused:
        decide_on(begin, esra, sent.post_id, verdict)
    assert refused.value.errors == {"template": "template_other_reason"}
    with pytest.raises(InvalidError) as refused:  # without a reason nothing is said of the template yet
        decide_on(begin, esra, sent.post_id, replace(verdict, reason=""))
    assert refused.value.errors == {"reason": "reason_required"}
    decision = decide_on(begin, esra, sent.post_id, replace(verdict, template="decline_practical"))
    with begin() as work:
        assert work.unseal(work.session.get_one(Decision, decision.id), "note").startswith(own)


@pytest.mark.parametrize("action", [Action.APPROVE, Action.APPROVE_WITH_NOTES])
def test_a_template_never_goes_out_without_a_first_sentence_of_ones_own(begin, group, noor, esra, action) -> None:
    sent = send(begin, noor, group)
    template = Verdict(action=action, template="approve_support", content_notes=("eating",))
    for own in ("", "Fijn!", "Fijn dat je dit hier vertelt."):  # the last one is the template's
        with pytest.raises(InvalidError) as refused:
            decide_on(begin, esra, sent.post_id, replace(template, note=own))
        assert refused.value.errors == {"note": "note_too_short"}
    own = "Ik lees dat de nachten lang zijn."
    decision = decide_on(begin, esra, sent.post_id, replace(template, note=own))
    with begin() as work:
        note = work.unseal(work.session.get_one(Decision, decision.id), "note")
        assert note.startswith(f"{own} Fijn dat je dit hier vertelt.")


def test_nobody_but_a_clinician_has_a_queue(begin, group, noor, esra) -> None:
    with begin() as work:
        stranger = a_clinician(work, a_location(work, "Zuidhaven"), "Mark")
        for look in (queue.waiting, held.held, lambda work, actor: queue.next_up(work, actor, limit=5)):
            with pytest.raises(NotFoundError):
                look(work, noor)
            look(work, stranger)


def test_a_level_raised_while_a_colleague_approves_always_stops_the_release(engine, tmp_path, settings, keys) -> None:
    """Whichever of the two comes first, a post that somebody called a crisis is not placed by itself."""
    with many_writers(engine, tmp_path, settings, keys, NOON) as begin:
        with begin() as work:
            group = a_group(work, a_location(work))
            noor = a_youth(work, group)
            esra, jeroen = a_clinician(work, group.location), a_clinician(work, group.location, "Jeroen")
        for turn in range(8):
            sent = send(begin, noor, group, f"Bericht {turn}")
            with begin() as work:
                seen = review_of(work, sent.post_id)
            at_the_same_time(
                begin,
                lambda work, seen=seen: decide(work, esra, seen.id, seen.version, APPROVE),
                lambda work, seen=seen: labels.set_severity(work, jeroen, seen.id, seen.version, Severity.CRISIS),
            )
            with begin() as work:
                assert review_of(work, sent.post_id).severity is Severity.CRISIS
                assert work.session.get_one(Post, sent.post_id).release_at is None
                assert review_of(work, sent.post_id).state is ReviewState.OPEN


def at_the_same_time(begin, *tasks) -> None:
    """Run each task in a unit of work of its own, started together; a conflict is an answer, anything else is not."""
    start = threading.Barrier(len(tasks))
    failed: list[BaseException] = []

    def run(task) -> None:
        start.wait()
        try:
            with begin() as work:
                task(work)
        except ConflictError:
            pass
        except BaseException as error:  # noqa: BLE001  # told below
            failed.append(error)

    both = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert failed == []


def test_an_author_who_rewrites_while_a_clinician_decides_never_stops_the_database(
    engine, tmp_path, settings, keys
) -> None:
    """Both take their locks in one order; whoever comes second is told so in words."""
    with many_writers(engine, tmp_path, settings, keys, NOON) as begin:
        with begin() as work:
            group = a_group(work, a_location(work))
            noor, esra = a_youth(work, group), a_clinician(work, group.location)
        for turn in range(8):
            sent = send(begin, noor, group, f"Bericht {turn}")
            with begin() as work:
                seen = review_of(work, sent.post_id)
            at_the_same_time(
                begin,
                lambda work, seen=seen: decide(work, esra, seen.id, seen.version, APPROVE),
                lambda work, sent=sent: intake.rewrite(work, noor, sent.post_id, Words(body="Anders.", title="S")),
            )
            sent = send(begin, noor, group, CRISIS)
            with begin() as work:
                seen = review_of(work, sent.post_id)
            at_the_same_time(
                begin,
                lambda work, seen=seen: labels.set_severity(work, esra, seen.id, seen.version, Severity.HIGH),
                lambda work, sent=sent: intake.withdraw(work, noor, sent.post_id),
            )
            with begin() as work:
                assert review_of(work, sent.post_id).state is ReviewState.OPEN


def test_a_worry_counts_from_an_old_page_too_but_nothing_is_lowered_from_one(begin, group, noor, esra) -> None:
    with begin() as work:
        jeroen = a_clinician(work, group.location, "Jeroen")
    sent = send(begin, noor, group)
    with begin() as work:
        seen = review_of(work, sent.post_id)
    decide_on(begin, esra, sent.post_id)
    with begin() as work:
        labels.set_severity(work, jeroen, seen.id, seen.version, Severity.CRISIS)
    with begin() as work, pytest.raises(ConflictError):
        labels.set_severity(work, esra, seen.id, seen.version, Severity.LOW)
    with begin(NOON + timedelta(minutes=1)) as work:
        assert release.release_due(work) == 0
        assert queue.waiting(work, jeroen).rows[0].severity is Severity.CRISIS
