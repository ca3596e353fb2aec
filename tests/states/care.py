"""What happens around the desk: worries with their alarms, breaks, live hours, people who leave, and time."""

from datetime import timedelta
from functools import partial

import sqlalchemy as sa
from builders import WHY
from hypothesis import strategies as st
from hypothesis.stateful import rule

from safespace.crisis import escalations, ringing
from safespace.crisis.escalations import Closing, open_on
from safespace.crisis.models import Alarm
from safespace.crisis.scripts import scripts
from safespace.groups import members
from safespace.groups.models import AfterHours, Location, StaffRole
from safespace.kernel.refusals import RefusalError
from safespace.moderation import breaks, going_live, taking_up, talking
from safespace.roster import live_hours
from states.clinic import SETTINGS, Clinic
from states.staff import TEAM
from states.youths import WHO

SHORT = (timedelta(seconds=1), timedelta(seconds=4), timedelta(seconds=12), timedelta(minutes=4), timedelta(minutes=11))


def answer_elsewhere(work, actor, place, *, agrees) -> None:
    """Answer as the page does that was just opened."""
    for one in breaks.asked_of(work, actor):
        if one.membership_id == place:
            return breaks.answer_elsewhere(work, actor, place, one.ends.isoformat(), agrees=agrees)
    raise RefusalError


ANSWERS = {
    "confirm break": breaks.confirm_longer,
    "agree elsewhere": partial(answer_elsewhere, agrees=True),
    "leave elsewhere": partial(answer_elsewhere, agrees=False),
    "end break": members.end_pause,
}
AROUND = (
    "short break",
    "long break",
    *ANSWERS,
    "open live hour",
    "close live hour",
    "queue at night",
    "keep at night",
    "name second",
    "forget second",
    "leave or return",
)
LONG = (timedelta(hours=13), timedelta(days=3), timedelta(days=8), timedelta(days=91))


class Care(Clinic):
    """The rules of everything that is not a decision."""

    @rule(post=Clinic.posts, who=TEAM, level=st.integers(1, 3))
    def escalate(self, post, who, level) -> None:
        def attempt(work):
            review = self.review_of(work, post)
            return taking_up.take_up(work, self.clinician(work, who), review, level, "Ik maak me zorgen.")

        self.do(attempt)

    @rule(post=Clinic.posts, who=TEAM, what=st.sampled_from(["take over", "step", "reached", "raise", "talk", "close"]))
    def take_care(self, post, who, what) -> None:
        def attempt(work):
            by, worry = self.clinician(work, who), open_on(work, post)
            if worry is None:
                raise RefusalError
            if what == "take over":
                return escalations.take_over(work, by, worry.id)
            if what == "step":
                key = scripts(SETTINGS.config_dir).levels[worry.level].steps[0].key
                return escalations.do_step(work, by, worry.id, key)
            if what == "reached":
                return escalations.reached(work, by, worry.id)
            if what == "raise":
                return escalations.raise_level(work, by, worry.id, min(worry.level + 1, 3))
            if what == "talk":
                return talking.say(work, by, worry.id, "Ik ben er. Ben je veilig?")
            day = work.now.date() + timedelta(days=2)
            closing = Closing(
                outcome="contact_safe", note="Gesproken.", note_to_author="Fijn dat je er was.", check_back_on=day
            )
            return talking.close(work, by, worry.id, closing)

        self.do(attempt)

    @rule(who=TEAM)
    def answer_alarm(self, who) -> None:
        def attempt(work):
            rings = sa.select(Alarm.id).where(Alarm.acknowledged_at.is_(None)).order_by(Alarm.opened_at).limit(1)
            found = work.session.scalar(rings)
            if found is None:
                raise RefusalError
            return ringing.acknowledge(work, self.clinician(work, who), found)

        self.do(attempt)

    @rule(who=WHO, by=TEAM, what=st.sampled_from(AROUND))
    def change_around(self, who, by, what) -> None:
        """Breaks and live hours; what an administrator chooses; somebody who stops working here, or comes back."""
        self.do(lambda work: self.around(work, self.clinician(work, by), who, what))

    def around(self, work, actor, who, what):
        """Do one of these things."""
        place, group_id = self.cast.members[who], self.cast.group_id
        location = work.session.get_one(Location, self.cast.location_id)
        if what in {"short break", "long break"}:
            until = work.now + timedelta(days=2 if what == "short break" else 20)
            return breaks.pause_member(work, actor, place, until, **WHY)
        if what in ANSWERS:
            return ANSWERS[what](work, actor, place)
        if what == "open live hour":
            return live_hours.open_live_hour(work, actor, group_id)
        if what == "close live hour":
            return going_live.end_live(work, actor, group_id)
        if what in {"queue at night", "keep at night"}:
            location.after_hours = AfterHours.QUEUE if what == "queue at night" else AfterHours.DRAFTS_ONLY
        elif what in {"name second", "forget second"}:
            location.second_location_id = self.cast.second_id if what == "name second" else None
        elif len(self.cast.clinicians) > 1:
            mine = (StaffRole.account_id == self.cast.clinicians[-1]) & (StaffRole.location_id == location.id)
            role = work.session.scalars(sa.select(StaffRole).where(mine)).one()
            role.revoked_at = None if role.revoked_at else work.now
        return None

    @rule(delta=st.sampled_from((*SHORT, *SHORT, *LONG)))
    def time_passes(self, delta) -> None:
        self.pass_time(delta)
