"""The simpler ways that a reader will think of: a list of words, swear words, a telephone library, word statistics."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import phonenumbers

try:
    from sklearn.feature_extraction.text import TfidfVectorizer  # the optional extra `learning`
    from sklearn.linear_model import LogisticRegression  # the optional extra `learning`
    from sklearn.pipeline import make_pipeline  # the optional extra `learning`
except ImportError:  # a running service does without
    make_pipeline = None

from safespace.moderation.risk.evaluation.cases import Case, SuiteInvalid

# Thirty-seven words as one would note them down in five minutes; the list that this engine must beat on unseen cases.
KEYWORDS = (
    *("zelfmoord", "suicide", "dood", "doodgaan", "sterven", "einde maken", "niet meer leven", "pillen", "overdosis"),
    *("snijden", "gesneden", "krassen", "zelfbeschadiging", "automutilatie", "pijn doen", "bloed", "litteken"),
    *("anorexia", "boulimia", "ana", "mia", "thinspo", "afvallen", "kilo", "calorie", "kcal", "overgeven", "hongeren"),
    *("insta", "snap", "nummer", "afspreken", "misbruik", "verkracht", "drugs", "mes", "kill"),
)
Raises = Callable[[str], bool]
_WORDS = re.compile(r"\w+")


def by_keywords(text: str) -> bool:
    """Tell whether one of the thirty-seven words stands anywhere in the text."""
    small = text.casefold()
    return any(re.search(rf"\b{word}\b", small) is not None for word in KEYWORDS)


def by_profanity(path: Path) -> Raises:
    """Promise a reader that raises what holds a word of the list in `path`, one word or phrase on each line.

    Raises SuiteInvalid when it is not UTF-8.
    """
    try:
        lines = [line.strip().casefold() for line in path.read_text("utf-8-sig").splitlines()]
    except UnicodeDecodeError:
        raise SuiteInvalid(f"{path.name}: not UTF-8") from None
    wanted = {line for line in lines if line and not line.startswith("#")}

    def raises(text: str) -> bool:
        small = text.casefold()
        words = _WORDS.findall(small)
        return not wanted.isdisjoint(words) or any(" " in phrase and phrase in small for phrase in wanted)

    return raises


def by_phonenumbers(text: str) -> bool:
    """Tell whether the library of telephone numbers alone finds one."""
    return any(True for _ in phonenumbers.PhoneNumberMatcher(text, "NL"))


def by_statistics(train: Sequence[Case]) -> Raises | None:
    """Promise TF-IDF with logistic regression learned from `train`; None where scikit-learn is not installed."""
    labels = [not case.calm for case in train]
    if len(set(labels)) < 2:
        return None
    if make_pipeline is None:
        return None
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        LogisticRegression(class_weight="balanced", C=10, max_iter=1000),
    )
    model.fit([case.text for case in train], labels)

    def raises(text: str) -> bool:
        return bool(model.predict([text])[0])

    return raises
