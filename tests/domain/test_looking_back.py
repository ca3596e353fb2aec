"""Who looks alone where nobody else works: another location is rung and looks back, or it is said that nobody does."""

from datetime import timedelta

import pyotp
import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth
from sqlalchemy import select

from safespace.accounts.models import Account
from safespace.crisis import reveals, reviewing, ringing, tasks
from safespace.crisis.models import Alarm, AlarmKind, CareTask, Ring, TaskKind
from safespace.groups.models import Location, StaffRole
from safespace.kernel.outbox import Audience, AudienceKind, cursor_of
from safespace.kernel.refusals import NotAllowedError, NotFoundError
from safespace.moderation import handing_over, intake, taking_up
from safespace.moderation.models import Review
from safespace.roster import routes
from safespace.roster.models import AlertRoute, Channel
from safespace.threads.models import PostType, Words

REASON = "Je schreef dat je niet veilig bent en antwoordde niet meer."
MINUTE = timedelta(minutes=1)
SECRET = pyotp.random_base32()


@pytest.fixture(params=["a second location", "one with nobody", "none"])
def clinic(request, begin):
    """Esra works alone in Noord. Tom leads in Zuid, Mila works there, Otto in Oost; Zuid may be named for Noord."""
    with begin(NOON - timedelta(days=30)) as work:
        group = a_group(work, a_location(work, "Noord"))
        there, other = (a_group(work, a_location(work, name), name) for name in ("Zuid", "Oost"))
        people = {"Esra": a_clinician(work, group.location, "Esra"), "Noor": a_youth(work, group)}
        if request.param == "a second location":
            people |= {name: a_clinician(work, there.location, name) for name in ("Tom", "Mila")}
            lead = select(StaffRole).where(StaffRole.account_id == people["Tom"].account_id)
            work.session.scalars(lead).one().lead = True
        people["Otto"] = a_clinician(work, other.location, "Otto")
        for name, place in (("Esra", group), ("Tom", there), ("Mila", there), ("Otto", other)):
            if name in people:
                address = f"{name.lower()}@kliniek.example"
                account = people[name].account_id
                routes.add_route(work, people[name], place.location_id, account, Channel.EMAIL, address)
        if request.param != "none":
            work.session.get_one(Location, group.location_id).second_location_id = there.location_id
        work.seal(work.session.get_one(Account, people["Esra"].account_id), "totp_secret", SECRET)
    with begin() as work:
        intake.open_thread(work, people["Noor"], group.id, PostType.EXPERIENCE, Words(title="Nacht", body="Ik slaap."))
    with begin() as work:
        review = work.session.scalars(select(Review)).one()
        people["crisis"] = taking_up.take_up(work, people["Esra"], review, 3, "")
        ringing.go_to(work, people["Esra"], review.post_id)
    return people | {"group": group, "there": there, "case": request.param}


def looks_alone(begin, clinic):
    with begin() as work:
        asked = reveals.request(work, clinic["Esra"], clinic["crisis"].id, REASON)
    with begin(NOON + 6 * MINUTE) as work:
        return reveals.look_alone(work, clinic["Esra"], asked.id, pyotp.TOTP(SECRET).at(NOON + 6 * MINUTE))


def rung(begin):
    with begin() as work:
        rows = work.session.scalars(select(AlertRoute).join(Ring, Ring.route_id == AlertRoute.id)).all()
        return sorted({work.unseal(one, "address").split("@")[0] for one in rows} - {"esra"})


@pytest.mark.parametrize("clinic", ["a second location"], indirect=True)
def test_the_location_named_for_it_is_rung_and_looks_back(begin, clinic) -> None:
    bell = Audience(AudienceKind.STAFF, clinic["there"].id)
    with begin() as work:
        before = cursor_of(work.session, bell)
    seen = looks_alone(begin, clinic)
    assert rung(begin) == ["mila", "tom"]
    with begin(NOON + 7 * MINUTE) as work:
        assert cursor_of(work.session, bell) > before  # their open pages hear of it at once
        (alarm,) = ringing.ringing(work, clinic["Mila"])
        assert (alarm.kind, alarm.subject_id) == (AlarmKind.EMERGENCY_REVEAL, seen.id)
        (task,) = tasks.open_tasks(work, clinic["Mila"])
        assert (task.kind, reviewing.unreviewed(work, {task.escalation_id})) == (
            TaskKind.REVEAL_REVIEW,
            {task.escalation_id: seen.id},
        )
        assert reviewing.obtain(work, clinic["Mila"], seen.id).id == seen.id
        for doing in (reveals.show, reveals.tell, reveals.obtain):  # what was shown, and the youth, are not theirs
            with pytest.raises(NotFoundError):
                doing(work, clinic["Mila"], seen.id)
        with pytest.raises(NotFoundError):
            reviewing.obtain(work, clinic["Otto"], seen.id)
        with pytest.raises(NotAllowedError):
            reviewing.review(work, clinic["Esra"], seen.id, "Ik vond het zelf goed.")
        ringing.acknowledge(work, clinic["Mila"], alarm.id)
        assert [one.id for one in ringing.ringing(work, clinic["Tom"])] == [alarm.id]  # Tom leads: until seen
    with begin(NOON + 9 * MINUTE) as work:
        reviewing.review(work, clinic["Tom"], seen.id, "Het was nodig.")
        assert ringing.ringing(work, clinic["Tom"]) == []
    with begin(NOON + 10 * MINUTE) as work:
        assert tasks.open_tasks(work, clinic["Tom"]) == []
        assert reviewing.obtain(work, clinic["Esra"], seen.id).reviewed_by == clinic["Tom"].account_id
        with pytest.raises(NotFoundError):  # it is done: nothing of it is left to read elsewhere
            reviewing.obtain(work, clinic["Mila"], seen.id)


@pytest.mark.parametrize("clinic", ["one with nobody", "none"], indirect=True)
def test_with_nobody_at_all_it_waits_here_for_whoever_comes(begin, clinic) -> None:
    seen = looks_alone(begin, clinic)
    assert rung(begin) == []
    with begin(NOON + 7 * MINUTE) as work:
        assert reviewing.place_of(work, seen) is None
        assert work.session.scalars(select(CareTask)).one().location_id == clinic["group"].location_id
        kim = a_clinician(work, clinic["group"].location, "Kim")
    with begin(NOON + 8 * MINUTE) as work:
        assert [one.subject_id for one in ringing.ringing(work, kim)] == [seen.id]
        reviewing.review(work, kim, seen.id, "Het was nodig.")
        assert ringing.ringing(work, kim) == []


def test_what_one_did_alone_rings_for_others_and_is_not_left_open_by_oneself(begin, clinic) -> None:
    place = clinic["group"].location_id
    looks_alone(begin, clinic)
    with begin(NOON + 7 * MINUTE) as work:
        assert work.session.scalars(select(Alarm).where(Alarm.acknowledged_at.is_(None))).one()
        assert ringing.ringing(work, clinic["Esra"]) == []
        rings = ringing.rings_for(StaffRole.account_id, StaffRole.location_id)
        asked = select(rings).select_from(StaffRole).where(StaffRole.account_id == clinic["Esra"].account_id)
        assert work.session.scalars(asked).all() == [False]
        assert handing_over.still_open(work, clinic["Esra"], place).alarms == 0
