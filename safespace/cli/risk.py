"""The command `safespace risk`: reads posts the way the service does, from a file or a pipe, and stores nothing."""

import json
import sys
from pathlib import Path
from typing import Any, BinaryIO

import click

from safespace.moderation.risk.assessment import Assessment, Profile
from safespace.moderation.risk.engine import Context, Engine
from safespace.moderation.risk.rules import RulesInvalid

RULES = Path(__file__).resolve().parents[2] / "config" / "risk"


class LineInvalid(ValueError):  # noqa: N818 - refusals are named for what is wrong
    """One input line that cannot be read; says why, never what stood in it."""


@click.group()
def risk() -> None:
    """Pre-sorting of posts: how soon a human must look, and why."""


@risk.command()
@click.argument("source", type=click.File("rb"), default="-")
@click.option(
    "--rules", type=click.Path(path_type=Path, file_okay=False, exists=True), default=RULES, show_default=False
)
def assess(source: BinaryIO, rules: Path) -> None:
    """Assess JSON lines {id, text, lang?, profile?} and write {id, severity, categories, concerns, signals}.

    One line in, one line out, in the same order. A line that cannot be read is named on the error channel by its
    number, never by its text, and skipped; the exit code is then 2.
    """
    try:
        engine = Engine.load(rules)
    except RulesInvalid as wrong:
        raise click.ClickException(str(wrong)) from None
    bad = 0
    for number, line in enumerate(source, start=1):
        if not line.strip():
            continue
        try:
            post = _post(line)
        except LineInvalid as wrong:
            bad += 1
            click.echo(f"line {number}: {wrong}", err=True)
            continue
        assessment = engine.assess(post["text"], Context(profile=post["profile"]))
        click.echo(json.dumps(_answer(post["id"], assessment)))
    if bad:
        sys.exit(2)


def _post(line: bytes) -> dict[str, Any]:
    try:
        post = json.loads(line.decode("utf-8"))
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
    if not isinstance(post.get("id"), str | int):
        raise LineInvalid("no id")
    profile = post.get("profile") or Profile.GENERAL.value
    if profile not in tuple(Profile):
        raise LineInvalid("unknown profile")
    return {"id": post["id"], "text": post["text"], "profile": profile}


def _answer(identity: str | int, assessment: Assessment) -> dict[str, Any]:
    whole = assessment.to_json()
    return {
        "id": identity,
        **{key: whole[key] for key in ("severity", "categories", "concerns", "signals")},
    }
