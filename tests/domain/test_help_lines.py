"""Help is never further than one tap: lines are kept and checked, and the page survives whatever breaks."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from builders import NOON, a_clinician, a_location, an_administrator

from safespace.audit.models import ORGANISATION, AuditEntry
from safespace.crisis import help as shown
from safespace.crisis import lines, snapshot
from safespace.crisis.help import LAST_RESORT, SNAPSHOT, help_page
from safespace.crisis.lines import LineDraft
from safespace.crisis.models import HelpLine
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.policy.roles import Actor

DRAFT = LineDraft(
    name_nl="Een oor",
    purpose_nl="Iemand luistert.",
    phone="020-0000000",
    chat="https://een-oor.example",
    topics=("general",),
)


@pytest.fixture
def karin(begin, group) -> Actor:
    with begin() as work:
        lines.seed_lines(work)
        return an_administrator(work, group.location)


def the_line(work, key: str) -> HelpLine:
    return work.session.scalars(sa.select(HelpLine).where(HelpLine.key == key)).one()


def test_seeding_twice_changes_nothing(begin) -> None:
    with begin() as work:
        assert lines.seed_lines(work) > 10
    with begin() as work:
        work.session.delete(the_line(work, "fier"))
    with begin() as work:
        assert lines.seed_lines(work) == 0
        assert work.session.scalar(sa.select(HelpLine).where(HelpLine.key == "fier")) is None


def test_every_delivered_line_would_be_accepted_from_an_administrator(begin, karin) -> None:
    names = {field for field in LineDraft.__dataclass_fields__ if field not in ("topics", "min_age", "max_age")}
    with begin() as work:
        for line in lines.help_lines(work, karin):
            draft = LineDraft(**{name: getattr(line, name) for name in names}, topics=tuple(line.topics))
            changed = lines.change_line(work, karin, line.id, line.version, draft)
            assert changed.tel == shown.tel(changed.phone)


def test_a_checked_line_is_due_again_after_ninety_days(begin, karin) -> None:
    with begin() as work:
        fier = the_line(work, "fier")
        assert lines.is_due(fier, lines.today(work))
        lines.verify_line(work, karin, fier.id, fier.version)
    with begin(NOON + timedelta(days=89)) as work:
        assert not lines.is_due(the_line(work, "fier"), lines.today(work))
    with begin(NOON + timedelta(days=90)) as work:
        assert lines.is_due(the_line(work, "fier"), lines.today(work))


def test_changing_a_line_needs_the_version_seen(begin, karin) -> None:
    with begin() as work:
        made = lines.add_line(work, karin, DRAFT)
    with begin() as work:
        lines.change_line(work, karin, made.id, 1, replace(DRAFT, hours_nl="Elke dag"))
    with pytest.raises(ConflictError) as refused, begin() as work:
        lines.change_line(work, karin, made.id, 1, replace(DRAFT, hours_nl="Nooit"))
    assert refused.value.code == "edited_meanwhile"
    with begin() as work:
        assert the_line(work, made.key).hours_nl == "Elke dag"
        told = work.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.chain_id == ORGANISATION).order_by(AuditEntry.number)
        ).all()
        assert [one.action for one in told] == ["add_help_line", "change_help_line"]
        assert told[1].facts == {"key": made.key, "changed": ["hours_nl"]}


@pytest.mark.parametrize("key", ["emergency", "suicide_prevention"])
def test_112_and_113_stay_and_keep_their_number(begin, karin, key) -> None:
    with pytest.raises(ConflictError, match="fixed_line"), begin() as work:
        line = the_line(work, key)
        lines.remove_line(work, karin, line.id, line.version)
    with begin() as work:
        line = the_line(work, key)
        lines.change_line(work, karin, line.id, line.version, replace(DRAFT, phone="020-0000009"))
    with begin() as work:
        assert the_line(work, key).tel in ("tel:112", "tel:113")


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"name_nl": ""}, {"name_nl": "empty"}),
        ({"phone": "bel maar"}, {"phone": "phone_wrong"}),
        ({"chat": "http://een-oor.example"}, {"chat": "address_wrong"}),
        ({"chat": "//een-oor.example"}, {"chat": "address_wrong"}),
        ({"chat": "javascript:alert(1)"}, {"chat": "address_wrong"}),
        ({"site": "https://een-oor.example@elders.example"}, {"site": "address_wrong"}),
        ({"site": "https://[een-oor"}, {"site": "address_wrong"}),
        ({"topics": ()}, {"topics": "required"}),
        ({"topics": ("gambling",)}, {"topics": "required"}),
        ({"phone": "", "chat": ""}, {"phone": "no_way_to_reach"}),
        ({"min_age": "30", "max_age": "12"}, {"max_age": "age_order"}),
        ({"min_age": "twaalf", "max_age": "999"}, {"min_age": "age_wrong", "max_age": "age_wrong"}),
        ({"purpose_nl": "x" * 401}, {"purpose_nl": "too_long"}),
    ],
)
def test_a_line_that_helps_nobody_is_refused_by_field(begin, karin, change, errors) -> None:
    with pytest.raises(InvalidError) as refused, begin() as work:
        lines.add_line(work, karin, replace(DRAFT, **change))
    assert refused.value.errors == errors


def test_a_line_moves_among_those_that_are_not_fixed(begin, karin) -> None:
    with begin() as work:
        before = [line.key for line in lines.help_lines(work, karin)]
        lines.move_line(work, karin, the_line(work, before[3]).id, up=True)
    with begin() as work:
        after = [line.key for line in lines.help_lines(work, karin)]
        assert after[:4] == [before[0], before[1], before[3], before[2]]
        lines.move_line(work, karin, the_line(work, after[2]).id, up=True)
        assert [line.key for line in lines.help_lines(work, karin)] == after
    with pytest.raises(NotFoundError), begin() as work:
        lines.move_line(work, karin, the_line(work, "emergency").id, up=False)


def test_only_an_administrator_changes_help_lines(begin, group, karin) -> None:
    del karin
    with begin() as work:
        esra = a_clinician(work, group.location)
    with pytest.raises(NotFoundError), begin() as work:
        lines.help_lines(work, esra)
    with pytest.raises(NotFoundError), begin() as work:
        lines.add_line(work, esra, DRAFT)


def test_the_page_shows_what_was_saved_and_the_own_location_first(begin, karin, settings) -> None:
    with begin() as work:
        south = a_location(work, "Zuidhaven")
        lines.add_line(work, karin, DRAFT)
    with begin() as work:
        assert snapshot.publish(work)
        assert not snapshot.publish(work)
    page = help_page(settings)
    assert [line.phone for line in page.fixed] == ["112", "113"]
    assert [place.name for place in page.places_from("")] == ["Noorderlicht", "Zuidhaven"]
    assert [place.name for place in page.places_from(str(south.id))] == ["Zuidhaven", "Noorderlicht"]
    general = dict(page.by_topic())["general"]
    assert "Een oor" in [line.name("en") for line in general]


def test_without_a_snapshot_the_delivered_lines_are_shown(settings) -> None:
    page = help_page(settings)
    assert [line.phone for line in page.fixed] == ["112", "113"]
    assert len(page.lines) > 10


@pytest.mark.parametrize(
    "spoiled",
    ["", "{", "[]", '{"lines": 1, "places": []}', '{"lines": [{}], "places": []}', '{"lines":[],"places":[]}'],
)
def test_a_spoiled_snapshot_is_passed_by(settings, spoiled) -> None:
    (settings.data_dir / SNAPSHOT).write_text(spoiled)
    assert [line.phone for line in help_page(settings).fixed] == ["112", "113"]


def test_a_snapshot_that_is_no_text_is_passed_by(settings) -> None:
    (settings.data_dir / SNAPSHOT).write_bytes(b"\xff\xfe\x00")
    assert help_page(settings).fixed


def test_with_nothing_on_the_disk_there_is_still_somebody_to_call(settings, tmp_path) -> None:
    bare = replace(settings, config_dir=tmp_path / "nothing", data_dir=tmp_path / "nothing")
    assert help_page(bare) == LAST_RESORT


def test_a_database_without_lines_never_empties_the_page(begin, settings, group) -> None:
    with begin() as work:
        snapshot.publish(work)
    page = help_page(settings)
    assert [line.phone for line in page.fixed] == ["112", "113"]
    assert [place.phone for place in page.places] == [group.location.crisis_phone]
