"""The command `safespace risk learned`: what was learned from decisions, learning anew, and taking a model back."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import click
import sqlalchemy as sa
from sqlalchemy.orm import Session

from safespace.cli.ground import console, database, the_keys, the_settings, unit
from safespace.groups.models import Location
from safespace.kernel.refusals import ConflictError
from safespace.kernel.work import Work
from safespace.moderation.learning import rounds
from safespace.moderation.learning.apart import fit_apart
from safespace.moderation.learning.heads import Head
from safespace.moderation.learning.standing import all_models, roll_back

OUTCOMES = {
    "live": "is in use now",
    "same": "is what is in use already",
    "too_few": "stays silent: too few decisions",
    "uneven": "stays silent: a part of the time holds too few of one answer",
    "no_pattern": "stays silent: later decisions do not follow from earlier ones",
    "misses_more": "is not used: it misses more than the one in use",
    "less_sure": "is not used: its probabilities are off",
    "misses_examples": "is not used: of what rules must find it finds less than the one in use",
    "false_alarms": "is not used: it raises calm examples of the rules",
}


@click.group()
def learned() -> None:
    """What was learned from decisions, at each location by itself."""


@learned.command("list")
def list_() -> None:
    """Show every model that is kept: where, for which question, from how many decisions, and whether it is in use."""
    with _reading() as work:
        found = all_models(work)
        for place, model in found:
            why = f" ({OUTCOMES.get(model.why, model.why)})" if model.why else ""
            console.print(
                f"{place}: {model.head.value} {model.version} {model.state.value}{why},"
                f" {model.decisions} decisions, {model.positives} of them a yes",
                markup=False,
            )
    if not found:
        console.print("Nothing was learned yet: the rules read alone.")


@learned.command()
@click.argument("location")
def retrain(location: str) -> None:
    """Learn anew at LOCATION now, also after something was taken back there."""
    with _reading() as work:
        location_id = _place(work, location)
        homework = rounds.homework(work, location_id)
    answer = fit_apart(homework)  # outside any transaction: it takes seconds
    settings = the_settings()
    with database(settings) as engine, unit(settings, engine, the_keys(settings)) as work:
        rounds.finish(work, location_id, answer)
    if answer.get("missing"):
        raise click.ClickException("scikit-learn is not installed; it comes with the extra `learning`.")
    if answer.get("failed"):
        raise click.ClickException(f"Learning failed ({answer['failed']}); nothing was changed.")
    for head, found in answer["heads"].items():
        counted = f"{found['decisions']} decisions, {found['positives']} of them a yes"
        console.print(f"{head} {OUTCOMES[found['outcome']]} ({counted})", markup=False)


@learned.command()
@click.argument("location")
@click.argument("head", type=click.Choice([head.value for head in Head]))
def rollback(location: str, head: str) -> None:
    """Take the model for HEAD at LOCATION out of use; the one before it is used again, or the rules read alone.

    Nothing is learned at LOCATION by itself from then on, until `safespace risk learned retrain`.
    """
    settings = the_settings()
    with database(settings) as engine, unit(settings, engine, the_keys(settings)) as work:
        try:
            before = roll_back(work, _place(work, location), Head(head))
        except ConflictError as error:
            raise click.ClickException(f"Nothing is in use for {head} at {location}.") from error
        now = f"version {before.version} is in use again" if before else "the rules read alone"
    console.print(f"Taken back: {now}. Learn anew with: safespace risk learned retrain", markup=False)


@contextmanager
def _reading() -> Iterator[Work]:
    settings = the_settings()
    keys = the_keys(settings)
    with database(settings) as engine, Session(engine) as session:
        yield Work(session=session, settings=settings, keys=keys)


def _place(work: Work, name: str) -> UUID:
    found = work.session.scalar(sa.select(Location.id).where(Location.name == name))
    if found is None:
        raise click.ClickException(f"There is no location called {name}.")
    return found
