"""What is told as over, or as a lesson, weighs on its own mention only: never on what the writer says next to it."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safespace.moderation.risk.assessment import Severity, SignalKind
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.rules import RulesInvalid

RULES = Path(__file__).resolve().parents[3] / "config" / "risk"
ENGINE = Engine.load(RULES)
ALONE = Context(rules_alone=True)
TOLD = ["wilde ik dood", "wilde ik niet meer leven", "sneed ik mezelf", "was ik suïcidaal", "deed ik een poging"]
THEN = ["Op mijn veertiende", "Vorig jaar", "Als kind", "Drie jaar geleden", "In de brugklas", "Vroeger"]
WELL = [
    *("nu zit ik op een koor", "inmiddels gaat het goed met me", "dat is gelukkig voorbij", "nu geniet ik weer"),
    *("vandaag ben ik trots en blij", "tegenwoordig werk ik in een bakkerij", "nu ben ik al jaren clean"),
]
COPES = ["Als de drang komt bel ik mijn zus", "Als ik mezelf pijn wil doen pak ik een ijsblokje"]
CALMED = [*COPES, "Al drie jaar vrij van krassen, we aten taart", "Ik heb hulp gezocht en daar ben ik trots op"]
PRESENT = [
    *("Ik ga zelfmoord plegen", "Ik heb vandaag een poging gedaan", "Ik snij mezelf", "Ik wil mezelf pijn doen"),
    *("Ik wil dood", "Ik wil niet meer leven", "Ik heb mezelf gesneden", "Ik maak er vanavond een eind aan"),
    *("Ik wil mezelf snijden", "Ik denk elke dag aan zelfmoord", "Ik heb weer gekrast", "I want to kill myself"),
    *("Ik heb afscheidsbrieven geschreven en ik wil dood", "Ik kras elke nacht in mijn armen"),
]
OLD_AND_WELL = st.one_of(
    st.builds("{} {}, {}".format, st.sampled_from(THEN), st.sampled_from(TOLD), st.sampled_from(WELL)),
    st.sampled_from(CALMED),
)
WAYS = ("replaces", "lightens")
MANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _level(text: str) -> Severity:
    return ENGINE.assess(text, ALONE).severity


@MANY
@given(OLD_AND_WELL, st.sampled_from(PRESENT), st.sampled_from([". ", "! ", ".\n\n", "... "]))
def test_what_is_over_lowers_nothing_in_another_sentence(old: str, present: str, between: str) -> None:
    assert _level(f"{old}{between}{present}.") >= _level(f"{present}.")
    assert _level(f"{present}{between}{old}.") >= _level(f"{present}.")


@MANY
@given(OLD_AND_WELL, st.sampled_from(PRESENT), st.sampled_from([", ", "; ", ", maar ", " en ", " - ", " want "]))
def test_within_one_sentence_the_present_is_never_below_medium(old: str, present: str, between: str) -> None:
    assert _level(f"{old}{between}{present[0].lower()}{present[1:]}.") >= Severity.MEDIUM


@MANY
@given(st.sampled_from(THEN), st.sampled_from(TOLD), st.sampled_from(WELL))
def test_a_look_back_is_medium_and_says_what_made_it_lighter(then: str, told: str, well: str) -> None:
    said = ENGINE.assess(f"{then} {told}, {well}.", ALONE)
    assert said.severity == Severity.MEDIUM
    found = {signal.rule for signal in said.signals if signal.kind is SignalKind.FINDING}
    assert found - {"SUI.OLD", "SH.OLD"}


LIGHT = {"name": "LIGHT", "category": "self_harm", "level": "low", "other": "X.HEAVY"}


def test_a_rule_that_would_silence_self_harm_or_suicide_is_refused(tmp_path: Path) -> None:
    for path in RULES.glob("common.yaml"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    rule = """  - id: X.{name}
    category: {category}
    severity: {level}
    reason: {{nl: "Een.", en: "One."}}
    any: {{nl: ["{name}"]}}
    {how}: [{other}]
    examples: {{hit: ["{name}"], miss: ["rups"]}}
"""
    head = 'version: "1"\nowner: clinic\ndate: 2026-11-23\nreviewed: to be reviewed by clinicians\nrules:\n'
    heavy = rule.replace("    {how}: [{other}]\n", "").format(name="HEAVY", category="self_harm", level="high")
    light = {how: rule.format(how=how, **LIGHT) for how in WAYS}
    (tmp_path / "own.yaml").write_text(head + heavy + light["replaces"], "utf-8")
    with pytest.raises(RulesInvalid, match=r"own.yaml:12: 'X.HEAVY' weighs more and may only be lightened"):
        Engine.load(tmp_path)
    (tmp_path / "own.yaml").write_text(head + heavy + light["lightens"], "utf-8")
    Engine.load(tmp_path)


@pytest.mark.parametrize(
    "written", ["Petra Voorbeeld", "p e t r a voorbeeld", "petra-voorbeeld", "p3tra v00rb33ld", "p.e.t.r.a voorbeeld"]
)
def test_a_listed_name_is_seen_however_it_is_spaced_or_bent(written: str) -> None:
    text = f"mijn begeleider is {written} en die is lief"
    found = [one for one in ENGINE.assess(text, Context(names=("Petra Voorbeeld",))).signals if one.rule == "PII.KNOWN"]
    assert [text[slice(*one.span)] for one in found] == [written]


def test_a_listed_name_is_not_read_into_other_words() -> None:
    assert ENGINE.assess("zeg jij no or yes", Context(names=("Noor",), rules_alone=True)).severity == Severity.NONE


STAFF = ("Marloes Wiering", "Pieter de Bakker", "Kliniek Voorbeeldhof", "Voorbeeld Ommen")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Wiering luistert nooit naar me", "Wiering"),
        ("ik heb marloes w. als psych", "marloes w"),
        ("de groep van wiering's dinsdag", "wiering"),
        ("mevrouw de Bakker was streng", "Bakker"),
    ],
)
def test_the_surname_of_listed_staff_is_enough(text: str, written: str) -> None:
    found = [one for one in ENGINE.assess(text, Context(names=STAFF)).signals if one.rule == "PII.KNOWN"]
    assert [text[slice(*one.span)] for one in found] == [written]


@pytest.mark.parametrize(
    "text",
    [
        "marloes wil dat niet",
        "de bakker was dicht",
        "ik hou van voorbeeldhof",
        "we gaan naar Ommen",
        "pieter is aardig",
    ],
)
def test_a_word_a_town_or_a_first_name_is_nobody_of_the_staff(text: str) -> None:
    assert "PII.KNOWN" not in {one.rule for one in ENGINE.assess(text, Context(names=STAFF)).signals}


def test_a_mail_address_is_no_web_address_as_well() -> None:
    found = [one.rule for one in ENGINE.assess("mail jan.de.voorbeeld@example.com").signals]
    assert found == ["PII.MAIL"]


@pytest.mark.parametrize("text", ["ik wil do\u0301o\u0301d\u0301", "ik wil dood\ufe0f"])
def test_a_span_takes_along_what_is_drawn_on_its_last_letter(text: str) -> None:
    assert max(one.span[1] for one in ENGINE.assess(text, ALONE).signals) == len(text)


def test_a_number_of_keycaps_is_covered_to_its_end() -> None:
    text = "".join(f"{digit}\ufe0f\u20e3" for digit in "0600000000")
    assert (0, len(text)) in {one.span for one in ENGINE.assess(f"{text} bel me", ALONE).signals}


def test_putting_off_help_weighs_as_much_in_a_group_about_autism() -> None:
    text = "ik ben niet ziek genoeg voor hulp"
    assert ENGINE.assess(text, Context(profile="autism")).severity == ENGINE.assess(text).severity == Severity.MEDIUM


def test_a_threat_without_a_deed_weighs_less_where_words_are_meant_as_they_are_said() -> None:
    text = "ik weet je wel te vinden"
    said = ENGINE.assess(text, Context(profile="autism", rules_alone=True))
    assert (ENGINE.assess(text, ALONE).severity, said.severity) == (Severity.HIGH, Severity.MEDIUM)
    assert "profile" in {signal.rule for signal in said.signals}


BESIDE = ["ik kom net van training en", "ik zit op school en", "mijn hond ligt naast me en", "mama kijkt een film maar"]
PLAIN = [
    *("ik heb een poging gedaan", "ik maak er vanavond een einde aan", "ik wil dood", "vanavond steek ik hem neer"),
    *("er is overal bloed, het stopt niet", "ik heb afscheidsbrieven geschreven", "ik ga zelfmoord plegen"),
]


@pytest.mark.parametrize("words", PLAIN)
@pytest.mark.parametrize("beside", BESIDE)
def test_what_is_ordinary_on_the_other_side_of_and_hides_no_danger(beside: str, words: str) -> None:
    conjunction = beside.rpartition(" ")[2]
    assert _level(f"{beside} {words}") >= _level(words)
    assert _level(f"{words} {conjunction} {beside.rpartition(' ')[0]}") >= _level(words)


@pytest.mark.parametrize("before", ["in de bus naar school,", "na de film,", "vandaag voetbal gekeken,"])
def test_before_a_comma_it_lowers_by_one_level_and_says_so(before: str) -> None:
    alone, said = _level("vanavond steek ik hem neer"), ENGINE.assess(f"{before} vanavond steek ik hem neer", ALONE)
    assert said.severity.rank >= alone.rank - 1
    assert said.severity == alone or "elsewhere" in {signal.rule for signal in said.signals}


def test_what_stands_right_behind_still_says_what_was_meant() -> None:
    assert _level("vanavond ga ik het eindelijk doen, mijn haar verven") <= Severity.LOW


@pytest.mark.parametrize("before", ["niemand zegt iets,", "mama zei niks,", "ze zei en"])
def test_a_verb_of_saying_lowers_no_words_that_it_does_not_lead_to(before: str) -> None:
    own = ENGINE.assess(f"{before} ik maak er vanavond een einde aan", ALONE)
    assert own.severity == Severity.CRISIS
    assert "quotation" not in {signal.rule for signal in own.signals}


@pytest.mark.parametrize("said", ['hij zei: "ik wil dood"', "toen zei ze, ik wil dood", "hij zei ik wil dood"])
def test_what_it_leads_to_is_quoted(said: str) -> None:
    assert "quotation" in {signal.rule for signal in ENGINE.assess(said, ALONE).signals}


def test_an_inch_mark_and_an_empty_line_turn_no_quotation_inside_out() -> None:
    for text in ('mijn tv is 32" en "haha" ik wil dood "ok"', 'ze zei "hoi\n\nik wil dood\n\ntot "later"'):
        assert ENGINE.assess(text, ALONE).severity == Severity.HIGH


@pytest.mark.parametrize("before", ["Het gaat niet.", "het gaat even niet!"])
def test_a_denial_in_the_sentence_before_denies_nothing_of_a_rule_that_reads_words_as_written(before: str) -> None:
    assert _level(f"{before} Weer sh gedaan") == _level("Weer sh gedaan") == Severity.HIGH


def test_numbers_glued_to_each_other_are_read_in_one_way_and_not_in_all_there_are() -> None:
    assert _level("zestien" * 60 + "qzes") == Severity.NONE  # it took twice as long with each of them
    assert "PII.PHONE" in {one.rule for one in ENGINE.assess("nulzestwaalf345678", ALONE).signals}


@pytest.mark.parametrize("signs", ["👍🏽", "🙏🏾", "💪🏿", "😂", "🎉", ":)", ";-)", "🩷 ♡"])
def test_a_thumb_of_any_colour_and_a_smile_are_harmless(signs: str) -> None:
    said = ENGINE.assess(signs, ALONE)
    assert (said.severity, said.assessed) == (Severity.NONE, True)


@pytest.mark.parametrize("signs", ["💔", "🔪", ":(", "🥀👍🏽"])
def test_any_other_sign_alone_is_read_by_a_human_first(signs: str) -> None:
    said = ENGINE.assess(signs, ALONE)
    assert (said.severity, said.assessed) == (Severity.MEDIUM, False)


@pytest.mark.parametrize("written", ["٠٦١٢٣٤٥٦٧٨", "०६१२३४५६७८"])
def test_figures_of_another_script_are_figures(written: str) -> None:
    found = [one for one in ENGINE.assess(f"{written} bel me", ALONE).signals if one.rule == "PII.PHONE"]
    assert [f"{written} bel me"[slice(*one.span)] for one in found] == [written]


def test_a_former_hobby_hides_no_search_for_pictures_in_the_next_line() -> None:
    asked = "iemand nog th!nsp0 over?"
    assert _level(f"Vroeger voetbalde ik.\n\n{asked}") == _level(asked) == Severity.HIGH


@pytest.mark.parametrize(
    "said", ["vanavond steek ik hem neer, ik meen het", "haha vanavond steek ik hem neer, ik meen het"]
)
def test_who_says_to_mean_a_threat_means_it(said: str) -> None:
    assert _level(said) == Severity.CRISIS
