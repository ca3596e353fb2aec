"""The command `safespace risk`: reads posts the way the service does, from a file or a pipe, and stores nothing."""

import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import click
from rich.console import Console
from sqlalchemy.orm import Session

from safespace.cli.ground import database, the_keys, the_settings
from safespace.cli.risk_evaluate import evaluate
from safespace.cli.risk_learned import learned
from safespace.kernel.work import Work
from safespace.moderation import rulebook
from safespace.moderation.risk.assessment import Assessment, Profile
from safespace.moderation.risk.changes import changed, faulty_examples
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.explaining import explained
from safespace.moderation.risk.rules import RulesInvalid

RULES = Path(__file__).resolve().parents[2] / "config" / "risk"
_DIRECTORY = click.Path(path_type=Path, file_okay=False, exists=True)


class LineInvalid(ValueError):  # noqa: N818 - refusals are named for what is wrong
    """One input line that cannot be read; says why, never what stood in it."""


@click.group()
def risk() -> None:
    """Pre-sorting of posts: how soon a human must look, and why."""


@risk.command()
@click.argument("source", type=click.File("rb"), default="-")
@click.option("--rules", type=_DIRECTORY, default=RULES, show_default=False)
@click.option("--model", type=_DIRECTORY, help="Also ask the model in this directory.")
def assess(source: BinaryIO, rules: Path, model: Path | None) -> None:
    """Assess JSON lines {id, text, lang?, profile?} and write {id, severity, categories, concerns, signals}.

    One line in, one line out, in the same order. A line that cannot be read is named on the error channel by its
    number, never by its text, and skipped; the exit code is then 2.
    """
    engine = _load(rules, model)
    posts = Posts(source)
    for post in posts:
        assessment = engine.assess(post["text"], Context(profile=post["profile"]))
        click.echo(json.dumps(_answer(post["id"], assessment)))
    if posts.bad:
        sys.exit(2)


@risk.command()
@click.argument("text")
@click.option("--profile", type=click.Choice([profile.value for profile in Profile]), default=Profile.GENERAL.value)
@click.option("--lang", type=click.Choice(["nl", "en"]), default="nl")
@click.option("--rules", type=_DIRECTORY, default=RULES, show_default=False)
@click.option("--model", type=_DIRECTORY, help="Also ask the model in this directory.")
def explain(text: str, profile: str, lang: str, rules: Path, model: Path | None) -> None:
    """Show how TEXT is read: the words found in colour, the steps, the reasons and the version of the rules."""
    engine = _load(rules, model)
    console = Console(highlight=False, soft_wrap=True)
    for line in explained(text, engine.assess(text, Context(profile=profile)), lang):
        console.print(line)


@risk.group()
def rules() -> None:
    """The rule files themselves."""


@rules.command()
@click.argument("directory", type=_DIRECTORY, default=RULES)
def check(directory: Path) -> None:
    """Read the rule files in DIRECTORY as the service does at start, and execute every rule's own examples."""
    engine = _load(directory)
    faults = faulty_examples(engine)
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        sys.exit(1)
    click.echo(f"{len(engine.ruleset.rules)} rules, version {engine.ruleset.version}: all examples hold")


@rules.command()
def proposals() -> None:
    """Print what clinicians agreed about the rules and is not in them yet, each as text for a rule file."""
    settings = the_settings()
    keys = the_keys(settings)
    engine = _load(settings.config_dir / "risk")
    with database(settings) as data, Session(data) as session:
        texts = rulebook.approved(Work(session=session, settings=settings, keys=keys), engine.ruleset)
    click.echo("\n".join(texts) if texts else "# Nothing was agreed that is not in the rules.")


@risk.command()
@click.argument("old", type=_DIRECTORY)
@click.argument("new", type=_DIRECTORY)
@click.argument("source", type=click.File("rb"))
def diff(old: Path, new: Path, source: BinaryIO) -> None:
    """Show what a change of rules from OLD to NEW does to a file of posts, before it goes live.

    Prints per changed post its id, both levels and the rules that came and went; never its text.
    """
    before, after = _load(old), _load(new)
    posts = Posts(source)
    counts: dict[str, int] = {"raised": 0, "lowered": 0, "same level, other rules": 0, "unchanged": 0}
    for post in posts:
        change = changed(before, after, post["text"], Context(profile=post["profile"]))
        counts[change.kind] += 1
        if change.differs:
            came = "".join(f" +{name}" for name in change.came)
            went = "".join(f" -{name}" for name in change.went)
            click.echo(f"{post['id']}: {change.before} -> {change.after}{came}{went}")
    click.echo(", ".join(f"{kind}: {count}" for kind, count in counts.items()))
    if posts.bad:
        sys.exit(2)


risk.add_command(evaluate)
risk.add_command(learned)


def _load(directory: Path, model: Path | None = None) -> Engine:
    try:
        return Engine.load(directory, model)
    except RulesInvalid as wrong:
        raise click.ClickException(str(wrong)) from None


class Posts:
    """The posts of a file of JSON lines, in order; a line that cannot be read is named, counted and skipped."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.bad = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for number, line in enumerate(self._source, start=1):
            if not line.strip():
                continue
            try:
                yield _post(line)
            except LineInvalid as wrong:
                self.bad += 1
                click.echo(f"line {number}: {wrong}", err=True)


def _post(line: bytes) -> dict[str, Any]:
    try:
        post = json.loads(line.decode("utf-8-sig"))  # many programs put a byte-order mark in front
    except UnicodeDecodeError:
        raise LineInvalid("not UTF-8") from None
    except RecursionError:
        raise LineInvalid("nested too deeply") from None
    except ValueError:
        raise LineInvalid("not JSON") from None
    if not isinstance(post, dict):
        raise LineInvalid("not an object")
    if not isinstance(post.get("text"), str):
        raise LineInvalid("no text")
    if not _is_id(post.get("id")):
        raise LineInvalid("no id")
    profile = post.get("profile") or Profile.GENERAL.value
    if profile not in tuple(Profile):
        raise LineInvalid("unknown profile")
    return {"id": post["id"], "text": post["text"], "profile": profile}


def _is_id(value: object) -> bool:
    """Say whether this is a text or a number; true and false are neither, though Python counts them as numbers."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, str | int) and not isinstance(value, bool)


def _answer(identity: str | float, assessment: Assessment) -> dict[str, Any]:
    whole = assessment.to_json()
    return {
        "id": identity,
        **{key: whole[key] for key in ("severity", "categories", "concerns", "signals")},
    }
