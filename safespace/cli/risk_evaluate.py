"""The command `safespace risk evaluate`: the engine's figures on labelled posts, beside simpler ways."""

import resource
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click

from safespace.host.sweeping import undisturbed
from safespace.moderation.risk.engine import Engine
from safespace.moderation.risk.evaluation.baselines import (
    Raises,
    by_keywords,
    by_phonenumbers,
    by_profanity,
    by_statistics,
)
from safespace.moderation.risk.evaluation.cases import Case, Half, SuiteInvalid, read_suite
from safespace.moderation.risk.evaluation.measuring import measure
from safespace.moderation.risk.evaluation.report import (
    by_baseline,
    by_bending,
    by_category,
    by_functionality,
    by_identity,
    by_model,
    by_speed,
    headline,
)
from safespace.moderation.risk.rules import RulesInvalid

RULES = Path(__file__).resolve().parents[2] / "config" / "risk"
_FILE = click.Path(path_type=Path, exists=True)
_DIRECTORY = click.Path(path_type=Path, file_okay=False, exists=True)


@click.command()
@click.argument("suite", type=_FILE)
@click.option("--half", type=click.Choice([half.value for half in Half]), default=Half.ALL.value)
@click.option("--compare", is_flag=True, help="Add the simpler ways: keywords, word statistics, telephone library.")
@click.option("--profanity", type=_FILE, help="With --compare: also a list of swear words, one on each line.")
@click.option("--bend", is_flag=True, help="Also measure bent spellings made from the posts.")
@click.option("--fair", is_flag=True, help="Also measure neutral sentences that differ in who they are about.")
@click.option("--speed", is_flag=True, help="Also measure time and memory.")
@click.option("--rules", type=_DIRECTORY, default=RULES)
@click.option(
    "--model", type=_DIRECTORY, help="Also ask the model in this directory, as SAFESPACE_RISK_MODEL_DIR would."
)
@click.option(
    "--short", is_flag=True, help="Only the first tables: the figures that are promised, and what models add."
)
def evaluate(  # noqa: PLR0913 - one for each option of the command
    suite: Path,
    half: str,
    rules: Path,
    model: Path | None,
    *,
    compare: bool,
    profanity: Path | None,
    bend: bool,
    fair: bool,
    speed: bool,
    short: bool,
) -> None:
    """Measure the engine on SUITE: JSON lines (a file or a directory of them) or HateCheck's csv.

    HateCheck is halved by its templates; where the file names none, by the text.
    Where models are asked too, a table shows what the rules raise alone and with them.

    Prints tables in Markdown. Posts are named by their id, never shown.
    """
    size = _megabytes()
    started = time.process_time()
    try:
        engine = undisturbed(partial(Engine.load, rules, model))  # as the service starts
        started = time.process_time() - started
        every = read_suite(suite)
    except (RulesInvalid, SuiteInvalid) as wrong:
        raise click.ClickException(str(wrong)) from None
    cases = [case for case in every if half in {Half.ALL.value, case.half.value}]
    if not cases:
        raise click.ClickException(f"no cases in the half {half}")
    outcomes = measure(engine, cases)
    grown = _megabytes() - size
    click.echo(f"{len(cases)} posts, half: {half}, rules {engine.ruleset.version}\n")
    lines = [*headline(outcomes), *by_model(engine, cases, outcomes)]
    if not short:
        lines += [*by_functionality(outcomes), *by_category(outcomes)]
    if bend:
        lines += by_bending(engine, cases)
    if fair:
        lines += by_identity(engine)
    if compare:
        try:
            ways = dict(_ways(every, half, profanity))
        except SuiteInvalid as wrong:
            raise click.ClickException(str(wrong)) from None
        lines += by_baseline(outcomes, ways)
        if "TF-IDF with logistic regression" not in ways:
            lines += ["Word statistics need scikit-learn (extra `learning`) and a half to learn from.", ""]
    if speed:
        lines += by_speed(engine, cases, started, grown)
    click.echo("\n".join(lines))


def _ways(every: list[Case], half: str, profanity: Path | None) -> Iterator[tuple[str, Raises]]:
    yield "37 keywords", by_keywords
    if profanity is not None:
        yield "list of swear words", by_profanity(profanity)
    learned = by_statistics([case for case in every if half not in {Half.ALL.value, case.half.value}])
    if learned is not None:
        yield "TF-IDF with logistic regression", learned
    yield "phonenumbers alone", by_phonenumbers


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
