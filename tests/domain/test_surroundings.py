"""What the pre-sorting knows besides a text: own numbers are fine, listed names are not, and earlier signals count."""

from datetime import timedelta

import pytest
from builders import NOON, a_clinician, a_group, a_location, a_youth, an_administrator
from places import asked_of
from sqlalchemy import select

from safespace.audit.models import AuditEntry
from safespace.crisis.lines import seed_lines
from safespace.crisis.models import HelpLine
from safespace.groups.listed_names import LONGEST, MOST, SHORTEST, accept_names, listed_names
from safespace.groups.models import Location
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.moderation import assessing, hinting, intake, reports
from safespace.moderation.models import ReportKind, Review
from safespace.moderation.risk import place as looked_at
from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.surroundings import earlier_signals, ways_to_write
from safespace.roster.arrangements import Arrangements, arrange
from safespace.threads.models import Post, PostType, Words

DAY = timedelta(days=1)
NUMBERS = "Ik weeg nu 45 kilo en dat vind ik moeilijk."
NAMES = "Praktijk De Stenen Brug\nSaskia Voorbeeldman\n\nVuurtoren College\n"


@pytest.fixture
def noor(begin, group):
    with begin() as work:
        return a_youth(work, group, "Stille Otter")


@pytest.fixture
def karin(begin, group):
    with begin() as work:
        return an_administrator(work, group.location)


@pytest.fixture
def listed(begin, group, karin):
    with begin() as work:
        arrange(work, karin, group.location_id, 1, names(NAMES))


def names(text=None):
    """Everything else as the location of these stories has it."""
    return Arrangements(closed_on_holidays=False, blind_share="0", names=text)


def writes(begin, actor, group, body, now=NOON, title="Even kwijt"):
    with begin(now) as work:
        sent = intake.open_thread(work, actor, group.id, PostType.EXPERIENCE, Words(body=body, title=title))
        review = work.session.scalars(select(Review).where(Review.post_id == sent.post_id)).one()
        return sent.post_id, assessing.stored(work, review)


def rules_of(assessment):
    return {signal.rule for signal in assessment.signals}


def test_a_name_on_the_list_is_a_signal_and_names_nobody(begin, group, noor, listed) -> None:
    _, found = writes(begin, noor, group, "Morgen moet ik weer naar praktijk de stenen brug toe.")
    assert "PII.KNOWN" in rules_of(found)
    assert Category.PERSONAL_DATA in found.categories
    assert not any("brug" in signal.reason_nl.casefold() for signal in found.signals)
    _, other = writes(begin, noor, group, "Morgen fiets ik over een stenen brug.")
    assert "PII.KNOWN" not in rules_of(other)


def test_the_list_ends_at_the_location(begin, group, noor, listed) -> None:
    with begin() as work:
        south = a_group(work, a_location(work, "Zuidhaven"), "Helder")
        sam = a_youth(work, south, "Rode Vos")
    _, found = writes(begin, sam, south, "Ik zit op het Vuurtoren College, saskia voorbeeldman geeft daar les.")
    assert "PII.KNOWN" not in rules_of(found)


def test_a_hint_says_that_somebody_may_be_recognised(begin, group, noor, listed) -> None:
    with begin() as work:
        found = hinting.hint(work, noor, group.id, "Bij saskia voorbeeldman voel ik me fijn.")
        assert found == hinting.Hint(about=(Category.PERSONAL_DATA,), help_now=False)


@pytest.mark.parametrize(
    ("written", "allowed"),
    [
        ("020-7654321", True),
        ("020 765 43 21", True),
        ("+31 20 765 43 21", True),
        ("0031207654321", True),
        ("020-7654322", False),
    ],
)
def test_the_locations_own_crisis_number_is_no_personal_data(begin, group, noor, written, allowed) -> None:
    with begin() as work:
        work.session.get_one(Location, group.location_id).crisis_phone = "020-765 43 21"
    with begin() as work:
        found = hinting.hint(work, noor, group.id, f"Bel {written} als het niet gaat")
        assert (Category.PERSONAL_DATA not in found.about) is allowed
    _, stored = writes(begin, noor, group, f"Bel {written} als het niet gaat")
    assert ("PII.PHONE" not in rules_of(stored)) is allowed


def test_a_number_on_the_help_page_is_allowed_as_soon_as_it_stands_there(begin, group, noor) -> None:
    text = "Ik belde 030-1234567 en ze waren lief"
    with begin() as work:
        assert hinting.hint(work, noor, group.id, text).about == (Category.PERSONAL_DATA,)
        seed_lines(work)
    with begin() as work:
        work.session.scalars(select(HelpLine).where(HelpLine.fixed.is_(False))).first().phone = "+31 30 123 45 67"
    with begin() as work:
        assert hinting.hint(work, noor, group.id, text).about == ()


def test_a_number_that_cannot_be_read_stays_as_it_is() -> None:
    assert ways_to_write("geen nummer") == ("geen nummer",)
    assert "0031207654321" in ways_to_write("020-7654321")


def test_earlier_signals_of_the_author_in_the_group_are_a_line_of_the_explanation(begin, group, noor) -> None:
    _, first = writes(begin, noor, group, NUMBERS)
    assert "history" not in rules_of(first)
    _, again = writes(begin, noor, group, NUMBERS, NOON + DAY, "Weer")
    assert [one.category for one in again.signals if one.rule == "history"] == [Category.NUMBERS]
    assert again.severity is first.severity
    _, calm = writes(begin, noor, group, "Vandaag las ik een boek.", NOON + DAY, "Boek")
    assert "history" not in rules_of(calm)


def test_after_two_weeks_and_in_another_group_and_of_somebody_else_nothing_counts(begin, group, noor) -> None:
    writes(begin, noor, group, NUMBERS)
    with begin() as work:
        sibling = a_group(work, group.location, "Adem")
        sam = a_youth(work, group, "Rode Vos")
        elsewhere = a_youth(work, sibling, "Groene Uil")
    for who, place, now in (
        (noor, group, NOON + 15 * DAY),
        (sam, group, NOON + DAY),
        (elsewhere, sibling, NOON + DAY),
    ):
        _, found = writes(begin, who, place, NUMBERS, now)
        assert "history" not in rules_of(found)


def test_the_post_itself_is_no_earlier_one_and_the_counts_are_of_posts(begin, group, noor) -> None:
    post_id, _ = writes(begin, noor, group, NUMBERS)
    with begin(NOON + DAY) as work:
        intake.rewrite(work, noor, post_id, Words(body=f"{NUMBERS} Echt.", title="Even kwijt"))
        review = work.session.scalars(select(Review)).one()
        assert "history" not in rules_of(assessing.stored(work, review))
        member = work.session.get_one(Post, post_id).membership_id
        assert earlier_signals(work, group, member) == {Category.NUMBERS: 1}
        assert earlier_signals(work, group, member, but=post_id) == {}
    writes(begin, noor, group, NUMBERS, NOON + DAY)
    with begin(NOON + DAY) as work:
        assert earlier_signals(work, group, member) == {Category.NUMBERS: 2}


def test_what_a_member_told_about_a_post_does_not_count_against_its_author(begin, group, noor) -> None:
    post_id, _ = writes(begin, noor, group, "Vandaag las ik een boek.")
    with begin() as work:
        sam = a_youth(work, group, "Rode Vos")
        post = work.session.get_one(Post, post_id)
        post.state, post.position, post.revision_id = "published", 1, post.pending_id
        work.session.flush()
        reports.report(work, sam, post_id, ReportKind.WORRIED, choice="not_well", words=NUMBERS)
    with begin() as work:
        assert earlier_signals(work, group, post.membership_id) == {}


def test_counting_opens_no_text_and_asks_one_thing(begin, group, noor, engine, keys, monkeypatch) -> None:
    for day in range(5):
        writes(begin, noor, group, NUMBERS, NOON + day * DAY)
    with begin(NOON + 5 * DAY) as work:
        member = noor.member_of(group.id).membership_id
        monkeypatch.setattr(type(work), "open", None)
        monkeypatch.setattr(type(work), "unseal", None)
        with asked_of(engine) as asked:
            assert earlier_signals(work, group, member) == {Category.NUMBERS: 5}
        monkeypatch.undo()
    assert len([one for one in asked if one.startswith("SELECT")]) == 1


def test_the_list_is_sealed_said_in_the_log_without_names_and_kept_when_nothing_is_typed(
    begin, group, karin, listed
) -> None:
    with begin() as work:
        assert listed_names(work, group.location_id) == (
            "Praktijk De Stenen Brug",
            "Saskia Voorbeeldman",
            "Vuurtoren College",
        )
        entry = work.session.scalars(select(AuditEntry).where(AuditEntry.action == "change_location")).one()
        assert entry.facts == {"changed": ["names"]}
        arrange(work, karin, group.location_id, 2, names())
        arrange(work, karin, group.location_id, 3, names(NAMES))
        assert len(listed_names(work, group.location_id)) == 3
    with begin() as work:
        facts = [
            one.facts["changed"]
            for one in work.session.scalars(select(AuditEntry).order_by(AuditEntry.number))
            if "changed" in one.facts
        ]
        assert facts == [["names"], [], []]
        arrange(work, karin, group.location_id, 4, names(""))
        assert listed_names(work, group.location_id) == ()
    with pytest.raises(ConflictError), begin() as work:
        arrange(work, karin, group.location_id, 4, names("Te Laat Hier"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Jan", "name_short"),
        ("a" * (LONGEST + 1), "name_long"),
        ("\n".join(f"Naam {number}" for number in range(MOST + 1)), "names_many"),
        ("x" * 40_000, "names_many"),
    ],
)
def test_a_list_that_would_not_work_is_refused(text, code) -> None:
    with pytest.raises(InvalidError) as refused:
        accept_names("names", text)
    assert refused.value.errors == {"names": code}


def test_names_are_kept_once_and_none_is_too_short_for_the_engine() -> None:
    assert accept_names("names", " Jelle \r\n\r\njelle\njélle\n") == ("Jelle",)
    assert looked_at._SHORTEST_NAME == SHORTEST  # noqa: SLF001  # two floors, one figure


def test_a_clinician_may_not_arrange_the_list(begin, group) -> None:
    with begin() as work:
        esra = a_clinician(work, group.location)
    with pytest.raises(NotFoundError), begin() as work:
        arrange(work, esra, group.location_id, 1, names(NAMES))


def test_a_listed_name_hides_nothing_that_is_worse(begin, group, noor, listed) -> None:
    _, found = writes(begin, noor, group, "Ik wil niet meer leven, zeg dat maar tegen saskia voorbeeldman.")
    assert found.severity is Severity.HIGH
    assert {Category.SUICIDE, Category.PERSONAL_DATA} <= set(found.categories)


def test_what_is_known_of_the_place_never_decides_about_a_cry_for_help(begin, group) -> None:
    """So that own drafts can be read for one without asking what is listed."""
    with begin() as work:
        ruleset = assessing.engine(work.settings).ruleset
        found = [rule for rule in ruleset.rules if rule.detector in {"phones", "known_names"}]
        for rule in found:
            floors = [levels.get(rule.category, {}).get(rule.severity) for levels in ruleset.profiles.values()]
            levels = [rule.severity, *rule.profiles.values(), *filter(None, floors)]
            assert max(levels) <= Severity.MEDIUM
            assert rule.category not in ruleset.evasion_ceiling
        assert {rule.detector for rule in found} == {"phones", "known_names"}
        assert assessing.asks_for_help(work, group, Words(body="Ik wil niet meer leven."))
        assert not assessing.asks_for_help(work, group, Words(body="Bel 06-12345678, dat is Saskia Voorbeeldman."))
