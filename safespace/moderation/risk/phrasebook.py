"""The patterns of a ruleset made ready to be found, each read once: also for a ruleset that differs in a few rules."""

from safespace.moderation.risk.matching import Matcher, Phrase
from safespace.moderation.risk.nodes import branches, words_of
from safespace.moderation.risk.pattern import Grammar, PatternInvalid
from safespace.moderation.risk.rules import Ruleset, RulesInvalid
from safespace.moderation.risk.vocabulary import Vocabulary


class Phrasebook:
    """What a ruleset looks for: `matcher` finds it, `numbers` tells its owners apart, `vocabulary` knows its words."""

    def __init__(self, ruleset: Ruleset, known: "Phrasebook | None" = None) -> None:
        """Take over what `known` has read, which is of the same lists. Raises RulesInvalid with file and line."""
        self._grammar = Grammar(ruleset.lists)
        self._read: dict[str, tuple[Phrase, ...]] = {}
        if known is not None:
            self._grammar, self._read = known.copied()
        owners = {**ruleset.slots, **{rule.name: rule.patterns for rule in ruleset.rules if rule.patterns}}
        self.numbers = {name: number for number, name in enumerate(owners)}
        owned = [
            (self.numbers[name], phrase)
            for name, patterns in owners.items()
            for text, place in patterns
            for phrase in self._phrases(text, place)
        ]
        self.matcher = Matcher(owned)
        for word in (*ruleset.red, *ruleset.filler):
            self._grammar.number(word)
        words = self._grammar.numbers
        if known is not None:
            used = words_of(phrase.node for _, phrase in owned)
            words = {
                word: number
                for word, number in words.items()
                if number in used or word in ruleset.red or word in ruleset.filler
            }
        self.vocabulary = Vocabulary(words, ruleset.red, ruleset.counts)

    def copied(self) -> tuple[Grammar, dict[str, tuple[Phrase, ...]]]:
        """Promise what was read so far, to go on from without changing this."""
        return self._grammar.copy(), self._read.copy()

    def _phrases(self, text: str, place: str) -> tuple[Phrase, ...]:
        found = self._read.get(text)
        if found is None:
            try:
                found = self._read[text] = tuple(map(Phrase, branches(self._grammar.parse(text))))
            except PatternInvalid as wrong:
                raise RulesInvalid(f"{place}: {wrong}") from wrong
        return found
