"""A location that is always open, with a team of three: every promise holds after every step, in any order."""

from states.care import Care
from states.clinic import runs
from states.staff import Staff
from states.watching import Watched
from states.youths import Youths


class ByDay(Youths, Staff, Care, Watched):
    """Everybody does everything."""


TestByDay = ByDay.TestCase
TestByDay.settings = runs()
