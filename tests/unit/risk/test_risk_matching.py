"""Finding phrases: the sieve loses none that a slow and simple search finds, and engines share what they have read."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services import lacking

from safespace.moderation.risk import matching
from safespace.moderation.risk.engine import Engine
from safespace.moderation.risk.evaluation.measuring import hostile_texts
from safespace.moderation.risk.matching import Matcher, Phrase
from safespace.moderation.risk.needing import required
from safespace.moderation.risk.nodes import Choice, Node, Word, branches, words_of
from safespace.moderation.risk.pattern import Grammar, PatternInvalid
from safespace.moderation.risk.sieve import Sieve

LISTS = {"who": ["jij", "mijn zus", "de (hond|kat)"], "often": ["vaak", "elke dag"]}
PATTERNS = (
    "ik",
    "(ik|jij)",
    "ik wil",
    "ik ~2 (niet|nooit) ~1 (meer)? wil",
    "<who> ~3 <often>",
    "wil? niet meer",
    "(ik wil|jij) ~1 niet",
    "<often> ~3 ~3 ~3 ~3 ~3 meer",
    "~2 zus (niet meer)?",
)
WORDS = ("ik", "jij", "wil", "niet", "nooit", "meer", "mijn", "zus", "de", "hond", "kat", "vaak", "elke", "dag", "x")
GRAMMAR = Grammar(LISTS)
TREES = [GRAMMAR.parse(pattern) for pattern in PATTERNS]
OWNED = [(number, Phrase(branch)) for number, tree in enumerate(TREES) for branch in branches(tree)]
TEXTS = st.lists(st.tuples(st.sampled_from(WORDS), st.integers(0, 9)), min_size=1, max_size=60)


def _ends(node: Node, words: list[int], at: int) -> Iterator[int]:
    """Every place where a match of `node` that starts at `at` may end, tried one by one."""
    if isinstance(node, Word):
        if at < len(words) and (node.choices is None or words[at] in node.choices):
            yield at + 1
    elif isinstance(node, Choice):
        if node.optional:
            yield at
        for part in node.parts:
            yield from _ends(part, words, at)
    else:
        reached = {at}
        for part in node.parts:
            reached = {end for start in reached for end in _ends(part, words, start)}
        yield from reached


def _stretches(text: list[tuple[str, int]]) -> list[list[tuple[int, int]]]:
    """The words of a text with their places, apart at every break."""
    stretches: list[list[tuple[int, int]]] = [[]]
    for at, (word, broken) in enumerate(text):
        if not broken and at:
            stretches.append([])
        stretches[-1].append((GRAMMAR.numbers.get(word, -1), at))
    return stretches


def _read(text: list[tuple[str, int]]) -> tuple[list[tuple[int, ...]], list[bool]]:
    ids = [(GRAMMAR.numbers[word],) if word in GRAMMAR.numbers else () for word, _ in text]
    return ids, [not broken for _, broken in text]


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_the_sieve_lets_every_phrase_pass_that_stands_there(text: list[tuple[str, int]]) -> None:
    passing = Sieve([required(phrase.node) for _, phrase in OWNED]).passing(*_read(text))
    assert len(passing) == len(set(passing))
    for number, (_, phrase) in enumerate(OWNED):
        for stretch in _stretches(text):
            words = [word for word, _ in stretch]
            if any(True for at in range(len(words)) for _ in _ends(phrase.node, words, at)):
                assert number in passing


@pytest.fixture(scope="module", params=["compiled", "plain"])
def matcher(request: pytest.FixtureRequest) -> Matcher:
    if request.param == "compiled":
        _compiled_is_there()
    return Matcher(OWNED, compiled=request.param == "compiled")


def _compiled_is_there() -> None:
    if matching.Book is None:
        lacking("the compiled search (a C compiler and the headers of Python)")


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_what_is_found_is_what_a_search_word_by_word_finds(matcher: Matcher, text: list[tuple[str, int]]) -> None:
    found = matcher.read(*_read(text))
    for owner, tree in enumerate(TREES):
        named = words_of([tree])
        spans = {
            (first, last)
            for stretch in _stretches(text)
            for start in range(len(stretch))
            for end in _ends(tree, [word for word, _ in stretch], start)
            for first, last in [_trimmed(stretch[start:end], named)]
        }
        longest = {
            one
            for one in spans
            if not any(other != one and other[0] <= one[0] and one[1] <= other[1] for other in spans)
        }
        assert {(match.start, match.end) for match in found.of(owner)} == longest


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_compiled_or_not_the_same_words_are_skipped(text: list[tuple[str, int]]) -> None:
    _compiled_is_there()
    compiled, plain = (Matcher(OWNED, compiled=which).read(*_read(text)) for which in (True, False))
    assert [compiled.of(owner) for owner in range(len(TREES))] == [plain.of(owner) for owner in range(len(TREES))]


def test_compiled_or_not_an_engine_gives_the_same_answers(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    _compiled_is_there()
    monkeypatch.setattr(matching, "Book", None)
    plain = Engine(engine.ruleset, engine.models)
    plain.budget = 10.0  # what is slower may also be slower than the stop
    examples = [text for rule in engine.ruleset.rules for text in (*rule.examples.hit, *rule.examples.miss)]
    together = [" ".join(examples[at : at + 9]) for at in range(0, len(examples), 40)]
    for text in (*examples[::5], *together, *hostile_texts(600)):
        assert engine.assess(text) == plain.assess(text)


def test_the_compiled_search_takes_no_words_without_their_breaks() -> None:
    _compiled_is_there()
    with pytest.raises(ValueError, match="every word"):
        Matcher(OWNED).read([(0,), (1,)], [False])


def _trimmed(stretch: list[tuple[int, int]], named: frozenset[int]) -> tuple[int, int]:
    """The first and last place of a match without the words at its ends that only fill a gap."""
    places = [place for word, place in stretch if word in named]
    return (places[0], places[-1]) if places else (stretch[0][1], stretch[-1][1])


@pytest.mark.parametrize("pattern", ["ik (wil", "ik wil)", "ik ~9 wil", "(ik|)", "(wil)?", "<none>", "ik > jij", "()"])
def test_a_faulty_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(PatternInvalid):
        Grammar(LISTS).parse(pattern)


def test_words_in_brackets_are_one_set_however_they_are_written() -> None:
    grammar = Grammar(LISTS)
    assert grammar.parse("(ik|jij)") is grammar.parse("(jij|ik)")
    assert grammar.parse("(ik)") is grammar.parse("ik")
    assert isinstance(grammar.parse("(ik|jij)"), Word)
    assert grammar.spelled(grammar.place("(jij|ik)")) == ["ik", "jij"]


def test_an_engine_with_other_rules_answers_as_one_that_was_built_anew(engine: Engine) -> None:
    rules = engine.ruleset.rules
    kept = tuple(rule for rule in rules if rule.name != rules[0].name)
    shared = engine.with_rules(kept)
    anew = Engine(shared.ruleset)
    for rule in rules[::7]:
        for text in (*rule.examples.hit, *rule.examples.miss):
            assert shared.assess(text) == anew.assess(text)
    assert (
        shared.with_rules(rules).assess(rules[0].examples.hit[0]).to_json()["signals"]
        == (Engine(engine.ruleset).assess(rules[0].examples.hit[0]).to_json()["signals"])
    )
