"""A break of more than a week where nobody else works: a clinician of the location named for it answers, once."""

from datetime import timedelta

import pytest
from builders import NOON, WHY, a_clinician, a_group, a_location, actor_of
from sqlalchemy import select

from safespace.audit.models import AuditEntry
from safespace.groups import members
from safespace.groups.models import Location, Membership, StaffRole
from safespace.groups.reading import obtain_group
from safespace.kernel.outbox import AudienceKind, OutboxEvent
from safespace.kernel.refusals import ConflictError, NotAllowedError, NotFoundError
from safespace.moderation import breaks, training

DAY = timedelta(days=1)
LONG = NOON + 20 * DAY
SOON = NOON + timedelta(hours=1)


@pytest.fixture
def south(begin):
    """Another location with a group, where Mark and Tom work."""
    with begin() as work:
        location = a_location(work, "Zuidhaven")
        return a_group(work, location, "Avond"), a_clinician(work, location, "Mark"), a_clinician(work, location, "Tom")


def name_second(begin, group, south) -> None:
    with begin() as work:
        work.session.get_one(Location, group.location_id).second_location_id = south[0].location_id


def pause(begin, group, noor, esra, until=LONG, now=NOON):
    place = noor.member_of(group.id).membership_id
    with begin(now) as work:
        breaks.pause_member(work, esra, place, until, **WHY)
    return place


def asked(begin, actor, now=SOON):
    with begin(now) as work:
        return breaks.asked_of(work, actor)


def agree(work, actor, place, ends=NOON + 7 * DAY):
    breaks.answer_elsewhere(work, actor, place, ends.isoformat(), agrees=True)


def leave(work, actor, place, ends=NOON + 7 * DAY):
    breaks.answer_elsewhere(work, actor, place, ends.isoformat(), agrees=False)


def test_a_longer_break_goes_to_the_location_named_for_it_and_shows_only_what_it_is_about(
    begin, group, noor, esra, south
) -> None:
    _, mark, _ = south
    name_second(begin, group, south)
    place = pause(begin, group, noor, esra)
    (one,) = asked(begin, mark)
    assert (one.membership_id, one.alias, one.group, one.location) == (
        place,
        "Stille Otter",
        group.name,
        group.location.name,
    )
    assert (one.reason, one.until) == (WHY["reason"], LONG)
    for look in (
        lambda work: obtain_group(work, mark, group.id),
        lambda work: members.obtain_member(work, mark, place),
        lambda work: members.members_of(work, mark, group),
        lambda work: members.confirm_longer(work, mark, place),
        lambda work: members.end_pause(work, mark, place),
        lambda work: breaks.pause_member(work, mark, place, LONG, **WHY),
    ):
        with begin(SOON) as work, pytest.raises(NotFoundError):
            look(work)
    with begin(SOON) as work, pytest.raises(NotFoundError):
        breaks.asked_of(work, noor)
    assert asked(begin, esra) == []


def test_who_agrees_elsewhere_makes_it_last_and_sees_nothing_of_it_any_more(begin, group, noor, esra, south) -> None:
    _, mark, tom = south
    name_second(begin, group, south)
    place = pause(begin, group, noor, esra)
    with begin(SOON) as work:
        agree(work, mark, place)
    with begin(NOON + 8 * DAY) as work, pytest.raises(NotFoundError):
        obtain_group(work, actor_of(work, noor.account_id), group.id)
    assert (asked(begin, mark), asked(begin, tom)) == ([], [])
    for answer in (agree, leave):
        with begin(SOON) as work, pytest.raises(NotFoundError):
            answer(work, tom, place)
    with begin() as work:
        entry = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "member_pause_longer")).one()
        assert (entry.chain_id, entry.object_id) == (group.location_id, place)
        assert entry.facts["elsewhere"] == str(south[0].location_id)


def test_who_leaves_it_lets_it_end_after_a_week_and_the_own_location_knows(begin, group, noor, esra, south) -> None:
    _, mark, tom = south
    name_second(begin, group, south)
    place = pause(begin, group, noor, esra)
    with begin(SOON) as work:
        leave(work, mark, place)
    assert asked(begin, tom) == []
    with begin(SOON) as work, pytest.raises(NotFoundError):
        agree(work, tom, place)
    with begin(SOON) as work:
        assert work.session.get_one(Membership, place).longer_left_at == SOON
        assert breaks.blocked(work, group) == set()
        assert not breaks.is_due(work)  # nobody is asked again
        assert work.session.scalars(select(AuditEntry).where(AuditEntry.action == "member_pause_left")).one()
    with begin(NOON + 8 * DAY) as work:
        assert obtain_group(work, actor_of(work, noor.account_id), group.id)


@pytest.mark.parametrize("over", ["came back", "lapsed", "removed", "a new break"])
def test_what_is_over_is_not_there_any_more(begin, group, noor, esra, south, over) -> None:
    _, mark, _ = south
    name_second(begin, group, south)
    place = pause(begin, group, noor, esra)
    now = NOON + 7 * DAY if over == "lapsed" else SOON
    with begin(now) as work:
        if over == "removed":
            members.remove_member(work, esra, place)
        elif over != "lapsed":
            members.end_pause(work, esra, place)
    if over == "a new break":
        pause(begin, group, noor, esra, SOON + DAY, SOON)
    assert asked(begin, mark, now) == []
    for answer in (agree, leave):
        with begin(now) as work, pytest.raises(NotFoundError):
            answer(work, mark, place)


def test_an_answer_is_about_the_break_that_was_read(begin, group, noor, esra, south) -> None:
    _, mark, _ = south
    name_second(begin, group, south)
    place = pause(begin, group, noor, esra)
    with begin(SOON) as work:
        members.end_pause(work, esra, place)
    pause(begin, group, noor, esra, LONG + 40 * DAY, SOON)
    for answer in (agree, leave):
        with begin(SOON) as work, pytest.raises(ConflictError):
            answer(work, mark, place)
    (one,) = asked(begin, mark)
    with begin(SOON) as work:
        agree(work, mark, place, one.ends)


def test_nobody_agrees_with_a_break_that_is_over(begin, group, noor, esra, jeroen) -> None:
    place = pause(begin, group, noor, esra)
    with begin(NOON + 8 * DAY) as work, pytest.raises(ConflictError):
        members.confirm_longer(work, jeroen, place)
    with begin(NOON + 8 * DAY) as work:
        assert obtain_group(work, actor_of(work, noor.account_id), group.id)


def test_with_a_colleague_here_or_nobody_else_there_no_other_location_is_asked(begin, group, noor, esra, south) -> None:
    _, mark, _ = south
    name_second(begin, group, south)
    with begin() as work:
        jeroen = a_clinician(work, group.location, "Jeroen")
    place = pause(begin, group, noor, esra)
    assert asked(begin, mark) == []
    with begin() as work:
        assert breaks.blocked(work, group) == set()
        # Jeroen stops, and where Esra is the only one left there is nobody: it is blocked.
        roles = work.session.scalars(select(StaffRole).where(StaffRole.account_id != esra.account_id)).all()
        for role in roles:
            role.revoked_at = work.now
        work.session.add(
            StaffRole(
                account_id=esra.account_id,
                location_id=south[0].location_id,
                role=roles[0].role,
                granted_at=work.now,
                works_from=work.now,
            )
        )
    with begin(SOON) as work:
        assert breaks.blocked(work, group) == {place}
        assert not breaks.is_due(work)
        assert breaks.asked_of(work, actor_of(work, esra.account_id)) == []
    assert jeroen


def test_who_asked_and_works_at_both_locations_cannot_answer(begin, group, noor, esra, south) -> None:
    with begin() as work:
        work.session.add(
            StaffRole(
                account_id=esra.account_id,
                location_id=south[0].location_id,
                role=esra.roles[group.location_id],
                granted_at=work.now,
                works_from=work.now,
            )
        )
    name_second(begin, group, south)
    place = pause(begin, group, noor, esra)
    with begin(SOON) as work:
        both = actor_of(work, esra.account_id)
        assert breaks.asked_of(work, both) == []
        for answer in (agree, leave):
            with pytest.raises(NotAllowedError) as refused:
                answer(work, both, place)
            assert refused.value.code == "second_clinician"


def test_a_location_that_is_named_later_is_asked_by_the_clock_and_rung(begin, group, noor, esra, south) -> None:
    _, mark, _ = south
    place = pause(begin, group, noor, esra)
    with begin() as work:
        assert breaks.blocked(work, group) == {place}
        assert not breaks.is_due(work)
    name_second(begin, group, south)
    with begin(SOON) as work:
        assert breaks.is_due(work)
        assert breaks.find_seconds(work) == 1
    with begin(SOON) as work:
        assert not breaks.is_due(work)
        assert breaks.blocked(work, group) == set()
        rung = work.session.scalars(select(OutboxEvent).where(OutboxEvent.audience_id == south[0].id)).all()
        assert [(one.kind, one.subject_id) for one in rung] == [(AudienceKind.STAFF, place)]
        assert work.session.scalars(select(AuditEntry).where(AuditEntry.action == "member_pause_asked")).one()
    assert len(asked(begin, mark)) == 1


def test_when_nobody_works_there_any_more_another_location_that_is_named_is_asked(
    begin, group, noor, esra, south
) -> None:
    _, mark, tom = south
    name_second(begin, group, south)
    place = pause(begin, group, noor, esra)
    with begin() as work:
        west = a_group(work, a_location(work, "Westkust"), "Dag")
        tess = a_clinician(work, west.location, "Tess")
    name_second(begin, group, (west,))
    with begin(SOON) as work:
        assert not breaks.is_due(work)  # Mark and Tom can still answer
        gone = select(StaffRole).where(StaffRole.account_id.in_([mark.account_id, tom.account_id]))
        for role in work.session.scalars(gone):
            role.revoked_at = NOON
    with begin(SOON) as work:
        assert breaks.blocked(work, group) == {place}
        assert breaks.is_due(work)
        assert breaks.find_seconds(work) == 1
    with begin(SOON) as work:
        assert not breaks.is_due(work)
        assert breaks.blocked(work, group) == set()
    assert len(asked(begin, tess)) == 1


def test_the_other_location_is_rung_when_it_is_asked_and_when_it_was_answered(begin, group, noor, esra, south) -> None:
    name_second(begin, group, south)
    place = pause(begin, group, noor, esra)
    with begin(SOON) as work:
        agree(work, south[1], place)
    with begin() as work:
        rung = work.session.scalars(select(OutboxEvent).where(OutboxEvent.audience_id == south[0].id)).all()
        assert [one.subject_id for one in rung] == [place, place]


def test_who_answers_for_another_location_has_practised_at_the_own_one(begin, group, noor, esra, south) -> None:
    _, mark, _ = south
    name_second(begin, group, south)
    place = pause(begin, group, noor, esra)
    with begin() as work:
        work.session.get_one(Location, south[0].location_id).training_required = True
    for answer in (agree, leave):
        with begin(SOON) as work, pytest.raises(NotAllowedError) as refused:
            answer(work, mark, place)
        assert refused.value.code == "training_needed"
    with begin(SOON) as work:
        for key, one in training.course(work.settings.config_dir).exercises.items():
            training.answer(work, mark, key, one.actions[0].value, one.severities[0].value)
    with begin(SOON) as work:
        agree(work, mark, place)
