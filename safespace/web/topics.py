"""The words for what psycho-education is about, and the areas under which readers find it."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from safespace.library.reading import ItemLine

TOPICS: dict[str, LazyString] = {
    "help": _("hulp"),
    "safety": _("veiligheid"),
    "rules": _("afspraken"),
    "support": _("steun"),
    "friends": _("vrienden"),
    "comparing": _("vergelijken"),
    "risky_content": _("heftige beelden en teksten"),
    "mood": _("stemming"),
    "sleep": _("slaap"),
    "distraction": _("afleiding"),
    "overstimulation": _("overprikkeling"),
    "avoidance": _("vermijden"),
    "inspiration": _("inspiratie"),
    "offline": _("zonder scherm"),
}
AREAS = (
    (_("Als het moeilijk is"), ("help", "safety", "risky_content", "mood")),
    (_("Jij en anderen online"), ("support", "friends", "comparing", "inspiration")),
    (_("Rust en slaap"), ("sleep", "overstimulation", "distraction", "avoidance", "offline")),
    (_("Over deze plek"), ("rules",)),
)


def by_area(lines: list[ItemLine]) -> list[tuple[LazyString, list[ItemLine]]]:
    """Give the items under the areas that have any, in the order in which they came."""
    areas = [(name, [line for line in lines if line.topic in topics]) for name, topics in AREAS]
    return [(name, found) for name, found in areas if found]
