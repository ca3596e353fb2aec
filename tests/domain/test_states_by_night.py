"""A location that closes, with one clinician and a location that helps out: the same promises, in any order."""

from states.care import Care
from states.clinic import runs
from states.staff import Staff
from states.watching import Watched
from states.youths import Youths


class ByNight(Youths, Staff, Care, Watched):
    """Words are kept as drafts, or sent to nobody yet, and a second pair of eyes is found elsewhere."""

    closes = True
    team = 1


TestByNight = ByNight.TestCase
TestByNight.settings = runs()
