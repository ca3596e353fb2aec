"""Makes config/risk/model.json anew from the dev halves of the corpus and the suite: `make risk-model`.

It needs scikit-learn (extra `learning`), takes a minute or two, and gives the same numbers each time. The frozen halves
are never read. The weights don't depend on the rules, the threshold does: it is chosen so that few calm posts are
raised which the rules leave alone. What the model is worth is measured by `make risk-evaluation`.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import normalize

from safespace.moderation.risk.assessment import Severity
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.evaluation.cases import Case, Half, read_suite
from safespace.moderation.risk.evaluation.fairness import NAMES, WHO
from safespace.moderation.risk.evaluation.figures import share
from safespace.moderation.risk.folding import Folded, Folding
from safespace.moderation.risk.likeness import FILE, Trained, terms_of
from safespace.moderation.risk.linear import MOST_TERMS, PIECE, Linear, features_of
from safespace.moderation.risk.masking import MASKS, NUMBER

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "config" / "risk"
DATE = "2026-11-29"
HEAD = {
    "version": "2026.11.29",
    "owner": "clinical content group",
    "date": DATE,
    "reviewed": "to be reviewed by clinicians",
}
RAISED_ANEW = 0.01  # of the calm posts of the corpus, at most: two raised one in sixteen ordinary posts of the demo
LEAST_POSTS = 2
LEAST_POSTS_A_PIECE = 3
STRENGTH = 4.0
FOLDS = 5
FOLDING = Folding()


@dataclass(frozen=True)
class Post:
    case: Case
    group: str  # neighbours, which are never on both sides
    writer: str  # of the corpus; the suite has one
    folded: Folded
    terms: frozenset[str]
    raised: bool  # by the rules alone

    @property
    def careful(self) -> bool:
        return self.case.floor >= Severity.MEDIUM


def posts(engine: Engine) -> list[Post]:
    """Give the posts of the dev halves that must be raised or must not; the few that may be either teach nothing."""
    found = []
    for source in ("corpus", "suite"):
        folder = ROOT / "tests" / "risk" / source
        rows = [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]
        pairs = {str(row["id"]): row.get("pair") or row["id"] for row in rows}
        for case in read_suite(folder):
            if case.half is not Half.DEV or not (case.calm or case.floor >= Severity.MEDIUM):
                continue
            folded = FOLDING.fold(case.text)
            said = engine.assess(case.text, Context(profile=case.profile, rules_alone=True))
            found.append(
                Post(
                    case=case,
                    group=f"{source} {pairs[case.name]}",
                    writer=case.name.rsplit("-", 1)[0] if source == "corpus" else "",
                    folded=folded,
                    terms=terms_of(folded.text, pieces=True) & _nobodys(case.text),
                    raised=said.severity >= Severity.MEDIUM,
                )
            )
    return found


def _nobodys(text: str) -> frozenset[str]:
    """Give the terms that point at nobody: what masking hides is left out, and so is who somebody is."""
    hidden = (MASKS - {NUMBER}) | {word for name in (*WHO, *NAMES) for word in FOLDING.fold(name).text.split()}
    return frozenset(term for term in features_of(text, FOLDING, pieces=True) if hidden.isdisjoint(term.split()))


def fitted(part: Sequence[Post], threshold: float = 0.5) -> Trained:
    """Give the model that a part of the posts teaches, as the plain numbers that are shipped."""
    counts = Counter(term for post in part for term in post.terms)
    groups = defaultdict(set)
    for post in part:
        for term in post.terms:
            groups[term].add(post.group)
    known = [
        term
        for term, count in counts.items()
        if count >= (LEAST_POSTS_A_PIECE if term.startswith(PIECE) else LEAST_POSTS) and len(groups[term]) > 1
    ]
    known = sorted(sorted(known, key=lambda term: (-counts[term], term))[:MOST_TERMS])
    counter = CountVectorizer(analyzer=sorted, vocabulary=known, binary=True)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=2000)
    model.fit(normalize(counter.transform([post.terms for post in part])), [post.careful for post in part])
    weights = {term: round(float(weight), 3) for term, weight in zip(known, model.coef_[0], strict=True)}
    linear = Linear(
        head="care",
        version=HEAD["version"],
        weights={term: weight for term, weight in weights.items() if weight},
        bias=round(float(model.intercept_[0]), 3),
        pieces=True,
    )
    return Trained(version=HEAD["version"], threshold=threshold, linear=linear)


def held_out(part: Sequence[Post], folds: Sequence[tuple[Sequence[int], Sequence[int]]]) -> list[float]:
    """Give the weight of each post by a model that saw neither it nor its fold."""
    weights = [0.0] * len(part)
    for learned, asked in folds:
        model = fitted([part[at] for at in learned])
        for at in asked:
            weights[at] = model.weight(part[at].folded)
    return weights


def by_writer(part: Sequence[Post]) -> list[tuple[list[int], list[int]]]:
    """Give the folds in which one writer is left out; the suite is always learned from."""
    writers = sorted({post.writer for post in part} - {""})
    return [
        (
            [at for at, post in enumerate(part) if post.writer != out],
            [at for at, post in enumerate(part) if post.writer == out],
        )
        for out in writers
    ]


def threshold_of(part: Sequence[Post], weights: Sequence[float]) -> float:
    """Give the least threshold that raises few enough calm posts of the corpus which the rules left alone."""
    calm = [post for post in part if post.case.calm and post.writer]
    anew = sorted(
        (weight for post, weight in zip(part, weights, strict=True) if post in calm and not post.raised), reverse=True
    )
    return np.ceil(anew[int(RAISED_ANEW * len(calm))] * 1e4 + 1) / 1e4


def told(name: str, part: Sequence[Post], weights: Sequence[float], threshold: float) -> None:
    """Print what the model adds on posts of the corpus that it did not see."""
    seen = [(post, weight >= threshold) for post, weight in zip(part, weights, strict=True) if post.writer]
    rows: list[tuple[str, Callable[[Post], bool]]] = [
        ("medium and more", lambda post: post.careful),
        ("high and more", lambda post: post.case.floor >= Severity.HIGH),
        ("crisis", lambda post: post.case.floor is Severity.CRISIS),
        ("without a telling word", lambda post: post.careful and "keyword_free" in post.case.functionality),
        ("calm", lambda post: post.case.calm),
    ]
    print(f"\n{name}, threshold {threshold}")
    for row, belongs in rows:
        alone = share([post.raised for post, _ in seen if belongs(post)])
        both = share([post.raised or said for post, said in seen if belongs(post)])
        print(f"  {row:<24}{alone!s:<30}{both}")


def main() -> None:
    """Train, choose the threshold out of fold, write the file, print what it does on what it did not see."""
    part = posts(Engine.load(RULES))
    groups = [post.group for post in part]
    in_folds = held_out(part, list(GroupKFold(FOLDS).split(part, groups=groups)))
    unknown = held_out(part, by_writer(part))
    threshold = float(max(threshold_of(part, in_folds), threshold_of(part, unknown)))
    model = fitted(part, threshold)
    stored = HEAD | {"threshold": threshold, "linear": model.linear.to_json()}
    (RULES / FILE).write_text(json.dumps(stored, ensure_ascii=False, indent=0) + "\n", "utf-8")
    print(f"{len(part)} posts, {len(model.linear.weights)} terms")
    told("Neighbours left out", part, in_folds, threshold)
    told("Writers left out", part, unknown, threshold)


if __name__ == "__main__":
    main()
