"""Which doorbells an open page hears: those of the groups one may open, and for clinicians every alarm there."""

from builders import a_clinician, a_group, a_location, a_youth

from safespace.groups.models import Group, GroupState
from safespace.kernel.outbox import AudienceKind
from safespace.realtime.live import room, rooms_for


def test_the_alarm_of_a_closed_group_reaches_the_clinicians_of_its_location_and_nobody_else(begin) -> None:
    with begin() as work:
        group = a_group(work, a_location(work))
        esra, noor = a_clinician(work, group.location), a_youth(work, group)
        tom = a_clinician(work, a_location(work, "Zuid"), "Tom")
    staff, shown = room(AudienceKind.STAFF, group.id), room(AudienceKind.GROUP, group.id)
    with begin() as work:
        assert {staff, shown} <= rooms_for(work, esra)
        work.session.get_one(Group, group.id).state = GroupState.CLOSED
    with begin() as work:
        assert staff in rooms_for(work, esra)
        assert shown not in rooms_for(work, esra)  # nothing is shown there any more
        for other in (noor, tom):
            assert not {staff, shown} & rooms_for(work, other)
