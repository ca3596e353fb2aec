"""Which rules may find anything in a text, by the words and slots that stand in it: nearly all ask for others."""

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import or_
from typing import NamedTuple

from safespace.moderation.risk.rules import Rule, Ruleset


class _Asked(NamedTuple):
    """What a rule asks for: owners of patterns as bits, `whole` all of them, of each of `some` but `spare` any one.

    `slots` are those that must be found, fewest patterns first: what settles soonest that there is nothing.
    """

    whole: int
    some: tuple[int, ...]
    spare: int
    slots: tuple[str, ...]


class Prospects:
    """What the rules of a ruleset ask of a text; `slots` has by the number of a rule those that it must find."""

    def __init__(self, ruleset: Ruleset, owners: Mapping[str, tuple[int, ...]]) -> None:
        """Take the owners whose patterns find each slot, and each rule that has patterns of its own."""
        self._ruleset = ruleset
        self._bits = {name: reduce(or_, map((1).__lshift__, numbers)) for name, numbers in owners.items()}
        asked = list(map(self._asks, ruleset.rules))
        self.slots = [one.slots for one in asked]
        self._whole = [(number, one.whole) for number, one in enumerate(asked)]
        self._some = [(one.some, one.spare) for one in asked]

    def _asks(self, rule: Rule) -> _Asked:
        composition = rule.composition
        if composition is None:
            return _Asked(0 if rule.detector is not None else self._bits[rule.name], (), 0, ())
        if composition.alike:
            return _Asked(0, tuple(map(self._bits.__getitem__, composition.alike)), len(composition.alike) - 2, ())
        unions = self._ruleset.unions
        needs = sorted(composition.needs, key=self._many)
        whole = reduce(or_, (self._bits[name] for name in needs if name not in unions), 0)
        return _Asked(whole, tuple(self._bits[name] for name in needs if name in unions), 0, tuple(needs))

    def _many(self, slot: str) -> int:
        return sum(len(self._ruleset.slots[part]) for part in self._ruleset.unions.get(slot, (slot,)))

    def among(self, there: int) -> Iterator[int]:
        """Yield the numbers of the rules that may find something where these owners may have a match, in order."""
        for number in [number for number, whole in self._whole if there & whole == whole]:
            some, spare = self._some[number]
            if sum(not there & bits for bits in some) <= spare:
                yield number
