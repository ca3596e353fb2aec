"""Roles don't add up: a second administrator or a day, never to oneself, seen by the clinicians, and ended at once."""

from datetime import timedelta

import pytest
from builders import NOON, a_clinician, a_location, a_staff_member, a_youth, actor_of, an_administrator
from sqlalchemy import select

from safespace.accounts.credentials import hash_secret
from safespace.accounts.enrolment import enrol, find_link
from safespace.accounts.models import Account
from safespace.accounts.sessions import find_session, open_session
from safespace.audit.models import AuditEntry
from safespace.groups.models import StaffRole
from safespace.groups.staff import (
    appoint_first,
    confirm_role,
    create_staff_account,
    disable_account,
    grant_role,
    live_role,
    renew_link,
    revoke_role,
)
from safespace.groups.staff_list import find_staff, recent_grants, staff_of
from safespace.kernel.outbox import EVERYBODY, Audience, AudienceKind, after
from safespace.kernel.refusals import ConflictError, InvalidError, NotAllowedError, NotFoundError
from safespace.policy.roles import Role

TOMORROW = NOON + timedelta(hours=24)


@pytest.fixture
def place(begin):
    with begin() as work:
        return a_location(work)


@pytest.fixture
def karin(begin, place):
    with begin() as work:
        return an_administrator(work, place)


@pytest.fixture
def mark(begin, place):
    with begin() as work:
        return an_administrator(work, place, "Mark")


def new_clinician(begin, karin, place):
    with begin() as work:
        return create_staff_account(
            work, karin, place.id, role=Role.CLINICIAN, staff_name="Fatima", role_title="behandelaar"
        )


def rung(begin) -> int:
    with begin() as work:
        return len(after(work.session, Audience(AudienceKind.ACCESS, EVERYBODY), 0, limit=100))


def test_a_new_clinician_works_after_a_day(begin, karin, place) -> None:
    made = new_clinician(begin, karin, place)
    assert made.token not in repr(made)
    with begin() as work:
        assert actor_of(work, made.account_id).roles == {}
    with begin(TOMORROW) as work:
        assert actor_of(work, made.account_id).roles == {place.id: Role.CLINICIAN}


def test_a_second_administrator_can_shorten_the_day(begin, karin, mark, place) -> None:
    made = new_clinician(begin, karin, place)
    with begin() as work:
        role = live_role(work, made.account_id, place.id)
    with pytest.raises(NotAllowedError) as refused, begin() as work:
        confirm_role(work, karin, role.id)
    assert refused.value.code == "second_person"
    with begin() as work:
        confirm_role(work, mark, role.id)
    with begin() as work:
        assert actor_of(work, made.account_id).roles == {place.id: Role.CLINICIAN}
    with pytest.raises(ConflictError), begin() as work:
        confirm_role(work, mark, role.id)


def test_who_gets_a_role_does_not_confirm_it(begin, karin, mark) -> None:
    with begin() as work:
        zuid = a_location(work, "Zuidhaven")
        work.session.add(
            StaffRole(
                account_id=karin.account_id,
                location_id=zuid.id,
                role=Role.ADMINISTRATOR,
                granted_at=NOON,
                works_from=NOON,
            )
        )
        work.session.flush()
        karin = actor_of(work, karin.account_id)
        grant_role(work, karin, mark.account_id, zuid.id, Role.ADMINISTRATOR)
    with begin() as work:
        role = live_role(work, mark.account_id, zuid.id)
    with pytest.raises(NotFoundError), begin() as work:
        confirm_role(work, mark, role.id)
    with begin(TOMORROW) as work:
        later = actor_of(work, mark.account_id)
        with pytest.raises(NotAllowedError):
            confirm_role(work, later, role.id)


def test_nobody_grants_a_role_to_oneself(begin, karin, place) -> None:
    with begin() as work:
        zuid = a_location(work, "Zuidhaven")
    with pytest.raises(NotFoundError), begin() as work:
        grant_role(work, karin, karin.account_id, zuid.id, Role.CLINICIAN)
    with pytest.raises(NotAllowedError) as refused, begin() as work:
        grant_role(work, karin, karin.account_id, place.id, Role.CLINICIAN)
    assert refused.value.code == "own_role"


def test_roles_do_not_add_up(begin, karin, mark, place) -> None:
    with begin() as work:
        esra = a_clinician(work, place)
    for somebody, role in ((mark, Role.CLINICIAN), (esra, Role.ADMINISTRATOR)):
        with pytest.raises(ConflictError) as refused, begin() as work:
            grant_role(work, karin, somebody.account_id, place.id, role)
        assert refused.value.code == "has_role"


def test_a_youth_gets_no_role_and_gives_none(begin, group) -> None:
    with begin() as work:
        karin = an_administrator(work, group.location)
        noor = a_youth(work, group)
        admin = an_administrator(work, group.location, "Mark")
    with pytest.raises(NotFoundError), begin() as work:
        grant_role(work, admin, noor.account_id, group.location_id, Role.CLINICIAN)
    with pytest.raises(NotFoundError), begin() as work:
        grant_role(work, noor, karin.account_id, group.location_id, Role.CLINICIAN)


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.PEER_WORKER, Role.QUALITY])
def test_only_administrators_of_the_place_manage_staff(begin, place, karin, role) -> None:
    with begin() as work:
        stranger = an_administrator(work, a_location(work, "Zuidhaven"))
        colleague = a_staff_member(work, place, role)
    for somebody in (stranger, colleague):
        for attempt in (
            lambda work, who=somebody: grant_role(work, who, karin.account_id, place.id, Role.CLINICIAN),
            lambda work, who=somebody: staff_of(work, who, place.id),
            lambda work, who=somebody: revoke_role(work, who, live_role(work, karin.account_id, place.id).id),
            lambda work, who=somebody: disable_account(work, who, karin.account_id),
        ):
            with pytest.raises(NotFoundError), begin() as work:
                attempt(work)


def test_clinicians_are_told_of_new_roles(begin, karin, place) -> None:
    with begin() as work:
        esra = a_clinician(work, place)
    new_clinician(begin, karin, place)
    with begin(NOON + timedelta(minutes=1)) as work:
        newest = next(one for one in recent_grants(work, esra, place.id) if one.staff_name == "Fatima")
        assert (newest.role, newest.works, newest.enrolled) == (Role.CLINICIAN, False, False)
        assert newest.works_from == TOMORROW
    with begin(NOON + timedelta(days=15)) as work:
        assert recent_grants(work, esra, place.id) == []


def test_a_revoked_role_ends_at_once_and_everybody_is_asked_again(begin, karin, place) -> None:
    with begin() as work:
        esra = a_clinician(work, place)
        role = live_role(work, esra.account_id, place.id)
    before = rung(begin)
    with begin() as work:
        revoke_role(work, karin, role.id)
    with begin() as work:
        assert actor_of(work, esra.account_id).roles == {}
    assert rung(begin) == before + 1
    with pytest.raises(ConflictError), begin() as work:
        revoke_role(work, karin, role.id)


def test_a_place_keeps_an_administrator(begin, karin, mark, place) -> None:
    with begin() as work:
        mine, other = (live_role(work, one.account_id, place.id) for one in (karin, mark))
        revoke_role(work, karin, other.id)
    with pytest.raises(ConflictError) as refused, begin() as work:
        revoke_role(work, karin, mine.id)
    assert refused.value.code == "last_administrator"


def test_a_disabled_account_has_no_session_and_no_role(begin, settings, karin, place) -> None:
    with begin() as work:
        esra = a_clinician(work, place)
        token = open_session(work, work.session.get(Account, esra.account_id), proven=True)
    with begin() as work:
        disable_account(work, karin, esra.account_id)
    with begin() as work:
        assert find_session(work.session, settings, token, NOON) is None
        assert actor_of(work, esra.account_id).roles == {}
    with pytest.raises(NotAllowedError), begin() as work:
        disable_account(work, karin, karin.account_id)


def test_who_works_elsewhere_too_is_not_disabled_from_here(begin, karin, place) -> None:
    with begin() as work:
        esra = a_clinician(work, place)
        zuid = a_location(work, "Zuidhaven")
        grant_role(work, an_administrator(work, zuid), esra.account_id, zuid.id, Role.CLINICIAN)
    with pytest.raises(NotFoundError), begin() as work:
        disable_account(work, karin, esra.account_id)


def test_the_link_enrols_once_and_not_by_its_maker(begin, settings, karin, place) -> None:
    made = new_clinician(begin, karin, place)
    with pytest.raises(NotAllowedError) as refused, begin() as work:
        find_link(work, made.token, by=karin.account_id)
    assert refused.value.code == "own_link"
    with begin() as work:
        enrollee = find_link(work, made.token.lower().replace("-", ""), by=None)
        assert (enrollee.staff_name, enrollee.sign_in_name) == ("Fatima", made.sign_in_name)
        enrol(work, enrollee, passphrase_hash=hash_secret(settings, "zo maar een lange zin"), recovery_hash="r")
    for attempt in (
        lambda work: find_link(work, made.token, by=None),
        lambda work: enrol(work, enrollee, passphrase_hash="p", recovery_hash="r"),
    ):
        with pytest.raises(InvalidError), begin() as work:
            attempt(work)
    with pytest.raises(ConflictError) as refused, begin() as work:
        renew_link(work, karin, place.id, made.account_id)
    assert refused.value.code == "enrolled"


def test_a_link_ends_after_three_days_or_with_a_newer_one(begin, karin, place) -> None:
    made = new_clinician(begin, karin, place)
    with pytest.raises(InvalidError), begin(NOON + timedelta(hours=73)) as work:
        find_link(work, made.token, by=None)
    with begin() as work:
        newer = renew_link(work, karin, place.id, made.account_id)
    with pytest.raises(InvalidError), begin(NOON + timedelta(seconds=1)) as work:
        find_link(work, made.token, by=None)
    with begin() as work:
        assert find_link(work, newer.token, by=None).account_id == made.account_id


def test_the_command_line_appoints_the_first_only(begin, place) -> None:
    with begin() as work:
        made = appoint_first(work, place.id, role=Role.ADMINISTRATOR, staff_name="Karin", role_title="beheerder")
        assert actor_of(work, made.account_id).roles == {place.id: Role.ADMINISTRATOR}
    with pytest.raises(ConflictError) as refused, begin() as work:
        appoint_first(work, place.id, role=Role.ADMINISTRATOR, staff_name="Mark", role_title="beheerder")
    assert refused.value.code == "not_the_first"
    with begin() as work:
        entry = work.session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.role, entry.actor_id) == ("grant_role", "system", None)


def test_a_colleague_from_elsewhere_is_found_by_sign_in_name(begin, karin, place) -> None:
    made = new_clinician(begin, karin, place)
    with begin() as work:
        zuid = a_location(work, "Zuidhaven")
        admin = an_administrator(work, zuid)
        assert find_staff(work, admin, zuid.id, made.sign_in_name.upper()) == made.account_id
        with pytest.raises(NotFoundError):
            find_staff(work, admin, zuid.id, "nobody-at-all-11")
