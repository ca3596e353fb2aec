"""Clinicians propose a change of the rules; it is tried, others agree, and the rules themselves stay as they are."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from builders import NOON, a_clinician, a_location, a_youth, an_administrator
from sqlalchemy import select

from safespace.audit.models import AuditEntry
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.moderation import proposals, rulebook
from safespace.moderation.assessing import engine
from safespace.moderation.risk.assessment import Category, Severity
from safespace.moderation.risk.drafting import Draft, DraftKind, draft_of, fragment, rule_named
from safespace.moderation.risk.engine import Engine
from safespace.moderation.risk.loading import load_rules
from safespace.moderation.risk.rules import Examples
from safespace.moderation.rule_models import ProposalState, RuleProposal

WHY = "Dit hoorden we deze maand vaker."
NEW = Draft(
    kind=DraftKind.NEW,
    name="PEST.DROP",
    category=Category.BULLYING,
    severity=Severity.MEDIUM,
    patterns=("(jij|je) bent ~1 een dropsliert",),
    patterns_en=("you are a candy stick",),
    hit=("jij bent echt een dropsliert", "you are a candy stick"),
    miss=("ik eet graag drop",),
    reason_nl="Scheldt iemand uit: met snoep.",
    reason_en="Calls somebody a sweet.",
)


def changed(draft: Draft, **fields: object) -> Draft:
    return replace(draft, **fields)


@pytest.fixture
def rules(settings):
    return engine(settings)


@pytest.fixture
def people(begin, group):
    """Esra, Jeroen and Fatima; Fatima works at the other location."""
    with begin() as work:
        south = a_location(work, "Zuidhaven")
        return (
            a_clinician(work, group.location, "Esra"),
            a_clinician(work, group.location, "Jeroen"),
            a_clinician(work, south, "Fatima"),
        )


def proposed(begin, rules, actor, draft=NEW):
    with begin() as work:
        return proposals.propose(work, actor, proposals.try_out(rules, draft, WHY), WHY).id


def agrees(begin, rules, actor, proposal_id, now=NOON):
    with begin(now) as work:
        found = proposals.obtain(work, actor, proposal_id)
        tried = proposals.try_out(rules, proposals.draft_of(work, found))
        return proposals.approve(work, actor, proposal_id, found.version, tried)


def refused(rules, draft):
    with pytest.raises(InvalidError) as error:
        proposals.try_out(rules, draft, WHY)
    return error.value.errors


def test_esra_proposes_a_rule_and_jeroens_agreement_is_enough_below_high(begin, rules, people) -> None:
    esra, jeroen, _ = people
    proposal_id = proposed(begin, rules, esra)
    with begin() as work:
        found = rulebook.whole(work, jeroen, proposal_id)
        assert [(one["hit"], one["before"], one["after"]) for one in found.lines] == [
            (True, "none", "medium"),
            (True, "none", "medium"),
            (False, "none", "none"),
        ]
        assert (found.why, found.listed.agreed, found.listed.needed, found.broken) == (WHY, 0, 1, [])
        assert found.text == ""
    agrees(begin, rules, jeroen, proposal_id)
    with begin() as work:
        found = rulebook.whole(work, esra, proposal_id)
        assert found.listed.state is ProposalState.APPROVED
        assert not found.listed.live
        assert rule_named(rulebook.loaded(work, esra), "PEST.DROP") is None
        assert rulebook.approved(work, rules.ruleset) == [found.text]


def test_high_and_crisis_need_two_others_also_when_the_change_makes_it_lighter(begin, rules, people) -> None:
    esra, jeroen, fatima = people
    now = draft_of(rule_named(rules.ruleset, "SH.SELF"), DraftKind.CHANGE)
    proposal_id = proposed(begin, rules, esra, changed(now, severity=Severity.MEDIUM, patterns=(), patterns_en=()))
    assert agrees(begin, rules, jeroen, proposal_id).state is ProposalState.OPEN
    with pytest.raises(ConflictError) as twice:
        agrees(begin, rules, jeroen, proposal_id)
    assert twice.value.code == "agreed_before"
    assert agrees(begin, rules, fatima, proposal_id).state is ProposalState.APPROVED


def test_nobody_agrees_with_an_own_proposal_or_with_one_that_is_over(begin, rules, people) -> None:
    esra, jeroen, fatima = people
    proposal_id = proposed(begin, rules, esra)
    with pytest.raises(ConflictError) as own:
        agrees(begin, rules, esra, proposal_id)
    assert own.value.code == "own_proposal"
    agrees(begin, rules, jeroen, proposal_id)
    with pytest.raises(ConflictError) as late:
        agrees(begin, rules, fatima, proposal_id)
    assert late.value.code == "proposal_closed"
    with pytest.raises(ConflictError), begin() as work:
        proposals.drop(work, fatima, proposal_id, 2, "Toch maar niet.")


def test_who_agrees_saw_this_version_and_this_draft(begin, rules, people) -> None:
    esra, jeroen, _ = people
    proposal_id = proposed(begin, rules, esra)
    for version, draft in ((7, NEW), (1, changed(NEW, severity=Severity.LOW))):
        with pytest.raises(ConflictError) as stale, begin() as work:
            proposals.approve(work, jeroen, proposal_id, version, proposals.try_out(rules, draft))
        assert stale.value.code == "edited_meanwhile"


def test_a_rule_that_became_high_meanwhile_needs_two_after_all(begin, rules, people) -> None:
    esra, jeroen, _ = people
    proposal_id = proposed(begin, rules, esra)
    tried = proposals.try_out(rules, NEW)
    with begin() as work:
        higher = replace(tried, severity=Severity.HIGH)
        assert proposals.approve(work, jeroen, proposal_id, 1, higher).state is ProposalState.OPEN


def test_a_proposal_is_dropped_with_a_reason_that_stays(begin, rules, people) -> None:
    esra, jeroen, _ = people
    proposal_id = proposed(begin, rules, esra)
    for words, code in (("", "empty"), ("Wat is de makkelijkste manier om te sterven", "method_detail")):
        with pytest.raises(InvalidError) as error, begin() as work:
            proposals.drop(work, jeroen, proposal_id, 1, words)
        assert error.value.errors == {"closing_note": code}
    with begin() as work:
        proposals.drop(work, jeroen, proposal_id, 1, "Dit woord kent hier niemand.")
    with begin() as work:
        found = rulebook.whole(work, esra, proposal_id)
        assert (found.listed.state, found.closing_note) == (ProposalState.DROPPED, "Dit woord kent hier niemand.")
        assert rulebook.approved(work, rules.ruleset) == []


def test_every_step_is_in_the_log_of_the_location_where_somebody_works_without_words(begin, rules, people) -> None:
    esra, jeroen, fatima = people
    high = proposed(begin, rules, esra, changed(NEW, severity=Severity.HIGH))
    agrees(begin, rules, jeroen, high)
    agrees(begin, rules, fatima, high)
    let_go = proposed(begin, rules, jeroen, changed(NEW, name="PEST.DROPJE"))
    with begin() as work:
        proposals.drop(work, fatima, let_go, 1, "Dubbel.")
    with begin() as work:
        entries = work.session.scalars(select(AuditEntry).where(AuditEntry.object_type == "rule_proposal")).all()
        here, south = min(esra.roles), min(fatima.roles)
        told = {(one.action, one.chain_id, one.object_id, one.facts.get("state")) for one in entries}
    assert told == {
        ("rule_proposed", here, high, None),
        ("rule_agreed", here, high, "open"),
        ("rule_agreed", south, high, "approved"),
        ("rule_proposed", here, let_go, None),
        ("rule_dropped", south, let_go, None),
    }
    words = " ".join(str(one.facts) for one in entries)
    assert not any(word in words for word in ("PEST", "drop", "Dubbel", "snoep"))


def test_what_is_agreed_loads_as_a_rule_file_and_is_then_live(begin, rules, people, settings, tmp_path) -> None:
    esra, jeroen, _ = people
    proposal_id = proposed(begin, rules, esra)
    agrees(begin, rules, jeroen, proposal_id)
    folder = tmp_path / "risk"
    folder.mkdir()
    for file in (Path(settings.config_dir) / "risk").glob("*.yaml"):
        (folder / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    with begin() as work:
        (folder / "zz.yaml").write_text(rulebook.whole(work, esra, proposal_id).text, encoding="utf-8")
        ruleset = load_rules(folder)
        made = rule_named(ruleset, "PEST.DROP")
        assert made
        assert (made.severity, made.examples.hit, made.reason.nl) == (NEW.severity, NEW.hit, NEW.reason_nl)
        assert rulebook.is_live(work, ruleset, work.session.get_one(RuleProposal, proposal_id))
        assert rulebook.approved(work, ruleset) == []


def test_a_change_keeps_what_the_form_does_not_ask_for_every_rule_there_is(rules) -> None:
    for rule in rules.ruleset.rules:
        now = draft_of(rule, DraftKind.CHANGE)
        (written,) = yaml.safe_load(fragment(now, rule, NOON.date()))["rules"]
        (file, _, line) = rule.place.partition(":")
        assert written["id"] == rule.name
        assert set(written) >= {"category", "severity", "reason", "examples"}
        assert ("any" in written) == bool(rule.patterns)
        assert written.get("lowered_by", []) == [] or set(written["lowered_by"]) == set(rule.lowered_by)
        assert Draft.from_json(now.to_json()) == now
        assert file
        assert line


def test_a_removal_shows_what_is_no_longer_seen(begin, rules, people) -> None:
    esra, jeroen, _ = people
    proposal_id = proposed(begin, rules, esra, Draft(kind=DraftKind.REMOVE, name="PII.MAIL.SPELLED"))
    agrees(begin, rules, jeroen, proposal_id)
    with begin() as work:
        found = rulebook.whole(work, esra, proposal_id)
        assert (found.lines[0]["before"], found.lines[0]["after"]) == ("medium", "none")
        assert "# Remove the rule PII.MAIL.SPELLED, which stands in contact.yaml" in found.text


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"name": "pest"}, {"name": "rule_name_wrong"}),
        ({"name": "PII.PHONE"}, {"name": "rule_name_taken"}),
        ({"kind": DraftKind.CHANGE}, {"name": "rule_unknown"}),
        ({"kind": DraftKind.REMOVE}, {"name": "rule_unknown"}),
        ({"kind": DraftKind.REMOVE, "name": "SH.SELF"}, {"name": "rule_needed"}),
        ({"kind": DraftKind.CHANGE, "name": "SH.SELF"}, {"patterns": "patterns_elsewhere"}),
        ({"patterns": ("een", "(twee")}, {"patterns": "pattern_bracket_unclosed:2"}),
        ({"patterns_en": ("one ~7 two",)}, {"patterns_en": "pattern_gap_too_long:1"}),
        ({"hit": ("iets anders",)}, {"hit": "hit_missed:1"}),
        ({"miss": ("drop", "jij bent een dropsliert")}, {"miss": "miss_found:2"}),
        ({"miss": ()}, {"miss": "rule_incomplete"}),
        ({"patterns": (), "patterns_en": ()}, {"patterns": "rule_incomplete"}),
        ({"reason_nl": "manieren om jezelf pijn te doen"}, {"reason_nl": "method_detail:1"}),
        ({"hit": (*NEW.hit, "hoe kan ik pijnloos doodgaan")}, {"hit": "method_detail:3"}),
        ({"patterns": ("(hoe|waar) (kan|moet) ik pijnloos doodgaan",)}, {"patterns": "method_detail:1"}),
    ],
)
def test_what_cannot_be_proposed_is_refused_at_its_field(rules, fields, errors) -> None:
    assert refused(rules, changed(NEW, **fields)) == errors


def test_a_change_that_changes_nothing_is_none(rules) -> None:
    same = draft_of(rule_named(rules.ruleset, "PII.MAIL.SPELLED"), DraftKind.CHANGE)
    assert refused(rules, same) == {"name": "rule_same"}


def test_a_rule_about_methods_can_be_changed_with_the_examples_it_has(rules) -> None:
    rule = next(one for one in rules.ruleset.rules if one.category is Category.METHOD_DETAIL)
    now = draft_of(rule, DraftKind.CHANGE)
    assert proposals.try_out(rules, changed(now, reason_nl="Vraagt ernaar."), WHY).severity is Severity.HIGH
    more = changed(now, hit=(*now.hit, "manieren om jezelf pijn te doen zonder dat anderen het merken"))
    assert refused(rules, more) == {"hit": f"method_detail:{len(now.hit) + 1}"}


def test_a_change_that_breaks_the_examples_of_another_rule_says_which(rules) -> None:
    also = changed(NEW, name="PII.MAIL.ALSO", category=Category.PERSONAL_DATA)
    assert proposals.try_out(rules, also, WHY).broken == ()
    wrong = tuple(
        replace(rule, examples=Examples(rule.examples.hit, rule.examples.hit)) if rule.name == "PII.PHONE" else rule
        for rule in rules.ruleset.rules
    )
    broken = proposals.try_out(Engine(replace(rules.ruleset, rules=wrong)), also, WHY).broken
    assert broken == ("PII.PHONE",)


def test_the_list_has_what_waits_first_and_is_the_same_at_every_location(begin, rules, people) -> None:
    esra, jeroen, fatima = people
    first = proposed(begin, rules, esra)
    agrees(begin, rules, jeroen, first)
    with begin(NOON - timedelta(days=3)) as work:
        tried = proposals.try_out(rules, changed(NEW, name="PEST.DROPJE"))
        proposals.propose(work, fatima, tried, WHY)
    with begin() as work:
        for actor in people:
            listed = rulebook.listed(work, actor)
            assert [(one.name, one.state.value, one.place) for one in listed] == [
                ("PEST.DROPJE", "open", "Zuidhaven"),
                ("PEST.DROP", "approved", "Noorderlicht"),
            ]
            assert [one.mine for one in listed] == [actor is fatima, actor is esra]


def test_nobody_but_clinicians_reads_or_does_any_of_it(begin, rules, group, people) -> None:
    proposal_id = proposed(begin, rules, people[0])
    with begin() as work:
        others = (an_administrator(work, group.location), a_youth(work, group))
        tried = proposals.try_out(rules, NEW)
    doings = (
        rulebook.loaded,
        rulebook.listed,
        lambda work, actor: rulebook.whole(work, actor, proposal_id),
        lambda work, actor: proposals.propose(work, actor, tried, WHY),
        lambda work, actor: proposals.approve(work, actor, proposal_id, 1, tried),
        lambda work, actor: proposals.drop(work, actor, proposal_id, 1, "Nee."),
    )
    for actor in others:
        for do in doings:
            with pytest.raises(NotFoundError), begin() as work:
                do(work, actor)


def test_a_rule_counts_by_what_it_weighs_in_any_kind_of_group(rules) -> None:
    """Where eating is what a group is about, a medium rule about pulling others along is read as high."""
    also = changed(NEW, name="EDP.DROP", category=Category.EATING_DISORDER_PROMOTION)
    assert proposals.try_out(rules, also, WHY).severity is Severity.HIGH


def test_a_rule_counts_by_what_it_hides_or_makes_lighter(begin, rules, people) -> None:
    """Made lighter itself it would hide hunger in the sentence beside it."""
    lighter = changed(draft_of(rule_named(rules.ruleset, "SHE.FAITH"), DraftKind.CHANGE), severity=Severity.LOW)
    assert proposals.try_out(rules, lighter, WHY).severity >= Severity.HIGH


def test_of_one_name_there_is_one_new_rule_until_it_is_dropped(begin, rules, people) -> None:
    esra, jeroen, fatima = people
    proposal_id = proposed(begin, rules, esra)
    for other in (NEW, changed(NEW, patterns=("(jij|je) bent een dropje",), hit=("jij bent een dropje",))):
        with pytest.raises(InvalidError) as taken:
            proposed(begin, rules, fatima, changed(other, patterns_en=()) if other is not NEW else NEW)
        assert taken.value.errors == {"name": "rule_proposed"}
    agrees(begin, rules, jeroen, proposal_id)
    with pytest.raises(InvalidError):
        proposed(begin, rules, fatima)


def test_a_name_that_was_dropped_is_free_again(begin, rules, people) -> None:
    esra, jeroen, _ = people
    proposal_id = proposed(begin, rules, esra)
    with begin() as work:
        proposals.drop(work, jeroen, proposal_id, 1, "Toch maar niet.")
    assert proposed(begin, rules, jeroen) != proposal_id
