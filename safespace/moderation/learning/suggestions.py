"""Phrases for whoever owns the rules: kept when a round finds them, accepted or dropped by a clinician, never a rule.

Accepting writes down that a colleague would like a rule for it. Whoever owns `config/risk` makes one, or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from safespace.accounts.models import Account
from safespace.audit import log
from safespace.groups.models import Location
from safespace.kernel.refusals import ConflictError, InvalidError, NotFoundError
from safespace.kernel.text import NOTE, accept
from safespace.kernel.work import Work
from safespace.moderation.learning.models import Suggestion, SuggestionState
from safespace.moderation.rows import own_locations
from safespace.policy.permissions import Permission
from safespace.policy.roles import Actor, Scope
from safespace.policy.rules import require

MOST_OPEN = 30
MOST_SHOWN = 60
ANSWERS = {"accept": SuggestionState.ACCEPTED, "drop": SuggestionState.DROPPED}


@dataclass(frozen=True, kw_only=True, repr=False)
class Phrase:
    """One suggestion; `by` and `note` say what a colleague thought of it."""

    id: UUID
    phrase: str
    location: str
    state: SuggestionState
    found_at: datetime
    by: str
    note: str
    answered_at: datetime | None


def keep_found(work: Work, location_id: UUID, phrases: Sequence[str]) -> int:
    """Keep what a round found, each once, and give how many are new; what got an answer never comes back."""
    rows = work.session.execute(
        sa.select(Suggestion.phrase_index, Suggestion.state).where(Suggestion.location_id == location_id)
    ).all()
    known = {row.phrase_index for row in rows}
    room = MOST_OPEN - sum(row.state is SuggestionState.OPEN for row in rows)
    made = 0
    for phrase in phrases:
        index = work.keys.index(f"suggestion {location_id}", phrase)
        if index in known or made >= room:
            continue
        known.add(index)
        row = Suggestion(location_id=location_id, phrase_index=index, found_at=work.now)
        work.seal(row, "phrase", phrase)
        work.session.add(row)
        made += 1
    return made


def suggestions(work: Work, actor: Actor) -> list[Phrase]:
    """Give the phrases at the locations of this clinician, those without an answer first."""
    rows = work.session.execute(
        sa.select(Suggestion, Location.name, Account.staff_name)
        .join(Location, Location.id == Suggestion.location_id)
        .outerjoin(Account, Account.id == Suggestion.answered_by)
        .where(Suggestion.location_id.in_(own_locations(actor)), Suggestion.state != SuggestionState.DROPPED)
        .order_by(
            sa.case((Suggestion.state == SuggestionState.OPEN, 0), else_=1),
            Suggestion.answered_at.desc(),
            Suggestion.found_at.desc(),
            Suggestion.id,
        )
        .limit(MOST_SHOWN)
    )
    return [
        Phrase(
            id=row.Suggestion.id,
            phrase=work.unseal(row.Suggestion, "phrase"),
            location=row.name,
            state=row.Suggestion.state,
            found_at=row.Suggestion.found_at,
            by=work.open(Account, "staff_name", row.Suggestion.answered_by, row.staff_name)
            if row.Suggestion.answered_by
            else "",
            note=work.unseal(row.Suggestion, "note"),
            answered_at=row.Suggestion.answered_at,
        )
        for row in rows
    ]


def answer(work: Work, actor: Actor, suggestion_id: UUID, chosen: str, note: str = "") -> Suggestion:
    """Accept or drop a phrase, once; no rule changes. ConflictError (`changed_meanwhile`): a colleague was first."""
    row = work.session.get(Suggestion, suggestion_id, with_for_update=True)
    if row is None or actor.account_id is None:
        raise NotFoundError
    require(actor, Permission.ANSWER_SUGGESTION, Scope(location_id=row.location_id))
    if chosen not in ANSWERS:
        raise InvalidError(choice="unknown_choice")
    text = accept("note", note, cap=NOTE, required=False)
    if row.state is not SuggestionState.OPEN:
        raise ConflictError("changed_meanwhile")
    row.state, row.answered_by, row.answered_at = ANSWERS[chosen], actor.account_id, work.now
    if text:
        work.seal(row, "note", text)
    log.record(
        work,
        actor,
        f"suggestion_{row.state.value}",
        location_id=row.location_id,
        on=("suggestion", row.id),
    )
    return row
