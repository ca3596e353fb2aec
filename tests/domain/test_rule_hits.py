"""How often a rule found something: counted with the words of members, never told in small figures, gone in time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.kernel.refusals import NotFoundError
from safespace.moderation import answers, hits, intake, release, reports
from safespace.moderation.assessing import engine
from safespace.moderation.decisions import Verdict, decide
from safespace.moderation.models import Action, ReportKind, Review
from safespace.moderation.rule_models import RuleHits
from safespace.threads.models import Post, PostType, Words

DAY = timedelta(days=1)
PHONE = "Mijn nummer is 06-00000000, en ook 06-00000001."


@pytest.fixture
def people(begin, group):
    with begin() as work:
        return a_youth(work, group, "Stille Otter"), a_clinician(work, group.location)


def writes(begin, actor, group, times=1, now=NOON, body=PHONE):
    for number in range(times):
        with begin(now) as work:
            words = Words(body=body, title=f"Bericht {number}")
            sent = intake.open_thread(work, actor, group.id, PostType.TIP, words)
    return sent.post_id


def told(begin, actor, rule="PII.PHONE", now=NOON):
    with begin(now) as work:
        return hits.hits(work, actor, [rule])[rule]


def rows(begin):
    with begin() as work:
        return {(one.location_id, one.day): one.count for one in work.session.scalars(select(RuleHits))}


def test_a_post_counts_once_for_each_rule_and_small_figures_are_not_told(begin, group, people) -> None:
    noor, esra = people
    writes(begin, noor, group, times=9)
    assert rows(begin) == {(group.location_id, NOON.date()): 9}
    assert told(begin, esra) is None
    assert told(begin, esra, "PII.MAIL") is None
    writes(begin, noor, group)
    assert told(begin, esra) == 10


def test_words_without_a_finding_leave_nothing(begin, group, people) -> None:
    writes(begin, people[0], group, body="Vandaag las ik een boek.")
    assert rows(begin) == {}


def test_a_draft_and_a_refused_unit_of_work_count_nothing(begin, group, people) -> None:
    noor, _ = people
    with pytest.raises(ZeroDivisionError), begin() as work:
        intake.open_thread(work, noor, group.id, PostType.TIP, Words(body=PHONE, title="Weg"))
        raise ZeroDivisionError
    assert rows(begin) == {}


def test_what_staff_answer_and_what_is_told_about_a_post_count_no_second_time(begin, group, people) -> None:
    noor, esra = people
    post_id = writes(begin, noor, group)
    with begin() as work:
        sam = a_youth(work, group, "Rode Vos")
        review = work.session.scalars(select(Review)).one()
        decide(work, esra, review.id, review.version, Verdict(action=Action.APPROVE))
    with begin(NOON + timedelta(minutes=1)) as work:
        release.release_due(work)
        reports.report(work, sam, post_id, ReportKind.WORRIED, choice="not_well")
    with begin(NOON + timedelta(minutes=2)) as work:
        thread = work.session.get_one(Post, post_id).thread_id
        answers.answer(work, esra, group.id, thread, Words(body=PHONE))
    assert rows(begin) == {(group.location_id, NOON.date()): 1}


def test_changed_words_are_read_and_counted_again(begin, group, people) -> None:
    noor, _ = people
    post_id = writes(begin, noor, group)
    with begin(NOON + DAY) as work:
        intake.rewrite(work, noor, post_id, Words(body=PHONE + " Bel me.", title="Bericht"))
    assert rows(begin)[(group.location_id, (NOON + DAY).date())] >= 1
    assert rows(begin)[(group.location_id, NOON.date())] == 1


def test_thirty_days_are_counted_and_older_ones_erased(begin, group, people) -> None:
    noor, esra = people
    writes(begin, noor, group, times=10)
    assert told(begin, esra, now=NOON + 29 * DAY) == 10
    assert told(begin, esra, now=NOON + 30 * DAY) is None
    with begin(NOON + 29 * DAY) as work:
        hits.forget_old(work)
    assert len(rows(begin)) == 1
    with begin(NOON + 30 * DAY) as work:
        hits.forget_old(work)
    assert rows(begin) == {}


def test_a_day_is_one_of_the_clinic(begin, group) -> None:
    with begin() as work:
        found = engine(work.settings).assess(PHONE)
        hits.count(work, group.location_id, found, datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    assert list(rows(begin)) == [(group.location_id, date(2026, 11, 23))]


def test_only_own_locations_are_counted_and_together(begin, group, people) -> None:
    noor, esra = people
    with begin() as work:
        south = a_group(work, a_location(work, "Zuidhaven"), "Helder")
        sam, fatima = a_youth(work, south, "Rode Vos"), a_clinician(work, south.location, "Fatima")
    writes(begin, noor, group, times=10)
    writes(begin, sam, south, times=11)
    assert (told(begin, esra), told(begin, fatima)) == (10, 11)
    with pytest.raises(NotFoundError):
        told(begin, noor)


def test_the_table_tells_neither_post_nor_rule(begin, group, people) -> None:
    noor, _ = people
    with begin() as work:
        south = a_group(work, a_location(work, "Zuidhaven"), "Helder")
        sam = a_youth(work, south, "Rode Vos")
    writes(begin, noor, group)
    writes(begin, sam, south)
    with begin() as work:
        kept = work.session.scalars(select(RuleHits)).all()
        assert {column.name for column in RuleHits.__table__.columns} == {"location_id", "mark", "day", "count"}
        assert not any("PII" in one.mark or "PHONE" in one.mark for one in kept)
        assert len({one.mark for one in kept}) == len(kept)  # the same rules, and no mark in common
