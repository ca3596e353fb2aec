"""What a change of rules does before it goes live: examples that no longer hold, and posts that are read otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass

from safespace.moderation.risk.assessment import Assessment, Severity, SignalKind
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.rules import Rule


@dataclass(frozen=True, slots=True)
class Change:
    """How two rulesets read one post: both levels, and the rules found by only one of them."""

    before: Severity
    after: Severity
    came: tuple[str, ...]
    went: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Tell whether anything changed."""
        return self.before != self.after or bool(self.came or self.went)

    @property
    def kind(self) -> str:
        """Name the change for counting."""
        if self.after > self.before:
            return "raised"
        if self.after < self.before:
            return "lowered"
        return "same level, other rules" if self.differs else "unchanged"


def found(assessment: Assessment) -> set[str]:
    """Promise the names of the rules that found something."""
    return {signal.rule for signal in assessment.signals if signal.kind is SignalKind.FINDING}


def changed(old: Engine, new: Engine, text: str, context: Context) -> Change:
    """Promise how `text` is read by both engines."""
    before, after = old.assess(text, context), new.assess(text, context)
    had, has = found(before), found(after)
    return Change(before.severity, after.severity, tuple(sorted(has - had)), tuple(sorted(had - has)))


def faulty_examples(engine: Engine) -> list[str]:
    """Promise one line per example that its own rule misses or finds against its word: file, line, rule, which one."""
    return [
        f"{rule.place}: {rule.name}: example {which} does not hold"
        for rule in engine.ruleset.rules
        for which in faulty(engine, rule)
    ]


def faulty(engine: Engine, rule: Rule) -> Iterator[str]:
    """Yield which examples of a rule do not hold: `hit 1`, `miss 2`."""
    given = Context(names=rule.examples.names)
    for kind, examples in (("hit", rule.examples.hit), ("miss", rule.examples.miss)):
        for number, text in enumerate(examples, start=1):
            if (rule.name in found(engine.assess(text, given))) != (kind == "hit"):
                yield f"{kind} {number}"
