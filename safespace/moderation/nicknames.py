"""A nickname as the risk engine reads it: too short for most rules, so it is read in a sentence, and by its words."""

import re

from safespace.groups.alias_rules import alias_words
from safespace.moderation.assessing import engine
from safespace.moderation.risk.assessment import Severity
from safespace.moderation.risk.engine import Context
from safespace.settings import Settings

_SENTENCES = ("ik wil {}", "tips voor {}")  # what a word means shows beside "I want" and "tips for"
_WORD = re.compile(r"[^\W\d_]+")


def is_risky(settings: Settings, nickname: str) -> bool:
    """Say whether a rule finds something in a nickname, or a word of it is one that people bend to slip past a list.

    Words that only say who somebody is, or nothing by themselves, are fine (`harmless_alone` in `alias_rules.toml`).
    """
    reader = engine(settings)
    small = nickname.casefold()
    red = reader.ruleset.red - alias_words(settings.config_dir).harmless_alone
    if not red.isdisjoint(_WORD.findall(small)):
        return True
    if reader.assess(nickname, Context(rules_alone=True)).severity >= Severity.MEDIUM:
        return True
    said = (sentence.format(small) for sentence in _SENTENCES)
    return any(reader.assess(text, Context(rules_alone=True)).severity >= Severity.HIGH for text in said)
