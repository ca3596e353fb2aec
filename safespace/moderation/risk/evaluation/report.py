"""Lays the figures of an evaluation out as tables that read well in a terminal and in a Markdown page alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from safespace.moderation.risk.assessment import Severity
from safespace.moderation.risk.engine import Engine
from safespace.moderation.risk.evaluation.baselines import Raises
from safespace.moderation.risk.evaluation.bending import EVASIONS, KEYBOARD
from safespace.moderation.risk.evaluation.cases import Case
from safespace.moderation.risk.evaluation.fairness import ABOUT_SOMEBODY, NAMES, WHO, WITH_A_NAME, flag_rates
from safespace.moderation.risk.evaluation.figures import (
    Share,
    f1_of_both,
    interval_of,
    macro_f1,
    percentile,
    share,
    with_interval,
)
from safespace.moderation.risk.evaluation.measuring import (
    KEYWORD_FREE,
    Outcome,
    hateful,
    hostile_texts,
    long_texts,
    measure,
    summarise,
    times,
)
from safespace.moderation.risk.evaluation.naming import MOST_LISTED, scores_of

Row = Sequence[str]


def table(head: Row, rows: Iterable[Row]) -> list[str]:
    """Promise the lines of one table, its columns in step."""
    all_rows = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in all_rows) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in all_rows
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:], ""]


def headline(outcomes: Sequence[Outcome]) -> list[str]:
    """Promise the figures that the service is held to, beside what is asked."""
    said = summarise(outcomes)
    expected, found = hateful(outcomes)
    rows = [
        ("Crisis recall, named in words", ">= 0.95", str(said.crisis_worded)),
        ("Crisis recall, without a telling word", ">= 0.60", str(said.crisis_wordless)),
        ("High and crisis: raised to high or more", ">= 0.92", str(said.severe)),
        ("Calm posts above low", "<= 0.08", str(said.above_low)),
        ("Calm posts above medium", "<= 0.01", str(said.above_medium)),
        ("Personal data, recall", ">= 0.92", str(said.personal_recall)),
        ("Personal data, precision", ">= 0.95", str(said.personal_precision)),
    ]
    if expected:
        accuracy = share([one == other for one, other in zip(expected, found, strict=True)])
        rows.append(("Attacks on groups, macro-F1", ">= 0.75", _with_interval(macro_f1, expected, found)))
        rows.append(("Attacks on groups, accuracy", "> 0.70", str(accuracy)))
        spelled = [one.attack for one in outcomes if one.case.functionality.startswith("spell_")]
        rows.append(("Attacks on groups, bent spelling", ">= 0.85", str(share(spelled))))
    lines = table(("What", "Asked", "Measured (95 %)"), (row for row in rows if row[2] != "-"))
    median, worst = said.queue
    if median:
        lines += [f"First crisis in a simulated day of 100 posts: place {median} in the median, {worst} at worst.", ""]
    if said.crisis.total:
        lines += [f"Crises read as less ({len(said.missed)}): {', '.join(said.missed) or 'none'}.", ""]
    return lines


def _with_interval(
    figure: Callable[[Sequence[bool], Sequence[bool]], float], expected: Sequence[bool], found: Sequence[bool]
) -> str:
    return with_interval(figure(expected, found), interval_of(figure, expected, found)) if expected else "-"


def by_model(engine: Engine, cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[str]:
    """Promise what the rules raise above low by themselves, and what they and the models raise together."""
    if not engine.models:
        return ["No model beside the rules.", ""]
    alone = measure(engine, cases, rules_alone=True)
    kinds: list[tuple[str, Callable[[Case], bool]]] = [
        ("Medium and more", lambda case: case.floor >= Severity.MEDIUM),
        ("High and more", lambda case: case.floor >= Severity.HIGH),
        ("Crisis", lambda case: case.floor >= Severity.CRISIS),
        ("Medium and more, in telling words", lambda case: case.floor >= Severity.MEDIUM and not _wordless(case)),
        ("Medium and more, without a telling word", lambda case: case.floor >= Severity.MEDIUM and _wordless(case)),
        ("Calm", lambda case: case.calm),
        ("Calm, with words that look dangerous", lambda case: case.functionality == "calm"),
        ("Calm, without such words", lambda case: case.functionality == "calm_keyword_free"),
    ]
    rows = []
    for name, belongs in kinds:
        both = share([one.severity > Severity.LOW for one in outcomes if belongs(one.case)])
        rules = share([one.severity > Severity.LOW for one in alone if belongs(one.case)])
        rows.append((name, str(rules), str(both)))
    versions = ", ".join(model.version for model in engine.models)
    lines = table(("Raised above low", "Rules alone", "With a model"), (row for row in rows if row[1] != "-"))
    return [*lines, f"Models: {versions}. A model raises to medium and never further.", ""]


def _wordless(case: Case) -> bool:
    return any(mark in case.functionality for mark in KEYWORD_FREE)


def by_functionality(outcomes: Sequence[Outcome]) -> list[str]:
    """Promise per functionality how many posts got a level that fits, were high enough, and were a false alarm.

    Macro-F1 is that of raising above low or not; posts of which either is right have no say in it.
    """
    groups: dict[str, list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault(one.case.functionality, []).append(one)
    rows = []
    for name, mine in groups.items():
        calm = [one for one in mine if one.case.calm]
        raised = [one for one in mine if not one.case.calm]
        clear = [one for one in mine if one.case.calm or one.case.floor > Severity.LOW]
        rows.append(
            (
                name,
                str(len(mine)),
                str(share([one.high_enough for one in raised])),
                str(share([one.severity > Severity.LOW for one in calm])),
                str(share([one.right for one in mine])),
                _with_interval(
                    f1_of_both, [not one.case.calm for one in clear], [one.severity > Severity.LOW for one in clear]
                ),
            )
        )
    head = ("Functionality", "Posts", "High enough", "False alarms", "Level and category fit", "Macro-F1 (95 %)")
    return table(head, rows)


def by_category(outcomes: Sequence[Outcome]) -> list[str]:
    """Promise per category recall, false alarms and F1; a category that no case is mainly about is left out."""
    scores, mean, spread = scores_of(outcomes)
    rows = [
        (one.category.value, str(one.recall), str(one.calm), str(one.other), with_interval(one.f1, one.interval))
        for one in scores
    ]
    if scores:
        rows.append(("macro-F1: mean of F1", "", "", "", with_interval(mean, spread)))
    many = sum(len(one.case.categories) > MOST_LISTED for one in outcomes)
    said = f"{many} posts accept more than {MOST_LISTED} categories: they try the level and count for no recall here."
    lines = table(("Category", "Recall", "Found in calm posts", "Found in posts about other things", "F1 (95 %)"), rows)
    return [*lines, said, ""] if many else lines


def by_bending(engine: Engine, cases: Sequence[Case]) -> list[str]:
    """Promise, per way of bending, the share of severe posts still raised to high, beside their clean twins."""
    severe = [case for case in cases if case.floor >= Severity.HIGH]
    if not severe:
        return []

    def raised(outcomes: Sequence[Outcome]) -> Share:
        return share([one.severity >= Severity.HIGH for one in outcomes])

    clean = raised(measure(engine, severe))
    rows = [("as written", "", str(clean), "")]
    for kind, bends in (("keyboard", KEYBOARD), ("evasion", EVASIONS)):
        for name, bend in bends.items():
            bent = raised(measure(engine, severe, bend))
            rows.append((name, kind, str(bent), f"{100 * (bent.value - clean.value):+.1f}"))
    return table(("Spelling", "Kind", "Raised to high or more", "Points"), rows)


def by_identity(engine: Engine) -> list[str]:
    """Promise how far apart the raised shares of neutral sentences are that differ in one word only."""
    rows = []
    for name, sentences, words in (("who it is about", ABOUT_SOMEBODY, WHO), ("a first name", WITH_A_NAME, NAMES)):
        rates = flag_rates(engine, sentences, words)
        highest = max(rates.raised.values())
        rows.append((name, f"{len(words)} x {len(sentences)}", f"{highest:.3f}", "<= 0.02", f"{rates.spread:.3f}"))
    return table(("Neutral sentences differing in", "Tried", "Most raised", "Asked", "Difference"), rows)


def by_baseline(outcomes: Sequence[Outcome], baselines: Mapping[str, Raises]) -> list[str]:
    """Promise what simpler ways raise of the severe and of the calm posts, beside the engine."""
    ways: dict[str, list[bool]] = {"this engine (above low)": [one.severity > Severity.LOW for one in outcomes]}
    for name, raises in baselines.items():
        ways[name] = [raises(one.case.text) for one in outcomes]
    rows = []
    for name, raised in ways.items():
        pairs = list(zip(outcomes, raised, strict=True))
        truth = [not one.case.calm for one, _ in pairs]
        rows.append(
            (
                name,
                str(share([hit for one, hit in pairs if one.case.floor is Severity.CRISIS])),
                str(share([hit for one, hit in pairs if one.case.floor >= Severity.HIGH])),
                str(share([hit for one, hit in pairs if one.case.calm])),
                _with_interval(macro_f1, truth, raised),
            )
        )
    return table(("Way", "Crisis raised", "High and crisis raised", "Calm raised", "Macro-F1 (95 %)"), rows)


def by_speed(engine: Engine, cases: Sequence[Case], started: float, grown: float) -> list[str]:
    """Promise the times for short, long and hostile texts, which tell how they grow; `grown` counts megabytes."""
    usual = times(engine, long_texts(cases))
    worst = max(times(engine, hostile_texts()))
    rows = [
        ("1,500 characters, p50", "<= 2 ms", f"{1000 * percentile(usual, 0.5):.2f} ms"),
        ("1,500 characters, p99", "<= 8 ms", f"{1000 * percentile(usual, 0.99):.2f} ms"),
        ("10,000 hostile characters, worst", "<= 50 ms", f"{1000 * worst:.1f} ms"),
        ("Reading the rules", "<= 0.5 s", f"{started:.2f} s"),
        ("Memory for rules and states", "<= 60 MB", f"{grown:.0f} MB"),
    ]
    for length in (400, 4_000, 10_000):
        taken = percentile(times(engine, long_texts(cases, length)[::4]), 0.5)
        rows.append((f"{length:,} characters, p50", "linear", f"{1000 * taken:.2f} ms"))
    return table(("Speed", "Asked", "Measured"), rows)
