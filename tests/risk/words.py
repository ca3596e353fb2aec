"""Makes config/risk/words.txt anew: the words of the corpus and the suite with how often they stand there.

Only their dev halves are read, no post that is bent on purpose, and only words of two posts or more are kept. Everyday
words that stand in none, written down for this project in everyday_words.txt, count once.
"""

import re
from collections import Counter
from pathlib import Path

from safespace.groups.alias_rules import alias_words
from safespace.moderation.risk.evaluation.cases import Half, read_suite
from safespace.moderation.risk.folding import Folding
from safespace.moderation.risk.lexicon import FILE, LONGEST_WORD

ROOT = Path(__file__).resolve().parents[2]
HEAD = "# Words of the corpus and the suite, dev halves, with how often they stand there; by `make risk-words`."
LEAST_POSTS = 2
EVERYDAY = Path(__file__).parent / "everyday_words.txt"
WORD = re.compile(r"[^\W\d_]+")


def counted() -> dict[str, int]:
    """Give the words of two posts or more with how often they were written."""
    folding = Folding()
    written: Counter[str] = Counter()
    posts: Counter[str] = Counter()
    for source in ("corpus", "suite"):
        for case in read_suite(ROOT / "tests" / "risk" / source):
            if case.half is Half.DEV and "evasion" not in case.functionality:
                words = WORD.findall(folding.fold(case.text).text)
                written.update(words)
                posts.update(set(words))
    everyday = EVERYDAY.read_text("utf-8").split()
    names = alias_words(ROOT / "config")
    everyday += [folding.fold(word).text for word in (*names.adjectives, *names.nouns)]
    kept = {word for word in posts if posts[word] >= LEAST_POSTS and len(word) <= LONGEST_WORD}
    return {word: max(written[word], 1) for word in sorted(kept.union(everyday))}


def main() -> None:
    """Write the file."""
    lines = (HEAD, *(f"{word} {count}" for word, count in counted().items()))
    (ROOT / "config" / "risk" / FILE).write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
