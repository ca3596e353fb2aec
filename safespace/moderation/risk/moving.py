"""How the parts of a pattern move places on: the bits of one number are all places of a text at once."""

from collections.abc import Mapping, Sequence

from safespace.moderation.risk.nodes import Choice, Gap, Maybe, Node, Word, Words

# How a part may be said in a text: lengths in words, each with the places where it starts. Of no words: everywhere.
Ways = tuple[tuple[int, int], ...]
_EVERYWHERE = -1


class _Masks(dict[Words | None, int]):
    """The places in one text of every word, and of every set of words, worked out when first asked for."""

    def __init__(self, places: Mapping[int, int], free: int) -> None:
        super().__init__(places.items())
        self.there = frozenset(places)
        self[None] = free

    def __missing__(self, words: Words | None) -> int:
        found = 0
        if words.__class__ is frozenset:
            for word in words & self.there:
                found |= self[word]
        self[words] = found
        return found


class Moves:
    """Where words stand in one text, and how patterns move on from there and back; what they share is done once."""

    __slots__ = ("_known", "masks")

    def __init__(self, places: Mapping[int, int], free: int) -> None:
        """Take the places of each word, and those that any word may fill."""
        self.masks = _Masks(places, free)
        self._known: dict[Node, Ways] = {}

    def onward(self, parts: Sequence[Node], here: int) -> int:
        """Promise the places right behind `parts` where these start at `here`."""
        masks = self.masks
        for part in parts:
            if part.__class__ is Word:
                here = (here & masks[part.words]) << 1
            elif part.__class__ is Gap:
                free = masks[None]
                for _ in part.parts:
                    here |= (here & free) << 1
            elif part.__class__ is Maybe:
                here |= (here & masks[part.words]) << 1
            else:
                reached = 0
                for length, starts in self._ways(part):
                    reached |= (here & starts) << length
                here = reached
            if not here:
                return 0
        return here

    def back(self, parts: Sequence[Node], here: int) -> int:
        """Promise the places where `parts` start that end right before `here`."""
        masks = self.masks
        for part in reversed(parts):
            if part.__class__ is Word:
                here = (here >> 1) & masks[part.words]
            elif part.__class__ is Gap:
                free = masks[None]
                for _ in part.parts:
                    here |= (here >> 1) & free
            elif part.__class__ is Maybe:
                here |= (here >> 1) & masks[part.words]
            else:
                reached = 0
                for length, starts in self._ways(part):
                    reached |= (here >> length) & starts
                here = reached
        return here

    def _ways(self, node: Node) -> Ways:
        known = self._known.get(node)
        if known is None:
            if isinstance(node, Choice):
                known = self._chosen(node)
            elif isinstance(node, Word):
                known = ((1, self.masks[node.words]),)
            else:
                known = self._said(node.parts)
            self._known[node] = known
        return known

    def _chosen(self, choice: Choice) -> Ways:
        masks, known = self.masks, self._known
        parts = choice.others
        for word in choice.telling & masks.there:
            parts += choice.by_word[word]
        found = {0: _EVERYWHERE} if choice.optional else {}
        for part in parts:
            if part.__class__ is Word:
                found[1] = found.get(1, 0) | masks[part.words]
                continue
            ways = known.get(part)
            for length, starts in self._ways(part) if ways is None else ways:
                found[length] = found.get(length, 0) | starts
        return tuple(found.items())

    def _said(self, parts: Sequence[Node]) -> Ways:
        masks = self.masks
        length, starts = 0, _EVERYWHERE
        for part in parts:
            if part.__class__ is not Word:
                return self._further(parts[length:], length, starts)
            starts &= masks[part.words] >> length
            if not starts:
                return ()
            length += 1
        return ((length, starts),)

    def _further(self, parts: Sequence[Node], behind: int, starts: int) -> Ways:
        """What goes on from `starts`, so many words behind them, with parts of any length."""
        found = {behind: starts}
        for part in parts:
            longer: dict[int, int] = {}
            for length, here in found.items():
                for more, there in self._ways(part):
                    both = here & (there >> length)
                    if both:
                        longer[length + more] = longer.get(length + more, 0) | both
            found = longer
        return tuple(found.items())
