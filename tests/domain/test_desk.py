"""The desk of a clinician: what comes first and what is late, who is at what, what one leaves to others, how much."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from at_once import many_writers
from builders import NOON, a_clinician, a_group, a_location, a_youth, an_administrator
from sqlalchemy import select, update

from safespace.groups.models import Location, StaffRole
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.moderation import (
    blind,
    bulk,
    claims,
    desks,
    exposure,
    handing_over,
    intake,
    labels,
    norms,
    queue,
    safety,
)
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.desks import KEYS, Filters
from safespace.moderation.models import Action, Decision, Review, ReviewKind, ReviewView
from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.undoing import undo
from safespace.roster.models import LiveHour
from safespace.threads.models import PostType, Words

CRISIS = "Ik wil dood. Vanavond ga ik het doen, ik heb afscheid genomen."
CALM = "Vandaag lekker buiten gelopen."
APPROVE = Verdict(action=Action.APPROVE)


def send(begin, actor, group, body=CALM, now=NOON) -> UUID:
    with begin(now) as work:
        sent = intake.open_thread(work, actor, group.id, PostType.EXPERIENCE, Words(body=body, title="Vandaag"))
        return work.session.scalars(select(Review.id).where(Review.post_id == sent.post_id)).one()


def set_level(begin, actor, review_id, level, now=NOON) -> None:
    with begin(now) as work:
        review = work.session.get_one(Review, review_id)
        labels.set_severity(work, actor, review_id, review.version, level)


def order(begin, actor, now=NOON, **filters) -> list[UUID]:
    with begin(now) as work:
        return [row.id for row in queue.waiting(work, actor, filters=Filters(**filters)).rows]


class TestNorms:
    def test_a_norm_ends_after_so_many_open_minutes_and_a_crisis_never_waits_for_a_door(self, begin, group) -> None:
        with begin() as work:
            location = work.session.merge(group.location)
            location.hours = [[day, 9 * 60, 17 * 60] for day in range(7)]
            closing = NOON + timedelta(hours=3, minutes=30)  # 16:30 in Amsterdam
            assert norms.due_at(work, location, Severity.HIGH, closing) == closing + timedelta(hours=17)
            assert norms.due_at(work, location, Severity.CRISIS, closing) == closing + timedelta(minutes=10)
            location.norms = {"high": 20}
            assert norms.due_at(work, location, Severity.HIGH, closing) == closing + timedelta(minutes=20)
            location.hours = []
            assert norms.due_at(work, location, Severity.LOW, closing) == closing + timedelta(hours=8)

    def test_a_raised_level_has_its_norm_from_now_a_lowered_one_from_the_beginning(
        self, begin, group, noor, esra
    ) -> None:
        one = send(begin, noor, group)
        later = NOON + timedelta(hours=2)
        set_level(begin, esra, one, Severity.HIGH, later)
        with begin() as work:
            assert work.session.get_one(Review, one).due_at == later + timedelta(hours=1)
        set_level(begin, esra, one, Severity.LOW, later)
        with begin() as work:
            assert work.session.get_one(Review, one).due_at == NOON + timedelta(hours=8)

    def test_in_a_live_hour_three_minutes_are_the_norm_and_its_items_go_on_top(self, begin, group, noor, esra) -> None:
        with begin() as work:
            other = a_group(work, group.location, "Rustig aan")
            sem = a_youth(work, other, "Rode Vos")
        first = send(begin, noor, group)
        with begin() as work:
            hour = LiveHour(
                group_id=other.id, opened_by=esra.account_id, opened_at=NOON, ends_at=NOON + timedelta(hours=1)
            )
            work.session.add(hour)
        live = send(begin, sem, other, now=NOON + timedelta(minutes=1))
        with begin() as work:
            assert work.session.get_one(Review, live).due_at == NOON + timedelta(minutes=4)
        assert order(begin, esra, NOON + timedelta(minutes=2)) == [live, first]


class TestOrder:
    def test_what_is_late_rises_above_the_fresher_ones_of_its_own_level_only(self, begin, group, noor, esra) -> None:
        with begin() as work:
            sem = a_youth(work, group, "Rode Vos")
        old = send(begin, noor, group)
        with begin() as work:
            work.session.get_one(Review, old).first_post = False
        new = send(begin, sem, group, now=NOON + timedelta(hours=3))
        set_level(begin, esra, worse := send(begin, noor, group, now=NOON + timedelta(hours=4)), Severity.MEDIUM)
        assert order(begin, esra, NOON + timedelta(hours=5)) == [worse, new, old]
        nine = NOON + timedelta(hours=8, minutes=1)
        set_level(begin, esra, worse, Severity.MEDIUM, nine)
        assert order(begin, esra, nine) == [worse, old, new]
        with begin(nine) as work:
            found = queue.waiting(work, esra)
            assert (found.late, {row.id for row in found.late_rows}) == (2, {worse, old})

    def test_of_what_is_late_the_oldest_stands_first_also_before_a_first_post(self, begin, group, noor, esra) -> None:
        with begin() as work:
            sem = a_youth(work, group, "Rode Vos")
        old = send(begin, noor, group)
        with begin() as work:
            work.session.get_one(Review, old).first_post = False
        new = send(begin, sem, group, now=NOON + timedelta(hours=3))
        assert order(begin, esra, NOON + timedelta(hours=30)) == [old, new]

    def test_filters_count_what_they_leave_out_and_never_silence_an_alarm(self, begin, group, noor, esra) -> None:
        calm, worst = send(begin, noor, group), send(begin, noor, group, CRISIS)
        with begin() as work:
            found = queue.waiting(work, esra, filters=Filters(severity=Severity.NONE))
            assert ([row.id for row in found.rows], found.total, found.outside, found.urgent) == ([calm], 1, 1, 1)
        assert order(begin, esra, category=Category.SUICIDE) == [worst]
        assert order(begin, esra, category=Category.SPAM) == []
        assert order(begin, esra, kind=ReviewKind.NEW) == [worst, calm]
        assert order(begin, esra, kind=ReviewKind.EDIT) == []
        with begin() as work:
            labels.flag(work, esra, calm, "spam")
        assert order(begin, esra, category=Category.SPAM) == [calm]

    def test_filters_are_remembered_for_each_clinician(self, begin, group, esra, jeroen) -> None:
        chosen = Filters(group_id=group.id, severity=Severity.LOW, category=Category.DRUGS, kind=ReviewKind.EDIT)
        with begin() as work:
            desks.keep_filters(work, esra, chosen)
        with begin() as work:
            assert desks.desk_of(work, esra).filters == chosen
            assert desks.desk_of(work, jeroen).filters == Filters()

    def test_the_topics_of_an_item_stand_nowhere_in_words(self, begin, group, noor) -> None:
        one = send(begin, noor, group, CRISIS)
        with begin() as work:
            topics = work.session.get_one(Review, one).topics
            assert topics
            assert not any(category.value in topics for category in Category)


class TestClaims:
    def test_a_colleague_sees_who_is_at_an_item_and_takes_over_with_a_click(
        self, begin, group, noor, esra, jeroen
    ) -> None:
        one = send(begin, noor, group)
        with begin() as work:
            assert claims.claim(work, esra, one).mine
        with begin() as work:
            assert queue.waiting(work, jeroen).rows[0].claimed_by == "Esra"
            assert queue.waiting(work, esra).rows[0].mine
            assert claims.claim(work, jeroen, one).name == "Esra"
            assert claims.claim(work, jeroen, one, over=True).mine
        with begin() as work:
            assert claims.claim(work, esra, one).name == "Jeroen"

    def test_a_lease_ends_by_itself_by_a_beat_it_stays(self, begin, group, noor, esra, jeroen) -> None:
        one = send(begin, noor, group)
        with begin() as work:
            claims.claim(work, esra, one)
        two, four = NOON + timedelta(minutes=2), NOON + timedelta(minutes=4)
        with begin(two) as work:
            claims.claim(work, esra, one)
        with begin(four) as work:
            assert claims.holder(work, jeroen, one).name == "Esra"
        with begin(four + timedelta(minutes=1)) as work:
            assert claims.holder(work, jeroen, one) == claims.Holder()
            assert claims.claim(work, jeroen, one).mine

    def test_leaving_deciding_and_signing_out_end_a_claim(self, begin, group, noor, esra, jeroen) -> None:
        one, two, three = (send(begin, noor, group) for _ in range(3))
        with begin() as work:
            for review_id in (one, two, three):
                claims.claim(work, esra, review_id)
        with begin() as work:
            claims.let_go(work, jeroen, one)  # somebody else's stays
            assert claims.holder(work, esra, one).mine
            claims.let_go(work, esra, one)
            assert not claims.holder(work, esra, one).mine
            decide(work, esra, two, work.session.get_one(Review, two).version, APPROVE)
            claims.let_go_all(work, esra.account_id)
        with begin() as work:
            assert work.session.scalars(select(Review).where(Review.held_until > work.now)).all() == []

    def test_an_item_that_ended_by_itself_holds_nobody(self, begin, group, noor, esra) -> None:
        one = send(begin, noor, group)
        with begin() as work:
            claims.claim(work, esra, one)
        with begin() as work:
            intake.withdraw(work, noor, work.session.get_one(Review, one).post_id)
        with begin() as work:
            assert not handing_over.still_open(work, esra, group.location_id)
            assert handing_over.unsaid(work, esra) == []

    def test_who_asked_a_colleague_in_this_moment_does_not_come_to_hold_the_item(
        self, begin, group, noor, esra, jeroen
    ) -> None:
        one = send(begin, noor, group)
        with begin() as work:
            seen = work.session.get_one(Review, one)  # a page that is open still says that it may be decided
            asked = update(Review).values(not_by=esra.account_id)
            work.session.execute(asked, execution_options={"synchronize_session": False})
            assert seen.not_by is None
            assert not claims.claim(work, esra, one).mine
            assert claims.claim(work, jeroen, one).mine

    def test_a_claim_guides_and_stops_nobody_from_deciding(self, begin, group, noor, esra, jeroen) -> None:
        one = send(begin, noor, group)
        with begin() as work:
            claims.claim(work, esra, one)
        with begin() as work:
            decide(work, jeroen, one, 1, APPROVE)
        with pytest.raises(ConflictError), begin() as work:
            decide(work, esra, one, 1, APPROVE)

    def test_nobody_elsewhere_is_at_an_item(self, begin, group, noor, esra) -> None:
        one = send(begin, noor, group)
        with begin() as work:
            stranger = a_clinician(work, a_location(work, "Zuiderlicht"), "Vreemd")
        for act in (claims.claim, claims.pass_on):
            with pytest.raises(NotFoundError), begin() as work:
                act(work, stranger, one)
        with begin() as work:
            assert claims.next_item(work, stranger) is None


class TestNext:
    def test_the_next_item_is_the_first_that_nobody_is_at(self, begin, group, noor, esra, jeroen) -> None:
        calm, worst = send(begin, noor, group), send(begin, noor, group, CRISIS)
        with begin() as work:
            assert claims.next_item(work, esra) == worst
        with begin() as work:
            assert claims.next_item(work, jeroen) == calm
        with begin() as work:
            assert claims.next_item(work, jeroen, beyond=calm) is None

    def test_what_was_opened_lately_comes_after_what_was_not(self, begin, group, noor, esra) -> None:
        first, second = send(begin, noor, group), send(begin, noor, group)
        with begin() as work:
            claims.claim(work, esra, first)
            assert claims.next_item(work, esra) == second

    def test_what_one_left_to_colleagues_is_not_handed_out_but_still_stands_in_the_queue(
        self, begin, group, noor, esra, jeroen
    ) -> None:
        worst, calm = send(begin, noor, group, CRISIS), send(begin, noor, group)
        with begin() as work:
            desks.leave_out(work, esra, [Category.SUICIDE.value])
        with begin() as work:
            assert claims.next_item(work, esra) == calm
            assert claims.next_item(work, jeroen) == worst
        assert order(begin, esra) == [worst, calm]
        with pytest.raises(InvalidError), begin() as work:
            desks.leave_out(work, esra, ["horoscopes"])

    def test_what_one_left_out_is_handed_out_only_when_it_cannot_wait_and_nobody_else_could_take_it(
        self, begin, group, noor, esra, jeroen
    ) -> None:
        low = "Mijn nummer is 06-12345678, app me."
        one = send(begin, noor, group, low)
        with begin() as work:
            desks.leave_out(work, esra, [Category.PERSONAL_DATA.value])
            late = work.session.get_one(Review, one).due_at + timedelta(minutes=1)
        for now in (NOON, late):  # Jeroen can take it, late or not
            with begin(now) as work:
                assert claims.next_item(work, esra) is None
        with begin() as work:
            desks.leave_out(work, jeroen, [Category.PERSONAL_DATA.value])
        with begin() as work:
            assert claims.next_item(work, esra) is None  # it can wait
        with begin(late) as work:
            assert claims.next_item(work, esra) == one  # everybody left it out, and it is late
        worst = send(begin, noor, group, CRISIS)
        with begin() as work:
            desks.leave_out(work, esra, [Category.SUICIDE.value])
        with begin() as work:
            assert claims.next_item(work, esra) == one
            work.session.get_one(Review, worst).not_by = jeroen.account_id
        with begin() as work:
            assert claims.next_item(work, esra) == worst

    def test_what_another_location_asks_is_left_out_and_filtered_like_the_own(self, begin, group, noor, esra) -> None:
        with begin() as work:
            elsewhere = a_location(work, "Zuidhaven")
            mark, amira = a_clinician(work, elsewhere, "Mark"), a_clinician(work, elsewhere, "Amira")
            work.session.get_one(Location, group.location_id).second_location_id = elsewhere.id
        one = send(begin, noor, group, "Mijn nummer is 06-12345678, app me.")
        declined = send(begin, noor, group, "Mijn nummer is 06-12345678, app me.")
        with begin() as work:
            decide(work, esra, one, 1, Verdict(action=Action.SECOND_LOOK, question="Wat vind jij?"))
            own = "Dit komt hard binnen, ik lees dat je boos bent."
            decide(work, esra, declined, 1, Verdict(action=Action.DECLINE, reason="bullying", note=own))
            asked = set(work.session.scalars(select(Review.id).where(Review.asked_location_id == elsewhere.id)))
        assert len(asked) == 2
        assert set(order(begin, mark, category=Category.PERSONAL_DATA)) == asked
        assert order(begin, mark, category=Category.SPAM) == []
        with begin() as work:
            desks.leave_out(work, mark, [Category.PERSONAL_DATA.value])
        with begin() as work:
            assert claims.next_item(work, mark) is None
            assert claims.next_item(work, amira) in asked

    def test_what_was_passed_on_goes_to_somebody_else_and_no_reason_is_kept(
        self, begin, group, noor, esra, jeroen
    ) -> None:
        one = send(begin, noor, group)
        with begin() as work:
            claims.claim(work, esra, one)
            claims.pass_on(work, esra, one)
        with begin() as work:
            assert claims.next_item(work, esra) is None
            assert claims.next_item(work, jeroen) == one
            assert queue.waiting(work, jeroen).rows[0].passed_on

    def test_who_may_not_decide_it_does_not_get_it(self, begin, group, noor, esra, jeroen) -> None:
        one = send(begin, noor, group)
        with begin() as work:
            work.session.get_one(Review, one).not_by = esra.account_id
        with begin() as work:
            assert claims.next_item(work, esra) is None
            assert claims.next_item(work, jeroen) == one


def test_several_clinicians_who_ask_at_once_get_different_items(engine, tmp_path, settings, keys) -> None:
    people, waiting = 6, 5
    with many_writers(engine, tmp_path, settings, keys, NOON) as unit:
        with unit() as work:
            group = a_group(work, a_location(work))
            noor = a_youth(work, group)
            clinicians = [a_clinician(work, group.location, f"Behandelaar {number}") for number in range(people)]
        for number in range(waiting):
            with unit() as work:
                words = intake.accept_words(work, f"Bericht {number}", title="Hoi")
                intake.open_thread(work, noor, group.id, PostType.TIP, words)
        given: list[UUID | None] = []
        start = threading.Barrier(people)

        def ask(actor) -> None:
            start.wait()
            with unit() as work:
                given.append(claims.next_item(work, actor))

        threads = [threading.Thread(target=ask, args=(actor,)) for actor in clinicians]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with unit() as work:
            held = work.session.scalars(select(Review.held_by).where(Review.held_by.is_not(None))).all()
    assert len(given) == people
    assert given.count(None) == people - waiting
    assert len({one for one in given if one}) == waiting
    assert len(set(held)) == waiting


class TestTogether:
    def test_calm_posts_that_one_opened_can_be_approved_together(self, begin, group, noor, esra, jeroen) -> None:
        one = send(begin, noor, group)
        with begin() as work:
            claims.claim(work, esra, one)
        with begin() as work:
            assert queue.waiting(work, esra).rows[0].together
            assert not queue.waiting(work, jeroen).rows[0].together
            assert bulk.approve_one(work, esra, one, 1).action is Action.APPROVE

    def test_nothing_with_a_worry_nothing_unread_and_nothing_hidden_goes_along(self, begin, group, noor, esra) -> None:
        unread, worst, hidden = send(begin, noor, group), send(begin, noor, group, CRISIS), send(begin, noor, group)
        lowered = send(begin, noor, group, CRISIS)
        set_level(begin, esra, lowered, Severity.LOW)
        with begin() as work:
            work.session.get_one(Review, hidden).blind = True
            for review_id in (worst, hidden, lowered):
                claims.claim(work, esra, review_id)
        for review_id, why in (
            (unread, "bulk_not_opened"),
            (worst, "bulk_too_heavy"),
            (hidden, "bulk_too_heavy"),
            (lowered, "bulk_too_heavy"),
        ):
            with pytest.raises(InvalidError) as refused, begin() as work:
                bulk.approve_one(work, esra, review_id, work.session.get_one(Review, review_id).version)
            assert refused.value.errors == {"action": why}

    def test_the_version_that_was_read_is_the_one_that_is_placed(self, begin, group, noor, esra) -> None:
        one = send(begin, noor, group)
        with begin() as work:
            claims.claim(work, esra, one)
        with begin() as work:
            review = work.session.get_one(Review, one)
            intake.rewrite(work, noor, review.post_id, Words(body="Toch anders gelopen.", title="Vandaag"))
        with pytest.raises(ConflictError), begin() as work:
            bulk.approve_one(work, esra, one, 1)
        with pytest.raises(InvalidError), begin() as work:
            bulk.approve_one(work, esra, one, 2)

    @pytest.mark.parametrize(("chosen", "typed"), [(0, 0), (11, 11), (3, 2)])
    def test_one_to_ten_are_counted_by_who_chooses_them(self, chosen, typed) -> None:
        bulk.check_count(10, 10)
        with pytest.raises(InvalidError):
            bulk.check_count(chosen, typed)


class TestExposure:
    def test_after_five_medium_or_two_high_in_a_row_a_pause_is_due_and_a_pause_begins_anew(
        self, begin, group, noor, esra
    ) -> None:
        items = [send(begin, noor, group) for _ in range(6)]
        for number, review_id in enumerate(items[:5]):
            set_level(begin, esra, review_id, Severity.MEDIUM)
            with begin(NOON + timedelta(minutes=number)) as work:
                assert not exposure.pause_due(work, esra)
                claims.claim(work, esra, review_id)
        with begin(NOON + timedelta(minutes=5)) as work:
            assert exposure.pause_due(work, esra)
        with begin(NOON + timedelta(minutes=6)) as work:
            claims.claim(work, esra, items[5])  # a calm one in between does not end the row
            assert exposure.pause_due(work, esra)
        with begin(NOON + timedelta(minutes=34)) as work:
            assert not exposure.pause_due(work, esra)

    def test_two_crises_in_a_row_are_enough(self, begin, group, noor, esra) -> None:
        for number in range(2):
            review_id = send(begin, noor, group, CRISIS)
            with begin(NOON + timedelta(minutes=number)) as work:
                assert not exposure.pause_due(work, esra)
                claims.claim(work, esra, review_id)
        with begin(NOON + timedelta(minutes=2)) as work:
            assert exposure.pause_due(work, esra)

    def test_long_conversations_between_two_heavy_ones_are_no_pause(self, begin, group, noor, esra) -> None:
        items = [send(begin, noor, group, CRISIS) for _ in range(6)]
        asked = []
        for number, review_id in enumerate(items):
            with begin(NOON + timedelta(minutes=11 * number)) as work:
                claims.claim(work, esra, review_id)
                asked.append(exposure.pause_due(work, esra))
        assert asked == [False, True, True, True, True, True]  # it stays said until it was answered
        with begin(NOON + timedelta(minutes=84)) as work:
            assert exposure.pause_due(work, esra)
        with begin(NOON + timedelta(minutes=85)) as work:
            assert not exposure.pause_due(work, esra)

    def test_who_had_a_pause_or_goes_on_is_asked_again_after_as_much(self, begin, group, noor, esra, jeroen) -> None:
        items = [send(begin, noor, group, CRISIS) for _ in range(4)]
        for number, due in enumerate((False, True, False, True)):
            with begin(NOON + timedelta(minutes=number)) as work:
                claims.claim(work, esra, items[number])
                assert exposure.pause_due(work, esra) is due
                assert not exposure.pause_due(work, jeroen)
                if due:
                    desks.rest(work, esra)
        with begin(NOON + timedelta(minutes=5)) as work:
            claims.claim(work, esra, items[3])
            assert not exposure.pause_due(work, esra)

    def test_a_folded_text_counts_once_it_was_opened(self, begin, group, noor, esra) -> None:
        review_id = send(begin, noor, group, CRISIS)
        with begin() as work:
            claims.claim(work, esra, review_id, opened=False)
        with begin() as work:
            assert work.session.scalars(select(ReviewView)).all() == []
            claims.claim(work, esra, review_id)
        with begin() as work:
            assert exposure.own_week(work, esra) == {Severity.CRISIS: 1}

    def test_an_item_counts_once_for_each_reader_at_its_highest_level(self, begin, group, noor, esra, jeroen) -> None:
        with begin() as work:
            amira = a_clinician(work, group.location, "Amira")
            work.session.scalars(select(StaffRole).where(StaffRole.account_id == esra.account_id)).one().lead = True
        one = send(begin, noor, group)
        for level in (Severity.LOW, Severity.HIGH, Severity.MEDIUM):
            set_level(begin, esra, one, level)
            for actor in (esra, jeroen, amira):
                with begin() as work:
                    claims.claim(work, actor, one, over=True)
        with begin() as work:
            assert exposure.own_week(work, esra) == {Severity.HIGH: 1}
            assert [week.counts for week in exposure.team_week(work, esra)] == [{Severity.HIGH: 3}]

    def test_a_blind_item_counts_once_it_was_decided(self, begin, group, noor, esra, jeroen) -> None:
        with begin() as work:
            work.session.merge(group.location).blind_share = 100
            a_clinician(work, group.location, "Amira")
            work.session.scalars(select(StaffRole).where(StaffRole.account_id == esra.account_id)).one().lead = True
        items = [send(begin, noor, group, "Soms wil ik er niet meer zijn.") for _ in range(2)]
        for review_id in items:
            for actor in (esra, jeroen):
                with begin() as work:
                    assert work.session.get_one(Review, review_id).severity is Severity.HIGH
                    claims.claim(work, actor, review_id)
        with begin() as work:
            assert exposure.own_week(work, esra) == {}
            assert not exposure.pause_due(work, esra)
        for review_id in items:
            with begin() as work:
                decide(work, jeroen, review_id, work.session.get_one(Review, review_id).version, APPROVE)
        with begin() as work:
            assert exposure.own_week(work, esra) == {Severity.HIGH: 2}
            assert exposure.pause_due(work, esra)

    def test_a_lead_sees_a_total_and_never_one_person(self, begin, group, noor, esra, jeroen) -> None:
        with begin() as work:
            amira = a_clinician(work, group.location, "Amira")
            work.session.scalars(select(StaffRole).where(StaffRole.account_id == esra.account_id)).one().lead = True
        one = send(begin, noor, group, CRISIS)
        for actor in (esra, jeroen):
            with begin() as work:
                claims.claim(work, actor, one)
        with begin() as work:
            assert [week.counts for week in exposure.team_week(work, esra)] == [None]  # two people would be a person
            claims.claim(work, amira, one)
        with begin() as work:
            assert [week.counts for week in exposure.team_week(work, esra)] == [{Severity.CRISIS: 3}]
            with pytest.raises(NotFoundError):
                exposure.team_week(work, jeroen)


class TestBlindSample:
    def test_the_same_items_are_blind_every_time_and_a_crisis_never(self, begin, group) -> None:
        with begin() as work:
            location = work.session.merge(group.location)
            location.blind_share = 5
            found = [blind.is_blind(location, UUID(int=number), Severity.HIGH) for number in range(1000)]
            assert sum(found) == 50
            assert not any(blind.is_blind(location, UUID(int=number), Severity.CRISIS) for number in range(1000))

    def test_signals_and_level_stay_hidden_until_a_human_decided(self, begin, group, noor, esra) -> None:
        with begin() as work:
            work.session.merge(group.location).blind_share = 100
        one = send(begin, noor, group, "Mijn nummer is 06-12345678, app me.")
        with begin() as work:
            item, row = queue.item(work, esra, one), queue.waiting(work, esra).rows[0]
            assert (item.hidden, item.assessment.signals, row.blind, row.excerpt) == (True, (), True, "")
            assert order(begin, esra, category=Category.PERSONAL_DATA) == []
            made = decide(work, esra, one, item.review.version, APPROVE)
        with begin() as work:
            assert queue.item(work, esra, one).assessment.signals
            undo(work, esra, made.id)
        with begin() as work:
            assert not queue.item(work, esra, one).hidden  # what was shown once is no blind reading any more

    def test_when_a_blind_item_is_late_tells_no_level(self, begin, group, noor, esra) -> None:
        with begin() as work:
            work.session.merge(group.location).blind_share = 100
        one = send(begin, noor, group, "Soms wil ik er niet meer zijn.")
        after = NOON + timedelta(hours=2)  # a norm of one hour has ended
        with begin(after) as work:
            found = queue.waiting(work, esra)
            assert (found.late, found.late_rows, found.rows[0].late) == (0, [], False)
        assert order(begin, esra, after, late=True) == []
        with begin(after) as work:
            undo(work, esra, decide(work, esra, one, 1, APPROVE).id)
        with begin(after) as work:
            assert queue.waiting(work, esra).late == 1  # it was decided once, so it says so

    def test_a_blind_item_that_becomes_a_crisis_shows_everything(self, begin, group, noor, esra) -> None:
        with begin() as work:
            work.session.merge(group.location).blind_share = 100
        one = send(begin, noor, group)
        set_level(begin, esra, one, Severity.CRISIS)
        with begin() as work:
            assert not queue.item(work, esra, one).hidden

    @pytest.mark.parametrize("by", ["an edit", "the author"])
    def test_what_becomes_a_crisis_measures_nothing_any_more(self, begin, group, noor, esra, by) -> None:
        with begin() as work:
            work.session.merge(group.location).blind_share = 100
        one = send(begin, noor, group)
        with begin() as work:
            post_id = work.session.get_one(Review, one).post_id
            if by == "an edit":
                intake.rewrite(work, noor, post_id, Words(body="Ik wil dood, vanavond ga ik het doen.", title="Hoi"))
            else:
                safety.answer_safety(work, noor, post_id, "no", said="Ben je nu veilig? Nee")
        with begin() as work:
            review = work.session.get_one(Review, one)
            assert (review.severity, review.blind) == (Severity.CRISIS, False)
            decide(work, esra, one, review.version, APPROVE)
            assert blind.figures(work, [group.location_id]).total == 0
            assert not work.session.scalars(select(Decision)).one().blind

    def test_engine_and_humans_are_compared_on_what_was_decided(self, begin, group, noor, esra) -> None:
        with begin() as work:
            work.session.merge(group.location).blind_share = 100
        calm, personal = send(begin, noor, group), send(begin, noor, group, "Mijn nummer is 06-12345678, app me.")
        set_level(begin, esra, calm, Severity.MEDIUM)
        with begin() as work:
            engine = Severity.of_rank(work.session.get_one(Review, personal).engine_rank)
            for review_id in (calm, personal):
                decide(work, esra, review_id, work.session.get_one(Review, review_id).version, APPROVE)
        with begin() as work:
            found = blind.figures(work, [group.location_id])
            assert engine >= Severity.MEDIUM
            assert (found.both, found.engine_only, found.human_only, found.neither) == (0, 1, 1, 0)
            assert found.levels == {(Severity.NONE, Severity.MEDIUM): 1}


class TestKeys:
    def test_every_action_has_a_key_of_its_own_that_can_be_chosen_and_switched_off(self, begin, esra) -> None:
        assert len(set(KEYS.values())) == len(KEYS)
        with begin() as work:
            desks.keep_keys(work, esra, {"approve": "P"}, on=False)
        with begin() as work:
            desk = desks.desk_of(work, esra)
            assert (desk.keys["approve"], desk.keys["decline"], desk.keys_on) == ("p", "r", False)

    @pytest.mark.parametrize(("chosen", "why"), [({"approve": "aa"}, "key_wrong"), ({"approve": "r"}, "key_twice")])
    def test_two_letters_or_one_key_twice_is_refused(self, begin, esra, chosen, why) -> None:
        with pytest.raises(InvalidError) as refused, begin() as work:
            desks.keep_keys(work, esra, chosen, on=True)
        assert refused.value.errors["approve"] == why

    def test_only_a_clinician_has_a_desk(self, begin, group, noor) -> None:
        with begin() as work:
            karin = an_administrator(work, group.location)
        for actor in (noor, karin):
            with pytest.raises(NotFoundError), begin() as work:
                desks.desk_of(work, actor)
